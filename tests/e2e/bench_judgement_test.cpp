// What is said of samples that are there already: comparisons, the gate, baselines, files made elsewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

using testing::HasSubstr;

// A store of two commits that were measured together, made from lines: nothing here depends on this machine's noise.
class BenchJudgement : public InOwnFolder {
 protected:
  static constexpr const char* kOld = "1111111111111111111111111111111111111111";
  static constexpr const char* kNew = "2222222222222222222222222222222222222222";

  // Of a run that went well; the day of January tells when and by which campaign.
  static nlohmann::json SampleOf(const std::string& day, const std::string& git_sha, double wall_secs) {
    const std::string date = "2026-01-" + day + "T00:00:0";
    return {{"campaign_id", "202601" + day + "T000000-0000aaaa"},
            {"campaign_started_at", date + "0Z"},
            {"scenario", "made"},
            {"git_sha", git_sha},
            {"git_branch", "main"},
            {"cell", {{"query", "q1"}}},
            {"block", 0},
            {"position", 0},
            {"warmup", false},
            {"timestamp", date + "1Z"},
            {"outcome", "ok"},
            {"wall_secs", wall_secs},
            {"user_secs", wall_secs / 2},
            {"system_secs", 0.0},
            {"max_rss_bytes", 1000}};
  }

  // With another cell, if asked for, of which all runs of the new commit fail.
  static void Import(double ratio, bool with_failing_cell = false) {
    std::ofstream lines("lines.jsonl");
    for (int block = 0; block < 12; ++block) {
      for (const char* build : {kOld, kNew}) {
        const double drift = 1 + 0.05 * block;
        const double value = drift * (build == kNew ? ratio * (1 + 0.001 * (block % 3)) : 1);
        nlohmann::json sample = SampleOf("01", kNew, value);
        sample["build"] = build;
        sample["block"] = block;
        sample["position"] = build == kNew ? 1 : 0;
        lines << sample.dump() << "\n";
        if (!with_failing_cell) continue;
        sample["cell"] = {{"query", "q2"}};
        sample["position"] = build == kNew ? 3 : 2;
        if (build == kNew) sample["outcome"] = "failed";
        lines << sample.dump() << "\n";
      }
    }
    lines.close();
    const RunResult import = RunRapidbyte({"bench", "import", "lines.jsonl"});
    ASSERT_EQ(import.exit_code, 0) << import.out << import.err;
  }
};

TEST_F(BenchJudgement, ARegressionShutsTheGate) {
  Import(1.08);
  const nlohmann::json comparison = RunJson({"bench", "compare", kOld, kNew, "--format", "json"});
  ASSERT_EQ(comparison["cells"].size(), 1u);
  EXPECT_EQ(comparison["cells"][0]["verdict"], "regressed");
  EXPECT_TRUE(comparison["cells"][0]["paired"]);
  EXPECT_NEAR(comparison["cells"][0]["ratio"], 1.08, 0.01);

  const RunResult gate = RunRapidbyte({"bench", "gate", "22222222", "--baseline", "11111111", "--junit", "gate.xml",
                                       "--markdown", "gate.md", "--json", "gate.json"});
  EXPECT_EQ(gate.exit_code, 1) << gate.out << gate.err;
  for (const char* file : {"gate.xml", "gate.md", "gate.json"}) EXPECT_TRUE(std::filesystem::file_size(file) > 100);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld, "--threshold", "20"}).exit_code, 0)
      << "significant, but shown to lie within what does not matter";
}

TEST_F(BenchJudgement, NoChangeOpensItAndNothingToCompareIsAnError) {
  Import(1.0);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld}).exit_code, 0);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kNew}).exit_code, 3) << "the same commit twice";
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", "3333333"}).exit_code, 3);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", "window:x"}).exit_code, 3);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", "--baseline", kOld, "--store", "nowhere.db"}).exit_code, 3);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew}).exit_code, 3) << "no baseline";
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld, "--threshold", "3%"}).exit_code, 0);
  const RunResult column = RunRapidbyte({"bench", "compare", kOld, kNew, "--col", "z"});
  EXPECT_EQ(column.exit_code, 11);
  EXPECT_THAT(column.err, HasSubstr("no sample has a parameter \"z\""));
  EXPECT_THAT(RunRapidbyte({"bench", "compare", kNew, "--col", "query"}).err, HasSubstr("it has one value only, q1"));
}

TEST_F(BenchJudgement, ACellWhoseRunsAllFailShutsTheGate) {
  Import(1.0, /*with_failing_cell=*/true);
  const RunResult gate = RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld});
  EXPECT_EQ(gate.exit_code, 1) << gate.out << gate.err;
  EXPECT_THAT(gate.out, testing::ContainsRegex("Every run of the candidate failed in 1.cell: query=q2"));
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", kOld, "--filter", "query=q1"}).exit_code, 0);
}

TEST_F(BenchJudgement, ACommitWithChangesIsNotTheCommit) {
  std::ofstream lines("lines.jsonl");
  for (int block = 0; block < 6; ++block) {
    for (const auto& [day, sha, secs] : {std::tuple("01", kOld, 1.0), {"02", kNew, 1.0}, {"03", kNew, 2.0}}) {
      nlohmann::json sample = SampleOf(day, sha, secs + 0.001 * block);
      sample["block"] = block;
      sample["git_dirty"] = secs > 1.5;
      lines << sample.dump() << "\n";
    }
  }
  lines.close();
  ASSERT_EQ(RunRapidbyte({"bench", "import", "lines.jsonl"}).exit_code, 0);
  const nlohmann::json comparison = RunJson({"bench", "compare", kOld, kNew, "--format", "json"});
  EXPECT_NEAR(comparison["cells"][0]["ratio"], 1.0, 0.01);
  EXPECT_THAT(comparison["warnings"].dump(), HasSubstr("6 runs of the commit with changes are left out"));
}

TEST_F(BenchJudgement, ACampaignOfSeveralCommitsIsNoSide) {
  Import(1.08);
  const RunResult compared = RunRapidbyte({"bench", "compare", "20260101T000000-0000aaaa", kNew});
  EXPECT_EQ(compared.exit_code, 10) << compared.out;
  EXPECT_THAT(compared.err, HasSubstr("several commits were measured in turns: 1111111111, 2222222222"));
}

TEST_F(BenchJudgement, OptionsThatWouldChangeNothingAreRefused) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--iters", "3"}, {"--last", "3", kOld}, {"--last", "3", "--sha", kOld}}) {
    std::vector<std::string> all = {"bench", "compare"};
    all.insert(all.end(), words.begin(), words.end());
    const RunResult refused = RunRapidbyte(all);
    EXPECT_EQ(refused.exit_code, 10) << words[0];
    EXPECT_THAT(refused.err, HasSubstr(words[0]));
  }
}

TEST_F(BenchJudgement, AFilterKeepsRowsOfAFile) {
  std::ofstream file("hosts.csv");
  file << "time,host,ms\n";
  for (int i = 0; i < 40; ++i) file << i << ",h1," << (i < 20 ? 100 : 120) + i % 3 << "\n" << i << ",h2," << 50 << "\n";
  file.close();
  const std::vector<std::string> words = {"bench", "history",  "hosts.csv", "--time",
                                          "time",  "--metric", "ms",        "--json"};
  const auto filtered = [&](const std::string& filter) {
    std::vector<std::string> more = words;
    more.insert(more.end(), {"--filter", filter});
    return more;
  };
  const nlohmann::json one = RunJson(filtered("host=h1"));
  ASSERT_EQ(one.size(), 1u);
  ASSERT_EQ(one[0]["change_points"].size(), 1u);
  EXPECT_EQ(one[0]["change_points"][0]["index"], 20);
  const RunResult none = RunRapidbyte(filtered("host=h3"));
  EXPECT_EQ(none.exit_code, 10);
  EXPECT_THAT(none.err, HasSubstr("no row of hosts.csv passes --filter"));
}

// Each commit measured by itself: one run of the candidate against eight decides nothing; the gate says what would.
TEST_F(BenchJudgement, AWindowNeedsSeveralRunsOfTheCandidate) {
  const auto measure = [](const std::string& sha, int day, double value) {
    std::ofstream lines("lines.jsonl");
    lines << SampleOf(std::to_string(100 + day).substr(1), sha, value).dump() << "\n";
    lines.close();
    EXPECT_EQ(RunRapidbyte({"bench", "import", "lines.jsonl"}).exit_code, 0);
  };
  for (int day = 1; day <= 8; ++day) measure(kOld, day, 1 + 0.002 * day);
  measure(kNew, 9, 1.1);
  const RunResult one = RunRapidbyte({"bench", "gate", "--baseline", "window:20"});
  EXPECT_EQ(one.exit_code, 2) << one.out << one.err;
  EXPECT_THAT(one.out, HasSubstr("8 runs of earlier commits (window:20)"));
  std::string one_line = one.out;
  std::replace(one_line.begin(), one_line.end(), '\n', ' ');
  EXPECT_THAT(one_line, HasSubstr("There are 8 runs before and 1 run after"));
  for (int day = 10; day <= 13; ++day) measure(kNew, day, 1.1 + 0.002 * day);
  const RunResult five = RunRapidbyte({"bench", "gate", "--baseline", "window:20"});
  EXPECT_EQ(five.exit_code, 1) << five.out << five.err;
}

TEST_F(BenchJudgement, ImportedTwiceNothingIsDoubled) {
  Import(1.0);
  const RunResult again = RunRapidbyte({"bench", "import", "lines.jsonl"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("24 already there"));
  std::ofstream("lines.jsonl", std::ios::app) << "{\"torn";
  EXPECT_THAT(RunRapidbyte({"bench", "import", "lines.jsonl"}).out, HasSubstr("warning"));
}

TEST_F(BenchJudgement, ABaselineHasAName) {
  Import(1.08);
  EXPECT_EQ(RunRapidbyte({"bench", "baseline", "release", kOld}).exit_code, 0);
  EXPECT_EQ(RunRapidbyte({"bench", "gate", kNew, "--baseline", "baseline:release"}).exit_code, 1);
}

TEST_F(BenchJudgement, FilesFromElsewhereAreComparedAndHaveAHistory) {
  std::ofstream before("old.csv"), after("new.csv"), history("history.csv");
  before << "case,ms\n";
  after << "case,ms\n";
  history << "time,ms\n";
  for (int i = 0; i < 20; ++i) {
    before << "a," << 100 + i % 4 << "\n";
    after << "a," << 120 + i % 4 << "\n";
  }
  for (int i = 0; i < 60; ++i) history << i << "," << (i < 40 ? 100 : 130) + i * 7 % 5 << "\n";
  before.close();
  after.close();
  history.close();
  const nlohmann::json comparison = RunJson({"bench", "compare", "old.csv", "new.csv", "--format", "json"});
  EXPECT_EQ(comparison["cells"][0]["verdict"], "regressed");
  EXPECT_FALSE(comparison["cells"][0]["paired"]);
  std::ofstream("named.csv") << "when,ms\nmonday,1\ntuesday,2\n";
  EXPECT_THAT(RunRapidbyte({"bench", "history", "named.csv"}).err, HasSubstr("--time when"));
  const nlohmann::json series =
      RunJson({"bench", "history", "history.csv", "--time", "time", "--metric", "ms", "--json"});
  ASSERT_EQ(series.size(), 1u);
  EXPECT_EQ(series[0]["metric"], "ms");
  ASSERT_EQ(series[0]["change_points"].size(), 1u);
  EXPECT_EQ(series[0]["change_points"][0]["index"], 40);
}

}  // namespace
}  // namespace rapidbyte::e2e
