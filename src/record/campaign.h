// One `bench run` of one scenario: what was asked for, what was measured, and where. Plain data.
//
// Everything that all samples of the run have in common stands here, once.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace rapidbyte::record {

// What the campaigns of a plain `bench run` belong to, and those of before there were scenarios.
inline constexpr std::string_view kDefaultScenario = "load-methods";

// Where samples were taken; two samples are only comparable where the hash is the same.
struct HostFingerprint {
  std::string hostname;
  std::string kernel;
  std::string cpu_model;
  int cpus = 0;
  uint64_t memory_bytes = 0;
  std::string Hash() const;  // of everything above, 16 hex digits
};

// A pid alone is used again; with the clock tick of its start since boot, and the boot, it is not.
struct ProcessIdentity {
  std::string host_name;
  std::string boot_id;  // /proc/sys/kernel/random/boot_id
  int64_t pid = 0;
  int64_t pid_started = 0;  // field 22 of /proc/PID/stat, clock ticks since boot
};

struct Campaign {
  std::string id;           // sortable: UTC time and random hex
  std::string started_at;   // ISO 8601, UTC
  std::string finished_at;  // empty while it runs, and where it was killed
  std::string scenario{kDefaultScenario};
  std::string plan_hash;  // what must be equal for it to be resumed; empty: it cannot be
  std::string git_sha;    // "unknown" outside of a repository
  std::string git_branch;
  bool git_dirty = false;
  uint64_t seed = 0;
  uint32_t warmup_blocks = 0;
  uint32_t blocks = 0;  // planned, after the warm-up
  std::string dataset;
  std::string server;  // server version and the settings that matter
  HostFingerprint host;
  nlohmann::json settings;  // the whole resolved scenario
  ProcessIdentity process;  // that works on it, or did last
};

}  // namespace rapidbyte::record
