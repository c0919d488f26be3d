// All that arrives is of one moment: no orphan of a foreign key while others write, and no half-loaded table where one
// run reads what another one is just writing.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFamily =
    "DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src; CREATE SCHEMA raw; "
    "CREATE TABLE src.parent (id int8 PRIMARY KEY); CREATE TABLE src.child (id int8 PRIMARY KEY REFERENCES src.parent "
    "ON DELETE CASCADE); INSERT INTO src.parent SELECT generate_series(1, 1000); INSERT INTO src.child SELECT id FROM "
    "src.parent; ";

std::string Orphans() {
  return Server::Get().Sql(
      "SELECT count(*) FROM raw.child c WHERE NOT EXISTS (SELECT FROM raw.parent p WHERE p.id = c.id)");
}

// Either order of the streams hides an orphan from one of the two kinds of change.
const std::vector<std::vector<std::string>> kOrders = {{"parent", "child"}, {"child", "parent"}};

TEST(Moment, WhatIsWrittenBetweenTwoStreamsIsInNeither) {
  for (const auto& streams : kOrders) {
    Server::Get().Sql(std::string(kFamily) + "CREATE TABLE raw." + streams[0] + " (id int8)");
    Other blocker;
    blocker.Run("BEGIN; LOCK TABLE raw." + streams[0] + " IN SHARE MODE");
    BackgroundRun run({.streams = streams});
    AwaitLockWaits();
    Other().Run(
        "BEGIN; INSERT INTO src.parent VALUES (2000); INSERT INTO src.child VALUES (2000); DELETE FROM src.parent "
        "WHERE id = 1; COMMIT");
    blocker.Run("COMMIT");
    ASSERT_EQ(run.Wait().exit_code, 0) << run.Wait().err;
    EXPECT_EQ(Orphans(), "0");
    EXPECT_EQ(Server::Get().Sql("SELECT (SELECT count(*) FROM raw.parent) || ' ' || (SELECT count(*) FROM raw.child)"),
              "1000 1000");
  }
}

// Inserts parents with their children, and deletes the oldest ones, until it is told to stop.
class Writer {
 public:
  Writer() : thread_([this] { Write(); }) {}
  ~Writer() {
    stop_ = true;
    thread_.join();
  }
  int pairs() const { return pairs_; }

 private:
  void Write() {
    Other session;
    while (!stop_) {
      const std::string id = std::to_string(10'000 + pairs_);
      session.Run("BEGIN; INSERT INTO src.parent VALUES (" + id + "); INSERT INTO src.child VALUES (" + id +
                  "); DELETE FROM src.parent WHERE id = " + std::to_string(1 + pairs_) + "; COMMIT");
      ++pairs_;
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<int> pairs_ = 0;
  std::thread thread_;
};

TEST(Moment, NoOrphansWhileOthersWrite) {
  Server::Get().Sql(kFamily);
  Writer writer;
  for (int i = 0; i < 12; ++i) {
    PipelineSpec spec{.streams = kOrders[i % 2], .write_mode = "replace"};
    spec.load_method = i % 3 == 0 ? "insert" : "copy";
    spec.runtime = i % 4 < 2 ? "aot" : "native";
    const int before = writer.pairs();
    const RunResult run = RunPipeline(spec);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_GT(writer.pairs(), before) << "nothing was written meanwhile";
    EXPECT_EQ(Orphans(), "0");
  }
}

// Pipeline A replaces b.x by what a.x has, pipeline B moves b.x on to c.
class Chained : public testing::TestWithParam<std::string> {
 protected:
  // The view a.x ends only when the lock 1 is free.
  void SetUp() override {
    Server::Get().Sql(
        "DROP SCHEMA IF EXISTS a CASCADE; DROP SCHEMA IF EXISTS b CASCADE; DROP SCHEMA IF EXISTS c CASCADE; CREATE "
        "SCHEMA a; CREATE SCHEMA b; CREATE FUNCTION a.gate() RETURNS int4 LANGUAGE plpgsql AS $$ BEGIN PERFORM "
        "pg_advisory_xact_lock_shared(1); RETURN 100; END $$; CREATE VIEW a.x AS SELECT g AS id FROM "
        "generate_series(1, 99) g UNION ALL SELECT a.gate(); CREATE TABLE b.x AS SELECT g AS id FROM "
        "generate_series(1, 5000) g; CREATE SCHEMA c; CREATE TABLE c.x (id int4)");
  }

  static PipelineSpec A(const std::string& method) {
    PipelineSpec spec{.streams = {"x"}, .load_method = method, .write_mode = "replace", .replace_by = GetParam()};
    spec.source_schema = "a";
    spec.destination_schema = "b";
    return spec;
  }

  static PipelineSpec B() {
    PipelineSpec spec{.streams = {"x"}, .runtime = "native", .write_mode = "replace"};
    spec.source_schema = "b";
    spec.max_batch_bytes = "1024";  // so that it reads for as long as it cannot write
    spec.destination_schema = "c";
    return spec;
  }

  static std::string Rows(const std::string& table) {
    return Server::Get().Sql("SELECT count(*) || ' ' || coalesce(sum(id), 0) FROM " + table);
  }

  static constexpr const char* kOld = "5000 12502500";
  static constexpr const char* kNew = "100 5050";
};

TEST_P(Chained, ARunThatBeginsWhileAnotherLoadsGetsOldRowsOrNewOnesWhole) {
  for (const char* method : {"copy", "insert"}) {
    SetUp();
    Other gate;
    gate.Run("SELECT pg_advisory_lock(1)");
    BackgroundRun a(A(method));
    Other().Await(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) AND EXISTS (SELECT FROM "
        "pg_stat_activity WHERE application_name = 'rapidbyte' AND backend_xid IS NOT NULL)");
    BackgroundRun b(B());
    const bool waits = GetParam() == "truncate";
    if (waits) AwaitLockWaits();
    if (!waits) {
      EXPECT_EQ(b.Wait().exit_code, 0) << b.Wait().err;  // nobody has to wait for a load that keeps the old rows
    }
    gate.Run("SELECT pg_advisory_unlock(1)");
    EXPECT_EQ(a.Wait().exit_code, 0) << a.Wait().err;
    EXPECT_EQ(b.Wait().exit_code, 0) << b.Wait().err;
    EXPECT_EQ(Rows("b.x"), kNew);
    EXPECT_EQ(Rows("c.x"), waits ? kNew : kOld);
  }
}

TEST_P(Chained, ARunThatReplacesWhatAnotherOneReadsLeavesItTheOldRows) {
  for (const char* method : {"copy", "insert"}) {
    SetUp();
    Other blocker;
    blocker.Run("BEGIN; LOCK TABLE c.x IN SHARE MODE");
    BackgroundRun b(B());
    AwaitLockWaits();
    Other().Await("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'b.x'::regclass AND granted)");
    BackgroundRun a(A(method));
    const bool waits = GetParam() != "delete";
    if (waits) AwaitLockWaits(2);
    if (!waits) {
      EXPECT_EQ(a.Wait().exit_code, 0) << a.Wait().err;
    }
    blocker.Run("COMMIT");
    EXPECT_EQ(a.Wait().exit_code, 0) << a.Wait().err;
    EXPECT_EQ(b.Wait().exit_code, 0) << b.Wait().err;
    EXPECT_EQ(Rows("b.x"), kNew);
    EXPECT_EQ(Rows("c.x"), kOld);
  }
}

INSTANTIATE_TEST_SUITE_P(ReplaceBy, Chained, testing::Values("truncate", "staged", "delete", "swap"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace rapidbyte::e2e
