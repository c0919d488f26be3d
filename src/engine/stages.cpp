#include "engine/stages.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>

#include "base/check.h"
#include "base/clock.h"
#include "net/wait.h"

namespace rapidbyte::engine {
namespace {

constexpr size_t kStackBytes = 8 << 20;          // a guest's C stack; the default may be smaller
constexpr std::chrono::milliseconds kTick(100);  // between looks at the cancel token, which a signal handler sets
constexpr std::chrono::milliseconds kStopTick(20);
constexpr uint64_t kGuestGraceNanos = 500'000'000;  // for a guest that was told to stop, to come to an end by itself

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

// Lets the calling thread look around until all threads are through.
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

Status Run(Stage& stage, Channel& channel) {
  try {
    RB_TRY(stage.Begin());
    return stage.RunStreams(channel);
  } catch (const std::exception& error) {  // out of memory; nobody above this thread would catch it
    return Fail(ErrorCode::kInternal, std::string("a stage failed: ") + error.what());
  }
}

// The destination still gets what the source had emitted before it failed, so that streams before are whole.
void RunSource(Stages& stages) {
  stages.source_end = Run(stages.source, stages.channel);
  if (!stages.source_end) {
    stages.channel.BreakStream(stages.source_end.error());
    stages.source_failed = true;
  }
  stages.source.Close();
}

void RunDestination(Stages& stages) {
  stages.destination_end = Run(stages.destination, stages.channel);
  if (!stages.destination_end) {
    stages.channel.Abort(stages.destination_end.error());
    stages.stop_source.StopNow();  // it may be waiting for its server
  }
  stages.destination.Close();
}

// Stops the guest that goes on although its stage was stopped.
class GuestWatch {
 public:
  GuestWatch(Stage& stage, const StopSwitch& stop) : stage_(stage), stop_(stop) {}

  void Look() {
    if (!stop_.token().cancelled()) return;
    if (stopped_at_ == 0) stopped_at_ = MonotonicNanos();
    if (MonotonicNanos() - stopped_at_ >= kGuestGraceNanos) stage_.StopGuest();
  }
  // Until the next look.
  std::chrono::milliseconds tick() const { return stopped_at_ == 0 ? kTick : kStopTick; }

 private:
  Stage& stage_;
  const StopSwitch& stop_;
  uint64_t stopped_at_ = 0;  // 0: not
};

// What the calling thread looks for while the stages run.
class Watch {
 public:
  Watch(Stages& stages, const RunOptions& options)
      : stages_(stages),
        options_(options),
        source_(stages.source, stages.stop_source),
        destination_(stages.destination, stages.stop_destination) {}

  std::chrono::milliseconds tick() const { return std::min(source_.tick(), destination_.tick()); }

  void Look() {
    if (interrupted_at_ == 0 && options_.cancel->cancelled()) Interrupt();
    if (interrupted_at_ != 0 && MonotonicNanos() - interrupted_at_ >= options_.commit_grace_nanos) {
      stages_.stop_destination.StopNow();
    }
    if (stages_.source_failed && IsAtTheSameStream()) {
      stages_.channel.Abort(*stages_.channel.reason());  // else the stop would count as what went wrong
      stages_.stop_destination.Stop();
    }
    source_.Look();
    destination_.Look();
  }

 private:
  void Interrupt() {
    interrupted_at_ = MonotonicNanos();
    stages_.channel.Abort(net::InterruptedError());
    stages_.stop_source.StopNow();
    stages_.stop_destination.Stop();
  }
  bool IsAtTheSameStream() const {
    return stages_.source.host().counts().streams == stages_.destination.host().counts().streams;
  }

  Stages& stages_;
  const RunOptions& options_;
  GuestWatch source_;
  GuestWatch destination_;
  uint64_t interrupted_at_ = 0;  // 0: not
};

}  // namespace

Stages::Stages(const Pipeline& pipeline, const RunOptions& options)
    // The bound by bytes only matters where rows are larger than batches.
    : channel(pipeline.max_inflight_batches, 2 * pipeline.max_batch_bytes * pipeline.max_inflight_batches),
      source(Side::kSource, pipeline, options, stop_source),
      destination(Side::kDestination, pipeline, options, stop_destination) {}

void RunStages(Stages& stages, const RunOptions& options) {
  Countdown running(2);
  const StageThread source([&] {
    RunSource(stages);
    running.Done();
  });
  const StageThread destination([&] {
    RunDestination(stages);
    running.Done();
  });
  Watch watch(stages, options);
  while (!running.WaitFor(watch.tick())) {
    const StageCounts& counts = stages.destination.host().counts();
    if (options.on_progress) options.on_progress(counts.rows, counts.bytes);
    watch.Look();
  }
}

void RunAlone(Stage& stage, const std::function<void()>& body, StopSwitch& stop, const RunOptions& options) {
  Countdown running(1);
  const StageThread thread([&] {
    body();
    running.Done();
  });
  GuestWatch watch(stage, stop);
  while (!running.WaitFor(watch.tick())) {
    if (options.cancel->cancelled()) stop.StopNow();
    watch.Look();
  }
}

}  // namespace rapidbyte::engine
