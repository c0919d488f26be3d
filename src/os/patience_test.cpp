#include "os/patience.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

namespace rapidbyte::os {
namespace {

// In a process of its own, which a stop signal is to end: the wish to stop is final.
double SecondsUntilItGivesUp() {
  Patience patience;
  NoteStopSignal();
  const uint64_t start = MonotonicNanos();
  while (patience.WaitAgain()) {
  }
  return NanosToSeconds(MonotonicNanos() - start);
}

TEST(PatienceTest, LastsASecondAfterAStopSignal) {
  const pid_t pid = fork();
  if (pid == 0) {
    const double secs = SecondsUntilItGivesUp();
    _exit(secs >= 1 && secs < 30 ? 0 : 1);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(PatienceTest, GoesOnForLongWithoutOne) {
  Patience patience;
  const uint64_t start = MonotonicNanos();
  while (NanosToSeconds(MonotonicNanos() - start) < 1.5) ASSERT_TRUE(patience.WaitAgain());
}

}  // namespace
}  // namespace rapidbyte::os
