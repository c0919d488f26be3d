// Runs a pipeline: two stages on two threads, stream after stream, each stream whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "abi/native_host.h"
#include "base/result.h"
#include "engine/findings.h"
#include "engine/pipeline.h"
#include "net/connection.h"
#include "record/run_record.h"
#include "record/timeline.h"

namespace rapidbyte::engine {

struct RunOptions {
  const net::CancelToken* cancel = nullptr;  // required; must outlive the run
  uint64_t start_nanos = 0;                  // MonotonicNanos() when the command began; 0: when Run is called
  std::filesystem::path connector_dir;
  std::filesystem::path cache_dir;
  std::vector<const abi::NativeConnector*> native_connectors;
  uint64_t commit_grace_nanos = 10'000'000'000;  // how long an interrupt lets a commit's answer be waited for
  bool timeline = false;                         // keep spans of what both stages do when
  // Called about ten times a second while rows move, on the calling thread: rows and bytes handed to the destination.
  std::function<void(uint64_t rows, uint64_t bytes)> on_progress;
};

struct RunOutcome {
  record::RunRecord record;                  // also of a failed run, as far as it came
  std::optional<Error> error;                // what went wrong first
  std::optional<record::Timeline> timeline;  // where it was asked for, of a failed run as well
};

// Loads the shared libraries that a run needs: a few milliseconds, which can pass beside other work. Any thread.
void LoadLibraries();

// Never throws; blocks until both stages have ended.
RunOutcome Run(const Pipeline& pipeline, const RunOptions& options);

// Asks both connectors what a run would fail at (rb_validate): all of it, the source's first. Moves nothing.
std::vector<Finding> Validate(const Pipeline& pipeline, const RunOptions& options);

// What the source has: the answer of rb_discover.
Result<nlohmann::json> Discover(const Pipeline& pipeline, const RunOptions& options);

}  // namespace rapidbyte::engine
