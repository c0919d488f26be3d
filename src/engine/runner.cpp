#include "engine/runner.h"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/check.h"
#include "base/clock.h"
#include "engine/stage.h"
#include "net/wait.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

constexpr size_t kStackBytes = 8 << 20;          // a guest's C stack; the default may be smaller
constexpr std::chrono::milliseconds kTick(100);  // between looks at the cancel token, which a signal handler sets

// A thread with a stack of known size, joined at the end of its life.
class StageThread {
 public:
  explicit StageThread(std::function<void()> body) : body_(std::move(body)) {
    pthread_attr_t attributes;
    RB_CHECK(pthread_attr_init(&attributes) == 0);
    RB_CHECK(pthread_attr_setstacksize(&attributes, kStackBytes) == 0);
    auto run = [](void* self) -> void* {
      static_cast<StageThread*>(self)->body_();
      return nullptr;
    };
    RB_CHECK(pthread_create(&thread_, &attributes, run, this) == 0);
    pthread_attr_destroy(&attributes);
  }
  ~StageThread() { pthread_join(thread_, nullptr); }
  StageThread(const StageThread&) = delete;
  StageThread& operator=(const StageThread&) = delete;

 private:
  std::function<void()> body_;
  pthread_t thread_{};
};

// Lets the calling thread show progress until both stages are through.
class Countdown {
 public:
  explicit Countdown(int count) : count_(count) {}
  void Done() {
    const std::lock_guard lock(mutex_);
    --count_;
    changed_.notify_all();
  }
  bool WaitFor(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_;
};

// Both stages, what is between them, and how each of them ended.
struct Stages {
  Stages(const Pipeline& pipeline, const RunOptions& options)
      // The bound by bytes only matters where rows are larger than batches.
      : channel(pipeline.max_inflight_batches, 2 * pipeline.max_batch_bytes * pipeline.max_inflight_batches),
        source(Side::kSource, pipeline, options, stop_source),
        destination(Side::kDestination, pipeline, options, stop_destination) {}

  net::CancelToken stop_source;
  net::CancelToken stop_destination;
  Channel channel;
  Stage source;
  Stage destination;
  Status source_end;
  Status destination_end;
};

// The destination still gets what the source had emitted before it failed, so that streams before are whole.
void RunSource(Stages& stages) {
  stages.source_end = stages.source.Begin();
  if (stages.source_end) stages.source_end = stages.source.RunStreams(stages.channel);
  if (!stages.source_end) stages.channel.BreakStream(stages.source_end.error());
  stages.source.Close();
}

void RunDestination(Stages& stages) {
  stages.destination_end = stages.destination.Begin();
  if (stages.destination_end) stages.destination_end = stages.destination.RunStreams(stages.channel);
  if (!stages.destination_end) {
    stages.channel.Abort(stages.destination_end.error());
    stages.stop_source.Cancel();  // it may be waiting for its server
  }
  stages.destination.Close();
}

// Runs both stages on threads of their own; until they have ended, passes on an interrupt and shows progress.
void RunThreads(Stages& stages, const RunOptions& options) {
  Countdown running(2);
  const StageThread source([&] {
    RunSource(stages);
    running.Done();
  });
  const StageThread destination([&] {
    RunDestination(stages);
    running.Done();
  });
  bool stopped = false;
  while (!running.WaitFor(kTick)) {
    const StageCounts& counts = stages.destination.host().counts();
    if (options.on_progress) options.on_progress(counts.rows, counts.bytes);
    if (!options.cancel->cancelled() || stopped) continue;
    stopped = true;
    stages.channel.Abort(net::InterruptedError());
    stages.stop_source.Cancel();
    stages.stop_destination.Cancel();
  }
}

// What went wrong first, if anything did. An interrupt that came too late to stop anything is none.
std::optional<Error> Failure(const Stages& stages, const RunOptions& options) {
  if (stages.source_end && stages.destination_end) return std::nullopt;
  Error error = *stages.channel.reason();
  if (options.cancel->cancelled()) error = {ErrorCode::kInterrupted, "interrupted before all streams were through"};
  if (!stages.destination_end) error.commit = stages.destination_end.error().commit;
  if (error.commit == CommitState::kUnknown) {
    error.message += "; whether the stream's rows were committed is unknown";
    error.hint = "count the rows at the destination before running again";
  }
  return error;
}

// Puts what each side counted together.
std::vector<record::StreamRecord> MergeStreams(const Pipeline& pipeline, const Stages& stages) {
  std::vector<record::StreamRecord> merged;
  for (size_t i = 0; i < pipeline.streams.size(); ++i) {
    record::StreamRecord stream;
    stream.name = pipeline.streams[i].name;
    if (i < stages.source.streams().size()) {
      stream.records_read = stages.source.streams()[i].records_read;
      stream.bytes_read = stages.source.streams()[i].bytes_read;
    }
    if (i < stages.destination.streams().size()) {
      stream.records_written = stages.destination.streams()[i].records_written;
      stream.bytes_written = stages.destination.streams()[i].bytes_written;
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
                      " rows were read but " + std::to_string(stream.records_written) + " written";
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
  Stage stage(side, pipeline, options, *options.cancel);
  Result<json> answer = json();
  {
    const StageThread thread([&] {
      const Status begun = stage.Begin();
      answer = begun ? stage.Ask(function, request) : Fail(begun.error());
      stage.Close();
    });
  }
  return answer;
}

}  // namespace

RunOutcome Run(const Pipeline& pipeline, const RunOptions& options) {
  const uint64_t start = options.start_nanos != 0 ? options.start_nanos : MonotonicNanos();
  Stages stages(pipeline, options);
  if (options.timeline) {
    stages.source.KeepSpans(start);
    stages.destination.KeepSpans(start);
  }
  RunThreads(stages, options);
  RunOutcome outcome;
  outcome.error = Failure(stages, options);
  outcome.record = MakeRecord(pipeline, stages);
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
  AddFindings(
      AskOnce(Side::kDestination, abi::Export::kValidate, DestinationQuestion(pipeline, source), pipeline, options),
      Side::kDestination, findings);
  return findings;
}

Result<json> Discover(const Pipeline& pipeline, const RunOptions& options) {
  return AskOnce(Side::kSource, abi::Export::kDiscover, json::object(), pipeline, options);
}

}  // namespace rapidbyte::engine
