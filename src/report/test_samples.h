// For tests: a campaign and samples with every key of the line, made from a few numbers and the same each time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/run_record.h"
#include "record/sample.h"

namespace rapidbyte::report {

inline record::Campaign TestCampaign(const std::vector<std::string>& modes = {"insert", "copy"}) {
  record::Campaign campaign;
  campaign.id = "20261124T090000-5eed";
  campaign.started_at = "2026-11-24T09:00:00Z";
  campaign.git_sha = "0123456789abcdef0123456789abcdef01234567";
  campaign.git_branch = "main";
  campaign.git_dirty = true;
  campaign.seed = 42;
  campaign.dataset = "bench_events";
  campaign.warmup_blocks = 1;
  campaign.blocks = 10;
  campaign.server = "PostgreSQL 15.14, shared_buffers = 128MB, fsync = on, synchronous_commit = on, max_wal_size = 1GB";
  campaign.host = {"vm-1", "6.1.0-39-amd64", "Example CPU 3000 at 2.4 GHz", 2, 8'201'000'000};
  campaign.settings = {{"values", {{"load_method", modes}}}};
  return campaign;
}

inline void AddCall(record::HostFunctionStats& function, uint64_t count, double work_secs, double wait_secs) {
  for (uint64_t i = 0; i < count; ++i) {
    const auto work = static_cast<uint64_t>(work_secs * 1e9 / static_cast<double>(count));
    const auto wait = static_cast<uint64_t>(wait_secs * 1e9 / static_cast<double>(count));
    function.Add({.wall_nanos = work + wait, .work_nanos = work, .wait_nanos = wait});
  }
}

inline void FillStage(record::StageRecord& stage, double secs) {
  const auto nanos = [secs](double share) { return static_cast<uint64_t>(secs * share * 1e9); };
  stage.total = {nanos(1), nanos(0.3), nanos(0.7)};
  stage.guest = {nanos(0.2), nanos(0.2), 0};
  stage.phase_nanos = {nanos(0.05), nanos(0.03), nanos(0.8), nanos(0.1), nanos(0.02)};
  stage.guest_phase_nanos = {0, 0, nanos(0.18), nanos(0.01), 0};
  stage.module_load_nanos = 310'000;
  stage.vm_setup_nanos = 64'000;
  stage.wire_bytes = 12'200'000;
}

// The line of a run that took `secs`.
inline nlohmann::json TestRun(const std::string& mode, double secs) {
  record::RunRecord run;
  run.pipeline = "bench_pg";
  run.runtime = "aot";
  run.load_method = mode;
  run.compression = "lz4";
  run.streams = {{"bench_events", 100'000, 100'000, 13'100'000, 13'100'000}};
  run.duration_nanos = static_cast<uint64_t>(secs * 0.97 * 1e9);
  FillStage(run.source, secs * 0.9);
  FillStage(run.destination, secs * 0.95);
  const auto function = [](record::StageRecord& stage, abi::HostFunction which) -> record::HostFunctionStats& {
    return stage.functions[static_cast<size_t>(which)];
  };
  AddCall(function(run.source, abi::HostFunction::k_net_connect), 1, 0.0004, 0.0021);
  AddCall(function(run.source, abi::HostFunction::k_net_read), 52, 0.01, 0.06);
  AddCall(function(run.source, abi::HostFunction::k_emit_batch), 14, 0.005, secs * 0.5);
  AddCall(function(run.destination, abi::HostFunction::k_net_connect), 1, 0.0004, 0.0024);
  AddCall(function(run.destination, abi::HostFunction::k_net_write), 60, 0.02, secs * 0.6);
  AddCall(function(run.destination, abi::HostFunction::k_next_batch), 14, 0.004, 0.03);
  run.source.query_nanos = 2'900'000;
  run.source.fetch_nanos = 70'000'000;
  run.source.compress_nanos = 4'100'000;
  run.destination.decompress_nanos = mode == "insert" ? 0 : 2'300'000;
  run.destination.flush_nanos = static_cast<uint64_t>(secs * 0.62 * 1e9);
  return record::ToJson(run);
}

inline record::Sample TestSample(uint32_t block, uint32_t position, const std::string& mode, double secs) {
  record::Sample sample;
  sample.campaign_id = TestCampaign().id;
  sample.block = block;
  sample.position = position;
  sample.timestamp = "2026-11-24T09:00:01Z";
  sample.cell = {{"load_method", mode}, {"rows", "100000"}, {"runtime", "aot"}};
  sample.wall_secs = secs;
  sample.user_secs = secs * 0.25;
  sample.system_secs = secs * 0.05;
  sample.max_rss_bytes = 24'000'000 + static_cast<uint64_t>(block) * 40'960;
  sample.run = TestRun(mode, secs);
  return sample;
}

// Block 0 is warm-up. Walls stray by some per cent in a fixed way; each mode after the first is 2.4 times as fast as
// the one before. The order within a block alternates.
inline std::vector<record::Sample> TestSamples(uint32_t blocks,
                                               const std::vector<std::string>& modes = {"insert", "copy"}) {
  std::vector<record::Sample> samples;
  for (uint32_t block = 0; block <= blocks; ++block) {
    for (uint32_t position = 0; position < modes.size(); ++position) {
      const size_t cell = block % 2 == 0 ? position : modes.size() - 1 - position;
      double secs = 0.8 * (1 + 0.01 * static_cast<double>((block * 7 + cell * 3) % 5));
      for (size_t i = 0; i < cell; ++i) secs /= 2.4;
      samples.push_back(TestSample(block, position, modes[cell], secs));
      samples.back().warmup = block == 0;
    }
  }
  return samples;
}

}  // namespace rapidbyte::report
