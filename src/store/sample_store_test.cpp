#include "store/sample_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/json.h"
#include "record/run_record.h"
#include "store/process_identity.h"
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

INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

std::string Line(const Sample& sample) { return DumpJson(record::ToJson(sample, ExampleCampaign())); }

TEST_P(StoreTest, SamplesComeBackWhole) {
  SampleStore store = OpenWithCampaign();
  Sample failed = ExampleSample(1, 1);
  failed.outcome = record::Outcome::kTimeout;
  failed.error = "last\n\twords of a \\ \"program\"";
  failed.exit_code = -130;
  failed.run = nullptr;
  failed.read_bytes = std::nullopt;
  failed.metrics.clear();
  failed.wall_secs = 1e-300;
  ASSERT_TRUE(store.Append(failed));
  ASSERT_TRUE(store.Append(ExampleSample(0, 0)));

  auto reader = SampleStore::OpenExisting(Name());
  ASSERT_TRUE(reader) << reader.error().message;
  const auto campaigns = reader->Campaigns();
  ASSERT_TRUE(campaigns) << campaigns.error().message;
  ASSERT_THAT(*campaigns, SizeIs(1));
  const auto samples = reader->Samples(ExampleCampaign().id);
  ASSERT_TRUE(samples) << samples.error().message;
  ASSERT_THAT(*samples, SizeIs(2)) << "ordered by block and position";
  EXPECT_EQ(LineOf((*samples)[0], campaigns->front()), LineOf(ExampleSample(0, 0), ExampleCampaign()));
  EXPECT_EQ(LineOf((*samples)[1], campaigns->front()), LineOf(failed, ExampleCampaign()));
}

TEST_P(StoreTest, TakesWhateverAProgramPrints) {
  SampleStore store = OpenWithCampaign();
  Sample odd = ExampleSample(1, 0);
  odd.outcome = record::Outcome::kFailed;
  odd.error = std::string("bytes \xff and \0 zeros", 19);
  odd.run = {{"text", std::string("\0\xfe", 2)}};
  const Status appended = store.Append(odd);
  ASSERT_TRUE(appended) << appended.error().message;
  const auto samples = store.Samples(odd.campaign_id);
  ASSERT_THAT(*samples, SizeIs(1));
  EXPECT_THAT((*samples)[0].error, HasSubstr("bytes"));
}

TEST_P(StoreTest, EverySampleIsALineToo) {
  SampleStore store = OpenWithCampaign();
  ASSERT_TRUE(store.Append(ExampleSample(0, 0)));
  ASSERT_TRUE(store.Append(ExampleSample(0, 1)));
  EXPECT_EQ(ReadFile(Lines()), Line(ExampleSample(0, 0)) + "\n" + Line(ExampleSample(0, 1)) + "\n");
}

TEST_P(StoreTest, ALineWithoutItsRowIsTakenIn) {
  SampleStore store = OpenWithCampaign();
  ASSERT_TRUE(store.Append(ExampleSample(0, 0)));
  record::Campaign another = ExampleCampaign();
  another.id = "another";
  const std::string foreign = DumpJson(record::ToJson(ExampleSample(0, 2), another));
  std::ofstream(Lines(), std::ios::app) << Line(ExampleSample(0, 1)) << "\n" << foreign << "\n{\"torn";
  const Status adopted = store.AdoptLines(ExampleCampaign().id);
  ASSERT_TRUE(adopted) << adopted.error().message;
  const auto samples = store.Samples(ExampleCampaign().id);
  ASSERT_THAT(*samples, SizeIs(2));
  EXPECT_EQ((*samples)[1].position, 1u);
  ASSERT_TRUE(store.AdoptLines(ExampleCampaign().id));
  EXPECT_THAT(*store.Samples(ExampleCampaign().id), SizeIs(2)) << "once";
}
TEST_P(StoreTest, APlaceIsTakenOnce) {
  SampleStore store = OpenWithCampaign();
  ASSERT_TRUE(store.Append(ExampleSample(2, 0)));
  const Status again = store.Append(ExampleSample(2, 0));
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, testing::AnyOf(HasSubstr("UNIQUE"), HasSubstr("unique")));
  EXPECT_THAT(*store.Samples(ExampleCampaign().id), SizeIs(1));
  EXPECT_EQ(ReadFile(Lines()), Line(ExampleSample(2, 0)) + "\n") << "no line without its row";
  EXPECT_TRUE(store.Append(ExampleSample(3, 0))) << "the store goes on";
}

TEST_P(StoreTest, ASampleNeedsItsCampaign) {
  SampleStore store = OpenNew();
  const Status status = store.Append(ExampleSample(0, 0));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("no campaign"));
}

// The file of lines is as large as files may be, and the database is not.
TEST_P(StoreTest, ALineThatCannotBeWrittenLeavesNoRow) {
  const TestFolder folder;
  constexpr rlim_t kLargest = rlim_t{1} << 30;
  std::ofstream(folder / "results.jsonl") << "\n";
  std::filesystem::resize_file(folder / "results.jsonl", kLargest - 1);  // sparse
  auto store = SampleStore::Open(Name(), folder / "results.jsonl");
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE(store->PutCampaign(ExampleCampaign()));
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{kLargest, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  const Status appended = store->Append(ExampleSample(0, 0));
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, handler);
  ASSERT_FALSE(appended);
  EXPECT_THAT(appended.error().message, HasSubstr("File too large"));
  EXPECT_THAT(*store->Samples(ExampleCampaign().id), IsEmpty());
}

TEST_P(StoreTest, ChangingACampaignKeepsItsSamples) {
  SampleStore store = OpenWithCampaign();
  ASSERT_TRUE(store.Append(ExampleSample(0, 0)));
  Campaign changed = ExampleCampaign();
  changed.server = "PostgreSQL 16";
  ASSERT_TRUE(store.PutCampaign(changed));
  EXPECT_THAT(*store.Samples(changed.id), SizeIs(1));
  EXPECT_EQ((*store.FindCampaign(changed.id))->server, "PostgreSQL 16");
  EXPECT_FALSE(store.FindCampaign("none")->has_value());
}

TEST_P(StoreTest, VisitsAllCampaignsOldestFirst) {
  SampleStore store = OpenNew();
  for (const char* id : {"a", "b"}) {
    Campaign campaign = ExampleCampaign(id);
    campaign.started_at = *id == 'a' ? "2024-02-01T00:00:00Z" : "2024-01-01T00:00:00Z";
    ASSERT_TRUE(store.PutCampaign(campaign));
    ASSERT_TRUE(store.Append(ExampleSample(1, 0, id)));
  }
  std::string order;
  ASSERT_TRUE(store.ForEachSample(std::nullopt, [&](const Sample& sample, const Campaign& campaign) -> Status {
    EXPECT_EQ(sample.campaign_id, campaign.id);
    order += campaign.id;
    return {};
  }));
  EXPECT_EQ(order, "ba");
  EXPECT_EQ(store.Campaigns()->front().id, "a");

  const Status stopped = store.ForEachSample(
      std::nullopt, [](const Sample&, const Campaign&) -> Status { return Fail(ErrorCode::kInternal, "enough"); });
  EXPECT_EQ(stopped.error().message, "enough");
}

TEST_P(StoreTest, FiltersCampaigns) {
  SampleStore store = OpenNew();
  for (const char* id : {"a", "b", "c"}) {
    Campaign campaign = ExampleCampaign(id);
    campaign.started_at = id;
    campaign.scenario = *id == 'b' ? "other" : "sizes";
    campaign.git_sha = *id == 'c' ? "fff" : "0123abc";
    ASSERT_TRUE(store.PutCampaign(campaign));
  }
  const auto ids = [&](const CampaignFilter& filter) {
    std::string text;
    const auto campaigns = store.Campaigns(filter);
    EXPECT_TRUE(campaigns) << campaigns.error().message;
    for (const Campaign& campaign : *campaigns) text += campaign.id;
    return text;
  };
  EXPECT_EQ(ids({}), "cba");
  EXPECT_EQ(ids({.scenario = "sizes", .git_sha = "", .limit = {}}), "ca");
  EXPECT_EQ(ids({.scenario = "sizes", .git_sha = "0123abc", .limit = {}}), "a");
  EXPECT_EQ(ids({.scenario = "", .git_sha = "", .limit = 2}), "cb");
}

TEST_P(StoreTest, FindsACampaignByTheBeginningOfItsId) {
  SampleStore store = OpenNew();
  for (const char* id : {"20240101T000000-aa", "20240101T000000-ab", "20240102", "20240102T1"}) {
    ASSERT_TRUE(store.PutCampaign(ExampleCampaign(id)));
  }
  EXPECT_EQ((*store.FindCampaign("20240101T000000-ab"))->id, "20240101T000000-ab");
  EXPECT_EQ((*store.FindCampaign("20240102T"))->id, "20240102T1");
  EXPECT_EQ((*store.FindCampaign("20240102"))->id, "20240102") << "a whole id wins";
  EXPECT_FALSE(store.FindCampaign("2025")->has_value());
  EXPECT_FALSE(store.FindCampaign("")->has_value());
  const auto several = store.FindCampaign("20240101");
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, ErrorCode::kUsage);
  EXPECT_THAT(several.error().hint, HasSubstr("20240101T000000-aa 20240101T000000-ab"));
}

// Of a process that is gone, unless `process` says otherwise.
Campaign Unfinished(const std::string& id, record::ProcessIdentity process = ThisProcess()) {
  Campaign campaign = ExampleCampaign(id);
  campaign.started_at = id;
  campaign.finished_at.clear();
  if (process.pid == ThisProcess().pid) process.pid_started -= 1;
  campaign.process = process;
  return campaign;
}

TEST_P(StoreTest, FindsWhatCanBeResumed) {
  SampleStore store = OpenNew();
  const std::string plan = ExampleCampaign().plan_hash;
  EXPECT_FALSE(store.FindUnfinished(plan)->has_value());
  ASSERT_TRUE(store.PutCampaign(Unfinished("1")));
  ASSERT_TRUE(store.PutCampaign(Unfinished("2")));
  Campaign running = Unfinished("3");
  running.process = ThisProcess();
  ASSERT_TRUE(store.PutCampaign(running));
  Campaign elsewhere = Unfinished("4");
  elsewhere.process.host_name = "another host";
  ASSERT_TRUE(store.PutCampaign(elsewhere));
  Campaign other_plan = Unfinished("5");
  other_plan.plan_hash = "";
  ASSERT_TRUE(store.PutCampaign(other_plan));

  EXPECT_EQ((*store.FindUnfinished(plan))->id, "2");
  EXPECT_FALSE(store.FindUnfinished("another")->has_value());
  EXPECT_FALSE(store.FindUnfinished("")->has_value()) << "no plan, nothing to resume";
  ASSERT_TRUE(store.FinishCampaign("2", "2024-01-01T00:20:00Z"));
  EXPECT_EQ((*store.FindUnfinished(plan))->id, "1");
  EXPECT_EQ((*store.FindCampaign("2"))->finished_at, "2024-01-01T00:20:00Z");
  EXPECT_FALSE(store.FinishCampaign("none", "now"));
}

TEST_P(StoreTest, OnlyOneClaimsACampaign) {
  SampleStore store = OpenNew();
  const Campaign found = Unfinished("1");
  ASSERT_TRUE(store.PutCampaign(found));
  const auto first = store.Claim(found, ThisProcess());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(*first);
  EXPECT_FALSE(*store.Claim(found, {"h", "b", 1, 2})) << "it was read before somebody else claimed it";
  EXPECT_EQ((*store.FindCampaign("1"))->process.pid, ThisProcess().pid);
  EXPECT_FALSE(store.FindUnfinished(found.plan_hash)->has_value()) << "we work on it";
}

TEST_P(StoreTest, KeepsBaselines) {
  SampleStore store = OpenNew();
  EXPECT_FALSE(store.FindBaseline("release")->has_value());
  ASSERT_TRUE(store.PutBaseline({"release", "c1", "0123", "2024-01-01T00:00:00Z"}));
  ASSERT_TRUE(store.PutBaseline({"main", "", "4567", "2024-01-02T00:00:00Z"}));
  ASSERT_TRUE(store.PutBaseline({"release", "", "89ab", "2024-01-03T00:00:00Z"}));
  const auto release = store.FindBaseline("release");
  EXPECT_EQ((*release)->git_sha, "89ab");
  EXPECT_EQ((*release)->campaign_id, "");
  EXPECT_EQ((*release)->created_at, "2024-01-03T00:00:00Z");
  ASSERT_THAT(*store.Baselines(), SizeIs(2));
  EXPECT_EQ(store.Baselines()->front().name, "main");
}

TEST_P(StoreTest, WarnsOfATornLine) {
  WriteFile(Lines(), "{\"half\":");
  EXPECT_THAT(OpenNew().warnings(), ElementsAre(HasSubstr("torn")));
  EXPECT_THAT(OpenNew().warnings(), IsEmpty());
}

// All meet the same new cells at the same time.
TEST_P(StoreTest, ManyMayWriteAtTheSameTime) {
  constexpr uint32_t kWriters = 4, kBlocks = 15;
  std::vector<std::string> errors(kWriters);
  {
    std::vector<std::jthread> threads;
    for (uint32_t writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, writer] {
        const auto note = [&](const Status& status) {
          if (!status && errors[writer].empty()) errors[writer] = status.error().message;
        };
        const std::string id = "writer" + std::to_string(writer);
        auto store = SampleStore::Open(Name(), Lines());
        if (!store) return note(Fail(store.error()));
        note(store->PutCampaign(ExampleCampaign(id)));
        for (uint32_t block = 0; block < kBlocks; ++block) {
          Sample sample = ExampleSample(block, writer % 2, id);
          sample.cell["block"] = std::to_string(block);
          sample.metrics["metric " + std::to_string(block)] = 1;
          note(store->Append(sample));
        }
      });
    }
  }
  EXPECT_THAT(errors, testing::Each(""));
  SampleStore store = OpenNew();
  for (uint32_t writer = 0; writer < kWriters; ++writer) {
    EXPECT_THAT(*store.Samples("writer" + std::to_string(writer)), SizeIs(kBlocks));
  }
  EXPECT_THAT(ReadJsonLines(Lines())->lines, SizeIs(kWriters * kBlocks));
}

// Killed at any moment: what Append has returned for is in both places.
TEST_P(StoreTest, AKilledWriterLosesNoFinishedSample) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto store = SampleStore::Open(Name(), Lines());
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

  SampleStore store = OpenNew();
  const size_t rows = store.Samples(ExampleCampaign().id)->size();
  const size_t lines = ReadJsonLines(Lines())->lines.size();
  EXPECT_GE(rows, finished);
  EXPECT_LE(rows, finished + 1);
  EXPECT_GE(lines, rows);
  EXPECT_LE(lines, rows + 1);
}

}  // namespace
}  // namespace rapidbyte::store
