#include "engine/runner.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "engine/stages.h"
#include "net/wait.h"
#include "wasm/sha256.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

// What became of each stream, where some may have arrived and others not: «; committed: "a"; not committed: "b", "c"».
std::string Fates(const std::vector<record::StreamRecord>& streams) {
  constexpr std::pair<CommitState, const char*> kinds[] = {{CommitState::kCommitted, "committed"},
                                                           {CommitState::kUnknown, "unknown"},
                                                           {CommitState::kNotCommitted, "not committed"}};
  constexpr size_t most = 10;
  std::string fates;
  for (const auto& [commit, name] : kinds) {
    size_t count = 0;
    for (const record::StreamRecord& stream : streams) {
      if (stream.commit != commit || ++count > most) continue;
      fates += (count == 1 ? std::string("; ") + name + ": \"" : std::string(", \"")) + stream.name + "\"";
    }
    if (count > most) fates += " and " + std::to_string(count - most) + " more";
  }
  return fates;
}

// What went wrong first, if anything did. An interrupt that came too late to stop anything is none.
std::optional<Error> Failure(const Stages& stages, const std::vector<record::StreamRecord>& streams,
                             const RunOptions& options) {
  if (stages.source_end && stages.destination_end) return std::nullopt;
  Error error = *stages.channel.reason();
  if (options.cancel->cancelled()) {
    const std::string first = error.code == ErrorCode::kInterrupted ? "" : " (" + error.message + ")";
    error = {ErrorCode::kInterrupted, "interrupted before all streams were through" + first};
  }
  if (!stages.destination_end) error.commit = stages.destination_end.error().commit;
  const bool is_open = error.commit == CommitState::kUnknown;
  if (is_open) {
    error.message += "; whether the stream's rows were committed is unknown";
    error.hint = "count the rows at the destination before running again";
  }
  if (streams.size() < 2 || streams[0].commit == CommitState::kNotCommitted) return error;
  error.message += Fates(streams);
  if (error.hint.empty()) {
    error.hint = "run again what was not committed only: with append, other streams would arrive twice";
  }
  return error;
}

// Puts what each side counted together.
std::vector<record::StreamRecord> MergeStreams(const Pipeline& pipeline, const Stages& stages) {
  std::vector<record::StreamRecord> merged;
  for (size_t i = 0; i < pipeline.streams.size(); ++i) {
    record::StreamRecord stream;
    stream.name = pipeline.streams[i].name;
    const auto& read = stages.source.streams();
    const auto& written = stages.destination.streams();
    if (i < written.size()) stream = written[i];
    if (i == written.size() && !stages.destination_end) stream.commit = stages.destination_end.error().commit;
    if (i < read.size()) {
      stream.records_read = read[i].records_read;
      stream.bytes_read = read[i].bytes_read;
      stream.notes.insert(stream.notes.begin(), read[i].notes.begin(), read[i].notes.end());
    }
    merged.push_back(std::move(stream));
  }
  return merged;
}

std::optional<Error> CountMismatch(const std::vector<record::StreamRecord>& streams) {
  for (const record::StreamRecord& stream : streams) {
    if (stream.records_read != stream.records_written) {
      Error error;
      error.code = ErrorCode::kData;
      error.message = "stream \"" + stream.name + "\": " + std::to_string(stream.records_read) +
                      " rows were read but " + std::to_string(stream.records_written) +
                      " written, and that was committed";
      error.commit = CommitState::kCommitted;
      return error;
    }
  }
  return std::nullopt;
}

record::RunRecord MakeRecord(const Pipeline& pipeline, Stages& stages) {
  record::RunRecord record;
  record.pipeline = pipeline.name;
  record.runtime = Name(pipeline.runtime);
  record.load_method = Name(pipeline.load_method);
  record.compression = Name(pipeline.compression);
  record.streams = MergeStreams(pipeline, stages);
  record.batches = stages.source.host().counts().batches;
  record.channel_bytes = stages.source.host().counts().channel_bytes;
  record.source = stages.source.record();
  record.destination = stages.destination.record();
  return record;
}

record::StageTimeline TimelineOf(const std::string& connector, const Stage& stage) {
  record::StageTimeline timeline;
  timeline.connector = connector;
  timeline.spans = stage.host().timer().spans()->spans();
  timeline.grain_nanos = stage.host().timer().spans()->grain_nanos();
  return timeline;
}

// One call of one connector, for check and discover.
Result<json> AskOnce(Side side, abi::Export function, const json& request, const Pipeline& pipeline,
                     const RunOptions& options) {
  StopSwitch stop;
  Stage stage(side, pipeline, options, stop);
  Result<json> answer = json();
  const auto ask = [&] {
    const Status begun = stage.Begin();
    answer = begun ? stage.Ask(function, request) : Fail(begun.error());
    stage.Close();
  };
  RunAlone(stage, ask, stop, options);
  if (!answer && options.cancel->cancelled()) return Fail(net::InterruptedError());
  return answer;
}

}  // namespace

void LoadLibraries() {
  static_cast<void>(wasm::Sha256Hex(std::string_view()));
  net::LoadClient();
}

RunOutcome Run(const Pipeline& pipeline, const RunOptions& options) {
  const uint64_t start = options.start_nanos != 0 ? options.start_nanos : MonotonicNanos();
  Stages stages(pipeline, options);
  if (options.timeline) {
    stages.source.KeepSpans(start);
    stages.destination.KeepSpans(start);
  }
  RunStages(stages, options);
  RunOutcome outcome;
  outcome.record = MakeRecord(pipeline, stages);
  outcome.error = Failure(stages, outcome.record.streams, options);
  if (!outcome.error) outcome.error = CountMismatch(outcome.record.streams);
  outcome.record.duration_nanos = MonotonicNanos() - start;
  if (options.timeline) {
    outcome.timeline =
        record::Timeline{pipeline.name, outcome.record.duration_nanos, TimelineOf(pipeline.source_use, stages.source),
                         TimelineOf(pipeline.destination_use, stages.destination)};
  }
  return outcome;
}

std::vector<Finding> Validate(const Pipeline& pipeline, const RunOptions& options) {
  std::vector<Finding> findings;
  const Result<json> source =
      AskOnce(Side::kSource, abi::Export::kValidate, SourceQuestion(pipeline), pipeline, options);
  AddFindings(source, Side::kSource, findings);
  if (options.cancel->cancelled()) return findings;
  AddFindings(
      AskOnce(Side::kDestination, abi::Export::kValidate, DestinationQuestion(pipeline, source), pipeline, options),
      Side::kDestination, findings);
  return findings;
}

Result<json> Discover(const Pipeline& pipeline, const RunOptions& options) {
  return AskOnce(Side::kSource, abi::Export::kDiscover, json::object(), pipeline, options);
}

}  // namespace rapidbyte::engine
