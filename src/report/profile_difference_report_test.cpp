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
    const double noise = static_cast<double>(run % 3) * 1e6;
    AddSample(before[run], {{"main"}, {"steady"}}, 500e6 + noise);
    AddSample(before[run], {{"main"}, {"space::slower<with, many, template, arguments>(and, parameters)"}}, 300e6);
    AddSample(before[run], {{"main"}, {"gone\x1B[2J"}}, 200e6 - noise);
    AddSample(after[run], {{"main"}, {"steady"}}, 500e6 - noise);
    AddSample(after[run], {{"main"}, {"space::slower<with, many, template, arguments>(and, parameters)"}},
              480e6 + noise);
    AddSample(after[run], {{"main"}, {"fresh"}}, 20e6);
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
  AddSample(same, {{"main"}}, 1e9);
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

}  // namespace
}  // namespace rapidbyte::report
