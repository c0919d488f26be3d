// The engine's memory in SQLite: every run of a pipeline with its counts and its outcome.
//
// A run is written down when it starts and again when it ends; both are durable on return. A run that is still
// "running" although its process is gone is shown as killed. Several processes may share the file. One RunState
// belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/run_record.h"
#include "store/connection.h"

namespace rapidbyte::store {

enum class RunOutcome { kRunning, kOk, kFailed, kInterrupted, kKilled };
std::string_view RunOutcomeName(RunOutcome outcome);

struct RunEnd {
  RunOutcome outcome = RunOutcome::kOk;  // not kRunning, not kKilled
  int exit_code = 0;
  std::string error;                          // one line, empty where the outcome is ok
  std::vector<record::StreamRecord> streams;  // as far as they came
};

struct RunRow {
  int64_t id = 0;
  std::string pipeline;
  std::string started_at;   // ISO 8601, UTC
  std::string finished_at;  // empty while running and where killed
  RunOutcome outcome = RunOutcome::kRunning;
  std::optional<int> exit_code;  // nothing while running and where killed
  std::string error;
  record::StreamRecord totals;  // sums over the streams; the name stays empty
  std::vector<record::StreamRecord> streams;
};

class RunState {
 public:
  // Makes the file and its folder where they are missing. Errors: kConfiguration for a file that is not ours or is of
  // a newer version, kInternal for the disk.
  static Result<RunState> Open(const std::filesystem::path& path);

  // The identity of the calling process is kept with the run. Returns the run's id.
  Result<int64_t> RecordRunStart(std::string_view pipeline);
  // Replaces what is known of the run; streams are kept one row each.
  Status RecordRunEnd(int64_t id, const RunEnd& end);

  // The newest first.
  Result<std::vector<RunRow>> Runs(size_t limit);

 private:
  explicit RunState(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  Result<std::vector<record::StreamRecord>> Streams(int64_t run);

  std::unique_ptr<Connection> connection_;
};

}  // namespace rapidbyte::store
