// Through a pgbouncer in transaction mode, whose few server sessions others use too: a run works, and whoever gets the
// session next finds it as he left it, however the run ended.
#include "support/pooler.h"

#include <gtest/gtest.h>

#include <csignal>
#include <map>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

// The server sessions behind one of the pooler's names: what others would find there, by the session's pid.
using Sessions = std::map<std::string, std::string>;

// All that one session can leave to the next.
constexpr const char* kState = R"(
  SELECT concat(
    (SELECT string_agg(name || ' = ' || setting, E'\n' ORDER BY name) FROM pg_settings),
    (SELECT string_agg(E'\nprepared ' || name, '' ORDER BY name) FROM pg_prepared_statements),
    E'\ntemporary ', (SELECT count(*) FROM pg_class WHERE relpersistence = 't'),
    E'\nlocks ', (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
    E'\ncursors ', (SELECT count(*) FROM pg_cursors)))";

class ThroughAPooler : public testing::Test {
 protected:
  void SetUp() override {
    MakeSourceTable(20000);
    Server::Get().Sql(
        "CREATE TABLE src.u AS SELECT id, id / 3.0 AS n, ARRAY[id] AS a FROM src.t LIMIT 100; CREATE MATERIALIZED VIEW "
        "src.m AS SELECT * FROM src.u; CREATE SCHEMA raw; CREATE TABLE raw.u (id int4, n text, a text)");
  }

  void StartPooler(int sessions, int query_wait_secs = 20) {
    const lab::ServerAddress& server = Server::Get().address();
    sessions_ = sessions;
    auto pooler = test::Pooler::Start({.host = server.host,
                                       .port = server.port,
                                       .user = server.user,
                                       .database = server.database,
                                       .sessions = sessions,
                                       .query_wait_secs = query_wait_secs});
    ASSERT_TRUE(pooler) << pooler.error().message;
    pooler_ = std::move(*pooler);
    Mark();
  }

  // What the sessions' other users have set, for as long as the sessions live.
  void Mark() const {
    for (const char* name : {"source", "destination"}) {
      InAll(name,
            "SET search_path = theirs, public; SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'; SET lock_timeout "
            "= '7s'; SET statement_timeout = '11s'; SET extra_float_digits = 1; SET bytea_output = 'escape'; SET "
            "IntervalStyle = 'iso_8601'; SET row_security = off; SET default_transaction_isolation = 'serializable'; "
            "DEALLOCATE ALL; PREPARE theirs AS SELECT 1");
    }
  }

  PipelineSpec Spec(const std::vector<std::string>& streams) const {
    PipelineSpec spec{.streams = streams, .source_database = "source", .destination_database = "destination"};
    spec.source_host = spec.destination_host = pooler_->socket_dir();
    spec.source_port = spec.destination_port = pooler_->port();
    return spec;
  }

  // Runs SQL in each of the sessions, all of which are taken meanwhile.
  Sessions InAll(const std::string& name, const std::string& sql) const {
    Sessions found;
    std::vector<std::unique_ptr<test::Session>> clients;
    for (int i = 0; i < sessions_; ++i) {
      clients.push_back(std::make_unique<test::Session>(
          "host=" + pooler_->socket_dir() + " port=" + std::to_string(pooler_->port()) + " dbname=" + name +
          " user=" + Server::Get().address().user + " application_name=other client_encoding=UTF8"));
      const std::string pid = clients.back()->Run("BEGIN; SELECT pg_backend_pid()");
      found[pid] = clients.back()->Run(sql);
    }
    for (const auto& client : clients) client->Run("COMMIT");
    EXPECT_EQ(found.size(), static_cast<size_t>(sessions_));
    return found;
  }

  Sessions Look(const std::string& name) const { return InAll(name, kState); }

  // `all_live`: no session was closed; else one that is new is as the server makes it.
  void ExpectUntouched(const Sessions& before, const std::string& name, bool all_live = true) const {
    const Sessions after = Look(name);
    if (all_live) {
      EXPECT_EQ(after, before);
      return;
    }
    for (const auto& [pid, state] : after) {
      const auto known = before.find(pid);
      EXPECT_EQ(state, known == before.end() ? Fresh() : known->second);
    }
  }

  // What a session of a pooler's that nobody has used has to show.
  std::string Fresh() const {
    test::Session session("host=" + Server::Get().address().host + " port=" +
                          std::to_string(Server::Get().address().port) + " dbname=" + Server::Get().address().database +
                          " user=" + Server::Get().address().user + " application_name=other client_encoding=UTF8");
    return session.Run(std::string("BEGIN; ") + kState);
  }

  static void ExpectNoTransaction() {
    Other().Await(
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'client backend' AND xact_start IS NOT NULL "
        "AND pid <> pg_backend_pid()");
  }

  // By the signal, while the server sleeps over row 1000.
  void EndAmidALoad(int signal, const std::string& sleep_secs) const {
    Server::Get().Sql(
        "CREATE TABLE raw.t (id int4, name text); CREATE FUNCTION raw.slow() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF NEW.id = 1000 THEN PERFORM pg_sleep(" +
        sleep_secs +
        "); END IF; RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON raw.t FOR EACH ROW EXECUTE FUNCTION "
        "raw.slow()");
    for (const char* method : {"copy", "insert"}) {
      SCOPED_TRACE(method);
      Mark();
      const Sessions source = Look("source"), destination = Look("destination");
      PipelineSpec spec = Spec({"t"});
      spec.load_method = method;
      BackgroundRun run(spec);
      Other().Await("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')");
      run.Send(signal);
      EXPECT_EQ(run.Wait().exit_code, 128 + signal) << run.Wait().err;
      ExpectNoTransaction();
      ExpectUntouched(source, "source", /*all_live=*/false);
      ExpectUntouched(destination, "destination", /*all_live=*/false);
    }
    EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.t"), "0");
  }

  std::unique_ptr<test::Pooler> pooler_;
  int sessions_ = 0;
};

TEST_F(ThroughAPooler, ARunWorksOnOneSessionAtEachEndAndLeavesItAsItWas) {
  StartPooler(1);
  const Sessions source = Look("source"), destination = Look("destination");
  int rows = 0;
  for (const char* runtime : {"aot", "native"}) {
    for (const char* method : {"copy", "insert"}) {
      for (const char* mode : {"append", "replace"}) {
        SCOPED_TRACE(std::string(runtime) + " " + method + " " + mode);
        PipelineSpec spec = Spec({"t", "u"});
        spec.runtime = runtime;
        spec.load_method = method;
        spec.write_mode = mode;
        const RunResult run = RunPipeline(spec);
        ASSERT_EQ(run.exit_code, 0) << run.err;
        rows = spec.write_mode == "append" ? rows + 100 : 100;
        EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.u"), std::to_string(rows));
        ExpectUntouched(source, "source");
        ExpectUntouched(destination, "destination");
      }
    }
  }
  EXPECT_EQ(Content("src.t"), Content("raw.t"));
}

TEST_F(ThroughAPooler, ASecondSessionHoldsAMaterializedView) {
  StartPooler(2);
  const Sessions source = Look("source"), destination = Look("destination");
  const RunResult run = RunPipeline(Spec({"m", "t"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Content("src.m"), Content("raw.m"));
  ExpectUntouched(source, "source");
  ExpectUntouched(destination, "destination");
}

TEST_F(ThroughAPooler, WithoutASecondSessionARunThatNeedsOneEndsAndSaysWhy) {
  StartPooler(1, /*query_wait_secs=*/1);
  const Sessions destination = Look("destination");
  const RunResult run = RunPipeline(Spec({"m"}));
  EXPECT_EQ(run.exit_code, 13) << run.err;
  EXPECT_NE(run.err.find("query_wait_timeout"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("second"), std::string::npos) << run.err;
  EXPECT_EQ(Server::Get().Sql("SELECT to_regclass('raw.m') IS NULL"), "t");
  ExpectUntouched(destination, "destination");
  ExpectNoTransaction();
}

TEST_F(ThroughAPooler, CheckAndDiscoverLeaveSessionsAsTheyWere) {
  StartPooler(1);
  const Sessions source = Look("source"), destination = Look("destination");
  for (const char* command : {"check", "discover"}) {
    const RunResult run = RunRapidbyte({command, WritePipeline(Spec({"t", "u"})).string()});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    ExpectUntouched(source, "source", /*all_live=*/false);
    ExpectUntouched(destination, "destination", /*all_live=*/false);
  }
}

TEST_F(ThroughAPooler, ARunThatFailsLeavesSessionsAsTheyWere) {
  StartPooler(1);
  Server::Get().Sql(
      "CREATE TABLE raw.t (id int4 CHECK (id < 15000), name text); CREATE VIEW src.wrong AS SELECT 1 / (15000 - id) AS "
      "id FROM src.t");
  for (const char* stream : {"t", "wrong", "missing"}) {
    for (const char* method : {"copy", "insert"}) {
      SCOPED_TRACE(std::string(stream) + " " + method);
      Mark();
      const Sessions source = Look("source"), destination = Look("destination");
      PipelineSpec spec = Spec({stream});
      spec.load_method = method;
      EXPECT_NE(RunPipeline(spec).exit_code, 0);
      ExpectNoTransaction();
      ExpectUntouched(source, "source", /*all_live=*/false);
      ExpectUntouched(destination, "destination", /*all_live=*/false);
    }
  }
  EXPECT_EQ(Server::Get().Sql("SELECT count(*) FROM raw.t"), "0");
}

// The server sleeps for ten minutes: the interrupt has to reach it through the pooler.
TEST_F(ThroughAPooler, ARunThatIsInterruptedLeavesSessionsAsTheyWere) {
  StartPooler(1);
  EndAmidALoad(SIGINT, "600");
}

TEST_F(ThroughAPooler, ARunThatIsKilledLeavesSessionsAsTheyWere) {
  StartPooler(1);
  EndAmidALoad(SIGKILL, "1");
}

}  // namespace
}  // namespace rapidbyte::e2e
