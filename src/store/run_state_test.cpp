#include "store/run_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite_connection.h"
#include "store/test_folder.h"

namespace rapidbyte::store {
namespace {

TEST(RunState, IsForItsOwnerOnly) {
  const TestFolder folder;
  const auto state = RunState::Open(folder / "state.db");
  ASSERT_TRUE(state) << state.error().message;
  for (const char* file : {"state.db", "state.db-wal", "state.db-shm"})
    EXPECT_EQ(RightsOf(folder / file), 0600u) << file;
}

TEST(RunState, NarrowsWhatAnEarlierBuildLeftOpen) {
  const TestFolder folder;
  { ASSERT_TRUE(RunState::Open(folder / "state.db")); }
  std::filesystem::permissions(folder / "state.db", std::filesystem::perms(0644));
  const auto wide = SqliteConnection::Open(folder / "state.db", OpenMode::kExisting);
  ASSERT_TRUE((*wide)->UseWriteAheadLog());
  ASSERT_TRUE((*wide)->QueryInteger("SELECT count(*) FROM runs"));
  ASSERT_EQ(RightsOf(folder / "state.db-wal"), 0644u);
  ASSERT_TRUE(RunState::Open(folder / "state.db"));
  for (const char* file : {"state.db", "state.db-wal", "state.db-shm"})
    EXPECT_EQ(RightsOf(folder / file), 0600u) << file;
}

TEST(RunState, LeavesTheRightsOfAForeignFile) {
  const TestFolder folder;
  WriteFile(folder / "state.db",
            "no database at all, but long enough to have the header of one; and then some more text");
  std::filesystem::permissions(folder / "state.db", std::filesystem::perms(0644));
  EXPECT_FALSE(RunState::Open(folder / "state.db"));
  EXPECT_EQ(RightsOf(folder / "state.db"), 0644u);
}

TEST(RunState, ARunIsRunningUntilItEnds) {
  const TestFolder folder;
  auto state = RunState::Open(folder / "state.db");
  ASSERT_TRUE(state) << state.error().message;
  const auto id = state->RecordRunStart("bench_pg");
  ASSERT_TRUE(id);

  // A second reader sees it at once.
  const auto runs = RunState::Open(folder / "state.db")->Runs(10);
  ASSERT_THAT(*runs, testing::SizeIs(1));
  const RunRow& run = runs->front();
  EXPECT_EQ(run.id, *id);
  EXPECT_EQ(run.pipeline, "bench_pg");
  EXPECT_EQ(run.outcome, RunOutcome::kRunning);
  EXPECT_EQ(run.finished_at, "");
  EXPECT_FALSE(run.exit_code);
  EXPECT_THAT(run.started_at, testing::MatchesRegex("20..-..-..T..:..:..Z"));
}

TEST(RunState, KeepsOutcomeAndCountsOfEachStream) {
  const TestFolder folder;
  auto state = RunState::Open(folder / "state.db");
  const int64_t id = *state->RecordRunStart("two streams");
  ASSERT_TRUE(state->RecordRunEnd(id, {RunOutcome::kFailed,
                                       14,
                                       "disk full",
                                       {{"a", 10, 9, 100, 90, CommitState::kCommitted, {"one note", "and another"}},
                                        {"b \"quoted\"", 1, 2, 3, 4, CommitState::kUnknown, {}},
                                        {"c", 0, 0, 0, 0, CommitState::kNotCommitted, {}}}}));
  const RunRow run = state->Runs(1)->front();
  EXPECT_EQ(run.outcome, RunOutcome::kFailed);
  EXPECT_EQ(run.exit_code, 14);
  EXPECT_EQ(run.error, "disk full");
  EXPECT_NE(run.finished_at, "");
  ASSERT_THAT(run.streams, testing::SizeIs(3));
  EXPECT_EQ(run.streams[0].commit, CommitState::kCommitted);
  EXPECT_THAT(run.streams[0].notes, testing::ElementsAre("one note", "and another"));
  EXPECT_EQ(run.streams[1].commit, CommitState::kUnknown);
  EXPECT_THAT(run.streams[1].notes, testing::IsEmpty());
  EXPECT_EQ(run.streams[2].commit, CommitState::kNotCommitted);
  EXPECT_EQ(run.streams[1].name, "b \"quoted\"");
  EXPECT_EQ(run.streams[1].records_written, 2u);
  EXPECT_EQ(run.totals.records_read, 11u);
  EXPECT_EQ(run.totals.records_written, 11u);
  EXPECT_EQ(run.totals.bytes_read, 103u);
  EXPECT_EQ(run.totals.bytes_written, 94u);
}

TEST(RunState, EndingTwiceKeepsTheLastWord) {
  const TestFolder folder;
  auto state = RunState::Open(folder / "state.db");
  const int64_t id = *state->RecordRunStart("p");
  ASSERT_TRUE(state->RecordRunEnd(id, {RunOutcome::kOk, 0, "", {{"a", 1, 1, 1, 1}}}));
  ASSERT_TRUE(state->RecordRunEnd(id, {RunOutcome::kInterrupted, 130, "interrupted", {{"a", 2, 2, 2, 2}}}));
  const RunRow run = state->Runs(1)->front();
  EXPECT_EQ(run.outcome, RunOutcome::kInterrupted);
  EXPECT_EQ(run.totals.records_read, 2u);
}

TEST(RunState, AnUnknownRunIsAnError) {
  const TestFolder folder;
  auto state = RunState::Open(folder / "state.db");
  EXPECT_FALSE(state->RecordRunEnd(77, {}));
}

TEST(RunState, ARunOfADeadProcessWasKilled) {
  const TestFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    auto state = RunState::Open(folder / "state.db");
    _exit(state && state->RecordRunStart("killed") ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  auto state = RunState::Open(folder / "state.db");
  const RunRow run = state->Runs(1)->front();
  EXPECT_EQ(run.outcome, RunOutcome::kKilled);
  EXPECT_EQ(RunOutcomeName(run.outcome), "killed");
}

TEST(RunState, ListsTheNewestFirst) {
  const TestFolder folder;
  auto state = RunState::Open(folder / "state.db");
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(state->RecordRunStart(name));
  const auto runs = state->Runs(2);
  ASSERT_THAT(*runs, testing::SizeIs(2));
  EXPECT_EQ((*runs)[0].pipeline, "c");
  EXPECT_EQ((*runs)[1].pipeline, "b");
}

}  // namespace
}  // namespace rapidbyte::store
