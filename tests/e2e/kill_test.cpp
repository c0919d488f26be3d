// A run that is killed, or whose server dies, leaves no partial row.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "fixture.h"

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

INSTANTIATE_TEST_SUITE_P(Methods, Kill, testing::Values("copy", "insert"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace rapidbyte::e2e
