#include "store/sample_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/run_record.h"
#include "store/test_folder.h"

namespace rapidbyte::store {
namespace {

using nlohmann::json;
using record::Campaign;
using record::Sample;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Campaign ExampleCampaign(const std::string& id = "20240101T000000-abcd") {
  Campaign campaign;
  campaign.id = id;
  campaign.started_at = "2024-01-01T00:00:00Z";
  campaign.git_sha = "0123abc";
  campaign.git_branch = "main";
  campaign.git_dirty = true;
  campaign.seed = 18'446'744'073'709'551'615u;
  campaign.dataset = "bench_events";
  campaign.bench_rows = 1000;
  campaign.server = "PostgreSQL 15, fsync = on";
  campaign.host = {"host", "6.1", "some cpu", 2, 4096};
  campaign.settings = {{"modes", {"insert", "copy"}}};
  return campaign;
}

Sample ExampleSample(uint32_t block, uint32_t position, const std::string& campaign = ExampleCampaign().id) {
  Sample sample;
  sample.campaign_id = campaign;
  sample.block = block;
  sample.position = position;
  sample.warmup = block == 0;
  sample.timestamp = "2024-01-01T00:00:05Z";
  sample.mode = position == 0 ? "copy" : "insert";
  sample.aot = position == 0;
  sample.wall_secs = 0.1 + block;
  sample.user_secs = 0.2;
  sample.system_secs = 0.3;
  sample.max_rss_bytes = 5'000'000'000;
  sample.run = {{"records_read", 1000}, {"duration_secs", 0.123456789012345}, {"host_functions", json::object()}};
  return sample;
}

std::string Line(const Sample& sample) { return record::DumpLine(record::ToJson(sample, ExampleCampaign())); }

TEST(SampleStore, SamplesComeBackWhole) {
  const TestFolder folder;
  auto store = SampleStore::Open(folder / "r/results.db", folder / "r/results.jsonl");
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE(store->PutCampaign(ExampleCampaign()));
  Sample failed = ExampleSample(1, 1);
  failed.outcome = record::Outcome::kTimeout;
  failed.error = "last\nwords";
  failed.exit_code = 130;
  failed.run = nullptr;
  ASSERT_TRUE(store->Append(failed));
  ASSERT_TRUE(store->Append(ExampleSample(0, 0)));

  auto reader = SampleStore::OpenExisting(folder / "r/results.db");
  ASSERT_TRUE(reader) << reader.error().message;
  const auto campaigns = reader->Campaigns();
  ASSERT_THAT(*campaigns, SizeIs(1));
  const auto samples = reader->Samples(ExampleCampaign().id);
  ASSERT_THAT(*samples, SizeIs(2)) << "ordered by block and position";
  // The line holds every field of both, so equal lines mean equal values.
  EXPECT_EQ(record::ToJson((*samples)[0], campaigns->front()), record::ToJson(ExampleSample(0, 0), ExampleCampaign()));
  EXPECT_EQ(record::ToJson((*samples)[1], campaigns->front()), record::ToJson(failed, ExampleCampaign()));
}

TEST(SampleStore, EverySampleIsALineToo) {
  const TestFolder folder;
  auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  ASSERT_TRUE(store->PutCampaign(ExampleCampaign()));
  ASSERT_TRUE(store->Append(ExampleSample(0, 0)));
  ASSERT_TRUE(store->Append(ExampleSample(0, 1)));
  EXPECT_EQ(ReadFile(folder / "results.jsonl"), Line(ExampleSample(0, 0)) + "\n" + Line(ExampleSample(0, 1)) + "\n");
}

TEST(SampleStore, APlaceIsTakenOnce) {
  const TestFolder folder;
  auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  ASSERT_TRUE(store->PutCampaign(ExampleCampaign()));
  ASSERT_TRUE(store->Append(ExampleSample(2, 0)));
  const Status again = store->Append(ExampleSample(2, 0));
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("UNIQUE"));
  EXPECT_THAT(*store->Samples(ExampleCampaign().id), SizeIs(1));
  EXPECT_EQ(ReadFile(folder / "results.jsonl"), Line(ExampleSample(2, 0)) + "\n") << "no line without its row";
}

TEST(SampleStore, ASampleNeedsItsCampaign) {
  const TestFolder folder;
  auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  const Status status = store->Append(ExampleSample(0, 0));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("no campaign"));
}

TEST(SampleStore, ALineThatCannotBeWrittenLeavesNoRow) {
  const TestFolder folder;
  auto store = SampleStore::Open(folder / "results.db", "/dev/full");
  ASSERT_TRUE(store->PutCampaign(ExampleCampaign()));
  ASSERT_FALSE(store->Append(ExampleSample(0, 0)));
  EXPECT_THAT(*store->Samples(ExampleCampaign().id), IsEmpty());
}

TEST(SampleStore, ChangingACampaignKeepsItsSamples) {
  const TestFolder folder;
  auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  ASSERT_TRUE(store->PutCampaign(ExampleCampaign()));
  ASSERT_TRUE(store->Append(ExampleSample(0, 0)));
  Campaign changed = ExampleCampaign();
  changed.server = "PostgreSQL 16";
  ASSERT_TRUE(store->PutCampaign(changed));
  EXPECT_THAT(*store->Samples(changed.id), SizeIs(1));
  EXPECT_EQ((*store->FindCampaign(changed.id))->server, "PostgreSQL 16");
  EXPECT_FALSE(store->FindCampaign("none")->has_value());
}

TEST(SampleStore, VisitsAllCampaignsOldestFirst) {
  const TestFolder folder;
  auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  for (const char* id : {"a", "b"}) {
    Campaign campaign = ExampleCampaign(id);
    campaign.started_at = *id == 'a' ? "2024-02-01T00:00:00Z" : "2024-01-01T00:00:00Z";
    ASSERT_TRUE(store->PutCampaign(campaign));
    ASSERT_TRUE(store->Append(ExampleSample(1, 0, id)));
  }
  std::string order;
  ASSERT_TRUE(store->ForEachSample(std::nullopt, [&](const Sample& sample, const Campaign& campaign) -> Status {
    EXPECT_EQ(sample.campaign_id, campaign.id);
    order += campaign.id;
    return {};
  }));
  EXPECT_EQ(order, "ba");
  EXPECT_EQ(store->Campaigns()->front().id, "a");

  const Status stopped = store->ForEachSample(
      std::nullopt, [](const Sample&, const Campaign&) -> Status { return Fail(ErrorCode::kInternal, "enough"); });
  EXPECT_EQ(stopped.error().message, "enough");
}

TEST(SampleStore, WarnsOfATornLine) {
  const TestFolder folder;
  WriteFile(folder / "results.jsonl", "{\"half\":");
  auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  EXPECT_THAT(store->warnings(), testing::ElementsAre(HasSubstr("torn")));
  EXPECT_THAT(SampleStore::Open(folder / "results.db", folder / "results.jsonl")->warnings(), IsEmpty());
}

// Killed at any moment: what Append has returned for is in both places.
TEST(SampleStore, AKilledWriterLosesNoFinishedSample) {
  const TestFolder folder;
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
    if (!store || !store->PutCampaign(ExampleCampaign())) _exit(1);
    for (uint32_t block = 0; store->Append(ExampleSample(block, 0)); ++block) {
      if (write(pipe_ends[1], "x", 1) != 1) _exit(1);
    }
    _exit(1);
  }
  close(pipe_ends[1]);
  char signal = 0;
  size_t finished = 0;
  while (finished < 20 && read(pipe_ends[0], &signal, 1) == 1) ++finished;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(pipe_ends[0], &signal, 1) == 1) ++finished;
  close(pipe_ends[0]);
  ASSERT_GE(finished, 20u);

  auto store = SampleStore::Open(folder / "results.db", folder / "results.jsonl");
  ASSERT_TRUE(store) << store.error().message;
  const size_t rows = store->Samples(ExampleCampaign().id)->size();
  const size_t lines = ReadJsonLines(folder / "results.jsonl")->lines.size();
  EXPECT_GE(rows, finished);
  EXPECT_LE(rows, finished + 1);
  EXPECT_GE(lines, rows);
  EXPECT_LE(lines, rows + 1);
}

}  // namespace
}  // namespace rapidbyte::store
