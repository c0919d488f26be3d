// For tests: a campaign and a sample in which no field has its default.
#pragma once

#include <string>

#include "record/sample.h"

namespace rapidbyte::record {

inline Campaign ExampleCampaign(const std::string& id = "20240101T000000-abcd") {
  Campaign campaign;
  campaign.id = id;
  campaign.started_at = "2024-01-01T00:00:00Z";
  campaign.finished_at = "2024-01-01T00:10:00Z";
  campaign.scenario = "sizes";
  campaign.plan_hash = "5eed";
  campaign.git_sha = "0123abc";
  campaign.git_branch = "main";
  campaign.git_dirty = true;
  campaign.seed = 18'446'744'073'709'551'615u;
  campaign.warmup_blocks = 1;
  campaign.blocks = 10;
  campaign.dataset = "bench_events";
  campaign.server = "PostgreSQL 15, fsync = on";
  campaign.host = {"host", "6.1", "some cpu", 2, 4096};
  campaign.settings = {{"iters", 10}, {"axes", {{"rows", {1000, 2000}}}}};
  campaign.process = {"host", "b007", 77, 1234};
  return campaign;
}

inline Sample ExampleSample(uint32_t block, uint32_t position, const std::string& campaign = ExampleCampaign().id) {
  Sample sample;
  sample.campaign_id = campaign;
  sample.block = block;
  sample.position = position;
  sample.warmup = block == 0;
  sample.timestamp = "2024-01-01T00:00:05Z";
  sample.cell = {{"load_method", position == 0 ? "copy" : "insert"},
                 {"rows", "1000"},
                 {"runtime", position == 0 ? "aot" : "native"}};
  sample.build = position == 0 ? "" : "fedcba9";
  sample.wall_secs = 0.1 + block;
  sample.user_secs = 0.2;
  sample.system_secs = 0.3;
  sample.max_rss_bytes = 5'000'000'000;
  sample.read_bytes = 4096;
  sample.written_bytes = 8192;
  sample.tree_rss_bytes = 6'000'000'000;
  sample.voluntary_switches = 12;
  sample.involuntary_switches = 3;
  sample.metrics = {{"latency", 0.1 + 0.2}, {"throughput", 123456.75}};
  sample.run = {{"records_read", 1000}, {"duration_secs", 0.123456789012345}, {"host_functions", {{"source", 7}}}};
  return sample;
}

}  // namespace rapidbyte::record
