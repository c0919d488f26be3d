// A run that is killed or interrupted, or whose server dies, leaves no partial row, and nothing that its servers still
// do for it.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "fixture.h"
#include "lab/postgres.h"

namespace rapidbyte::e2e {
namespace {

using namespace std::chrono_literals;

class Kill : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    // The destination's trigger slows loading down, so that the signal always comes in the middle.
    Server::Get().Sql(
        "DROP SCHEMA IF EXISTS src CASCADE; DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA src; CREATE SCHEMA raw;"
        "CREATE TABLE src.t (id int4 NOT NULL, name text);"
        "INSERT INTO src.t SELECT g, 'n' || g FROM generate_series(1, 200000) g;"
        "CREATE TABLE raw.t (id int4 NOT NULL, name text); INSERT INTO raw.t VALUES (0, 'was here');"
        "CREATE FUNCTION raw.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id % 1000 = 0 THEN "
        "PERFORM pg_sleep(0.1); END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER slow BEFORE INSERT ON raw.t FOR EACH ROW EXECUTE FUNCTION raw.slow()");
  }

  // Starts a run and waits until its load is under way at the server.
  std::unique_ptr<BackgroundRun> StartRun() {
    PipelineSpec spec;
    spec.load_method = GetParam();
    auto run = std::make_unique<BackgroundRun>(spec);
    for (int i = 0; i < 600 && Loading() == "0"; ++i) std::this_thread::sleep_for(50ms);
    EXPECT_NE(Loading(), "0") << "the load did not begin";
    return run;
  }

  static std::string Loading() {
    return Server::Get().Sql(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rapidbyte' AND "
        "wait_event = 'PgSleep'");
  }

  static void ExpectNothingCame() {
    for (int i = 0; i < 600; ++i) {
      if (Server::Get().Sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rapidbyte'") == "0") break;
      std::this_thread::sleep_for(50ms);
    }
    EXPECT_EQ(Server::Get().Sql("SELECT count(*) || min(name) FROM raw.t"), "1was here");
  }
};

TEST_P(Kill, KilledRunLeavesNoRow) {
  const auto run = StartRun();
  run->Send(SIGKILL);
  EXPECT_EQ(run->Wait().signal, SIGKILL);
  ExpectNothingCame();
}

TEST_P(Kill, InterruptEndsWith130AndLeavesNoRow) {
  const auto run = StartRun();
  run->Send(SIGINT);
  EXPECT_EQ(run->Wait().exit_code, 130) << run->Wait().err;
  ExpectNothingCame();
}

TEST_P(Kill, ADestinationBackendThatDiesIsADestinationError) {
  const auto run = StartRun();
  Server::Get().Sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rapidbyte' AND "
      "wait_event = 'PgSleep'");
  EXPECT_EQ(run->Wait().exit_code, 14) << run->Wait().err;
  EXPECT_EQ(run->Wait().err.rfind("error: ", 0), 0u) << run->Wait().err;
  ExpectNothingCame();
}

TEST_P(Kill, ASourceBackendThatDiesIsASourceError) {
  // The source's backend waits on its socket for the slow destination.
  Server::Get().Sql("INSERT INTO src.t SELECT g, repeat('x', 1000) FROM generate_series(200001, 300000) g");
  const auto run = StartRun();
  Server::Get().Sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rapidbyte' AND "
      "query LIKE 'COPY (SELECT%'");
  EXPECT_EQ(run->Wait().exit_code, 13) << run->Wait().err;
  ExpectNothingCame();
}

// Runs that wait for a server while they are interrupted.
class Interrupt : public testing::Test {
 protected:
  void SetUp() override {
    MakeSourceTable(10);
    Server::Get().Sql(
        "CREATE SCHEMA raw; CREATE TABLE raw.t (id int4 NOT NULL, name text);"
        "INSERT INTO raw.t VALUES (0, 'was here')");
  }

  // Starts a run, and interrupts it once a session of it is as `condition`, over pg_stat_activity, says.
  static RunResult RunUntil(const PipelineSpec& spec, const std::string& condition, int signal = SIGINT) {
    BackgroundRun run(spec);
    AwaitSessions(condition);
    run.Send(signal);
    return run.Wait();
  }

  static void AwaitSessions(const std::string& condition) {
    for (int i = 0; i < 600 && Sessions(condition) == "0"; ++i) std::this_thread::sleep_for(50ms);
    EXPECT_NE(Sessions(condition), "0") << "no session came to " << condition;
  }

  static std::string Sessions(const std::string& condition) {
    return Server::Get().Sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rapidbyte' AND " +
                             condition);
  }

  // Neither a statement nor a lock of ours is left.
  static void ExpectNothingRuns() {
    for (int i = 0; i < 40 && Sessions("true") != "0"; ++i) std::this_thread::sleep_for(50ms);
    EXPECT_EQ(Sessions("true"), "0");
  }
};

TEST_F(Interrupt, EndsAStatementThatWaitsForALock) {
  auto other = lab::Postgres::Connect(Server::Get().address());
  ASSERT_TRUE(other && other->Exec("BEGIN; SELECT * FROM raw.t"));
  for (const std::string mode : {"replace", "append"}) {
    // What an append takes does not wait for a reader.
    if (mode == "append") {
      ASSERT_TRUE(other->Exec("LOCK TABLE raw.t IN EXCLUSIVE MODE"));
    }
    PipelineSpec spec;
    spec.write_mode = mode;
    const RunResult run = RunUntil(spec, "wait_event_type = 'Lock'");
    EXPECT_EQ(run.exit_code, 130) << run.err;
    ExpectNothingRuns();
  }
  EXPECT_TRUE(other->Exec("ROLLBACK"));
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.t"), "1");
}

TEST_F(Interrupt, EndsTheSourcesCopy) {
  Server::Get().Sql("CREATE VIEW src.slow AS SELECT 1 AS id, pg_sleep(600)::text AS name");
  for (const bool tcp : {false, true}) {
    PipelineSpec spec;
    spec.streams = {"slow"};
    if (tcp) {
      const lab::ServerAddress& address = Server::Get().tcp_address();
      spec.source_host = address.host;
      spec.source_port = address.port;
      spec.source_user = address.user;
      spec.source_password = address.password;
    }
    const RunResult run = RunUntil(spec, "wait_event = 'PgSleep'", tcp ? SIGTERM : SIGHUP);
    EXPECT_EQ(run.exit_code, 130) << run.err;
    ExpectNothingRuns();
  }
}

TEST_F(Interrupt, ADestinationThatFailsEndsTheSourcesCopy) {
  Server::Get().Sql("CREATE VIEW src.slow AS SELECT 1 AS id, pg_sleep(600)::text AS name");
  Server::Get().Sql("CREATE TABLE raw.slow (id int4, name text)");
  auto other = lab::Postgres::Connect(Server::Get().address());
  ASSERT_TRUE(other && other->Exec("BEGIN; LOCK TABLE raw.slow IN EXCLUSIVE MODE"));
  PipelineSpec spec;
  spec.streams = {"slow"};
  BackgroundRun run(spec);
  AwaitSessions("wait_event = 'PgSleep'");
  AwaitSessions("wait_event_type = 'Lock'");
  Server::Get().Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
  EXPECT_EQ(run.Wait().exit_code, 14) << run.Wait().err;
  ExpectNothingRuns();
}

TEST_F(Interrupt, TheAnswerToACommitIsWaitedFor) {
  Server::Get().Sql(
      "CREATE FUNCTION raw.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 1 THEN "
      "PERFORM pg_sleep(1.5); END IF; RETURN NEW; END $$;"
      "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON raw.t DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION raw.slow()");
  const RunResult run = RunUntil({}, "wait_event = 'PgSleep'");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.t"), "11");
}

INSTANTIATE_TEST_SUITE_P(Methods, Kill, testing::Values("copy", "insert"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace rapidbyte::e2e
