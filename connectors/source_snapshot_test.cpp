// What a source promises while others change its tables: all streams of one moment, whole, and of the types they have.
#include <thread>

#include "test_session.h"

namespace rapidbyte::test {
namespace {

using nlohmann::json;

class SourceSnapshot : public Postgres {
 protected:
  // Runs `before` in a transaction of somebody else, then moves src.`table`, and commits once the run waits.
  json MoveBehind(const std::string& before, const std::string& table, const Options& options = {}) {
    TestSession other;
    other.Run("BEGIN; " + before);
    json answer;
    std::thread run([&] { answer = Move(table, options); });
    AwaitLockWait();
    other.Run("COMMIT");
    run.join();
    return answer;
  }

  // The same, where the other session gets its locks only after a reader who was there before, and the run comes last.
  json MoveBehindAQueue(const std::string& first, const std::string& rest, const std::string& table) {
    TestSession reader, other;
    reader.Run("BEGIN; SELECT count(*) FROM src." + table);
    other.Run("BEGIN");
    other.Start(first);
    AwaitLockWait();
    json answer;
    std::thread run([&] { answer = Move(table); });
    AwaitLockWait(2);
    reader.Run("COMMIT");
    other.Finish();
    other.Run(rest + "; COMMIT");
    run.join();
    return answer;
  }

  void MakeRole(const std::string& grants) {
    Sql("DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN DROP OWNED BY reader; DROP ROLE "
        "reader; END IF; END $$; CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA src TO reader; " +
        grants);
  }
};

TEST_F(SourceSnapshot, ATableThatIsRewrittenArrivesWhole) {
  Sql("CREATE TABLE src.nightly AS SELECT i AS id FROM generate_series(1, 10) i");
  EXPECT_EQ(MoveBehind("TRUNCATE src.nightly; INSERT INTO src.nightly SELECT generate_series(1, 7)", "nightly"),
            json({{"rows", 7}}));
  EXPECT_EQ(Sql("SELECT count(*) FROM raw.nightly"), "7");
}

TEST_F(SourceSnapshot, ATableThatIsRewrittenBehindAReaderArrivesWhole) {
  Sql("CREATE TABLE src.nightly AS SELECT i AS id FROM generate_series(1, 10) i");
  EXPECT_EQ(MoveBehindAQueue("TRUNCATE src.nightly", "INSERT INTO src.nightly SELECT generate_series(1, 7)", "nightly"),
            json({{"rows", 7}}));
}

TEST_F(SourceSnapshot, AChangedTypeIsTheOneThatCounts) {
  Sql("CREATE TABLE src.t AS SELECT i AS v FROM generate_series(1, 10) i");
  EXPECT_EQ(MoveBehind("ALTER TABLE src.t ALTER v TYPE float8 USING v / 2.0", "t"), json({{"rows", 10}}));
  EXPECT_EQ(Sql("SELECT sum(v), pg_typeof(min(v)) FROM raw.t"), "27.5|double precision");
}

TEST_F(SourceSnapshot, ARenamedTableIsReadByItsOwnTypes) {
  Sql("CREATE TABLE src.rc AS SELECT 1.5::float8 AS v; CREATE TABLE src.rc_new AS SELECT 64::int8 AS v");
  EXPECT_EQ(MoveBehindAQueue("ALTER TABLE src.rc RENAME TO rc_old", "ALTER TABLE src.rc_new RENAME TO rc", "rc"),
            json({{"rows", 1}}));
  EXPECT_EQ(Sql("SELECT v, pg_typeof(v) FROM raw.rc"), "64|bigint");
}

TEST_F(SourceSnapshot, ATableThatBecomesAViewIsReadAsOne) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS v");
  EXPECT_EQ(
      MoveBehind("ALTER TABLE src.t RENAME TO t_old; CREATE VIEW src.t AS SELECT v + 0.5 AS v FROM src.t_old", "t"),
      json({{"rows", 1}}));
  EXPECT_EQ(Rows("raw.t"), "(1.5)");
}

TEST_F(SourceSnapshot, ATableThatIsDroppedMeanwhileIsMissing) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS v");
  ExpectError(MoveBehind("DROP TABLE src.t", "t"), "schema", "no table or view \"src\".\"t\"");
}

TEST_F(SourceSnapshot, ViewsAreHeldWithWhatTheyRead) {
  Sql("CREATE TABLE src.t AS SELECT i AS id FROM generate_series(1, 10) i; CREATE VIEW src.v AS SELECT id FROM src.t");
  EXPECT_EQ(MoveBehind("TRUNCATE src.t; INSERT INTO src.t VALUES (1), (2)", "v"), json({{"rows", 2}}));
}

TEST_F(SourceSnapshot, PartitionsAreHeldToo) {
  Sql("CREATE TABLE src.t (id int4) PARTITION BY RANGE (id); CREATE TABLE src.t1 PARTITION OF src.t DEFAULT; "
      "INSERT INTO src.t SELECT generate_series(1, 10)");
  EXPECT_EQ(MoveBehind("TRUNCATE src.t1; INSERT INTO src.t VALUES (1), (2)", "t"), json({{"rows", 2}}));
}

TEST_F(SourceSnapshot, WhatGrantsOnColumnsReadIsHeld) {
  Sql("CREATE TABLE src.t (id int4, secret text) PARTITION BY RANGE (id); CREATE TABLE src.t1 PARTITION OF src.t "
      "DEFAULT; INSERT INTO src.t SELECT generate_series(1, 10), 's'");
  MakeRole("GRANT SELECT (id) ON src.t TO reader");
  const Options options = {.columns = {"id"}, .source_user = "reader"};
  EXPECT_EQ(MoveBehind("TRUNCATE src.t1; INSERT INTO src.t VALUES (1, 's'), (2, 's')", "t", options),
            json({{"rows", 2}}));
  ExpectError(Read("t", {.source_user = "reader"}), "permission", "may not read \"secret\"");
}

TEST_F(SourceSnapshot, MaterializedViewsAreHeld) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE MATERIALIZED VIEW src.m AS SELECT id FROM src.t; "
      "INSERT INTO src.t VALUES (2), (3)");
  EXPECT_EQ(MoveBehind("REFRESH MATERIALIZED VIEW src.m", "m"), json({{"rows", 3}}));
}

TEST_F(SourceSnapshot, ForeignTablesAreHeld) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id, 'a'::text AS v; CREATE EXTENSION IF NOT EXISTS postgres_fdw; DROP SERVER "
      "IF EXISTS loop CASCADE; CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '" +
      Cluster().socket_dir() + "', port '" + std::to_string(Cluster().port()) +
      "', dbname 'postgres'); CREATE USER MAPPING FOR CURRENT_USER SERVER loop; CREATE FOREIGN TABLE src.f (id int4) "
      "SERVER loop OPTIONS (schema_name 'src', table_name 't')");
  EXPECT_EQ(MoveBehind("ALTER FOREIGN TABLE src.f ALTER id TYPE int8", "f"), json({{"rows", 1}}));
  EXPECT_EQ(Sql("SELECT id, pg_typeof(id) FROM raw.f"), "1|bigint");
}

TEST_F(SourceSnapshot, AViewWhoseOwnerMayNotLockIsHeldByQueries) {
  Sql("CREATE TABLE src.t AS SELECT i AS id, 's' AS secret FROM generate_series(1, 10) i");
  MakeRole(
      "GRANT SELECT (id) ON src.t TO reader; GRANT CREATE ON SCHEMA src TO reader; SET ROLE reader; CREATE VIEW "
      "src.v AS SELECT id FROM src.t; RESET ROLE");
  EXPECT_EQ(MoveBehind("TRUNCATE src.t; INSERT INTO src.t VALUES (1, 's'), (2, 's')", "v", {.source_user = "reader"}),
            json({{"rows", 2}}));
}

TEST_F(SourceSnapshot, AllStreamsAreOfOneMoment) {
  Sql("CREATE TABLE src.parent (id int4 PRIMARY KEY); CREATE TABLE src.child (id int4 REFERENCES src.parent); "
      "INSERT INTO src.parent VALUES (1); INSERT INTO src.child VALUES (1)");
  const auto source = OpenSource({.streams = {"parent", "child"}});
  EXPECT_EQ(ReadStream(*source, "parent"), json({{"rows", 1}}));
  Sql("INSERT INTO src.parent VALUES (2); INSERT INTO src.child VALUES (2)");
  EXPECT_EQ(ReadStream(*source, "child"), json({{"rows", 1}}));
  EXPECT_EQ(Sql("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"), "0");
}

TEST_F(SourceSnapshot, TheSnapshotIsThereForOthersToRead) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE TABLE src.u AS SELECT 1 AS id");
  const auto source = OpenSource({.streams = {"t", "u"}});
  ReadStream(*source, "t");
  Sql("INSERT INTO src.u VALUES (2)");
  ASSERT_THAT(source->logged, testing::ElementsAre(testing::StartsWith("reads the snapshot ")));
  TestSession other;
  const std::string name = source->logged[0].substr(std::string("reads the snapshot ").size());
  EXPECT_EQ(other.Run("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '" + name +
                      "'; SELECT count(*) FROM src.u"),
            "1");
}

TEST_F(SourceSnapshot, AllMissingStreamsAreNamed) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id");
  const auto source = OpenSource({.streams = {"t", "gone", "lost"}});
  const json answer = ReadStream(*source, "t");
  ExpectError(answer, "schema", "\"src\".\"gone\"");
  ExpectError(answer, "schema", "\"src\".\"lost\"");
}

TEST_F(SourceSnapshot, ASchemaThatIsRenamedWhileItIsReadEndsTheRun) {
  Sql("DROP SCHEMA IF EXISTS gone CASCADE; CREATE TABLE src.t AS SELECT i AS id FROM generate_series(1, 10) i");
  const auto source = OpenSource();
  source->on_phase = [](abi::Phase phase) {
    if (phase == abi::Phase::kTransfer) Sql("ALTER SCHEMA src RENAME TO gone");
  };
  ExpectError(ReadStream(*source, "t"), "schema", "came to stand for another table");
}

TEST_F(SourceSnapshot, AWaitForALockHasALimit) {
  Sql("CREATE TABLE src.t AS SELECT 1 AS id; CREATE MATERIALIZED VIEW src.m AS SELECT 1 AS id");
  TestSession other;
  other.Run("BEGIN; LOCK TABLE src.t");
  const Options options = {.source_config = {{"lock_wait_timeout_ms", 50}}};
  const json answer = Read("t", options);
  ExpectError(answer, "transient_db", "within 50 ms");
  EXPECT_THAT(answer["error"]["hint"].get<std::string>(), testing::HasSubstr("source.config.lock_wait_timeout"));
  other.Run("COMMIT; BEGIN; REFRESH MATERIALIZED VIEW src.m");
  ExpectError(Read("m", options), "transient_db", "within 50 ms");
}

// The other session has one lock that the run wants, and wants one that the run has.
TEST_F(SourceSnapshot, ADeadlockIsTriedAgain) {
  Sql("CREATE TABLE src.a AS SELECT 1 AS id; CREATE TABLE src.b AS SELECT 1 AS id");
  TestSession other;
  other.Run("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE src.b");  // so that the run is the one that is ended
  const auto source = OpenSource({.streams = {"a", "b"}});
  json answer;
  std::thread run([&] { answer = ReadStream(*source, "a"); });
  AwaitLockWait();
  other.Start("LOCK TABLE src.a; TRUNCATE src.a; INSERT INTO src.a VALUES (1), (2); COMMIT");
  run.join();
  other.Finish();
  EXPECT_EQ(answer, json({{"rows", 2}}));
}

TEST_F(SourceSnapshot, LimitsOfTheRoleDoNotEndARun) {
  Sql("CREATE TABLE src.t AS SELECT i AS id FROM generate_series(1, 10) i; CREATE VIEW src.v AS SELECT id, "
      "pg_sleep(0.02)"
      "::text AS slept FROM src.t");
  MakeRole(
      "GRANT SELECT ON src.t, src.v TO reader; ALTER ROLE reader SET statement_timeout = 50; ALTER ROLE reader SET "
      "lock_timeout = 50; ALTER ROLE reader SET idle_in_transaction_session_timeout = 50");
  const auto source = OpenSource({.source_user = "reader", .streams = {"v", "t"}});
  EXPECT_EQ(ReadStream(*source, "v"), json({{"rows", 10}}));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the destination is slow
  EXPECT_EQ(ReadStream(*source, "t"), json({{"rows", 10}}));
  queue_.messages.clear();
  EXPECT_EQ(
      MoveBehind("TRUNCATE src.t; INSERT INTO src.t VALUES (1); SELECT pg_sleep(0.2)", "t", {.source_user = "reader"}),
      json({{"rows", 1}}));
}

TEST_F(SourceSnapshot, ViewsThatWriteAreRefused) {
  Sql("CREATE TABLE src.log (i int4); CREATE FUNCTION src.note(i int4) RETURNS int4 LANGUAGE sql AS 'INSERT INTO "
      "src.log "
      "VALUES (i) RETURNING i'; CREATE VIEW src.v AS SELECT src.note(1) AS id");
  ExpectError(Read("v"), "permission", "read-only transaction");
  EXPECT_EQ(Sql("SELECT count(*) FROM src.log"), "0");
}

TEST_F(SourceSnapshot, RowLevelSecurityIsNoSilentSubset) {
  Sql("CREATE TABLE src.t AS SELECT i AS id FROM generate_series(1, 100) i; ALTER TABLE src.t ENABLE ROW LEVEL "
      "SECURITY; "
      "CREATE POLICY half ON src.t USING (id % 2 = 0)");
  MakeRole("GRANT SELECT ON src.t TO reader");
  const json answer = Read("t", {.source_user = "reader"});
  ExpectError(answer, "permission", "row-level security");
  EXPECT_THAT(answer["error"]["hint"].get<std::string>(), testing::HasSubstr("row_security: filter"));
  EXPECT_EQ(Read("t", {.source_user = "reader", .source_config = {{"row_security", "filter"}}}), json({{"rows", 50}}));
  EXPECT_EQ(Read("t"), json({{"rows", 100}}));
}

TEST_F(SourceSnapshot, RowLevelSecurityBeneathAViewIsNoSilentSubset) {
  Sql("CREATE TABLE src.t AS SELECT i AS id FROM generate_series(1, 100) i; ALTER TABLE src.t ENABLE ROW LEVEL "
      "SECURITY; "
      "CREATE POLICY half ON src.t USING (id % 2 = 0)");
  MakeRole(
      "GRANT SELECT ON src.t TO reader; GRANT CREATE ON SCHEMA src TO reader; SET ROLE reader; CREATE VIEW src.v AS "
      "SELECT id FROM src.t; RESET ROLE");
  ExpectError(Read("v"), "permission", "row-level security");
}

TEST_F(SourceSnapshot, ChildrenCanBeLeftOut) {
  Sql("CREATE TABLE src.t (id int4); CREATE TABLE src.child () INHERITS (src.t); INSERT INTO src.t VALUES (1); "
      "INSERT INTO src.child VALUES (2); CREATE VIEW src.v AS SELECT id FROM src.t");
  EXPECT_EQ(Read("t"), json({{"rows", 2}}));
  EXPECT_EQ(Read("t", {.only = true}), json({{"rows", 1}}));
  ExpectError(Read("v", {.only = true}), "schema", "only: true");
}

}  // namespace
}  // namespace rapidbyte::test
