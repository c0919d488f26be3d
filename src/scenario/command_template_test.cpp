#include "scenario/command_template.h"

#include <gmock/gmock.h>

namespace rapidbyte::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Expanded(const std::string& command) {
  const auto expanded = ExpandCommand(command, {{"rows", "10"}, {"table", "t x"}, {"odd", "{rows}"}});
  return expanded ? *expanded : expanded.error().message;
}

TEST(CommandTemplateTest, PlaceholdersAreReplacedOnce) {
  EXPECT_EQ(Expanded("a {rows}{table} 'b{rows}'"), "a 10t x 'b10'");
  EXPECT_EQ(Expanded("{odd}"), "{rows}");
  EXPECT_EQ(Expanded("plain"), "plain");
  EXPECT_EQ(Expanded(""), "");
}

TEST(CommandTemplateTest, DoubledBracesAreLiteral) {
  EXPECT_EQ(Expanded("awk '{{ print $1 }}'"), "awk '{ print $1 }'");
  EXPECT_EQ(Expanded("{{rows}} {{{rows}}}"), "{rows} {10}");
}

TEST(CommandTemplateTest, AShellsVariablesStay) {
  EXPECT_EQ(Expanded("${HOME}/${X:-y}/$Z/{rows}"), "${HOME}/${X:-y}/$Z/10");
  EXPECT_EQ(Expanded("${open"), "${open");
  EXPECT_EQ(Expanded("cost: 5$"), "cost: 5$");
}

TEST(CommandTemplateTest, MistakesAreExplained) {
  EXPECT_EQ(Expanded("a {row}"),
            "unknown placeholder {row}; known are {odd}, {rows}, {table}; write {{ for a literal {");
  EXPECT_EQ(ExpandCommand("{x}", {}).error().message,
            "unknown placeholder {x}; there are none here; write {{ for a literal {");
  EXPECT_EQ(Expanded("a {rows"), "expected } after {; write {{ for a literal {");
  EXPECT_EQ(Expanded("a rows}"), "found } without {; write }} for a literal }");
  EXPECT_EQ(Expanded("{}"), "unknown placeholder {}; known are {odd}, {rows}, {table}; write {{ for a literal {");
}

TEST(CommandTemplateTest, ListsPlaceholdersOnce) {
  EXPECT_THAT(*PlaceholdersOf("{b} {a} {b} {{c}} ${d}"), ElementsAre("b", "a"));
  EXPECT_FALSE(PlaceholdersOf("{b"));
}

std::vector<std::string> Words(const std::string& command) {
  const auto words = SplitWords(command);
  return words ? *words : std::vector{"error: " + words.error().message};
}

TEST(CommandTemplateTest, WordsAreSplitAsAShellDoes) {
  EXPECT_THAT(Words("  a\tbc   d "), ElementsAre("a", "bc", "d"));
  EXPECT_THAT(Words("a 'b c' \"d e\" f'g'\"h\""), ElementsAre("a", "b c", "d e", "fgh"));
  EXPECT_THAT(Words("'' \"\" a"), ElementsAre("", "", "a"));
  EXPECT_THAT(Words(R"(a\ b \' \\ "c\"d" "e\nf" 'g\h')"), ElementsAre("a b", "'", "\\", "c\"d", "e\\nf", "g\\h"));
  EXPECT_THAT(Words("a\\\nb \"c\\\nd\""), ElementsAre("ab", "cd"));
  EXPECT_THAT(Words("a '$X | b' \\$X 5$ \"5$\" *.txt ~ [a]"),
              ElementsAre("a", "$X | b", "$X", "5$", "5$", "*.txt", "~", "[a]"));
}

TEST(CommandTemplateTest, WordsThatAreNotAreErrors) {
  EXPECT_THAT(Words("a 'b"), ElementsAre("error: a quote ' is never closed"));
  EXPECT_THAT(Words("a \"b\\\""), ElementsAre("error: a quote \" is never closed"));
  EXPECT_THAT(Words("a \\"), ElementsAre("error: a \\ at the end escapes nothing"));
  EXPECT_THAT(Words("  "), ElementsAre("error: the command is empty"));
  for (const char* command :
       {"a | b", "a > b", "a; b", "a & b", "a $X", "a \"$X\"", "a ${X}", "`a`", "(a)", "a\nb", "a $(b)"}) {
    EXPECT_THAT(Words(command), ElementsAre(HasSubstr("means something to a shell only"))) << command;
  }
}

}  // namespace
}  // namespace rapidbyte::scenario
