#include "engine/runner.h"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/check.h"
#include "base/clock.h"
#include "engine/stage.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

constexpr size_t kStackBytes = 8 << 20;  // a guest's C stack; the default may be smaller
constexpr std::chrono::milliseconds kProgressEvery(250);

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

std::vector<std::unique_ptr<Channel>> MakeChannels(const Pipeline& pipeline, const net::CancelToken& cancel) {
  // The bound by bytes only matters where rows are larger than batches.
  const uint64_t max_bytes = 2 * pipeline.max_batch_bytes * pipeline.max_inflight_batches;
  std::vector<std::unique_ptr<Channel>> channels;
  for (size_t i = 0; i < pipeline.streams.size(); ++i) {
    channels.push_back(std::make_unique<Channel>(pipeline.max_inflight_batches, max_bytes, cancel));
  }
  return channels;
}

void RunStage(Stage& stage, const std::vector<std::unique_ptr<Channel>>& channels) {
  Status done = stage.Open();
  if (done) {
    done = stage.RunStreams(channels);
  } else {
    for (const auto& channel : channels) channel->Abort(done.error());
  }
  stage.Close();
}

// The first error of the earliest stream that has one: both stages see it, whoever was first.
std::optional<Error> FirstError(const std::vector<std::unique_ptr<Channel>>& channels, const net::CancelToken& cancel) {
  for (const auto& channel : channels) {
    std::optional<Error> reason = channel->reason();
    if (!reason) continue;
    if (cancel.cancelled()) reason->code = ErrorCode::kInterrupted;
    if (reason->commit == CommitState::kUnknown) {
      reason->message += "; whether the rows were committed is unknown";
      reason->hint = "count the rows at the destination before running again";
    }
    return reason;
  }
  return std::nullopt;
}

// Puts what each side counted together.
std::vector<record::StreamRecord> MergeStreams(const Pipeline& pipeline, const Stage& source, const Stage& destination) {
  std::vector<record::StreamRecord> merged;
  for (size_t i = 0; i < pipeline.streams.size(); ++i) {
    record::StreamRecord stream;
    stream.name = pipeline.streams[i].name;
    if (i < source.streams().size()) {
      stream.records_read = source.streams()[i].records_read;
      stream.bytes_read = source.streams()[i].bytes_read;
    }
    if (i < destination.streams().size()) {
      stream.records_written = destination.streams()[i].records_written;
      stream.bytes_written = destination.streams()[i].bytes_written;
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
      error.message = "stream \"" + stream.name + "\": " + std::to_string(stream.records_read) + " rows were read but " +
                      std::to_string(stream.records_written) + " written";
      error.commit = CommitState::kCommitted;
      return error;
    }
  }
  return std::nullopt;
}

record::RunRecord MakeRecord(const Pipeline& pipeline, Stage& source, Stage& destination) {
  record::RunRecord record;
  record.pipeline = pipeline.name;
  record.runtime = Name(pipeline.runtime);
  record.load_method = Name(pipeline.load_method);
  record.compression = Name(pipeline.compression);
  record.streams = MergeStreams(pipeline, source, destination);
  record.batches = source.host().counts().batches;
  record.channel_bytes = source.host().counts().channel_bytes;
  record.source = source.host().timer().record();
  record.destination = destination.host().timer().record();
  return record;
}

// One call of one connector, for check and discover.
Result<json> AskOnce(Side side, abi::Export function, const json& request, const Pipeline& pipeline,
                     const RunOptions& options) {
  Stage stage(side, pipeline, options);
  RB_TRY(stage.Load());
  Result<json> answer = json();
  {
    const StageThread thread([&] {
      const Status opened = stage.Open();
      answer = opened ? stage.Ask(function, request) : Fail(opened.error());
      stage.Close();
    });
  }
  return answer;
}

}  // namespace

RunOutcome Run(const Pipeline& pipeline, const RunOptions& options) {
  const uint64_t start = MonotonicNanos();
  Stage source(Side::kSource, pipeline, options);
  Stage destination(Side::kDestination, pipeline, options);
  RunOutcome outcome;
  for (Stage* stage : {&source, &destination}) {
    if (Status loaded = stage->Load(); !loaded && !outcome.error) outcome.error = loaded.error();
  }
  if (!outcome.error) {
    const auto channels = MakeChannels(pipeline, *options.cancel);
    Countdown running(2);
    {
      auto body = [&](Stage& stage) {
        RunStage(stage, channels);
        running.Done();
      };
      const StageThread source_thread([&] { body(source); });
      const StageThread destination_thread([&] { body(destination); });
      while (!running.WaitFor(kProgressEvery)) {
        const StageCounts& counts = destination.host().counts();
        if (options.on_progress) options.on_progress(counts.rows, counts.bytes);
      }
    }
    outcome.error = FirstError(channels, *options.cancel);
  }
  outcome.record = MakeRecord(pipeline, source, destination);
  if (!outcome.error) outcome.error = CountMismatch(outcome.record.streams);
  outcome.record.duration_nanos = MonotonicNanos() - start;
  return outcome;
}

Status Validate(const Pipeline& pipeline, const RunOptions& options) {
  json streams = json::array();
  for (const StreamSpec& stream : pipeline.streams) {
    streams.push_back({{"name", stream.name}, {"columns", stream.columns.empty() ? json() : json(stream.columns)}});
  }
  const json request = {{"streams", streams}};
  RB_TRY(AskOnce(Side::kSource, abi::Export::kValidate, request, pipeline, options));
  RB_TRY(AskOnce(Side::kDestination, abi::Export::kValidate, request, pipeline, options));
  return {};
}

Result<json> Discover(const Pipeline& pipeline, const RunOptions& options) {
  return AskOnce(Side::kSource, abi::Export::kDiscover, json::object(), pipeline, options);
}

}  // namespace rapidbyte::engine
