// What a user is told about a document with mistakes.
#include <gmock/gmock.h>

#include "engine/pipeline.h"

namespace rapidbyte::engine {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string ErrorsOf(
    const std::string& text, const Environment& environment = [](auto&) { return std::nullopt; }) {
  const auto parsed = ParsePipeline(text, "p.yaml", environment);
  if (parsed) return "no error";
  EXPECT_EQ(parsed.error().code, ErrorCode::kConfiguration);
  return parsed.error().message;
}

// A correct document of which one line is replaced; lines count from 1.
std::string WithLine(size_t number, const std::string& replacement) {
  std::vector<std::string> lines = {
      "version: 1",               // 1
      "pipeline: p",              // 2
      "source:",                  // 3
      "  use: source-postgres",   // 4
      "  config:",                // 5
      "    user: reader",         // 6
      "    database: shop",       // 7
      "    password: s3cret",     // 8
      "    port: 5432",           // 9
      "  streams:",               // 10
      "    - name: orders",       // 11
      "destination:",             // 12
      "  use: dest-postgres",     // 13
      "  config:",                // 14
      "    user: writer",         // 15
      "    database: shop",       // 16
      "    load_method: copy",    // 17
      "resources:",               // 18
      "  compression: lz4",       // 19
      "  max_batch_bytes: 1MiB",  // 20
      "runtime: aot",             // 21
  };
  lines[number - 1] = replacement;
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(PipelineErrorsTest, TheDocumentTheyStartFromHasNone) {
  EXPECT_EQ(ErrorsOf(WithLine(1, "version: 1")), "no error");
}

TEST(PipelineErrorsTest, UnknownKeysNameTheNearest) {
  EXPECT_EQ(ErrorsOf(WithLine(9, "    prot: 5432")),
            "p.yaml:9: key 'source.config.prot': unknown key; did you mean 'port'?");
  EXPECT_EQ(ErrorsOf(WithLine(21, "run_time: aot")), "p.yaml:21: key 'run_time': unknown key; did you mean 'runtime'?");
  EXPECT_EQ(ErrorsOf(WithLine(21, "zzz: aot")),
            "p.yaml:21: key 'zzz': unknown key; expected version, pipeline, source, destination, resources, state or "
            "runtime");
  EXPECT_EQ(ErrorsOf(WithLine(11, "    - {name: orders, colums: [a]}")),
            "p.yaml:11: key 'source.streams[0].colums': unknown key; did you mean 'columns'?");
}

TEST(PipelineErrorsTest, MissingKeysSayWhatIsExpected) {
  EXPECT_EQ(ErrorsOf(WithLine(1, "")), "p.yaml:2: key 'version': missing; expected 1");
  EXPECT_EQ(ErrorsOf(WithLine(6, "    user:")),
            "p.yaml:6: key 'source.config.user': missing; expected the role to connect as");
  EXPECT_EQ(ErrorsOf(WithLine(16, "")),
            "p.yaml:14: key 'destination.config.database': missing; expected the database to connect to");
  EXPECT_THAT(ErrorsOf("version: 1\npipeline: p\n"),
              AllOf(HasSubstr("key 'source': missing; expected a mapping\n"), HasSubstr("key 'destination': missing")));
}

TEST(PipelineErrorsTest, WrongValuesAreShownBesideTheRightOnes) {
  EXPECT_EQ(ErrorsOf(WithLine(19, "  compression: lz5")),
            "p.yaml:19: key 'resources.compression': expected none, lz4 or zstd, found \"lz5\"; did you mean 'lz4'?");
  EXPECT_EQ(ErrorsOf(WithLine(17, "    load_method: bulk")),
            "p.yaml:17: key 'destination.config.load_method': expected insert or copy, found \"bulk\"");
  EXPECT_EQ(ErrorsOf(WithLine(9, "    port: 65536")),
            "p.yaml:9: key 'source.config.port': expected a number from 1 to 65535, found \"65536\"");
  for (const char* number : {"-1", "0", "5432x", "1e3", "99999999999999999999", "''"}) {
    EXPECT_THAT(ErrorsOf(WithLine(9, std::string("    port: ") + number)), HasSubstr("expected a number")) << number;
  }
  for (const char* bytes : {"1 apple", "MiB", "1000", "1TiB", "99999999999999GiB", "1.5MiB"}) {
    EXPECT_THAT(ErrorsOf(WithLine(20, std::string("  max_batch_bytes: ") + bytes)), HasSubstr("expected bytes"))
        << bytes;
  }
  EXPECT_THAT(ErrorsOf(WithLine(1, "version: 2")), HasSubstr("p.yaml:1: key 'version': expected 1"));
  EXPECT_THAT(ErrorsOf(WithLine(11, "    - {name: o, sync_mode: incremental}")), HasSubstr("expected full_refresh"));
  EXPECT_THAT(ErrorsOf(WithLine(2, "pipeline: ''")), HasSubstr("which is empty"));
}

TEST(PipelineErrorsTest, WrongKindsAreNamed) {
  EXPECT_EQ(ErrorsOf(WithLine(11, "    name: orders")),
            "p.yaml:10: key 'source.streams': expected a list of streams, each with its name, found a mapping");
  EXPECT_EQ(ErrorsOf(WithLine(11, "    - orders")),
            "p.yaml:11: key 'source.streams[0]': expected a mapping, found a text");
  EXPECT_EQ(ErrorsOf(WithLine(11, "    []")),
            "p.yaml:10: key 'source.streams': expected a list of streams, each with its name, found an empty one");
  EXPECT_EQ(ErrorsOf(WithLine(2, "pipeline: [a]")),
            "p.yaml:2: key 'pipeline': expected the pipeline's name, found a list");
  EXPECT_EQ(ErrorsOf(WithLine(11, "    - {name: o, columns: id}")),
            "p.yaml:11: key 'source.streams[0].columns': expected a list of column names, found a text");
  EXPECT_EQ(ErrorsOf("- a\n"),
            "p.yaml:1: expected a mapping with version, pipeline, source and destination, found a list");
  EXPECT_THAT(ErrorsOf(""), HasSubstr("found nothing"));
}

TEST(PipelineErrorsTest, RepetitionsAreErrors) {
  EXPECT_EQ(ErrorsOf(WithLine(9, "    user: again")),
            "p.yaml:9: key 'source.config.user': this key occurs twice in the mapping");
  EXPECT_EQ(ErrorsOf(WithLine(11, "    - name: a\n    - name: a")),
            "p.yaml:12: key 'source.streams[1].name': the stream \"a\" is listed twice");
  EXPECT_EQ(ErrorsOf(WithLine(11, "    - {name: a, columns: [x, x]}")),
            "p.yaml:11: key 'source.streams[0].columns[1]': \"x\" is listed twice");
}

TEST(PipelineErrorsTest, AllProblemsAreToldInTheOrderOfTheDocument) {
  EXPECT_EQ(ErrorsOf(WithLine(19, "  compresion: lz4\n  max_batch_rows: many\nstate: {backend: mysql}\nresource:")),
            "p.yaml:19: key 'resources.compresion': unknown key; did you mean 'compression'?\n"
            "p.yaml:20: key 'resources.max_batch_rows': expected a number from 1 to 1000000, found \"many\"\n"
            "p.yaml:21: key 'state.backend': expected sqlite, found \"mysql\"\n"
            "p.yaml:22: key 'resource': unknown key; did you mean 'resources'?");
}

TEST(PipelineErrorsTest, SyntaxErrorsHaveTheirLine) {
  EXPECT_THAT(ErrorsOf("version: 1\npipeline: [a\n"), StartsWith("p.yaml:3: not valid YAML: "));
  EXPECT_THAT(ErrorsOf("a: 1\nb: 'x\n"), StartsWith("p.yaml:"));
  EXPECT_THAT(ErrorsOf("a: 1\n---\nb: 2\n"), HasSubstr("p.yaml:2: expected one document"));
  EXPECT_THAT(ErrorsOf("? [a]\n: 1\n"), HasSubstr("a key must be a text"));
  EXPECT_THAT(ErrorsOf(std::string(100'000, '[')), StartsWith("p.yaml:1: "));
}

TEST(PipelineErrorsTest, AliasesCannotExplode) {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string last(1, static_cast<char>(c - 1)), name(1, c);
    text += name + ": &" + name + " [*" + last + ", *" + last + ", *" + last + ", *" + last + ", *" + last + "]\n";
  }
  EXPECT_THAT(ErrorsOf(text), HasSubstr("too large"));
  EXPECT_THAT(ErrorsOf("a: &a [*a]\n"), HasSubstr("p.yaml:1: "));
}

TEST(PipelineErrorsTest, VariablesThatAreNotSetAreNamed) {
  EXPECT_EQ(
      ErrorsOf(WithLine(6, "    user: ${DB_USER}")),
      "p.yaml:6: key 'source.config.user': the environment variable DB_USER is not set; set it, or give a default: "
      "${DB_USER:-…}");
  EXPECT_THAT(ErrorsOf(WithLine(6, "    user: ${DB_USER")), HasSubstr("expected } after ${"));
  EXPECT_THAT(ErrorsOf(WithLine(6, "    user: ${1A}")), HasSubstr("expected the name of an environment variable"));
  EXPECT_THAT(ErrorsOf(WithLine(6, "    user: ${}")), HasSubstr("expected the name of an environment variable"));
}

TEST(PipelineErrorsTest, SecretsAreNeverShown) {
  const Environment environment = [](auto&) { return "hunter2"; };
  EXPECT_EQ(ErrorsOf(WithLine(9, "    port: ${PW}"), environment),
            "p.yaml:9: key 'source.config.port': expected a number from 1 to 65535, found the value of \"${PW}\"");
  for (const char* password :
       {"[s3cret]", "{s3cret: s3cret}", "*s3cret", "\"s3cret\\q\"", "\"s3cret\\0\"", "&s3cret", "!s3cret !s3cret x",
        "${s3cret-is-no-name}", "'s3cret", "s3cret: s3cret", "%s3cret", "@s3cret", "\"\\xs3cret\""}) {
    EXPECT_THAT(ErrorsOf(WithLine(8, std::string("    password: ") + password)), Not(HasSubstr("s3cret"))) << password;
  }
}

TEST(PipelineErrorsTest, ATableIsNotWrittenIntoItself) {
  const auto document = [](const std::string& source, const std::string& destination) {
    return "version: 1\npipeline: p\nsource: {use: a, config: {user: u, " + source + "}, streams: [{name: t}]}\n" +
           "destination: {use: b, config: {user: w, " + destination + "}}\n";
  };
  const std::string same = ErrorsOf(document("database: d", "database: d, schema: public"));
  EXPECT_THAT(same, StartsWith("p.yaml:4: key 'destination': is the schema \"public\" that the source reads"));
  EXPECT_EQ(
      ErrorsOf(document("database: d, schema: raw, host: LocalHost", "database: d, host: 127.0.0.1")).find("p.yaml:4"),
      0u);
  EXPECT_EQ(ErrorsOf(document("database: d, schema: raw, host: /s/", "database: d, host: /s")).find("p.yaml:4"), 0u);
  EXPECT_EQ(ErrorsOf(document("database: d", "database: d")), "no error");
  EXPECT_EQ(ErrorsOf(document("database: d, schema: raw", "database: e")), "no error");
  EXPECT_EQ(ErrorsOf(document("database: d, schema: raw", "database: d, port: 1")), "no error");
  EXPECT_EQ(ErrorsOf(document("database: d, schema: raw, host: a", "database: d, host: b")), "no error");
}

TEST(PipelineErrorsTest, HowToReplaceNeedsReplacing) {
  EXPECT_EQ(ErrorsOf(WithLine(18, "  replace_by: truncate\nresources:")),
            "p.yaml:18: key 'destination.replace_by': says how to replace, but write_mode is append; "
            "set write_mode: replace");
  EXPECT_EQ(ErrorsOf(WithLine(18, "  write_mode: replace\n  replace_by: swap\nresources:")), "no error");
}

TEST(PipelineErrorsTest, TextsAreUtf8WhereverTheyComeFrom) {
  EXPECT_EQ(ErrorsOf(WithLine(2,
                              "pipeline: Gr\xf6\xdf"
                              "e")),
            "p.yaml:2:13: the byte 0xf6 is not UTF-8");
  const auto latin1 = [](const std::string&) {
    return std::optional<std::string>(
        "Gr\xf6\xdf"
        "e");
  };
  const std::pair<size_t, const char*> lines[] = {{2, "pipeline: ${X}"},
                                                  {6, "    user: ${X}"},
                                                  {7, "    database: ${X}"},
                                                  {9, "    host: ${X}"},
                                                  {9, "    schema: ${X}"},
                                                  {11, "    - name: ${X}"},
                                                  {11, "    - {name: t, columns: [\"${X}\"]}"}};
  for (const auto& [line, text] : lines) {
    EXPECT_THAT(ErrorsOf(WithLine(line, text), latin1), HasSubstr("what the environment variable holds is not UTF-8"))
        << text;
  }
  EXPECT_EQ(ErrorsOf(WithLine(8, "    password: ${X}"), latin1), "no error") << "a password may be any bytes";
}

TEST(PipelineErrorsTest, TimesHaveUnits) {
  EXPECT_EQ(
      ErrorsOf(WithLine(9, "    lock_wait_timeout: 600")),
      "p.yaml:9: key 'source.config.lock_wait_timeout': expected a time up to 24h, as in 500ms, 10s, 10min or 2h, "
      "or 0 for no limit, found \"600\"");
}

}  // namespace
}  // namespace rapidbyte::engine
