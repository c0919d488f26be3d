// One hostile text as a name, a message, a file's content, through every command and format: nothing comes out that a
// terminal obeys, a spreadsheet runs, a web page takes for its own, or an XML reader refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "base/printable.h"
#include "base/utf8.h"
#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Sets the window's title, clears the screen (with C1's one character too), turns the direction, and is a formula, a
// link, a picture, a mention and an element.
const std::string kHostile =
    "=x|A0\x1b]0;owned\x07\x1b[2J\xc2\x9b"
    "2J\xe2\x80\xae\x7f [l](http://x) ![i](http://y) @team <b>&\"`|";
// The same where no quote may be.
const std::string kUnquoted = std::regex_replace(kHostile, std::regex("[\"`|]"), "");
// In double quotes of YAML.
const std::string kYaml = R"("=x|A0\e]0;owned\a\e[2J\x9b2J\u202e\x7f [l](http://x) ![i](http://y) @team <b>&\"`|")";

class HostileText : public InOwnFolder {
 protected:
  static std::string Text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    EXPECT_TRUE(in) << file;
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void Write(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

  // Tabs and line ends are nobody's weapon.
  static void ExpectHarmless(const std::string& output, const std::string& where) {
    for (std::string_view rest = output; !rest.empty();) {
      const size_t length = CharacterLength(rest);
      ASSERT_GT(length, 0u) << where << ": not UTF-8: " << EscapeInvalid(output);
      const char32_t c = CodePoint(rest.substr(0, length));
      ASSERT_TRUE(MayBeShown(c) || c == '\n' || c == '\t' || rest.starts_with("\r\n"))
          << where << ": U+" << std::hex << static_cast<unsigned>(c) << " in " << Printable(output);
      rest.remove_prefix(length);
    }
  }
  static void ExpectHarmlessMarkdown(const std::string& markdown, const std::string& where) {
    const std::string text = std::regex_replace(markdown, std::regex("`[^`\n]*`"), "");  // code is shown as it is
    EXPECT_FALSE(std::regex_search(text, std::regex(R"((^|[^\\])\]\(http)"))) << where << "\n" << text;
    EXPECT_THAT(text, Not(HasSubstr("@team"))) << where;
    EXPECT_THAT(text, Not(HasSubstr("://"))) << where;
    EXPECT_FALSE(std::regex_search(text, std::regex(R"((^|[^\\])<b>)"))) << where << "\n" << text;
  }
  static void ExpectNoFormula(const std::string& csv, const std::string& where) {
    EXPECT_FALSE(std::regex_search(csv, std::regex("(^|[,\n])\"?=x"))) << where << "\n" << csv;
  }
  static void ExpectXml(const fs::path& file) {
    const auto read = lab::RunSubprocess(
        {.argv = {"python3", "-c", "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])", file.string()},
         .environment = {},
         .working_directory = {}});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->exit_code, 0) << file << ": " << read->err;
  }

  // Runs it, looks at both its streams, returns the first.
  static std::string Run(std::vector<std::string> arguments) {
    std::string where = "rapidbyte";
    for (const std::string& argument : arguments) where += " " + Printable(argument);
    const RunResult run = RunRapidbyte(std::move(arguments));
    EXPECT_EQ(run.signal, 0) << where;
    EXPECT_NE(run.exit_code, 20) << where << "\n" << run.err;
    ExpectHarmless(run.out, where);
    ExpectHarmless(run.err, where + ", errors");
    return run.out;
  }
};

TEST_F(HostileText, AsNamesAndMessagesOfCommands) {
  Run({"bench", "cmd", "-N", "true", "/bin/true", "-n", kHostile, "-n", "other", "-r", "6", "--export-markdown",
       "out.md", "--export-csv", "out.csv", "--export-json", "out.json", "--export-asciidoc", "out.adoc"});
  ExpectHarmlessMarkdown(Text("out.md"), "out.md");
  ExpectNoFormula(Text("out.csv"), "out.csv");
  for (const char* file : {"out.md", "out.csv", "out.json", "out.adoc"}) ExpectHarmless(Text(file), file);
  Run({"bench", "cmd", "-N", "true", "-n", kHostile, "-r", "6", "--json"});
  Run({"bench", "cmd", "printf '" + kUnquoted + "' >&2; false", "-r", "2"});
  Run({"bench", "cmd", "-N", kUnquoted, "-r", "2"});
  Run({"bench", "export", "--format", "jsonl"});
  ExpectNoFormula(Run({"bench", "export", "--format", "csv"}), "export");
  Run({"bench", "history"});
  Run({"bench", "history", "--json", "--points"});
  Run({"bench", "baseline", kUnquoted});
  Run({"bench", "baseline"});
  Run({"bench", "compare", kHostile, "other"});
}

TEST_F(HostileText, InTablesOfOtherTools) {
  const std::string quoted = "\"" + std::regex_replace(kHostile, std::regex("\""), "\"\"") + "\"";
  for (const auto& [file, base] : {std::pair("old.csv", 100), std::pair("new.csv", 150)}) {
    std::string table = "name," + quoted + "\n";
    for (int i = 0; i < 12; ++i) table += quoted + "," + std::to_string(base + i) + "\n";
    Write(file, table);
  }
  for (const char* format : {"text", "markdown", "json", "csv"}) {
    const std::string out = Run({"bench", "compare", "old.csv", "new.csv", "--format", format});
    if (std::string_view(format) == "markdown") ExpectHarmlessMarkdown(out, "compare");
    if (std::string_view(format) == "csv") ExpectNoFormula(out, "compare");
  }
  Run({"bench", "compare", "old.csv", "new.csv", "--why"});
  Run({"bench", "compare", "old.csv", "new.csv", "--explore"});
  Run({"bench", "gate", "new.csv", "--baseline", "old.csv", "--markdown", "gate.md", "--junit", "gate.xml", "--json",
       "gate.json"});
  ExpectHarmlessMarkdown(Text("gate.md"), "gate.md");
  for (const char* file : {"gate.md", "gate.xml", "gate.json"}) ExpectHarmless(Text(file), file);
  ExpectXml("gate.xml");
  Run({"bench", "history", "old.csv", "new.csv"});
}

TEST_F(HostileText, InProfiles) {
  Write("before.txt", "main;" + kUnquoted + " 10\nmain;other 20\n");
  Write("after.txt", "main;" + kUnquoted + " 30\nmain;other 20\n");
  for (const char* format : {"text", "json", "svg"}) {
    Run({"profile", "diff", "before.txt", "--after", "after.txt", "--format", format});
  }
  Run({"profile", "draw", "before.txt", "--title", kHostile, "-o", "picture.svg"});
  Run({"profile", "diff", "before.txt", "--after", "after.txt", "-o", "difference.svg"});
  for (const char* picture : {"picture.svg", "difference.svg"}) {
    ExpectHarmless(Text(picture), picture);
    ExpectXml(picture);
  }
  for (const char* format : {"speedscope", "firefox", "chrome"}) {
    Run({"profile", "export", "--format", format, "before.txt"});
  }
  Run({"profile", "draw", kHostile});
  Run({"profile", "--", kHostile});
}

TEST_F(HostileText, InDocuments) {
  const std::string end = "{host: 127.0.0.1, port: 1, user: " + kYaml + ", database: " + kYaml + ", schema: " + kYaml;
  Write("pipeline.yaml", "version: 1\npipeline: " + kYaml + "\nsource: {use: source-postgres, config: " + end +
                             "}, streams: [{name: " + kYaml + ", columns: [" + kYaml +
                             "]}]}\ndestination: {use: dest-postgres, config: " + end +
                             "}}\nstate: {connection: state.db}\n");
  for (const char* command : {"check", "discover", "run"}) Run({command, "pipeline.yaml"});
  Run({"check", "--json", "pipeline.yaml"});
  Write("keys.yaml", kYaml + ": 1\nversion: " + kYaml + "\n");
  for (const char* command : {"check", "discover", "run"}) Run({command, "keys.yaml"});
  Write("scenario.yaml", "version: 1\nscenario: " + kYaml + "\ndescription: " + kYaml + "\nsubjects: {" + kYaml +
                             ": {command: 'true'}, b: {command: 'true'}}\naxes: {x: [" + kYaml + ", b]}\n");
  Run({"bench", "run", "scenario.yaml", "--dry-run"});
  Run({"bench", "run", "scenario.yaml", "--iters", "2"});
  Run({"bench", "run", "keys.yaml"});
  Run({kHostile});
  Run({"bench", "cmd", "--" + kHostile});
  Run({"run", kHostile});
  Run({"compile", kHostile});
}

}  // namespace
}  // namespace rapidbyte::e2e
