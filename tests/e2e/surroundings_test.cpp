// What the system around us may withhold, prepare or cut short.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "fixture.h"

namespace rapidbyte::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Surroundings : public InOwnFolder {};

TEST_F(Surroundings, TooFewDescriptorsAreASentence) {
  for (const char* command : {"connectors", "bench cmd true", "run nowhere.yaml", "profile -- true"}) {
    const RunResult run = RunShell("ulimit -n 8; exec $rapidbyte " + std::string(command));
    EXPECT_EQ(run.exit_code, 11) << command << "\n" << run.err;
    EXPECT_THAT(run.err, HasSubstr("the limit of open files is 8")) << command;
  }
  EXPECT_EQ(RunShell("ulimit -Sn 8; exec $rapidbyte connectors").exit_code, 0) << "a soft limit is raised";
}

TEST_F(Surroundings, TooLittleAddressSpaceIsASentence) {
  MakeSourceTable(10);
  ASSERT_EQ(RunShell("exec $rapidbyte compile").exit_code, 0) << "the compiler needs more";
  const RunResult run = RunShell("ulimit -v 300000; exec $rapidbyte run " + WritePipeline({}).string());
  EXPECT_EQ(run.exit_code, 11) << run.err;
  EXPECT_THAT(run.err, HasSubstr("each connector reserves 8 GiB of addresses"));
  EXPECT_THAT(run.err, HasSubstr("ulimit -v"));
}

// A unit without User=, `env -i`: nothing is looked for or made where others could have prepared it.
TEST_F(Surroundings, WithoutHomeNothingIsMadeInFoldersOfAll) {
  const bool was_there = fs::exists("/tmp/.cache");
  const RunResult run = RunShell("exec env -i PATH=\"$PATH\" $rapidbyte compile");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(fs::exists("/tmp/.cache"), was_there);
}

TEST_F(Surroundings, ACacheThatOthersCouldHavePreparedIsRefused) {
  fs::create_directories("shared");
  fs::permissions("shared", fs::perms::all);
  const RunResult run = RunShell("RAPIDBYTE_CACHE_DIR=$PWD/shared/cache exec $rapidbyte compile");
  EXPECT_EQ(run.exit_code, 11) << run.err;
  EXPECT_THAT(run.err, HasSubstr("/shared: other users may write to it"));
  EXPECT_TRUE(fs::is_empty("shared"));
}

// The compiler takes its time, and is one group of processes with a folder of its own.
TEST_F(Surroundings, AnInterruptEndsAFirstCompileWithAllItHasStarted) {
  const RunResult run = RunShell(
      "RAPIDBYTE_CACHE_DIR=$PWD/cache $rapidbyte compile & compile=$!\n"
      "while [ -z \"$(ls cache/aot 2>/dev/null)\" ]; do sleep 0.05; done; sleep 0.5\n"
      "kill -TERM $compile; wait $compile; echo code $?\n"
      "ls cache/aot\n"
      "for process in /proc/[0-9]*; do readlink $process/cwd; done | grep \"$PWD/cache\"");
  EXPECT_EQ(run.out, "code 130\n") << "nothing in the cache, and no process in it: " << run.out;
  EXPECT_THAT(run.err, HasSubstr("interrupted"));
}

}  // namespace
}  // namespace rapidbyte::e2e
