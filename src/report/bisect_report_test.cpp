#include "report/bisect_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/golden_file.h"

namespace rapidbyte::report {
namespace {

using testing::HasSubstr;

BisectCommit Commit(char digit, const std::string& subject) {
  return {std::string(40, digit), subject, "2026-11-24T09:00:00+01:00", false};
}

stats::Decision Decision(stats::Verdict verdict, double estimate) {
  stats::Decision decision;
  decision.verdict = verdict;
  decision.ratio = stats::Ratio{.pairs = 14,
                                .numerators = 14,
                                .denominators = 14,
                                .estimate = estimate,
                                .interval = stats::Interval{estimate - 0.011, estimate + 0.012},
                                .p_value = 0.00012};
  return decision;
}

BisectReport Example() {
  BisectReport report;
  report.good = Commit('1', "Release 1.0");
  report.bad = Commit('9', "Update the readme");
  report.commits = 12;
  report.cell = "load_method=copy";
  report.step_threshold = 0.21;
  const auto regressed = Decision(stats::Verdict::kRegressed, 1.482);
  const auto unchanged = Decision(stats::Verdict::kUnchanged, 1.003);
  report.steps = {
      {report.bad, "ends", regressed, ""},
      {Commit('5', "Half a rename"), "skipped", std::nullopt, "building 5555555555: \"make\" exited with 2"},
      {Commit('4', "Tidy"), "good", unchanged, ""},
      {Commit('6', "Sleep longer"), "bad", regressed, ""},
      {Commit('6', "Sleep longer"), "confirmed", regressed, ""}};
  report.outcome = BisectOutcome::kFound;
  report.suspects = {Commit('6', "Sleep longer")};
  report.before = Commit('5', "Half a rename");
  report.change = regressed;
  report.error_bound = 0.05;
  return report;
}

TEST(BisectReport, TextOfAFoundCommit) { ExpectGolden("bisect_found.txt", BisectText(Example())); }

TEST(BisectReport, TextWhereNotFound) {
  BisectReport report = Example();
  report.outcome = BisectOutcome::kSeveralSuspects;
  report.suspects.push_back(Commit('7', "Another"));
  EXPECT_THAT(BisectText(report), testing::AllOf(HasSubstr("The first bad one is among"), HasSubstr("Another")));
  report.outcome = BisectOutcome::kUnconfirmed;
  EXPECT_THAT(BisectText(report), HasSubstr("shows no regression"));
  report.outcome = BisectOutcome::kNoRegression;
  EXPECT_THAT(BisectText(report), HasSubstr("9999999999 shows no regression"));
  report.outcome = BisectOutcome::kUndecided;
  EXPECT_THAT(BisectText(report), testing::ContainsRegex("could.not.be.decided"));
}

TEST(BisectReport, AMergeSaysHowToGoOn) {
  BisectReport report = Example();
  report.suspects[0].is_merge = true;
  EXPECT_THAT(BisectText(report), HasSubstr("git merge-base 6666666666^1 6666666666^2"));
}

TEST(BisectReport, JsonHasTheStepsAndTheCommit) {
  const auto json = nlohmann::json::parse(BisectJson(Example()));
  EXPECT_EQ(json["outcome"], "found");
  EXPECT_EQ(json["suspects"][0]["subject"], "Sleep longer");
  EXPECT_EQ(json["steps"].size(), 5u);
  EXPECT_EQ(json["steps"][1]["decision"], nullptr);
  EXPECT_EQ(json["change"]["ratio"], 1.482);
  EXPECT_EQ(json["change"]["blocks"], 14);
}

}  // namespace
}  // namespace rapidbyte::report
