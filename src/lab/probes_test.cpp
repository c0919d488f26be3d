#include "lab/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

using testing::HasSubstr;

// Three probes that write down in which order they ran; each gives its place as its time.
struct Recorder {
  std::vector<int> order;
  std::vector<Probe> Probes() {
    std::vector<Probe> probes;
    for (int i = 0; i < 3; ++i) {
      probes.push_back({"p" + std::to_string(i), "", [this, i]() -> Result<double> {
                          order.push_back(i);
                          return i + 1.0;
                        }});
    }
    return probes;
  }
};

TEST(RunProbes, EachOncePerBlockInAnotherOrder) {
  Recorder recorder;
  ProbePlan plan;
  plan.blocks = 20;
  const auto series = RunProbes(recorder.Probes(), plan);
  ASSERT_TRUE(series);
  ASSERT_EQ(series->size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ((*series)[i].secs, std::vector<double>(20, static_cast<double>(i) + 1));
  ASSERT_EQ(recorder.order.size(), 63u) << "with the warm-up";
  std::set<std::vector<int>> orders;
  for (size_t block = 0; block < 21; ++block) {
    orders.insert({recorder.order.begin() + static_cast<long>(3 * block),
                   recorder.order.begin() + static_cast<long>(3 * block + 3)});
  }
  EXPECT_GT(orders.size(), 3u);
  for (std::vector<int> order : orders) {
    std::sort(order.begin(), order.end());
    EXPECT_THAT(order, testing::ElementsAre(0, 1, 2));
  }
}

TEST(RunProbes, OneThatFailsIsLeftOutWithItsReason) {
  Recorder recorder;
  std::vector<Probe> probes = recorder.Probes();
  int calls = 0;
  probes[1].run = [&calls]() -> Result<double> {
    if (++calls > 3) return Fail(ErrorCode::kConnection, "the server is gone");
    return 1.0;
  };
  ProbePlan plan;
  plan.blocks = 6;
  const auto series = RunProbes(probes, plan);
  ASSERT_TRUE(series);
  EXPECT_EQ((*series)[0].secs.size(), 6u);
  EXPECT_TRUE((*series)[1].secs.empty());
  EXPECT_EQ((*series)[1].skipped, "the server is gone");
  EXPECT_EQ(calls, 4);
}

TEST(RunProbes, StopsWhereTheTimeIsUp) {
  Recorder recorder;
  double now = 0;
  ProbePlan plan;
  plan.blocks = 100;
  plan.deadline_secs = 10;
  plan.elapsed_secs = [&now] { return now++; };
  EXPECT_EQ((*RunProbes(recorder.Probes(), plan))[0].secs.size(), 9u);
  now = 1000;
  EXPECT_EQ((*RunProbes(recorder.Probes(), plan))[0].secs.size(), 6u) << "so many there always are";
}

TEST(RunProbes, EndsWhenInterrupted) {
  Recorder recorder;
  Interrupt interrupt;
  interrupt.Trigger();
  ProbePlan plan;
  plan.interrupt = &interrupt;
  const auto series = RunProbes(recorder.Probes(), plan);
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().code, ErrorCode::kInterrupted);
}

TEST(ProbeSet, LeavesNothingBehind) {
  const auto folder = os::TemporaryFolder::Make();
  ASSERT_TRUE(folder);
  {
    const Interrupt interrupt;
    const auto set = ProbeSet::Make(folder->path(), interrupt);
    ASSERT_TRUE(set);
    for (const Probe& probe : (*set)->probes()) {
      if (probe.name == "PostgreSQL") continue;
      const auto secs = probe.run();
      ASSERT_TRUE(secs) << probe.name << ": " << secs.error().message;
      EXPECT_GT(*secs, 0) << probe.name;
    }
    EXPECT_FALSE(std::filesystem::is_empty(folder->path()));
    EXPECT_TRUE((*set)->Processes().empty()) << "no server was started";
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder->path()));
}

TEST(ProbeSet, NeedsAFolderToWriteIn) {
  const Interrupt interrupt;
  const auto set = ProbeSet::Make("/nowhere/at/all", interrupt);
  ASSERT_FALSE(set);
  EXPECT_THAT(set.error().message, HasSubstr("/nowhere/at/all"));
}

}  // namespace
}  // namespace rapidbyte::lab
