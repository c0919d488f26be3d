// A hot standby: read like any other server, refused as a destination, and a conflict with its recovery ends a run
// clearly and without a trace.
#include "support/standby.h"

#include <gtest/gtest.h>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

// Columns that only some of are granted, materialized and partitioned ones, views, views that sleep on the lock 1.
constexpr const char* kRelations = R"(
  DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src; CREATE SCHEMA raw;
  CREATE TABLE src.t AS SELECT g AS id, 'n' || g AS name FROM generate_series(1, 20000) g;
  CREATE TABLE src.p (id int4, n numeric) PARTITION BY RANGE (id);
  CREATE TABLE src.p1 PARTITION OF src.p FOR VALUES FROM (0) TO (50);
  CREATE TABLE src.p2 PARTITION OF src.p DEFAULT;
  INSERT INTO src.p SELECT g, g / 7.0 FROM generate_series(1, 100) g;
  CREATE VIEW src.v AS SELECT id, upper(name) AS name FROM src.t;
  CREATE MATERIALIZED VIEW src.m AS SELECT id, name FROM src.t WHERE id < 100;
  CREATE FUNCTION src.gate() RETURNS int4 LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN 0; END $$;
  CREATE VIEW src.gated AS SELECT src.gate() AS id UNION ALL SELECT id FROM src.t;
  DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN CREATE ROLE reader LOGIN; END IF; END $$;
  GRANT USAGE ON SCHEMA src TO reader; GRANT SELECT (id) ON src.t, src.p TO reader;)";

class HotStandby : public testing::Test {
 protected:
  void StartStandby(const std::vector<std::string>& settings = {}) {
    Server::Get().Sql(kRelations);
    const lab::ServerAddress& primary = Server::Get().address();
    auto standby =
        test::Standby::Start({.host = primary.host, .port = primary.port, .user = primary.user, .settings = settings});
    ASSERT_TRUE(standby) << standby.error().message;
    standby_ = std::move(*standby);
    AwaitReplay();
  }

  std::unique_ptr<test::Session> Connect() const {
    return std::make_unique<test::Session>("host=" + standby_->socket_dir() +
                                           " port=" + std::to_string(standby_->port()) +
                                           " user=" + Server::Get().address().user + " dbname=postgres");
  }

  // Until all that is committed at the primary can be seen at the standby.
  void AwaitReplay() const {
    Connect()->Await("SELECT pg_last_wal_replay_lsn() >= '" + Server::Get().Sql("SELECT pg_current_wal_flush_lsn()") +
                     "'::pg_lsn");
  }

  // From the standby to the primary.
  PipelineSpec Spec(const std::vector<std::string>& streams) const {
    PipelineSpec spec{.streams = streams};
    spec.source_host = standby_->socket_dir();
    spec.source_port = standby_->port();
    return spec;
  }

  // A run that is amid its COPY from src.gated, and waits there for the lock 1 of `gate`.
  std::unique_ptr<BackgroundRun> StartGated(test::Session& gate, const std::string& into = "postgres") const {
    gate.Run("SELECT pg_advisory_lock(1)");
    PipelineSpec spec = Spec({"gated"});
    spec.destination_database = into;
    spec.write_mode = "replace";
    auto run = std::make_unique<BackgroundRun>(spec);
    gate.Await("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)");
    return run;
  }

  std::unique_ptr<test::Standby> standby_;
};

TEST_F(HotStandby, AllKindsOfRelationsAreRead) {
  StartStandby();
  for (const char* runtime : {"aot", "native"}) {
    PipelineSpec spec = Spec({"t", "p", "v", "m"});
    spec.runtime = runtime;
    spec.write_mode = "replace";
    const RunResult run = RunPipeline(spec);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    for (const std::string stream : {"t", "p", "v", "m"}) {
      EXPECT_EQ(Content("src." + stream), Content("raw." + stream)) << stream;
    }
  }
}

TEST_F(HotStandby, WhatIsGrantedByColumnIsRead) {
  StartStandby();
  PipelineSpec spec = Spec({"t", "p"});
  spec.columns = "[id]";
  spec.source_user = "reader";
  const RunResult run = RunPipeline(spec);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Server::Get().Sql("SELECT (SELECT sum(id) FROM raw.t) || ' ' || (SELECT sum(id) FROM raw.p)"),
            "200010000 5050");
}

TEST_F(HotStandby, TheSnapshotIsExported) {
  StartStandby();
  const auto gate = Connect(), other = Connect();
  const auto run = StartGated(*gate);
  const std::string name = other->Run("SELECT pg_ls_dir('pg_snapshots')");
  Server::Get().Sql("DELETE FROM src.t WHERE id > 10");
  AwaitReplay();
  EXPECT_EQ(other->Run("SELECT count(*) FROM src.t"), "10");
  EXPECT_EQ(other->Run("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '" + name +
                       "'; SELECT count(*) FROM src.t"),
            "20000");
  other->Run("COMMIT");
  gate->Run("SELECT pg_advisory_unlock(1)");
  EXPECT_EQ(run->Wait().exit_code, 0) << run->Wait().err;
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.gated"), "20001");
}

// The standby holds the primary's locks until it has taken over the primary's COMMIT.
TEST_F(HotStandby, WhatThePrimaryIsRewritingArrivesWhole) {
  struct Case {
    const char* stream;
    const char* user;
    const char* change;
    const char* rows;
  };
  StartStandby();
  for (const Case& it : {Case{"t", "postgres", "TRUNCATE src.t; INSERT INTO src.t VALUES (7, 'new')", "1"},
                         Case{"t", "reader", "TRUNCATE src.t; INSERT INTO src.t VALUES (7, 'new'), (8, 'new')", "2"},
                         Case{"p", "reader", "TRUNCATE src.p1", "51"},
                         Case{"v", "postgres", "TRUNCATE src.t; INSERT INTO src.t VALUES (7, 'new')", "1"},
                         Case{"m", "postgres", "REFRESH MATERIALIZED VIEW src.m", "1"}}) {
    SCOPED_TRACE(std::string(it.stream) + " " + it.user);
    Other primary;
    primary.Run(std::string("BEGIN; ") + it.change);
    // Somebody's COMMIT sends the record of the lock, which would wait for the next one else.
    Server::Get().Sql("SELECT pg_logical_emit_message(true, 'test', '')");
    PipelineSpec spec = Spec({it.stream});
    spec.write_mode = "replace";
    spec.columns = "[id]";
    if (it.user != std::string("postgres")) spec.source_user = it.user;
    const auto standby = Connect();
    standby->Await("SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted)");
    BackgroundRun run(spec);
    standby->Await("SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessShareLock' AND NOT granted)");
    primary.Run("COMMIT");
    EXPECT_EQ(run.Wait().exit_code, 0) << run.Wait().err;
    EXPECT_EQ(Server::Get().Sql(std::string("SELECT count(*) FROM raw.") + it.stream), it.rows);
    AwaitReplay();
  }
}

// The run was there first: the standby takes the change over once the run has ended.
TEST_F(HotStandby, WhatThePrimaryRewritesWhileItIsReadArrivesAsItWas) {
  StartStandby({"max_standby_streaming_delay=-1"});
  const auto gate = Connect();
  const auto run = StartGated(*gate);
  Server::Get().Sql("BEGIN; TRUNCATE src.t; INSERT INTO src.t VALUES (7, 'new'); COMMIT");
  gate->Await("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'src.t'::regclass AND NOT granted)");
  gate->Run("SELECT pg_advisory_unlock(1)");
  EXPECT_EQ(run->Wait().exit_code, 0) << run->Wait().err;
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.gated"), "20001");
  AwaitReplay();
  EXPECT_EQ(gate->Run("SELECT count(*) FROM src.t"), "1");
}

// The destination is another database: a transaction of the same one would keep VACUUM from removing rows.
TEST_F(HotStandby, AConflictWithItsRecoveryEndsTheRunAndLeavesTheDestinationWhole) {
  StartStandby({"max_standby_streaming_delay=100ms"});
  Server::Get().Sql("CREATE SCHEMA raw; CREATE TABLE raw.gated AS SELECT 5 AS id", "other");
  const std::vector<std::vector<std::string>> changes = {{"DELETE FROM src.t WHERE id > 100", "VACUUM src.t"},
                                                         {"TRUNCATE src.t"}};
  for (const auto& change : changes) {
    SCOPED_TRACE(change.back());
    const auto gate = Connect();
    const auto run = StartGated(*gate, "other");
    for (const std::string& statement : change) Server::Get().Sql(statement);
    EXPECT_EQ(run->Wait().exit_code, 13) << run->Wait().err;
    EXPECT_NE(run->Wait().err.find("conflict with recovery"), std::string::npos) << run->Wait().err;
    EXPECT_NE(run->Wait().err.find("run it again"), std::string::npos) << run->Wait().err;
    EXPECT_EQ(Server::Get().Sql("SELECT count(*) || ' ' || sum(id) FROM raw.gated", "other"), "1 5");
    gate->Run("SELECT pg_advisory_unlock(1)");
  }
}

TEST_F(HotStandby, ItIsRefusedAsADestination) {
  StartStandby();
  for (const char* method : {"copy", "insert"}) {
    for (const char* mode : {"append", "replace"}) {
      for (const char* schema : {"raw", "src", "missing"}) {
        PipelineSpec spec{.streams = {"t"}, .load_method = method, .write_mode = mode};
        spec.destination_host = standby_->socket_dir();
        spec.destination_port = standby_->port();
        spec.destination_schema = schema;
        const RunResult run = RunPipeline(spec);
        EXPECT_EQ(run.exit_code, 14) << run.err;
        EXPECT_EQ(run.err.rfind("error: ", 0), 0u) << run.err;
        EXPECT_NE(run.err.find("standby"), std::string::npos) << run.err;
      }
    }
  }
}

}  // namespace
}  // namespace rapidbyte::e2e
