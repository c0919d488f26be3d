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
    campaign.scenario = "cost";
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
    ASSERT_TRUE(store_->Append(sample));
  }

  // Side by side, in turns: each commit with its time.
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

  std::vector<std::string> ColumnsOfStore() const {
    SelectionOptions options;
    options.store = store_file_;
    const auto selection = Select(options);
    EXPECT_TRUE(selection) << selection.error().message;
    return selection->columns;
  }

  static constexpr uint32_t kBlocks = 12;
  lab::TestRepository files_;
  std::string store_file_;
  std::filesystem::path before_;
  std::optional<store::SampleStore> store_;
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
