#include "lab/probe_activity.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

void Write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

TEST(ProbeActivity, ReadsTheKernelsFiles) {
  const auto folder = os::TemporaryFolder::Make();
  ASSERT_TRUE(folder);
  Write(folder->path() / "stat",
        "cpu  100 20 30 400 50 6 7 8 90 9\ncpu0 1 2 3 4 5 6 7 8 9 0\ncpu1 1 2 3 4 5 6 7 8 9 0\nctxt 12\n");
  Write(folder->path() / "vmstat", "nr_free_pages 7\npswpin 3\npswpout 4\n");
  Write(folder->path() / "42/stat", "42 (a (b) c) S 7 42 42 0 -1 0 0 0 0 0 11 12 13 14 20 0 1 0 1234 0 0 0 0\n");
  Write(folder->path() / "43/stat", "43 (short) S 7\n");
  Write(folder->path() / "self/stat", "not a process\n");
  const ActivitySnapshot snapshot = TakeActivity(folder->path());
  EXPECT_EQ(snapshot.total, 621u) << "the guests' times are in the users'";
  EXPECT_EQ(snapshot.busy, 163u);
  EXPECT_EQ(snapshot.steal, 8u);
  EXPECT_EQ(snapshot.cpus, 2);
  EXPECT_EQ(snapshot.swap_pages, 7u);
  ASSERT_EQ(snapshot.processes.size(), 1u);
  const ProcessTicks& process = snapshot.processes.at(42);
  EXPECT_EQ(process.name, "a (b) c");
  EXPECT_EQ(process.parent, 7);
  EXPECT_EQ(process.started, 1234);
  EXPECT_EQ(process.own, 23u);
  EXPECT_EQ(process.with_waited, 50u);
}

TEST(ProbeActivity, FindsThisProcess) {
  const ActivitySnapshot snapshot = TakeActivity();
  ASSERT_EQ(snapshot.processes.count(getpid()), 1u);
  EXPECT_EQ(snapshot.processes.at(getpid()).parent, getppid());
  EXPECT_GT(snapshot.cpus, 0);
  EXPECT_GE(snapshot.total, snapshot.busy);
}

TEST(ProbeActivity, TellsOursFromOthers) {
  // Two processors for 100 ticks each: 10 were stolen, and 120 used, of which 30 by us.
  ActivitySnapshot before, after;
  before.cpus = after.cpus = 2;
  before.total = 1000;
  before.busy = 500;
  after.total = 1200;
  after.busy = 620;
  after.steal = 10;
  after.swap_pages = 3;
  before.processes = {{1, {"init", 0, 0, 5, 500}}, {10, {"rapidbyte", 1, 1, 10, 10}}, {20, {"cc1", 1, 1, 100, 100}}};
  after.processes = before.processes;
  after.processes[10].own = 20;
  after.processes[10].with_waited = 30;                // ten more by children that have ended
  after.processes[11] = {"postgres", 10, 50, 10, 10};  // a child that is new
  after.processes[20].own = after.processes[20].with_waited = 150;
  after.processes[21] = {"cc1", 1, 60, 20, 20};
  after.processes[1].with_waited = 700;  // ended children of others are in the total only
  const record::Activity activity = ActivityBetween(before, after, {10});
  EXPECT_DOUBLE_EQ(activity.steal_share, 0.05);
  EXPECT_DOUBLE_EQ(activity.other_cpus, 0.9);
  EXPECT_EQ(activity.swap_pages, 3u);
  ASSERT_EQ(activity.busiest.size(), 1u);
  EXPECT_EQ(activity.busiest[0].name, "cc1");
  EXPECT_DOUBLE_EQ(activity.busiest[0].cpus, 0.7);
}

TEST(ProbeActivity, APidThatIsUsedAgainIsAnotherProcess) {
  ActivitySnapshot before, after;
  before.cpus = after.cpus = 1;
  after.total = 100;
  after.busy = 50;
  before.processes = {{20, {"old", 1, 1, 1000, 1000}}};
  after.processes = {{20, {"new", 1, 90, 40, 40}}};
  const record::Activity activity = ActivityBetween(before, after, {10});
  ASSERT_EQ(activity.busiest.size(), 1u);
  EXPECT_DOUBLE_EQ(activity.busiest[0].cpus, 0.4);
}

TEST(ProbeActivity, WithoutTimeInBetweenSaysNothing) {
  const record::Activity activity = ActivityBetween({}, {}, {});
  EXPECT_EQ(activity.other_cpus, 0);
  EXPECT_TRUE(activity.busiest.empty());
}

}  // namespace
}  // namespace rapidbyte::lab
