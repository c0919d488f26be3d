#include "record/sample.h"

#include <gtest/gtest.h>

#include <limits>

#include "record/test_samples.h"

namespace rapidbyte::record {
namespace {

using nlohmann::json;

TEST(BlockName, CountsFromOneAndLeavesTheWarmUpAside) {
  Sample sample;
  EXPECT_EQ(BlockName(sample, 0), "block 1");
  sample.block = 2;
  EXPECT_EQ(BlockName(sample, 2), "block 1");
  sample.block = 1;
  sample.warmup = true;
  EXPECT_EQ(BlockName(sample, 2), "warm-up block 2");
}

TEST(HostFingerprint, HashIsStable) {
  // FNV-1a over five empty-or-zero fields, each ended by a zero byte; worked out independently in Python.
  EXPECT_EQ(HostFingerprint{}.Hash(), "78c138848ca24207");
}

TEST(HostFingerprint, EveryFieldChangesTheHash) {
  const HostFingerprint host = ExampleCampaign().host;
  HostFingerprint other = host;
  EXPECT_EQ(other.Hash(), host.Hash());
  other.kernel = "6.2";
  EXPECT_NE(other.Hash(), host.Hash());
  other = host;
  other.cpus = 3;
  EXPECT_NE(other.Hash(), host.Hash());
  other = host;
  other.memory_bytes += 1;
  EXPECT_NE(other.Hash(), host.Hash());
  other = host;
  other.hostname = "host6";
  other.kernel = ".1";
  EXPECT_NE(other.Hash(), host.Hash()) << "fields must not run into each other";
}

TEST(Outcome, NamesThereAndBack) {
  for (const Outcome outcome : {Outcome::kOk, Outcome::kFailed, Outcome::kWrongRows, Outcome::kTimeout}) {
    EXPECT_EQ(OutcomeOf(OutcomeName(outcome)), outcome);
  }
  EXPECT_EQ(OutcomeName(Outcome::kWrongRows), "wrong_rows");
  EXPECT_EQ(OutcomeOf("fine"), std::nullopt);
}

TEST(Sample, CountsWhereItIsNoWarmUpAndWentWell) {
  Sample sample;
  EXPECT_TRUE(sample.Counts());
  sample.warmup = true;
  EXPECT_FALSE(sample.Counts());
  sample.warmup = false;
  sample.outcome = Outcome::kTimeout;
  EXPECT_FALSE(sample.Counts());
}

TEST(MetricOf, KnowsTheBuiltInOnes) {
  Sample sample = ExampleSample(1, 0);
  sample.exit_code = 3;
  EXPECT_EQ(MetricOf(sample, "wall"), 1.1);
  EXPECT_EQ(MetricOf(sample, "user"), 0.2);
  EXPECT_EQ(MetricOf(sample, "system"), 0.3);
  EXPECT_EQ(MetricOf(sample, "cpu"), 0.5);
  EXPECT_EQ(MetricOf(sample, "max_rss"), 5e9);
  EXPECT_EQ(MetricOf(sample, "tree_rss"), 6e9);
  EXPECT_EQ(MetricOf(sample, "read_bytes"), 4096);
  EXPECT_EQ(MetricOf(sample, "written_bytes"), 8192);
  EXPECT_EQ(MetricOf(sample, "voluntary_switches"), 12);
  EXPECT_EQ(MetricOf(sample, "involuntary_switches"), 3);
  EXPECT_EQ(MetricOf(sample, "exit_code"), 3);
  for (const std::string_view name : BuiltInMetrics()) {
    EXPECT_TRUE(MetricOf(sample, name)) << name;
    EXPECT_TRUE(IsBuiltInMetric(name));
  }
  sample.read_bytes = std::nullopt;
  EXPECT_EQ(MetricOf(sample, "read_bytes"), std::nullopt) << "not measured is not zero";
}

TEST(MetricOf, ThenTheScenariosThenTheRuns) {
  Sample sample = ExampleSample(1, 0);
  sample.metrics["wall"] = 7;
  sample.metrics["records_read"] = 8;
  EXPECT_EQ(MetricOf(sample, "throughput"), 123456.75);
  EXPECT_EQ(MetricOf(sample, "wall"), 1.1);
  EXPECT_EQ(MetricOf(sample, "records_read"), 8);
  EXPECT_EQ(MetricOf(sample, "duration_secs"), 0.123456789012345);
  EXPECT_EQ(MetricOf(sample, "host_functions/source"), 7);
  EXPECT_FALSE(IsBuiltInMetric("throughput"));
}

TEST(MetricOf, IsNothingWhereThereIsNoFiniteNumber) {
  Sample sample = ExampleSample(1, 0);
  sample.metrics["odd"] = std::numeric_limits<double>::quiet_NaN();
  for (const char* name : {"odd", "none", "host_functions", "records_read/deeper", ""}) {
    EXPECT_EQ(MetricOf(sample, name), std::nullopt) << name;
  }
  sample.run = json::array();
  EXPECT_EQ(MetricOf(sample, "records_read"), std::nullopt);
}

}  // namespace
}  // namespace rapidbyte::record
