#include "sampler/thread_times.h"

#include <gtest/gtest.h>

namespace rapidbyte::sampler {
namespace {

using profile::State;

constexpr profile::StackId kNotStarted{5};

TEST(ThreadTimesTest, TheStatesAddUpToTheLife) {
  ThreadTimes times;
  times.Start(10, 11, 10, kNotStarted, 100);
  const auto first = times.SwitchIn(10, 11, 130);  // 30 preempted: able to run, no CPU yet
  ASSERT_TRUE(first);
  EXPECT_EQ(first->stack, kNotStarted);
  EXPECT_EQ(first->state, State::kPreempted);
  EXPECT_EQ(first->duration_ns, 30u);
  times.SwitchOut(10, 11, true, 150);          // 20 running
  EXPECT_FALSE(times.SwitchIn(10, 11, 155));   // 5 preempted
  times.SwitchOut(10, 11, false, 200);         // 45 running
  EXPECT_FALSE(times.SwitchIn(10, 11, 1000));  // 800 blocked
  times.End(11, 1001);
  const auto threads = times.TakeThreads();
  ASSERT_EQ(threads.size(), 1u);
  EXPECT_EQ(threads[0].running_ns, 66);
  EXPECT_EQ(threads[0].preempted_ns, 35);
  EXPECT_EQ(threads[0].blocked_ns, 800);
  EXPECT_EQ(threads[0].end_ns - threads[0].start_ns, 901);
}

TEST(ThreadTimesTest, AWaitHasTheStackThatItBeganWith) {
  ThreadTimes times;
  times.Start(10, 10, 1, kNotStarted, 0);
  times.SwitchIn(10, 10, 0);
  times.StackOfSwitch(10, 10, profile::StackId{7}, 3, 50);
  times.SwitchOut(10, 10, false, 51);
  const auto wait = times.SwitchIn(10, 10, 151);
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->stack, profile::StackId{7});
  EXPECT_EQ(wait->state, State::kBlocked);
  EXPECT_EQ(wait->duration_ns, 100u);
  EXPECT_EQ(wait->weight, 3u);
  times.SwitchOut(10, 10, true, 160);  // nobody took the stack of this one
  EXPECT_FALSE(times.SwitchIn(10, 10, 170));
}

TEST(ThreadTimesTest, WhatStillWaitsAtTheEndHasWaitedUntilThen) {
  ThreadTimes times;
  times.Start(10, 10, 1, kNotStarted, 0);
  times.SwitchIn(10, 10, 0);
  times.StackOfSwitch(10, 10, profile::StackId{7}, 1, 50);
  times.SwitchOut(10, 10, false, 50);
  const auto waits = times.Finish(80);
  ASSERT_EQ(waits.size(), 1u);
  EXPECT_EQ(waits[0].second.duration_ns, 30u);
  EXPECT_EQ(times.TakeThreads()[0].blocked_ns, 30);
}

TEST(ThreadTimesTest, AnOlderThreadIsTakenAtItsFirstSwitch) {
  ThreadTimes times;
  times.Known(10, 10, "server", State::kPreempted, profile::kRoot, 0);
  times.Known(10, 11, "waiter", State::kBlocked, profile::StackId{9}, 0);
  times.Known(10, 12, "busy", State::kPreempted, profile::kRoot, 0);
  times.Known(10, 13, "was awake", State::kBlocked, profile::StackId{9}, 0);
  times.Known(10, 14, "hangs", State::kBlocked, profile::StackId{9}, 0);
  times.SwitchOut(10, 10, false, 40);  // so it was running all the time
  const auto wait = times.SwitchIn(10, 11, 60);
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->stack, profile::StackId{9});
  EXPECT_EQ(wait->duration_ns, 60u);
  times.SwitchOut(10, 13, false, 70);
  const auto waits = times.Finish(100);  // of the others nobody knows where they wait
  ASSERT_EQ(waits.size(), 1u);
  EXPECT_EQ(waits[0].first, 4u);
  EXPECT_EQ(waits[0].second.stack, profile::StackId{9});
  EXPECT_EQ(waits[0].second.duration_ns, 100u);
  const auto threads = times.TakeThreads();
  EXPECT_EQ(threads[0].running_ns, 40);
  EXPECT_EQ(threads[0].blocked_ns, 60);
  EXPECT_EQ(threads[1].blocked_ns, 60);
  EXPECT_EQ(threads[1].running_ns, 40);
  EXPECT_EQ(threads[2].running_ns, 100);
  EXPECT_EQ(threads[3].running_ns, 70);
  EXPECT_EQ(threads[4].blocked_ns, 100);
}

TEST(ThreadTimesTest, AThreadThatIsPreemptedOnItsWayOutIsNoNewOne) {
  ThreadTimes times;
  times.Start(10, 11, 10, kNotStarted, 0);
  times.SwitchIn(10, 11, 10);
  times.End(11, 20);
  times.StackOfSwitch(10, 11, profile::StackId{7}, 1, 21);
  times.SwitchOut(10, 11, true, 21);
  EXPECT_FALSE(times.SwitchIn(10, 11, 90));
  EXPECT_TRUE(times.Finish(100).empty());
  const auto threads = times.TakeThreads();
  ASSERT_EQ(threads.size(), 1u);
  EXPECT_EQ(threads[0].end_ns, 20);
  EXPECT_EQ(threads[0].running_ns, 10);
}

TEST(ThreadTimesTest, NamesFollowForkAndExec) {
  ThreadTimes times;
  times.Rename(10, 10, "shell", true, 0);
  times.Start(20, 20, 10, kNotStarted, 10);
  times.Start(10, 12, 10, kNotStarted, 12);
  times.Rename(10, 12, "worker", false, 13);
  times.Rename(20, 20, "program", true, 15);
  const auto threads = times.TakeThreads();
  ASSERT_EQ(threads.size(), 4u);
  EXPECT_EQ(threads[1].process, "shell");
  EXPECT_EQ(threads[3].process, "program");
  EXPECT_EQ(threads[3].name, "program");
  EXPECT_EQ(threads[2].process, "shell");
  EXPECT_EQ(threads[2].name, "worker");
}

TEST(ThreadTimesTest, ExecBeginsANewThread) {
  ThreadTimes times;
  times.Rename(10, 10, "shell", true, 0);
  const uint32_t shell = times.IndexOf(10, 10, 5);
  times.Rename(10, 10, "program", true, 30);
  const uint32_t program = times.IndexOf(10, 10, 35);
  EXPECT_NE(shell, program);
  times.SwitchOut(10, 10, false, 40);
  times.Finish(100);
  const auto threads = times.TakeThreads();
  ASSERT_EQ(threads.size(), 2u);
  EXPECT_EQ(threads[shell].process, "shell");
  EXPECT_EQ(threads[shell].running_ns, 30);
  EXPECT_EQ(threads[shell].end_ns, 30);
  EXPECT_EQ(threads[program].process, "program");
  EXPECT_EQ(threads[program].start_ns, 30);
  EXPECT_EQ(threads[program].running_ns, 10);
  EXPECT_EQ(threads[program].blocked_ns, 60);
}

TEST(ThreadTimesTest, AThreadThatCallsExecTakesThePlaceOfTheFirst) {
  ThreadTimes times;
  times.Rename(10, 10, "shell", true, 0);
  times.Start(10, 11, 10, kNotStarted, 5);
  times.SwitchIn(10, 11, 5);
  times.End(10, 20);
  times.Rename(10, 10, "program", true, 21);
  times.Finish(50);
  const auto threads = times.TakeThreads();
  ASSERT_EQ(threads.size(), 3u);
  EXPECT_EQ(threads[1].end_ns, 21);
  EXPECT_EQ(threads[2].process, "program");
  EXPECT_EQ(threads[2].running_ns, 29);
}

TEST(ThreadTimesTest, ANumberThatIsGivenAnewIsAnotherThread) {
  ThreadTimes times;
  times.Start(10, 11, 10, kNotStarted, 0);
  times.End(11, 5);
  times.Start(20, 11, 20, kNotStarted, 100);
  times.SwitchIn(20, 11, 110);
  times.Finish(120);
  const auto threads = times.TakeThreads();
  ASSERT_EQ(threads.size(), 2u);
  EXPECT_EQ(threads[1].running_ns, 10);
}

}  // namespace
}  // namespace rapidbyte::sampler
