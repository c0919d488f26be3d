#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_store.h"

namespace rapidbyte::store {
namespace {

using record::Campaign;
using record::ExampleCampaign;
using record::ExampleSample;
using record::Sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kFirst = "1111aaaa";
constexpr const char* kSecond = "1111bbbb";
constexpr const char* kBuild = "2222cccc";

// Campaign "a" of the first commit, "b" of the second, "c" of the second again with builds of another one.
class QueryTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store_.emplace(OpenNew());
    Fill("b", "2024-01-02", kSecond, "sizes", "");
    Fill("a", "2024-01-01", kFirst, "sizes", "");
    Fill("c", "2024-01-03", kSecond, "others", kBuild);
  }

  // A warm-up block, two blocks of two cells that count, and a failure.
  void Fill(const std::string& id, const std::string& day, const std::string& sha, const std::string& scenario,
            const std::string& build) {
    Campaign campaign = ExampleCampaign(id);
    campaign.started_at = day;
    campaign.git_sha = sha;
    campaign.git_branch = "branch of " + id;
    campaign.scenario = scenario;
    ASSERT_TRUE(store_->PutCampaign(campaign));
    for (uint32_t block = 0; block < 4; ++block) {
      for (uint32_t position = 0; position < 2; ++position) {
        Sample sample = ExampleSample(block, position, id);
        sample.build = position == 1 ? build : "";
        sample.wall_secs = block + 0.5 * position;
        sample.metrics["latency"] = 10 + block;
        sample.run = {{"records_read", 1000 + block}};
        if (block == 3) sample.outcome = record::Outcome::kFailed;
        const Status appended = store_->Append(sample);
        ASSERT_TRUE(appended) << appended.error().message;
      }
    }
  }

  std::vector<HistoryRow> History(const HistoryFilter& filter) {
    auto rows = store_->History(filter);
    EXPECT_TRUE(rows) << rows.error().message;
    return *std::move(rows);
  }

  std::optional<SampleStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, QueryTest, testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

TEST_P(QueryTest, CommitsAreTheLastMeasuredFirst) {
  const auto commits = store_->Commits();
  ASSERT_TRUE(commits) << commits.error().message;
  ASSERT_THAT(*commits, SizeIs(3));
  std::map<std::string, CommitRow> by_sha;
  for (const CommitRow& commit : *commits) by_sha[commit.git_sha] = commit;
  EXPECT_EQ(commits->back().git_sha, kFirst);
  EXPECT_EQ(by_sha[kFirst].samples, 4u) << "those that count";
  EXPECT_EQ(by_sha[kFirst].campaigns, 1u);
  EXPECT_EQ(by_sha[kFirst].git_branch, "branch of a");
  EXPECT_EQ(by_sha[kSecond].samples, 6u);
  EXPECT_EQ(by_sha[kSecond].campaigns, 2u);
  EXPECT_EQ(by_sha[kSecond].measured_at, "2024-01-03");
  EXPECT_EQ(by_sha[kSecond].git_branch, "branch of c");
  EXPECT_EQ(by_sha[kBuild].samples, 2u);
}

TEST_P(QueryTest, CommitsTellWhichCellsTheyMeasured) {
  Campaign failing = ExampleCampaign("e");
  failing.started_at = "2024-01-05";
  failing.scenario = "sizes";
  failing.git_sha = "5555";
  ASSERT_TRUE(store_->PutCampaign(failing));
  Sample sample = ExampleSample(1, 0, "e");
  sample.build = "";
  sample.outcome = record::Outcome::kWrongRows;
  ASSERT_TRUE(store_->Append(sample));
  const auto commits = store_->Commits();
  ASSERT_TRUE(commits) << commits.error().message;
  ASSERT_THAT(*commits, SizeIs(4));
  const CommitRow& failed = commits->front();
  EXPECT_EQ(failed.git_sha, "5555");
  EXPECT_EQ(failed.samples, 0u);
  EXPECT_EQ(failed.campaigns, 1u);
  EXPECT_THAT(failed.cells, IsEmpty());
  EXPECT_THAT(failed.failed_in, ElementsAre(MeasuredCell{"sizes", sample.cell}));
  const CommitRow& first = commits->back();
  EXPECT_EQ(first.git_sha, kFirst);
  EXPECT_THAT(first.cells, SizeIs(2));
  EXPECT_EQ(first.cells, first.failed_in) << "each cell has runs of both kinds";
}

TEST_P(QueryTest, BuildsOfOneCampaignComeAsTheyWereNamed) {
  constexpr const char* kOlder = "ffff0000";
  constexpr const char* kNewer = "0000ffff";
  Campaign campaign = ExampleCampaign("d");
  campaign.started_at = "2024-01-04";
  campaign.scenario = "commits";
  campaign.settings = {{"builds", {kOlder, kNewer}}};
  ASSERT_TRUE(store_->PutCampaign(campaign));
  for (uint32_t position = 0; position < 2; ++position) {
    Sample sample = ExampleSample(1, position, "d");
    sample.cell = {};
    sample.build = position == 0 ? kNewer : kOlder;  // shuffled
    ASSERT_TRUE(store_->Append(sample));
  }
  const auto commits = store_->Commits();
  ASSERT_TRUE(commits) << commits.error().message;
  EXPECT_EQ((*commits)[0].git_sha, kNewer);
  EXPECT_EQ((*commits)[1].git_sha, kOlder);
  const auto rows = History({.scenario = "commits", .cell = {}, .metric = "wall"});
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].git_sha, kOlder);
  EXPECT_EQ(rows[1].git_sha, kNewer);
  EXPECT_FALSE(rows[0].git_dirty) << "a build is of its commit, whatever the tree that it was started in";
}

TEST_P(QueryTest, SamplesOfCommitsAreWhole) {
  const auto commits = store_->SamplesOfCommits({"1111a", kSecond, "2222"});
  ASSERT_TRUE(commits) << commits.error().message;
  ASSERT_THAT(*commits, SizeIs(3));
  EXPECT_EQ((*commits)[0].git_sha, kFirst);
  ASSERT_THAT((*commits)[0].samples, SizeIs(8)) << "warm-up and failed ones too";
  ASSERT_THAT((*commits)[0].campaigns, SizeIs(1));
  const Sample& sample = (*commits)[0].samples[3];
  Sample expected = ExampleSample(1, 1, "a");
  expected.build = "";
  expected.wall_secs = 1.5;
  expected.metrics["latency"] = 11;
  expected.run = {{"records_read", 1001}};
  EXPECT_EQ(LineOf(sample, (*commits)[0].campaigns[0]), LineOf(expected, (*commits)[0].campaigns[0]));

  EXPECT_THAT((*commits)[1].samples, SizeIs(12)) << "not those of the other build";
  ASSERT_THAT((*commits)[1].campaigns, SizeIs(2));
  EXPECT_EQ((*commits)[1].campaigns[0].id, "b");
  ASSERT_THAT((*commits)[2].samples, SizeIs(4));
  EXPECT_EQ((*commits)[2].samples[0].build, kBuild);
  EXPECT_EQ((*commits)[2].campaigns[0].id, "c");
}

TEST_P(QueryTest, SamplesOfCommitsCanBeFewer) {
  const auto others = store_->SamplesOfCommits({kSecond}, {.scenario = "others", .cell = {}, .with_runs = false});
  ASSERT_TRUE(others) << others.error().message;
  ASSERT_THAT((*others)[0].samples, SizeIs(4));
  EXPECT_TRUE((*others)[0].samples[0].run.is_null());
  EXPECT_EQ((*others)[0].samples[0].metrics.at("latency"), 10);
  const auto native = store_->SamplesOfCommits({kSecond}, {.scenario = "sizes", .cell = {{"runtime", "native"}}});
  ASSERT_THAT((*native)[0].samples, SizeIs(4));
  EXPECT_EQ((*native)[0].samples[0].cell.at("load_method"), "insert");
  const auto none = store_->SamplesOfCommits({kSecond}, {.scenario = "sizes", .cell = {{"runtime", "other"}}});
  EXPECT_THAT((*none)[0].samples, IsEmpty());
}

TEST_P(QueryTest, ACommitMustBeThereAndUnique) {
  const auto several = store_->SamplesOfCommits({"1111"});
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, ErrorCode::kUsage);
  EXPECT_THAT(several.error().hint, HasSubstr("1111aaaa, 1111bbbb"));
  const auto none = store_->SamplesOfCommits({"3333"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kUsage);
  EXPECT_THAT(none.error().message, HasSubstr("\"3333\""));
  EXPECT_THAT(none.error().hint, HasSubstr("last measured: "));
  EXPECT_FALSE(store_->SamplesOfCommits({""}));
}

TEST_P(QueryTest, HistoryHasTheValuesThatCount) {
  const auto rows = History({.scenario = "sizes", .cell = {}, .metric = "wall"});
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[0].campaign_id, "a");
  EXPECT_EQ(rows[0].started_at, "2024-01-01");
  EXPECT_EQ(rows[0].git_sha, kFirst);
  EXPECT_EQ(rows[0].git_branch, "branch of a");
  EXPECT_TRUE(rows[0].git_dirty);
  EXPECT_EQ(rows[0].host_hash, ExampleCampaign().host.Hash());
  EXPECT_EQ(rows[0].cell.at("load_method"), "copy");
  EXPECT_THAT(rows[0].values, ElementsAre(1, 2));
  EXPECT_EQ(rows[1].cell.at("load_method"), "insert");
  EXPECT_THAT(rows[1].values, ElementsAre(1.5, 2.5));
  EXPECT_EQ(rows[2].campaign_id, "b");
}

TEST_P(QueryTest, HistoryOfBuildsIsTheirCommits) {
  const auto rows = History({.scenario = "others", .cell = {}, .metric = "cpu"});
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].git_sha, kSecond);
  EXPECT_EQ(rows[1].git_sha, kBuild);
  EXPECT_THAT(rows[1].values, ElementsAre(0.5, 0.5));
}

TEST_P(QueryTest, HistoryOfEveryKindOfMetric) {
  const record::CellKey copies = {{"load_method", "copy"}};
  for (const std::string_view metric : record::BuiltInMetrics()) {
    const auto rows = History({.scenario = "", .cell = copies, .metric = std::string(metric)});
    ASSERT_THAT(rows, SizeIs(3)) << metric;
    EXPECT_EQ(rows[0].values[0],
              record::MetricOf(ExampleSample(1, 0), metric == "wall" ? "exit_code" : metric).value() +
                  (metric == "wall" ? 1 : 0))
        << metric;
  }
  const auto latencies = History({.scenario = "", .cell = copies, .metric = "latency"});
  ASSERT_THAT(latencies, SizeIs(3));
  EXPECT_THAT(latencies[2].values, ElementsAre(11, 12));
  const auto keys = History({.scenario = "sizes", .cell = copies, .metric = "records_read"});
  ASSERT_THAT(keys, SizeIs(2));
  EXPECT_THAT(keys[1].values, ElementsAre(1001, 1002));
  EXPECT_THAT(History({.scenario = "sizes", .cell = {}, .metric = "nothing"}), IsEmpty());
  EXPECT_THAT(History({.scenario = "nothing", .cell = {}, .metric = "wall"}), IsEmpty());
  EXPECT_THAT(History({.scenario = "sizes", .cell = {{"rows", "1"}}, .metric = "wall"}), IsEmpty());
}

}  // namespace
}  // namespace rapidbyte::store
