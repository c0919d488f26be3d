#include "cli/bench_commits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/bench_baseline_command.h"
#include "cli/bench_compare_command.h"
#include "cli/bench_gate_command.h"
#include "cli/bench_history_command.h"
#include "lab/test_repository.h"

namespace rapidbyte::cli {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// What a command prints while this lives.
class Printed {
 public:
  Printed() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  ~Printed() { std::cout.rdbuf(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

// In the folder of a repository with commits, of which some are in a store.
class BenchCommitsTest : public testing::Test {
 protected:
  BenchCommitsTest() : store_file_((files_.outside() / "r.db").string()), before_(std::filesystem::current_path()) {
    std::filesystem::current_path(files_.path());
    store_.emplace(*store::SampleStore::Open(store_file_, files_.outside() / "r.jsonl"));
  }
  ~BenchCommitsTest() override { std::filesystem::current_path(before_); }

  record::Campaign PutCampaign(const json& settings) {
    record::Campaign campaign;
    campaign.id = "campaign-" + std::to_string(++campaigns_);
    campaign.started_at = "2024-01-0" + std::to_string(campaigns_);
    campaign.scenario = scenario_;
    campaign.git_sha = std::string(40, '0');
    campaign.blocks = kBlocks;
    campaign.settings = settings;
    EXPECT_TRUE(store_->PutCampaign(campaign));
    return campaign;
  }

  void Append(const std::string& campaign, uint32_t block, uint32_t position, const std::string& build,
              const record::CellKey& cell, double value) {
    record::Sample sample;
    sample.campaign_id = campaign;
    sample.block = block;
    sample.position = position;
    sample.build = build;
    sample.cell = cell;
    sample.wall_secs = value * (1 + 0.001 * block);
    if (value == kFails) sample.outcome = record::Outcome::kFailed;
    ASSERT_TRUE(store_->Append(sample));
  }

  // Side by side, in turns: each commit with its time, or kFails.
  void Measure(const std::vector<std::pair<std::string, double>>& commits) {
    json builds = json::array();
    for (const auto& [sha, value] : commits) builds.push_back(sha);
    const std::string id = PutCampaign({{"builds", builds}}).id;
    for (uint32_t block = 0; block < kBlocks; ++block) {
      for (uint32_t position = 0; position < commits.size(); ++position) {
        const auto& [sha, value] = commits[(position + block) % commits.size()];
        Append(id, block, position, sha, {}, value);
      }
    }
  }

  void MeasureOf(const std::string& scenario, const std::string& sha, double value) {
    scenario_ = scenario;
    Measure({{sha, value}});
  }

  Result<Selection> SelectOfStore(SelectionOptions options = {}) const {
    options.store = store_file_;
    return Select(options);
  }

  std::vector<std::string> ColumnsOfStore(SelectionOptions options = {}) const {
    const auto selection = SelectOfStore(std::move(options));
    EXPECT_TRUE(selection) << selection.error().message;
    return selection ? selection->columns : std::vector<std::string>();
  }

  static constexpr uint32_t kBlocks = 12;
  static constexpr double kFails = -1;
  lab::TestRepository files_;
  std::string store_file_;
  std::filesystem::path before_;
  std::optional<store::SampleStore> store_;
  std::string scenario_ = "cost";
  int campaigns_ = 0;
};

TEST_F(BenchCommitsTest, TheLastCommitIsTheNewestWhateverItsSha) {
  // Half of all shas are the other way round.
  std::string older = files_.Commit("begin");
  for (int i = 0; i < 6; ++i) {
    const std::string newer = files_.Commit("change " + std::to_string(i));
    Measure({{older, 1.0}, {newer, 1.5}});
    EXPECT_THAT(ColumnsOfStore(), ElementsAre(older, newer));
    BenchGateOptions gate;
    gate.selection.store = store_file_;
    gate.selection.campaign = "campaign-" + std::to_string(campaigns_);
    gate.baseline = older;
    const Printed printed;
    EXPECT_EQ(RunBenchGate(gate), 1) << printed.text();
    older = newer;
  }
}

TEST_F(BenchCommitsTest, AfterASearchTheLastCommitIsNotTheOneThatWasProbedLast) {
  std::vector<std::string> shas;
  for (const char* subject : {"good", "culprit", "bad"}) shas.push_back(files_.Commit(subject));
  Measure({{shas[0], 1}, {shas[2], 2}});
  Measure({{shas[0], 1}, {shas[1], 2}});
  EXPECT_THAT(ColumnsOfStore(), ElementsAre(shas[1], shas[2]));
}

TEST_F(BenchCommitsTest, ACommitThatMeasuredSomethingElseIsPassedOver) {
  std::vector<std::string> shas;
  for (int i = 0; i < 5; ++i) shas.push_back(files_.Commit("commit " + std::to_string(i)));
  for (const int i : {0, 1, 3}) MeasureOf("cost", shas[i], 1);
  for (const int i : {2, 4}) MeasureOf("size", shas[i], 1);
  MeasureOf("cost", shas[4], 1);
  EXPECT_THAT(ColumnsOfStore(), ElementsAre(shas[3], shas[4]));
  EXPECT_THAT(SelectOfStore()->warnings, testing::IsEmpty());
  SelectionOptions options;
  options.scenario = "size";
  EXPECT_THAT(ColumnsOfStore(options), ElementsAre(shas[2], shas[4]));
  EXPECT_THAT(SelectOfStore(options)->warnings, testing::IsEmpty()) << "what has no such run is not asked for";

  MeasureOf("size", files_.Commit("newest"), 1);
  EXPECT_EQ(ColumnsOfStore().front(), shas[4]);
  MeasureOf("other", shas[0], 1);
  const std::string newest = files_.Commit("newer still");
  MeasureOf("other", newest, 1);
  const auto selection = SelectOfStore();
  EXPECT_THAT(selection->columns, ElementsAre(shas[0], newest));
  ASSERT_THAT(selection->warnings, SizeIs(1));
  EXPECT_THAT(selection->warnings.front(),
              testing::AllOf(HasSubstr("passed over"), HasSubstr(shas[3].substr(0, 10)), HasSubstr("and 2 more")));
}

TEST_F(BenchCommitsTest, TheLastFewCommitsAreThoseThatCompareWithTheNewest) {
  std::vector<std::string> shas;
  for (int i = 0; i < 4; ++i) {
    shas.push_back(files_.Commit("commit " + std::to_string(i)));
    MeasureOf(i == 2 ? "size" : "cost", shas.back(), 1);
  }
  SelectionOptions options;
  for (options.last = 3; options.last < 6; ++options.last) {
    EXPECT_THAT(ColumnsOfStore(options), ElementsAre(shas[0], shas[1], shas[3]));
  }
  options.last = 1;
  EXPECT_THAT(ColumnsOfStore(options), ElementsAre(shas[3]));
}

TEST_F(BenchCommitsTest, CellsThatArePooledAreInCommon) {
  const std::string older = files_.Commit("older");
  const std::string newer = files_.Commit("newer");
  for (const std::string& sha : {older, newer}) {
    const std::string id = PutCampaign({{"builds", {sha}}}).id;
    for (uint32_t block = 0; block < kBlocks; ++block) Append(id, block, 0, sha, {{"x", sha}}, 1);
  }
  BenchCompareOptions options;
  options.selection.store = store_file_;
  options.format = "csv";
  const auto refused = SelectOfStore();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("no earlier commit"));
  EXPECT_THAT(refused.error().message, HasSubstr(newer.substr(0, 10)));
  EXPECT_THAT(refused.error().hint, HasSubstr(older.substr(0, 10)));
  options.ignored = {"x"};
  const Printed printed;
  EXPECT_EQ(RunBenchCompare(options), 0);
  EXPECT_THAT(printed.text(), HasSubstr(older));
}

TEST_F(BenchCommitsTest, ANewestCommitThatFailedIsNotPassedOver) {
  const std::string first = files_.Commit("first");
  const std::string second = files_.Commit("second");
  Measure({{first, 1.0}, {second, 1.0}});
  const std::string broken = files_.Commit("broken");
  MeasureOf("cost", broken, kFails);
  const auto refused = SelectOfStore();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message,
              testing::AllOf(HasSubstr("all runs of " + broken.substr(0, 10)), HasSubstr("failed")));
  BenchGateOptions gate;
  gate.selection.store = store_file_;
  for (const std::string& baseline : {first, std::string("window:5")}) {
    gate.baseline = baseline;
    const Printed printed;
    EXPECT_EQ(RunBenchGate(gate), 3) << printed.text();
  }
  SelectionOptions named;
  named.commits = {first, second};
  EXPECT_THAT(ColumnsOfStore(named), ElementsAre(first, second));
  BenchBaselineOptions baseline{"release", "", store_file_};
  const Printed printed;
  EXPECT_NE(RunBenchBaseline(baseline), 0);

  const std::string mended = files_.Commit("mended");
  MeasureOf("cost", mended, 1);
  const auto selection = SelectOfStore();
  EXPECT_THAT(selection->columns, ElementsAre(second, mended));
  EXPECT_THAT(selection->warnings, ElementsAre(HasSubstr(broken.substr(0, 10))));
}

TEST_F(BenchCommitsTest, AGateJudgesTheNewestCommitThatComparesWithItsBaseline) {
  const std::string first = files_.Commit("first");
  MeasureOf("cost", first, 1.0);
  const std::string slow = files_.Commit("slow");
  Measure({{first, 1.0}, {slow, 1.5}});
  const std::string other = files_.Commit("other");
  MeasureOf("size", other, 1.0);
  BenchGateOptions options;
  options.selection.store = store_file_;
  options.selection.campaign = "campaign-2";
  options.baseline = first;
  {
    const Printed printed;
    EXPECT_EQ(RunBenchGate(options), 1) << printed.text();
    EXPECT_THAT(printed.text(), HasSubstr("passed over"));
    EXPECT_THAT(printed.text(), HasSubstr(other.substr(0, 10)));
  }
  MeasureOf("cost", other, kFails);
  EXPECT_EQ(RunBenchGate(options), 3) << "its runs of the baseline's cells failed";
}

TEST_F(BenchCommitsTest, AHistoryHasOnePointACommitInTheirOrder) {
  std::vector<std::string> shas;
  for (int i = 0; i < 7; ++i) shas.push_back(files_.Commit("commit " + std::to_string(i)));
  const auto cost = [](int i) { return i < 4 ? 1.0 : 1.4; };
  for (const int i : {5, 2, 0, 4, 1, 3}) Measure({{shas[i], cost(i)}, {shas[i + 1], cost(i + 1)}});
  BenchHistoryOptions options;
  options.store = store_file_;
  options.json = true;
  const Printed printed;
  ASSERT_EQ(RunBenchHistory(options), 0);
  const json history = json::parse(printed.text());
  ASSERT_THAT(history, SizeIs(1));
  const json& points = history[0]["points"];
  ASSERT_THAT(points, SizeIs(7));
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(points[i]["commit"], shas[i]) << i;
    EXPECT_NEAR(points[i]["value"], cost(static_cast<int>(i)), 0.02);
    EXPECT_EQ(points[i]["n"], i == 0 || i == 6 ? kBlocks : 2 * kBlocks);
  }
}

TEST_F(BenchCommitsTest, AWindowIsOfEarlierCommitsHoweverLateTheyWereMeasured) {
  std::vector<std::string> shas;
  for (int i = 0; i < 4; ++i) shas.push_back(files_.Commit("commit " + std::to_string(i)));
  for (const int i : {1, 3, 2, 0}) Measure({{shas[i], 1.0 + i}});
  SelectionOptions options;
  options.store = store_file_;
  options.sides = {shas[2]};
  options.window = 10;
  const auto selection = Select(options);
  ASSERT_TRUE(selection) << selection.error().message;
  std::set<double> values;
  for (const auto& observation : selection->observations) {
    if (observation.block == 0) values.insert(observation.value);
  }
  EXPECT_THAT(values, ElementsAre(1, 2, 3)) << "the candidate's own and those of the two commits before it";
}

TEST_F(BenchCommitsTest, ABaselineIsNamedAsGitNamesCommits) {
  const std::string first = files_.Commit("first");
  Measure({{first, 1.0}, {files_.Commit("second"), 1.0}});
  BenchBaselineOptions options{"release", "HEAD~1", store_file_};
  const Printed printed;
  ASSERT_EQ(RunBenchBaseline(options), 0);
  EXPECT_EQ((*store_->FindBaseline("release"))->git_sha, first);
  options.target = "HEAD~7";
  EXPECT_NE(RunBenchBaseline(options), 0);
}

TEST_F(BenchCommitsTest, AGateSaysThatHeadWasNotMeasured) {
  const std::string first = files_.Commit("first");
  Measure({{first, 1.0}, {files_.Commit("second"), 1.0}});
  BenchGateOptions options;
  options.selection.store = store_file_;
  options.baseline = first;
  {
    const Printed printed;
    EXPECT_EQ(RunBenchGate(options), 0);
    EXPECT_THAT(printed.text(), testing::Not(HasSubstr("HEAD")));
  }
  const std::string head = files_.Commit("third");
  const Printed printed;
  EXPECT_EQ(RunBenchGate(options), 0);
  EXPECT_THAT(printed.text(), HasSubstr("HEAD (" + head.substr(0, 10) + ") was not measured"));
}

TEST_F(BenchCommitsTest, TheFirstValueOfTheMatrixIsWhatOthersCompareTo) {
  files_.Commit("first");
  const std::string id = PutCampaign({{"values", {{"subject", {"ours", "other"}}, {"x", {"1", "2"}}}}}).id;
  for (uint32_t block = 0; block < kBlocks; ++block) {
    uint32_t position = 0;
    for (const char* x : {"2", "1"}) {
      Append(id, block, position++, "", {{"subject", "other"}, {"x", x}}, 3);
      Append(id, block, position++, "", {{"subject", "ours"}, {"x", x}}, 1);
    }
  }
  BenchCompareOptions options;
  options.selection.store = store_file_;
  options.column = "subject";
  options.format = "json";
  for (const char* filter : {"x=1", "x=2", "x=1,2"}) {
    options.selection.filters = {filter};
    const Printed printed;
    ASSERT_EQ(RunBenchCompare(options), 0);
    EXPECT_EQ(json::parse(printed.text())["columns"], json({"ours", "other"})) << filter;
  }
}

}  // namespace
}  // namespace rapidbyte::cli
