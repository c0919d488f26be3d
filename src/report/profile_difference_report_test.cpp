#include "report/profile_difference_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/golden_file.h"
#include "report/test_profile.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

profile::Difference Compared(size_t runs, const profile::DifferenceOptions& options = {}) {
  std::vector<profile::Profile> before(runs), after(runs);
  for (size_t run = 0; run < runs; ++run) {
    const int noise = static_cast<int>(run % 3) * 10;
    AddMillis(before[run], {{"main"}, {"steady"}}, 5000 + noise);
    AddMillis(before[run], {{"main"}, {"space::slower<with, many, template, arguments>(and, parameters)"}}, 3000);
    AddMillis(before[run], {{"main"}, {"gone\x1B[2J"}}, 2000 - noise);
    AddMillis(after[run], {{"main"}, {"steady"}}, 5000 - noise);
    AddMillis(after[run], {{"main"}, {"space::slower<with, many, template, arguments>(and, parameters)"}},
              4800 + noise);
    AddMillis(after[run], {{"main"}, {"fresh"}}, 200);
  }
  std::vector<const profile::Profile*> old_runs, new_runs;
  for (const profile::Profile& profile : before) old_runs.push_back(&profile);
  for (const profile::Profile& profile : after) new_runs.push_back(&profile);
  return profile::Compare(old_runs, new_runs, options);
}

void ExpectFitsTerminal(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80u) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(ProfileDifferenceReport, Text) {
  const std::string text = ProfileDifferenceText(Compared(5));
  ExpectFitsTerminal(text);
  ExpectGolden("profile_difference.txt", text);
}

TEST(ProfileDifferenceReport, TextPerRun) {
  profile::DifferenceOptions options;
  options.basis = profile::Basis::kPerRun;
  const std::string text = ProfileDifferenceText(Compared(5, options), 2);
  ExpectFitsTerminal(text);
  ExpectGolden("profile_difference_per_run.txt", text);
}

TEST(ProfileDifferenceReport, OneRunASideIsNoDecision) {
  const std::string text = ProfileDifferenceText(Compared(1));
  ExpectFitsTerminal(text);
  EXPECT_THAT(text, testing::HasSubstr("is not known"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("* ")));
}

TEST(ProfileDifferenceReport, NothingChanged) {
  profile::Profile same;
  AddMillis(same, {{"main"}}, 1000);
  const profile::Profile* side = &same;
  const std::string text = ProfileDifferenceText(profile::Compare({&side, 1}, {&side, 1}));
  EXPECT_THAT(text, testing::HasSubstr("No function's own time changed."));
}

TEST(ProfileDifferenceReport, Json) {
  const auto json = nlohmann::json::parse(ProfileDifferenceJson(Compared(5)));
  EXPECT_EQ(json["runs"]["before"], 5);
  EXPECT_EQ(json["decided"], true);
  EXPECT_EQ(json["functions"].size(), 5u);
  EXPECT_TRUE(json["functions"][0]["own"]["significant"]);
}

TEST(ProfileDifferenceReport, ANameThatIsNotUtf8IsWrittenAllTheSame) {
  profile::Profile before, after;
  AddMillis(before, {{"main"}, {"caf\xe9"}}, 100);
  AddMillis(after, {{"main"}, {"caf\xe9"}}, 200);
  const profile::Profile* sides[] = {&before, &after};
  const std::string text = ProfileDifferenceJson(profile::Compare({&sides[0], 1}, {&sides[1], 1}));
  EXPECT_THAT(text, testing::HasSubstr("caf\xef\xbf\xbd"));
}

}  // namespace
}  // namespace rapidbyte::report
