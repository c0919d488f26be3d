#include "store/process_identity.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rapidbyte::store {
namespace {

TEST(ProcessIdentity, ThisProcessRuns) {
  const ProcessIdentity process = ThisProcess();
  EXPECT_EQ(process.pid, getpid());
  EXPECT_GT(process.pid_started, 0);
  EXPECT_FALSE(process.boot_id.empty());
  EXPECT_FALSE(IsGone(process));
}

TEST(ProcessIdentity, APidThatWasUsedAgainIsAnotherProcess) {
  ProcessIdentity process = ThisProcess();
  process.pid_started -= 1;
  EXPECT_TRUE(IsGone(process));
}

TEST(ProcessIdentity, NothingSurvivesABoot) {
  ProcessIdentity process = ThisProcess();
  process.boot_id = "another";
  EXPECT_TRUE(IsGone(process));
}

TEST(ProcessIdentity, NobodyKnowsAboutAnotherHost) {
  ProcessIdentity process = ThisProcess();
  process.host_name += "-other";
  process.boot_id = "another";
  EXPECT_FALSE(IsGone(process));
}

TEST(ProcessIdentity, AnEndedChildIsGone) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  ProcessIdentity process = ThisProcess();
  process.pid = child;
  EXPECT_TRUE(IsGone(process));
}

}  // namespace
}  // namespace rapidbyte::store
