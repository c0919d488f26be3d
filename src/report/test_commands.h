// For tests: samples of commands, made up.
#pragma once

#include <string>
#include <vector>

#include "record/sample.h"
#include "report/command_analysis.h"

namespace rapidbyte::report {

inline CommandName Named(const std::string& name, const record::CellKey& parameters = {}) {
  record::CellKey key = parameters;
  key["command"] = name;
  return {name, key, parameters};
}

// The same noise each time: a sawtooth of ±2%, another one for each command.
inline void AddRuns(const CommandName& command, double secs, uint32_t blocks, std::vector<record::Sample>& samples) {
  const auto phase = static_cast<uint32_t>(command.name.size());
  for (uint32_t block = 0; block < blocks; ++block) {
    record::Sample sample;
    sample.campaign_id = "20261124T090000-5eed12ab";
    sample.block = block;
    sample.cell = command.key;
    sample.wall_secs = secs * (1 + 0.01 * (static_cast<double>((block * 3 + phase) % 5) - 2));
    sample.user_secs = sample.wall_secs * 0.8;
    sample.system_secs = sample.wall_secs * 0.1;
    sample.max_rss_bytes = 1'953'792 + 4096 * (block % 3);
    sample.metrics["ops_per_sec"] = 100 / sample.wall_secs;
    samples.push_back(sample);
  }
}

}  // namespace rapidbyte::report
