#include "record/sample.h"

#include <gtest/gtest.h>

namespace rapidbyte::record {
namespace {

using nlohmann::json;

Campaign ExampleCampaign() {
  Campaign campaign;
  campaign.id = "20240101T000000-abcd";
  campaign.started_at = "2024-01-01T00:00:00Z";
  campaign.git_sha = "0123abc";
  campaign.git_branch = "main";
  campaign.git_dirty = true;
  campaign.seed = 18'446'744'073'709'551'615u;
  campaign.dataset = "bench_events";
  campaign.bench_rows = 1000;
  campaign.server = "PostgreSQL 15";
  campaign.host = {"host", "6.1", "some cpu", 2, 4096};
  campaign.settings = {{"iters", 10}};
  return campaign;
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

TEST(SampleToJson, JoinsRunSampleAndCampaign) {
  Sample sample;
  sample.campaign_id = "20240101T000000-abcd";
  sample.block = 3;
  sample.position = 1;
  sample.timestamp = "2024-01-01T00:00:05Z";
  sample.mode = "copy";
  sample.wall_secs = 0.25;
  sample.max_rss_bytes = 1 << 20;
  sample.run = {{"records_read", 1000}, {"host_functions", {{"source", json::object()}}}};
  const json line = ToJson(sample, ExampleCampaign());
  EXPECT_EQ(line["records_read"], 1000);
  EXPECT_TRUE(line["host_functions"]["source"].is_object());
  EXPECT_EQ(line["campaign_id"], "20240101T000000-abcd");
  EXPECT_EQ(line["block"], 3);
  EXPECT_EQ(line["position"], 1);
  EXPECT_EQ(line["mode"], "copy");
  EXPECT_EQ(line["aot"], true);
  EXPECT_EQ(line["outcome"], "ok");
  EXPECT_EQ(line["wall_secs"], 0.25);
  EXPECT_EQ(line["max_rss_bytes"], 1 << 20);
  EXPECT_EQ(line["git_dirty"], true);
  EXPECT_EQ(line["bench_rows"], 1000);
  EXPECT_EQ(line["seed"].get<uint64_t>(), 18'446'744'073'709'551'615u);
  EXPECT_EQ(line["host_hash"], ExampleCampaign().host.Hash());
  EXPECT_EQ(line["host_cpus"], 2);
  EXPECT_EQ(line["settings"]["iters"], 10);
}

TEST(SampleToJson, WhatTheLaboratoryMeasuredWins) {
  Sample sample;
  sample.mode = "insert";
  sample.run = {{"mode", "something else"}, {"wall_secs", 99}};
  const json line = ToJson(sample, ExampleCampaign());
  EXPECT_EQ(line["mode"], "insert");
  EXPECT_EQ(line["wall_secs"], 0.0);
}

TEST(SampleToJson, AFailedRunHasItsErrorAndNoRunKeys) {
  Sample sample;
  sample.outcome = Outcome::kTimeout;
  sample.exit_code = 130;
  sample.error = "no answer";
  const json line = ToJson(sample, ExampleCampaign());
  EXPECT_EQ(line["outcome"], "timeout");
  EXPECT_EQ(line["exit_code"], 130);
  EXPECT_EQ(line["error"], "no answer");
  EXPECT_FALSE(line.contains("records_read"));
}

TEST(OutcomeName, NamesEach) {
  EXPECT_EQ(OutcomeName(Outcome::kOk), "ok");
  EXPECT_EQ(OutcomeName(Outcome::kFailed), "failed");
  EXPECT_EQ(OutcomeName(Outcome::kWrongRows), "wrong_rows");
  EXPECT_EQ(OutcomeName(Outcome::kTimeout), "timeout");
}

}  // namespace
}  // namespace rapidbyte::record
