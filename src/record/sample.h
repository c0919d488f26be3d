// One measured run of one cell of a benchmark. Plain data.
//
// A sample is one timed process: what the operating system measured (wait4), what its output said by the scenario's
// metric names, and its @@BENCH_JSON@@ line, kept whole. Its place (campaign, block, position) is its identity.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/campaign.h"
#include "record/cell_key.h"

namespace rapidbyte::record {

enum class Outcome { kOk, kFailed, kWrongRows, kTimeout };
std::string_view OutcomeName(Outcome outcome);
std::optional<Outcome> OutcomeOf(std::string_view name);

struct Sample {
  std::string campaign_id;
  uint32_t block = 0;     // every cell runs once in a block; warm-up blocks are marked
  uint32_t position = 0;  // of the run within its block
  bool warmup = false;
  std::string timestamp;  // ISO 8601, UTC, start of the run
  CellKey cell;
  std::string build;  // git sha of the measured program where the campaign measures several; empty: the campaign's
  Outcome outcome = Outcome::kOk;
  std::string error;  // for a failed sample: what the program printed last
  int exit_code = 0;
  double wall_secs = 0;  // from before fork until the process was reaped
  double user_secs = 0;  // wait4
  double system_secs = 0;
  uint64_t max_rss_bytes = 0;  // of the largest process
  // The following are nothing in samples from before they were kept; lab/subprocess.h says what they count.
  std::optional<uint64_t> tree_rss_bytes;  // of all processes together, as far as it was seen
  std::optional<uint64_t> read_bytes;
  std::optional<uint64_t> written_bytes;
  std::optional<uint64_t> voluntary_switches;
  std::optional<uint64_t> involuntary_switches;
  std::map<std::string, double> metrics;  // what the output said, by the scenario's names
  nlohmann::json run;                     // the @@BENCH_JSON@@ document, or null

  // Whether it is in the statistics.
  bool Counts() const { return !warmup && outcome == Outcome::kOk; }
};

// The sample's block as people count: "warm-up block 1", or "block 3" of those that count.
std::string BlockName(const Sample& sample, uint32_t warmup_blocks);

// The metrics that every sample has, whatever the scenario says: wall, user, system, cpu (user + system), max_rss,
// tree_rss, read_bytes, written_bytes, voluntary_switches, involuntary_switches, exit_code. Seconds, bytes, or counts.
std::span<const std::string_view> BuiltInMetrics();
bool IsBuiltInMetric(std::string_view name);

// By name: a built-in metric, else one of the scenario's, else a number of the run's document ('/' goes into nested
// objects). Nothing where the sample has none, or no finite number.
std::optional<double> MetricOf(const Sample& sample, std::string_view name);

}  // namespace rapidbyte::record
