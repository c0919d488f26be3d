#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

#include "cli/test_command_line.h"

namespace rapidbyte::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Options, AreDeclaredForTheCommandThatIsNamed) {
  std::vector<std::string> declared;
  const auto add = [&](Command root) {
    for (const char* name : {"one", "two"}) root.AddCommand(name, "", [&, name](Command) { declared.push_back(name); });
  };
  ASSERT_TRUE(ParseLine("two", add));
  EXPECT_THAT(declared, ElementsAre("two"));
}

TEST(Options, HelpOfACommandHasItsOptionsAndNotItsParentsFooter) {
  int size = 7;
  const auto help = ParseLine("make --help", [&](Command root) {
    root.Footer("a footer");
    root.AddCommand("make", "Make it", [&](Command make) { make.Add("--size", size, "how large").ShowDefault(); });
  });
  ASSERT_TRUE(help) << help.error().message;
  EXPECT_THAT(*help, HasSubstr("Make it"));
  EXPECT_THAT(*help, HasSubstr("--size INT=7"));
  EXPECT_THAT(*help, Not(HasSubstr("a footer")));
}

TEST(Options, ValuesAreChecked) {
  std::optional<uint32_t> count;
  bool given = false, loud = false, quiet = false;
  const auto add = [&](Command root) {
    root.Add("--count", count, "").In(1u, 3u).WhenGiven([&] { given = true; });
    const Option is_loud = root.AddFlag("--loud", loud, "");
    root.AddFlag("--quiet", quiet, "").Excludes(is_loud);
    root.Check([&]() -> std::string { return count == 2u ? "two is none" : ""; });
  };
  ASSERT_TRUE(ParseLine("", add));
  EXPECT_FALSE(given);
  ASSERT_TRUE(ParseLine("--count 3 --loud", add));
  EXPECT_EQ(count, 3u);
  EXPECT_TRUE(given && loud && !quiet);
  EXPECT_THAT(ParseLine("--count 4", add).error().message, HasSubstr("4"));
  EXPECT_THAT(ParseLine("--count 2", add).error().message, HasSubstr("two is none"));
  EXPECT_THAT(ParseLine("--loud --quiet", add).error().message, HasSubstr("--quiet"));
}

}  // namespace
}  // namespace rapidbyte::cli
