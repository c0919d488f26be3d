// What one `rapidbyte run` did and how long each part took: the content of the @@BENCH_JSON@@ line.
//
// Plain data. The engine fills it, the command line prints it, the laboratory reads it back from the line and the
// store keeps it. docs/formats/bench_line.md defines every key, with its start and stop event.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "abi/abi.h"
#include "base/result.h"

namespace rapidbyte::record {

// A span of a thread's time. wall = work + wait + stall, where
//   work   is the thread's own CPU time (user and system),
//   wait   is time spent blocked at a known place: a socket, the channel,
//   stall  is the rest: runnable but not running, page faults, blocked inside a system call.
struct TimeSplit {
  uint64_t wall_nanos = 0;
  uint64_t work_nanos = 0;
  uint64_t wait_nanos = 0;

  uint64_t StallNanos() const {
    const uint64_t known = work_nanos + wait_nanos;
    return wall_nanos > known ? wall_nanos - known : 0;
  }
  TimeSplit& operator+=(const TimeSplit& other) {
    wall_nanos += other.wall_nanos;
    work_nanos += other.work_nanos;
    wait_nanos += other.wait_nanos;
    return *this;
  }
};

inline constexpr size_t kHistogramBuckets = 40;  // bucket i counts calls of [2^i, 2^(i+1)) ns; the last is open

struct HostFunctionStats {
  uint64_t count = 0;
  TimeSplit time;
  uint64_t max_nanos = 0;
  std::array<uint64_t, kHistogramBuckets> histogram{};

  void Add(const TimeSplit& call);
};

// One stage (source or destination) of a run.
struct StageRecord {
  TimeSplit total;    // of the stage's thread, from its start to its end
  TimeSplit guest;    // inside the connector's own code
  TimeSplit hosting;  // the host's work around it: loading the code, making and ending the instance, ending streams
  // One for each host function; on the heap, because five kilobytes would make the stacks deep that records lie on.
  std::vector<HostFunctionStats> functions = std::vector<HostFunctionStats>(abi::kHostFunctionCount);
  std::array<uint64_t, abi::kPhaseCount> phase_nanos{};        // wall time by phase
  std::array<uint64_t, abi::kPhaseCount> guest_phase_nanos{};  // the connector's own code, wall time by phase
  uint64_t compress_nanos = 0;    // inside emit_batch: compressing or copying into the channel's buffer
  uint64_t decompress_nanos = 0;  // inside next_batch: decompressing or copying into the connector's memory
  uint64_t query_nanos = 0;       // source: from entering prepare until the first byte of rows was read
  uint64_t flush_nanos = 0;       // destination: net_write and net_read in transfer and finish
  uint64_t fetch_nanos = 0;       // source: net_read in transfer
  uint64_t module_load_nanos = 0;
  uint64_t vm_setup_nanos = 0;  // instantiating and rb_open
  uint64_t wire_bytes = 0;      // rows' bytes on the connection to the server: read (source), written (destination)

  // Wall time of the stage's thread that is neither guest code, nor a host function, nor hosting.
  uint64_t UnattributedNanos() const;
};

struct StreamRecord {
  std::string name;
  uint64_t records_read = 0;
  uint64_t records_written = 0;
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
  CommitState commit = CommitState::kNotCommitted;  // of its transaction at the destination
  std::vector<std::string> notes;                   // what the connectors say to the user, a sentence each
};

struct RunRecord {
  std::string pipeline;
  std::string runtime;      // aot | native
  std::string load_method;  // insert | copy
  std::string compression;  // none | lz4 | zstd
  std::vector<StreamRecord> streams;
  uint64_t duration_nanos = 0;  // from reading the document until the outcome was known
  uint64_t batches = 0;
  uint64_t channel_bytes = 0;  // of all batches, after compression
  uint32_t retry_count = 0;
  StageRecord source;
  StageRecord destination;

  // The sums over all streams; the name stays empty.
  StreamRecord Totals() const;
};

// The document behind @@BENCH_JSON@@: flat keys of docs/formats/bench_line.md and a nested "host_functions".
nlohmann::json ToJson(const RunRecord& run);

inline constexpr std::string_view kBenchLinePrefix = "@@BENCH_JSON@@";

}  // namespace rapidbyte::record
