// One measured run of one cell of a benchmark, and the campaign it belongs to. Plain data.
//
// A campaign is one `bench run`: its settings and where it ran. A sample is one timed process: what the
// operating system measured (wait4) and what the program said about itself (its @@BENCH_JSON@@ line, kept whole).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::record {

// Where samples were taken; two samples are only comparable where the hash is the same.
struct HostFingerprint {
  std::string hostname;
  std::string kernel;
  std::string cpu_model;
  int cpus = 0;
  uint64_t memory_bytes = 0;
  std::string Hash() const;  // of everything above, 16 hex digits
};

struct Campaign {
  std::string id;          // sortable: UTC time and random hex
  std::string started_at;  // ISO 8601, UTC
  std::string git_sha;     // "unknown" outside of a repository
  std::string git_branch;
  bool git_dirty = false;
  uint64_t seed = 0;
  std::string dataset;
  uint64_t bench_rows = 0;
  std::string server;  // server version and the settings that matter
  HostFingerprint host;
  nlohmann::json settings;  // modes, iterations, warm-up, runtime, compression, …
};

enum class Outcome { kOk, kFailed, kWrongRows, kTimeout };
std::string_view OutcomeName(Outcome outcome);

struct Sample {
  std::string campaign_id;
  uint32_t block = 0;     // every cell runs once in a block; warm-up blocks are marked
  uint32_t position = 0;  // of the run within its block
  bool warmup = false;
  std::string timestamp;  // ISO 8601, UTC, start of the run
  std::string mode;       // insert | copy: the cell
  bool aot = true;
  Outcome outcome = Outcome::kOk;
  std::string error;  // for a failed sample: what the program printed last
  int exit_code = 0;
  double wall_secs = 0;  // from before fork until the process was reaped
  double user_secs = 0;  // wait4
  double system_secs = 0;
  uint64_t max_rss_bytes = 0;
  nlohmann::json run;  // the @@BENCH_JSON@@ document, or null
};

// The flat JSON object of one line of results.jsonl: the keys of the run's line, the sample's and its campaign's.
nlohmann::json ToJson(const Sample& sample, const Campaign& campaign);

}  // namespace rapidbyte::record
