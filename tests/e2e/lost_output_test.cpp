// What happens to results that cannot be written: they are not lost in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LostOutput : public InOwnFolder {
 protected:
  static RunResult Shell(const std::string& line) { return RunShell("$rapidbyte " + line); }
  static size_t Lines(const fs::path& file) {
    std::ifstream in(file);
    size_t count = 0;
    for (std::string line; std::getline(in, line);) ++count;
    return count;
  }
};

TEST_F(LostOutput, AFullDiskBehindStandardOutputIsAnError) {
  MakeSourceTable(10);
  const std::string pipeline = WritePipeline({}).string();
  ASSERT_EQ(Shell("bench cmd -N true false -i -r 6 > /dev/null").exit_code, 0);
  for (const char* file : {"old.csv", "new.csv"}) std::ofstream(file) << "name,ms\na,1\na,2\n";
  for (const std::string& line :
       {"run " + pipeline, "run --json " + pipeline, "check " + pipeline, "discover " + pipeline,
        std::string("connectors"), std::string("compile"), std::string("--version"), std::string("bench --help"),
        std::string("bench cmd -N true -r 2"), std::string("bench cmd -N true -r 2 --json"),
        std::string("bench compare old.csv new.csv"), std::string("bench compare old.csv new.csv --format json"),
        std::string("bench history"), std::string("bench export --format csv"), std::string("bench run --dry-run")}) {
    const RunResult run = Shell(line + " > /dev/full");
    EXPECT_EQ(run.exit_code, 11) << line << "\n" << run.err;
    EXPECT_THAT(run.err, HasSubstr("cannot write")) << line;
  }
}

TEST_F(LostOutput, AnExportThatFailsLeavesNoFile) {
  EXPECT_EQ(Shell("bench cmd -N false -r 3 --export-csv out.csv --export-json out.json").exit_code, 11);
  EXPECT_FALSE(fs::exists("out.csv"));
  EXPECT_FALSE(fs::exists("out.json"));
  std::ofstream("kept.csv") << "before\n";
  EXPECT_EQ(Shell("bench cmd -N false -r 3 --export-csv kept.csv").exit_code, 11);
  EXPECT_EQ(Lines("kept.csv"), 1u);
  EXPECT_EQ(Shell("run nowhere.yaml --timeline trace.json").exit_code, 11);
  EXPECT_FALSE(fs::exists("trace.json"));
}

// The measured command itself ends the store's sessions once there are ten samples.
TEST_F(LostOutput, AStoreThatGoesAwayLosesNothingThatWasMeasured) {
  const lab::ServerAddress& address = Server::Get().address();
  Server::Get().Sql("DROP DATABASE IF EXISTS store WITH (FORCE)");
  Server::Get().Sql("CREATE DATABASE store");
  const std::string connection =
      "host=" + address.host + " port=" + std::to_string(address.port) + " user=" + address.user;
  std::ofstream("measured.sh") << "n=$(wc -l < target/bench_results/results.jsonl)\n"
                               << "[ $n -lt 10 ] || psql -qAtX '" << connection << " dbname=postgres' -c \""
                               << "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'store'\"\n";
  const RunResult run = Shell("bench cmd -N -r 30 'sh measured.sh' --store 'postgresql:///store?host=" + address.host +
                              "&port=" + std::to_string(address.port) + "&user=" + address.user + "'");
  EXPECT_EQ(run.exit_code, 12) << run.err;
  EXPECT_THAT(run.err, HasSubstr("the samples can no longer be stored"));
  EXPECT_THAT(run.err, HasSubstr("rapidbyte bench import"));
  EXPECT_THAT(run.out, HasSubstr("11 runs"));
  EXPECT_EQ(Lines("target/bench_results/results.jsonl"), 11u);
  const RunResult imported = Shell("bench import target/bench_results/results.jsonl --store new.db");
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.out + imported.err, HasSubstr("11"));
}

// Another process holds the lock, and is stopped: neither its end nor a minute is waited for.
TEST_F(LostOutput, AnInterruptEndsTheWaitForALock) {
  ASSERT_EQ(Shell("bench cmd -N true -r 2 > /dev/null").exit_code, 0);
  const RunResult run = Shell(
      "--version > /dev/null; flock target/bench_results/results.jsonl sleep 600 & holder=$!; sleep 0.3; "
      "timeout -s INT -k 30 2 " RAPIDBYTE_BINARY " bench cmd -N true -r 2; code=$?; kill $holder; exit $code");
  EXPECT_EQ(run.exit_code, 124) << run.err;  // what `timeout` says of a command that has ended in time after its signal
  EXPECT_THAT(run.err, HasSubstr("results.jsonl: cannot lock the file"));
}

}  // namespace
}  // namespace rapidbyte::e2e
