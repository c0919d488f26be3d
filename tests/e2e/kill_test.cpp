// A run that is killed, or whose server dies, leaves no partial row.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

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
  pid_t StartRun() {
    PipelineSpec spec;
    spec.load_method = GetParam();
    const std::string file = WritePipeline(spec).string();
    err_ = Scratch() / "stderr";
    const pid_t pid = fork();
    if (pid == 0) {
      freopen(err_.c_str(), "w", stderr);
      freopen("/dev/null", "w", stdout);
      execl(RAPIDBYTE_BINARY, "rapidbyte", "run", file.c_str(), nullptr);
      _exit(127);
    }
    for (int i = 0; i < 600 && Loading() == "0"; ++i) std::this_thread::sleep_for(50ms);
    EXPECT_NE(Loading(), "0") << "the load did not begin";
    return pid;
  }

  static std::string Loading() {
    return Server::Get().Sql(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rapidbyte' AND "
        "wait_event = 'PgSleep'");
  }

  static int Reap(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
  }

  static void ExpectNothingCame() {
    for (int i = 0; i < 600; ++i) {
      if (Server::Get().Sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rapidbyte'") == "0") break;
      std::this_thread::sleep_for(50ms);
    }
    EXPECT_EQ(Server::Get().Sql("SELECT count(*) || min(name) FROM raw.t"), "1was here");
  }

  std::filesystem::path err_;
};

std::string ReadAll(const std::filesystem::path& file) {
  std::string text(std::filesystem::file_size(file), '\0');
  FILE* in = fopen(file.c_str(), "r");
  text.resize(fread(text.data(), 1, text.size(), in));
  fclose(in);
  return text;
}

TEST_P(Kill, KilledRunLeavesNoRow) {
  const pid_t pid = StartRun();
  kill(pid, SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(Reap(pid)));
  ExpectNothingCame();
}

TEST_P(Kill, InterruptEndsWith130AndLeavesNoRow) {
  const pid_t pid = StartRun();
  kill(pid, SIGINT);
  const int status = Reap(pid);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130) << ReadAll(err_);
  ExpectNothingCame();
}

TEST_P(Kill, ADestinationBackendThatDiesIsADestinationError) {
  const pid_t pid = StartRun();
  Server::Get().Sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rapidbyte' AND "
      "wait_event = 'PgSleep'");
  const int status = Reap(pid);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 14) << ReadAll(err_);
  EXPECT_EQ(ReadAll(err_).rfind("error: ", 0), 0u) << ReadAll(err_);
  ExpectNothingCame();
}

TEST_P(Kill, ASourceBackendThatDiesIsASourceError) {
  // The source's backend waits on its socket for the slow destination.
  Server::Get().Sql("INSERT INTO src.t SELECT g, repeat('x', 1000) FROM generate_series(200001, 300000) g");
  const pid_t pid = StartRun();
  Server::Get().Sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rapidbyte' AND "
      "query LIKE 'COPY (SELECT%'");
  const int status = Reap(pid);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 13) << ReadAll(err_);
  ExpectNothingCame();
}

INSTANTIATE_TEST_SUITE_P(Methods, Kill, testing::Values("copy", "insert"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace rapidbyte::e2e
