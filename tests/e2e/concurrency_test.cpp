// What a run promises while other sessions change the tables at either end: whole rows of the right types, or a refusal
// that leaves the destination as it was. Each case in both orders of arrival.
#include <gtest/gtest.h>

#include <functional>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

using Ways = std::vector<PipelineSpec>;

// Every runtime with every load method and every write mode, two at a time.
const Ways kWays = {{.load_method = "copy", .runtime = "aot", .write_mode = "append"},
                    {.load_method = "insert", .runtime = "native", .write_mode = "append"},
                    {.load_method = "insert", .runtime = "aot", .write_mode = "replace"},
                    {.load_method = "copy", .runtime = "native", .write_mode = "replace"}};

// The other ways of replacing, too.
Ways WithAllReplacements() {
  Ways ways = kWays;
  ways.push_back({.load_method = "copy", .write_mode = "replace", .replace_by = "staged"});
  ways.push_back({.load_method = "insert", .write_mode = "replace", .replace_by = "delete"});
  ways.push_back({.load_method = "copy", .write_mode = "replace", .replace_by = "swap"});
  return ways;
}

class Concurrency : public testing::Test {
 protected:
  // 100 rows at the source and 3 old ones at the destination; in all of them v is id.
  static void MakeTables() {
    Server::Get().Sql(
        "DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src; CREATE SCHEMA raw; "
        "CREATE TABLE src.t AS SELECT g AS id, g::int8 AS v FROM generate_series(1, 100) g; "
        "CREATE TABLE raw.t AS SELECT -g AS id, -g::int8 AS v FROM generate_series(1, 3) g");
  }

  static void InEach(const Ways& ways, const std::function<void(const PipelineSpec&)>& test) {
    for (const PipelineSpec& way : ways) {
      SCOPED_TRACE(way.runtime + " " + way.load_method + " " + way.write_mode + " " + way.replace_by);
      MakeTables();
      test(way);
    }
  }

  // The run begins when the other session has made its change, which is committed once the run waits for it.
  static RunResult RunBehind(const std::string& change, const PipelineSpec& spec) {
    Other other;
    other.Run("BEGIN; " + change);
    BackgroundRun run(spec);
    AwaitLockWaits();
    other.Run("COMMIT");
    return run.Wait();
  }

  // The same, where the change itself has to wait for a reader who was there before.
  static RunResult RunBehindAQueue(const std::string& table, const std::string& change, const PipelineSpec& spec) {
    Other reader, other;
    reader.Run("BEGIN; SELECT count(*) FROM " + table);
    other.Start("BEGIN; " + change + "; COMMIT");
    AwaitLockWaits();
    BackgroundRun run(spec);
    AwaitLockWaits(2);
    reader.Run("COMMIT");
    other.Finish();
    return run.Wait();
  }

  // The change comes while the run reads 5000 rows from src.t, and is made once the run has let go of it.
  static RunResult RunBefore(const std::string& change, PipelineSpec spec) {
    Server::Get().Sql("INSERT INTO src.t SELECT g, g FROM generate_series(101, 5000) g");
    spec.max_batch_bytes = "1024";  // so that the source cannot be ahead of the destination by all of its rows
    Other blocker, other;
    blocker.Run("BEGIN; LOCK TABLE raw.t IN SHARE MODE");
    BackgroundRun run(spec);
    AwaitLockWaits();
    Other().Await("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'src.t'::regclass AND granted)");
    other.Start(change);
    AwaitLockWaits(2);
    blocker.Run("COMMIT");
    const RunResult result = run.Wait();
    other.Finish();
    return result;
  }

  static std::string Value(const std::string& sql) { return Server::Get().Sql(sql); }

  // All rows of raw.t are right, and as many as they should be when the source had so many.
  static void ExpectRows(const RunResult& run, const PipelineSpec& spec, int source_rows) {
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const int rows = source_rows + (spec.write_mode == "append" ? 3 : 0);
    EXPECT_EQ(Value("SELECT count(*) || ' ' || count(*) FILTER (WHERE v::text = id::text) FROM raw.t"),
              std::to_string(rows) + " " + std::to_string(rows));
  }

  static void ExpectRefusal(const RunResult& run, const std::string& says) {
    EXPECT_TRUE(run.exit_code == 14 || run.exit_code == 15) << run.exit_code << run.err;
    EXPECT_NE(run.err.find(says), std::string::npos) << run.err;
    EXPECT_EQ(Value("SELECT count(*) || ' ' || sum(id) FROM raw.t"), "3 -6");
  }
};

TEST_F(Concurrency, ASourceThatIsRewrittenArrivesWhole) {
  InEach(kWays, [](const PipelineSpec& way) {
    ExpectRows(RunBehind("TRUNCATE src.t; INSERT INTO src.t SELECT g, g FROM generate_series(1, 7) g", way), way, 7);
  });
}

TEST_F(Concurrency, ASourceThatChangesItsTypeArrivesByTheNewOne) {
  InEach(kWays, [](const PipelineSpec& way) {
    ExpectRows(RunBehindAQueue("src.t", "ALTER TABLE src.t ALTER v TYPE float8", way), way, 100);
  });
}

TEST_F(Concurrency, ASourceThatIsExchangedArrivesByItsOwnTypes) {
  InEach(kWays, [](const PipelineSpec& way) {
    Server::Get().Sql("CREATE TABLE src.new AS SELECT g AS id, g::float8 AS v FROM generate_series(1, 50) g");
    ExpectRows(RunBehind("ALTER TABLE src.t RENAME TO old; ALTER TABLE src.new RENAME TO t", way), way, 50);
  });
}

TEST_F(Concurrency, WhatIsDoneToASourceThatIsBeingReadComesAfter) {
  for (const char* change : {"TRUNCATE src.t", "DROP TABLE src.t", "ALTER TABLE src.t ALTER v TYPE float8 USING 0"}) {
    SCOPED_TRACE(change);
    InEach(kWays, [change](const PipelineSpec& way) { ExpectRows(RunBefore(change, way), way, 5000); });
  }
  EXPECT_EQ(Value("SELECT pg_typeof(v) || ' ' || sum(v) FROM src.t GROUP BY pg_typeof(v)"), "double precision 0");
}

TEST_F(Concurrency, ADestinationThatChangesItsTypeTakesValuesAndNotBytes) {
  for (const char* type : {"float8", "text", "int4"}) {
    SCOPED_TRACE(type);
    const std::string change = std::string("ALTER TABLE raw.t ALTER v TYPE ") + type;
    InEach(WithAllReplacements(), [&change](const PipelineSpec& way) { ExpectRows(RunBehind(change, way), way, 100); });
  }
}

TEST_F(Concurrency, ADestinationThatChangesItsTypeBehindAQueueTakesValuesAndNotBytes) {
  InEach(WithAllReplacements(), [](const PipelineSpec& way) {
    ExpectRows(RunBehindAQueue("raw.t", "ALTER TABLE raw.t ALTER v TYPE float8", way), way, 100);
  });
}

TEST_F(Concurrency, ADestinationThatChangesToATypeWithoutACastRefusesAndIsWhole) {
  InEach(WithAllReplacements(), [](const PipelineSpec& way) {
    ExpectRefusal(RunBehind("ALTER TABLE raw.t ALTER v TYPE timestamptz USING to_timestamp(v)", way), "timestamp");
  });
}

TEST_F(Concurrency, ADestinationThatLosesAColumnRefusesAndIsWhole) {
  InEach(WithAllReplacements(), [](const PipelineSpec& way) {
    ExpectRefusal(RunBehind("ALTER TABLE raw.t DROP v; ALTER TABLE raw.t ADD w int8", way), "\"v\"");
  });
}

TEST_F(Concurrency, ADestinationThatGetsAConstraintRefusesAndIsWhole) {
  InEach(WithAllReplacements(), [](const PipelineSpec& way) {
    ExpectRefusal(RunBehind("ALTER TABLE raw.t ADD CONSTRAINT small CHECK (id < 100)", way), "small");
  });
}

TEST_F(Concurrency, RowsGoIntoTheTableThatBearsTheName) {
  InEach(WithAllReplacements(), [](const PipelineSpec& way) {
    Server::Get().Sql("CREATE TABLE raw.new AS SELECT id, v::float8 FROM raw.t");
    ExpectRows(RunBehind("ALTER TABLE raw.t RENAME TO old; ALTER TABLE raw.new RENAME TO t", way), way, 100);
    EXPECT_EQ(Value("SELECT count(*) FROM raw.old"), "3");
  });
}

// The source's last row comes when the lock 1 is free.
TEST_F(Concurrency, WhatIsDoneToADestinationThatIsBeingLoadedComesAfter) {
  InEach(WithAllReplacements(), [](const PipelineSpec& way) {
    Server::Get().Sql(
        "ALTER TABLE src.t RENAME TO base; CREATE FUNCTION src.gate() RETURNS int8 LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_advisory_xact_lock_shared(1); RETURN 101; END $$; CREATE VIEW src.t AS SELECT id, v FROM src.base "
        "UNION ALL SELECT 101, src.gate()");
    Other gate, other;
    gate.Run("SELECT pg_advisory_lock(1)");
    BackgroundRun run(way);
    gate.Await(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'raw.t'::regclass AND granted AND mode <> "
        "'AccessShareLock')");
    other.Start("ALTER TABLE raw.t ALTER v TYPE float8");
    AwaitLockWaits();
    gate.Run("SELECT pg_advisory_unlock(1)");
    const RunResult result = run.Wait();
    other.Finish();
    ExpectRows(result, way, 101);
    EXPECT_EQ(Value("SELECT DISTINCT pg_typeof(v) FROM raw.t"), "double precision");
  });
}

}  // namespace
}  // namespace rapidbyte::e2e
