#include "analysis/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/test_runs.h"

namespace rapidbyte::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kBlocks = 12;

Explanation ExplainWork(const TestWork& before, const TestWork& after, uint32_t blocks = kBlocks) {
  const auto one = TestRuns(before, blocks, 1);
  const auto other = TestRuns(after, blocks, 2);
  return Explain(Refs(one), Refs(other));
}

const ExplainedPart* Find(const Explanation& explanation, const std::string& key) {
  for (const ExplainedPart& part : explanation.parts) {
    if (part.part.key == key) return &part;
  }
  return nullptr;
}

void ExpectToAddUp(const Explanation& explanation) {
  double source = 0;
  double destination = 0;
  double path = 0;
  for (const ExplainedPart& part : explanation.parts) {
    if (part.part.place != Place::kDestination) source += part.time.change;
    if (part.part.place != Place::kSource) destination += part.time.change;
    path += part.on_path;
  }
  EXPECT_NEAR(source, explanation.wall.change, 1e-9);
  EXPECT_NEAR(destination, explanation.wall.change, 1e-9);
  EXPECT_NEAR(path, explanation.wall.change, 1e-9);
}

// The source is the slower one: its decoding, and what the host does for it, are on the path.
TEST(Explain, NamesTheSlowDecodeOfTheSourceFirst) {
  TestWork slow;
  slow.decode *= 1.5;
  const Explanation explanation = ExplainWork({}, slow);
  ASSERT_FALSE(explanation.parts.empty());
  EXPECT_EQ(explanation.parts[0].part.key, "source.guest");
  EXPECT_TRUE(explanation.parts[0].significant);
  EXPECT_NEAR(explanation.parts[0].on_path, 0.020, 0.002);
  EXPECT_GT(explanation.source_share, 0.9);
  ExpectToAddUp(explanation);
  const ExplainedPart* mirror = Find(explanation, "destination.next_batch.wait");
  ASSERT_NE(mirror, nullptr);
  EXPECT_NEAR(mirror->time.change, 0.020, 0.003) << "the destination waits for as much longer";
  EXPECT_FALSE(mirror->significant);
  EXPECT_NEAR(mirror->on_path, 0, 0.002);
}

TEST(Explain, NamesTheHostsCompressionFirst) {
  TestWork slow;
  slow.compress *= 3;
  const Explanation explanation = ExplainWork({}, slow);
  EXPECT_EQ(explanation.parts[0].part.key, "source.emit_batch.compress");
  EXPECT_TRUE(explanation.parts[0].significant);
  ExpectToAddUp(explanation);
}

TEST(Explain, NamesTheSlowEncodeOfTheDestinationFirst) {
  TestWork slow;
  slow.encode *= 3;  // the destination becomes the slower one
  const Explanation explanation = ExplainWork({}, slow);
  EXPECT_EQ(explanation.parts[0].part.key, "destination.guest");
  EXPECT_TRUE(explanation.parts[0].significant);
  EXPECT_NEAR(explanation.parts[0].on_path, explanation.wall.change, 0.004)
      << "of 60 ms more work 41 ms reached the wall; the rest had been waiting before";
  EXPECT_NEAR(explanation.parts[0].time.change, 0.060, 0.003);
  ExpectToAddUp(explanation);
}

// What neither stage waits for the other about: after the source's end.
TEST(Explain, NamesASlowServerFirst) {
  TestWork slow;
  slow.commit *= 3;
  const Explanation explanation = ExplainWork({}, slow);
  EXPECT_EQ(explanation.parts[0].part.key, "destination.net_read.wait");
  EXPECT_LT(explanation.source_share, 0.15);
  ExpectToAddUp(explanation);
}

TEST(Explain, NamesTheProcessStartFirst) {
  TestWork slow;
  slow.process *= 4;
  const Explanation explanation = ExplainWork({}, slow);
  EXPECT_EQ(explanation.parts[0].part.key, "process");
  EXPECT_NEAR(explanation.parts[0].on_path, 0.012, 0.001);
  ExpectToAddUp(explanation);
}

// The slower stage hides what the other one does: much more work that nobody waits for is no cause.
TEST(Explain, WorkThatNobodyWaitsForIsNoCause) {
  TestWork slow;
  slow.encode += 0.015;  // still quicker than the source
  slow.decode += 0.010;
  const Explanation explanation = ExplainWork({}, slow);
  EXPECT_EQ(explanation.parts[0].part.key, "source.guest");
  const ExplainedPart* hidden = Find(explanation, "destination.guest");
  ASSERT_NE(hidden, nullptr);
  EXPECT_NEAR(hidden->time.change, 0.015, 0.002);
  EXPECT_LT(std::abs(hidden->on_path), 0.003);
  ExpectToAddUp(explanation);
}

TEST(Explain, FindsNoCauseWhereNothingChanged) {
  const Explanation explanation = ExplainWork({}, {});
  EXPECT_THAT(CausesOf(explanation, 3), IsEmpty());
  ExpectToAddUp(explanation);
}

TEST(Explain, WaitsForTheOtherStageComeLast) {
  TestWork slow;
  slow.decode *= 2;
  const Explanation explanation = ExplainWork({}, slow);
  bool seen_mirror = false;
  for (const ExplainedPart& part : explanation.parts) {
    const bool is_mirror = part.part.nature == Nature::kMirror;
    EXPECT_FALSE(seen_mirror && !is_mirror) << part.part.key;
    seen_mirror = seen_mirror || is_mirror;
  }
  EXPECT_TRUE(seen_mirror);
}

// Equal times whose sums differ by their rounding, which would be a certain change of nothing.
TEST(Explain, RoundingIsNoChange) {
  const auto before = TestRuns({}, kBlocks, 1);
  auto after = before;
  for (record::Sample& sample : after) {
    sample.run["source_duration_secs"] = sample.run["source_duration_secs"].get<double>() + 1e-16;
    sample.wall_secs += 0.01 + 0.0001 * (sample.block % 3);
  }
  const Explanation explanation = Explain(Refs(before), Refs(after));
  size_t significant = 0;
  for (const ExplainedPart& part : explanation.parts) significant += part.significant ? 1 : 0;
  EXPECT_EQ(significant, 1u);
  EXPECT_EQ(explanation.parts[0].part.key, "process");
}

TEST(Explain, CausesAreTheLargestThatMovedTheWallItsWay) {
  TestWork slow;
  slow.decode += 0.020;
  slow.compress += 0.005;
  slow.read_wait -= 0.010;  // became better
  const Explanation explanation = ExplainWork({}, slow);
  std::vector<std::string> keys;
  for (const ExplainedPart& cause : CausesOf(explanation, 3)) keys.push_back(cause.part.key);
  EXPECT_THAT(keys, ElementsAre("source.guest", "source.emit_batch.compress"));
  EXPECT_THAT(CausesOf(explanation, 1), testing::SizeIs(1));
}

// Whatever the numbers: negative remainders, one stage that outlives the other, functions nobody called.
TEST(Explain, PartsAddUpOnRandomData) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0, 0.1);
  for (int round = 0; round < 200; ++round) {
    const auto samples = [&](uint32_t blocks) {
      std::vector<record::Sample> all = TestRuns({}, blocks, random());
      for (record::Sample& sample : all) {
        sample.wall_secs = uniform(random);
        for (const char* key : {"duration_secs", "source_duration_secs", "dest_duration_secs", "source_guest_secs",
                                "dest_guest_secs", "source_hosting_secs", "dest_module_load_ms"}) {
          sample.run[key] = uniform(random);
        }
        sample.run["source_compress_nanos"] = uniform(random) * 1e9;
        sample.run["host_functions"]["source"].erase("net_read");
        sample.run["host_functions"]["destination"]["net_write"]["wait_nanos"] = uniform(random) * 1e9;
      }
      return all;
    };
    const auto before = samples(3 + static_cast<uint32_t>(round % 20));
    const auto after = samples(3 + static_cast<uint32_t>(round % 17));
    const Explanation explanation = Explain(Refs(before), Refs(after));
    ExpectToAddUp(explanation);
    EXPECT_GE(explanation.source_share, 0);
    EXPECT_LE(explanation.source_share, 1);
  }
}

TEST(Explain, BelowSixBlocksThereAreNoIntervals) {
  TestWork slow;
  slow.decode *= 2;
  const Explanation explanation = ExplainWork({}, slow, 5);
  EXPECT_EQ(explanation.parts[0].part.key, "source.guest") << "by its size only";
  for (const ExplainedPart& part : explanation.parts) {
    EXPECT_FALSE(part.time.interval);
    EXPECT_FALSE(part.significant);
  }
  EXPECT_THAT(explanation.notes, ElementsAre(HasSubstr("5 blocks: parts have no intervals")));
  EXPECT_THAT(CausesOf(explanation, 3), IsEmpty());
  ExpectToAddUp(explanation);
}

TEST(Explain, LeavesOutABlockThatIsFarOut) {
  auto before = TestRuns({}, kBlocks, 1);
  auto after = TestRuns({}, kBlocks, 2);
  after[4].wall_secs += 3;
  const Explanation explanation = Explain(Refs(before), Refs(after));
  EXPECT_EQ(explanation.left_out, 1u);
  EXPECT_EQ(explanation.runs_before, kBlocks - 1);
  EXPECT_LT(explanation.wall.change, 0.1);
  EXPECT_THAT(explanation.notes, ElementsAre(HasSubstr("1 of 12 blocks is left out")));
  ExpectToAddUp(explanation);
}

TEST(Explain, CampaignsCountOnceWhereSidesWereNotInterleaved) {
  const auto before = TestRuns({}, kBlocks, 1, "monday");
  const auto after = TestRuns({}, kBlocks, 2, "tuesday");
  const Explanation explanation = Explain(Refs(before), Refs(after));
  EXPECT_EQ(explanation.design, stats::Design::kUnpaired);
  EXPECT_EQ(explanation.runs_before, 1u);
  EXPECT_FALSE(explanation.wall.interval);
  EXPECT_THAT(explanation.notes, ElementsAre(HasSubstr("need 4 campaigns a side")));
  ExpectToAddUp(explanation);

  TestWork slow;
  slow.decode *= 1.5;
  std::vector<record::Sample> old_runs;
  std::vector<record::Sample> new_runs;
  for (uint64_t i = 0; i < 6; ++i) {
    for (const auto& sample : TestRuns({}, 3, 10 + i, "old" + std::to_string(i))) old_runs.push_back(sample);
    for (const auto& sample : TestRuns(slow, 3, 20 + i, "new" + std::to_string(i))) new_runs.push_back(sample);
  }
  const Explanation many = Explain(Refs(old_runs), Refs(new_runs));
  EXPECT_EQ(many.runs_after, 6u);
  EXPECT_EQ(many.parts[0].part.key, "source.guest");
  EXPECT_TRUE(many.parts[0].significant);
  ExpectToAddUp(many);
}

TEST(Explain, ACommandIsCpuTimeAndWaiting) {
  auto before = TestRuns({}, kBlocks, 1);
  auto after = TestRuns({}, kBlocks, 2);
  for (size_t i = 0; i < before.size(); ++i) {
    before[i].run = nullptr;
    after[i].run = nullptr;
    after[i].system_secs += 0.030;
    after[i].wall_secs += 0.030;
  }
  const Explanation explanation = Explain(Refs(before), Refs(after));
  EXPECT_FALSE(explanation.has_stages);
  ASSERT_EQ(explanation.parts.size(), 3u);
  EXPECT_EQ(explanation.parts[0].part.key, "system");
  EXPECT_TRUE(explanation.parts[0].significant);
  EXPECT_NEAR(explanation.parts[0].on_path, 0.030, 1e-9);
  double sum = 0;
  for (const ExplainedPart& part : explanation.parts) sum += part.on_path;
  EXPECT_NEAR(sum, explanation.wall.change, 1e-9);
}

TEST(Explain, SaysWhereSeveralThreadsHideWaiting) {
  auto before = TestRuns({}, kBlocks, 1);
  for (record::Sample& sample : before) {
    sample.run = nullptr;
    sample.user_secs = 2 * sample.wall_secs;
  }
  EXPECT_THAT(Explain(Refs(before), Refs(before)).notes, ElementsAre(HasSubstr("several threads")));
}

TEST(Explain, SaysWhereOnlySomeRunsHaveALine) {
  auto before = TestRuns({}, kBlocks, 1);
  before[3].run = nullptr;
  const Explanation explanation = Explain(Refs(before), Refs(before));
  EXPECT_FALSE(explanation.has_stages);
  EXPECT_THAT(explanation.notes, testing::Contains(HasSubstr("some runs have no line")));
}

TEST(Explain, SkipsWhatDoesNotCount) {
  auto before = TestRuns({}, kBlocks, 1);
  auto after = TestRuns({}, kBlocks, 2);
  after[0].warmup = true;
  after[1].outcome = record::Outcome::kFailed;
  EXPECT_EQ(Explain(Refs(before), Refs(after)).runs_after, kBlocks - 2);
  EXPECT_THAT(Explain({}, Refs(after)).parts, IsEmpty());
  EXPECT_THAT(Explain({}, Refs(after)).notes, ElementsAre("a side has no run that counts"));
}

// Runs of several cells in one block, pooled: partners agree in what is not compared.
TEST(Explain, PairsPooledRunsByTheirCell) {
  std::vector<record::Sample> before;
  std::vector<record::Sample> after;
  for (const char* batch : {"small", "large"}) {
    for (const record::Sample& run : TestRuns({}, kBlocks, batch[0])) {
      record::Sample sample = run;
      sample.cell = {{"mode", "copy"}, {"batch", batch}};
      before.push_back(sample);
      sample.cell["mode"] = "insert";
      sample.wall_secs += 0.01;
      after.push_back(sample);
    }
  }
  std::reverse(after.begin(), after.end());
  const Explanation explanation = Explain(Refs(before), Refs(after), {"mode", 0.95});
  EXPECT_EQ(explanation.runs_before, 2 * kBlocks);
  EXPECT_NEAR(explanation.wall.change, 0.01, 1e-12);
  EXPECT_NEAR(explanation.wall.interval->upper, 0.01, 1e-9) << "each with its partner";
}

}  // namespace
}  // namespace rapidbyte::analysis
