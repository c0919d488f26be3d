#include "sampler/timer_recorder.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "os/read_file.h"
#include "os/temporary_folder.h"
#include "os/trusted_folder.h"
#include "sampler/perf_session.h"
#include "sampler/stack_maker.h"
#include "sampler/target.h"
#include "sampler/timer_agent_image.h"
#include "sampler/timer_queue.h"
#include "sampler/timer_ring.h"

namespace rapidbyte::sampler {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kDefaultStackBytes = kMostStackBytes;  // only what is there is copied
constexpr size_t kMaxKeptBytes = size_t{4} << 30;
constexpr size_t kMaxMapsBytes = size_t{64} << 20;
constexpr int kDrainMillis = 20;
constexpr double kUnseenShare = 0.05;  // of the CPU time, from which the profile says it; and
constexpr double kUnseenPeriods = 5;
constexpr uint64_t kMostMapsShare = 50;  // reading maps may take one part in so many of the recorder's time

constexpr uint32_t kMapsSlot = 100;  // beside those of the agent: what the recorder has read meanwhile

// What a process had mapped when it was last looked at, as /proc/PID/maps says it.
struct KnownMaps {
  uint64_t time_ns = 0;
  std::string text;
  bool sampled = false;  // it has run since
};

std::string WhyTimers(const RecordOptions& options) {
  return options.method == Method::kTimers ? "as asked for," : "the kernel refuses perf events, so";
}

// Of those that have ended and were waited for, with theirs.
double CpuNanosOfChildren() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto nanos = [](const timeval& time) {
    return 1e9 * static_cast<double>(time.tv_sec) + 1e3 * static_cast<double>(time.tv_usec);
  };
  return nanos(usage.ru_utime) + nanos(usage.ru_stime);
}

class TimerRecorder {
 public:
  explicit TimerRecorder(const RecordOptions& options)
      : options_(options), spaces_(modules_), stacks_({options.connector_dirs, options.connector_names}) {}

  Result<Recording> Run();

 private:
  Result<Target> Start();
  void Drain();
  void Keep(TimerSlot slot);
  void FollowMaps();
  void Watch(Target& target);
  std::string SavedMaps(const TimerSlot& slot) const;
  void Assemble();
  void AddSample(const TimerSlot& slot);
  void AddCpuTime(const TimerSlot& slot);
  void ScaleToCpuTime();
  void SayWhatIsMissing();

  const RecordOptions& options_;
  uint64_t period_ns_ = 0;
  std::optional<os::TemporaryFolder> folder_;  // of the agent and its memory, for as long as the recording
  TimerQueue queue_;
  std::vector<TimerSlot> kept_;
  size_t kept_bytes_ = 0;
  uint64_t dropped_ = 0;  // beyond kMaxKeptBytes
  std::map<int32_t, KnownMaps> maps_;
  uint64_t next_maps_ns_ = 0;
  ModuleStore modules_;
  AddressSpaces spaces_;
  StackMaker stacks_;
  profile::Profile profile_;
  std::map<std::pair<int32_t, int32_t>, uint32_t> threads_;
  std::map<uint32_t, double> cpu_ns_;          // by thread, of those that ended in order
  std::map<int32_t, double> before_image_ns_;  // CPU time by tid: of a first thread's programs before the present one
  double whole_cpu_ns_ = 0;                    // of all processes
  std::optional<int> wait_status_;
  uint64_t images_ = 0;
};

Result<Target> TimerRecorder::Start() {
  RB_ASSIGN(os::TemporaryFolder folder, os::TemporaryFolder::Make());
  folder_.emplace(std::move(folder));
  std::error_code ignored;
  const fs::path real = fs::canonical(folder_->path(), ignored);  // as /proc/PID/maps has it
  const fs::path agent = real / "libagent.so", ring = real / "ring";
  RB_TRY(WriteTimerAgent(agent));
  stacks_.Hide(agent.string());
  RB_TRY(queue_.Make(ring, period_ns_, options_.stack_bytes == 0 ? kDefaultStackBytes : options_.stack_bytes));
  const char* preloaded = std::getenv("LD_PRELOAD");
  std::vector<std::string> environment = options_.environment;
  environment.push_back("LD_PRELOAD=" + agent.string() + (preloaded ? ":" + std::string(preloaded) : ""));
  environment.push_back(TIMER_RING_VARIABLE "=" + ring.string());
  return Target::Hold(options_.argv, environment, options_.output);
}

// At most the queue once: a program that gives slots back as fast as they are taken must not keep us here.
void TimerRecorder::Drain() {
  for (uint64_t taken = 0; taken < queue_.slots(); ++taken) {
    std::optional<TimerSlot> slot = queue_.Take();
    if (!slot) return;
    KnownMaps& maps = maps_[slot->head.pid];
    if (slot->head.kind == TIMER_SLOT_SAMPLE) maps.sampled = true;
    if (slot->head.kind != TIMER_SLOT_SAMPLE && slot->head.kind != TIMER_SLOT_END) {
      maps = {.time_ns = slot->head.time_ns};
    }
    Keep(std::move(*slot));
  }
}

void TimerRecorder::Keep(TimerSlot slot) {
  kept_bytes_ += sizeof slot + slot.stack.size() + slot.maps.size();
  if (kept_bytes_ > kMaxKeptBytes) {
    ++dropped_;
  } else {
    kept_.push_back(std::move(slot));
  }
}

// Libraries that are opened later, and code that is made while the program runs. What is there now has come since the
// process was last looked at, and is taken to be there for all samples since then.
void TimerRecorder::FollowMaps() {
  const uint64_t now = MonotonicNanos();
  if (now < next_maps_ns_) return;
  for (auto& [pid, maps] : maps_) {
    if (!std::exchange(maps.sampled, false)) continue;
    std::ifstream file("/proc/" + std::to_string(pid) + "/maps");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!text.empty() && text != maps.text) {
      Keep({.head = {.time_ns = maps.time_ns + 1, .pid = pid, .kind = kMapsSlot}, .maps = text});
      maps.text = std::move(text);
    }
    maps.time_ns = now;
  }
  next_maps_ns_ = now + kMostMapsShare * (MonotonicNanos() - now);
}

void TimerRecorder::Watch(Target& target) {
  pollfd polled[] = {{target.end_fd(), POLLIN, 0}, {options_.stop_fd, POLLIN, 0}};
  const uint64_t start = MonotonicNanos();
  bool asked = false;
  while (!(wait_status_ = target.Reap())) {
    poll(polled, 2, kDrainMillis);
    Drain();
    FollowMaps();
    const bool timed_out =
        options_.duration_ns > 0 && MonotonicNanos() >= start + static_cast<uint64_t>(options_.duration_ns);
    if (!asked && (timed_out || (polled[1].revents & POLLIN) != 0)) {
      asked = true;
      polled[1].fd = -1;
      kill(target.pid(), SIGTERM);
    }
  }
  Drain();
}

void TimerRecorder::AddSample(const TimerSlot& slot) {
  SampleRecord sample;
  sample.ip = slot.head.registers[kPc];
  std::copy(std::begin(slot.head.registers), std::end(slot.head.registers), sample.registers.begin());
  sample.has_registers = true;
  sample.stack = slot.stack;
  const AddressSpace& space = spaces_.Of(slot.head.pid);
  const auto [thread, fresh] =
      threads_.try_emplace({slot.head.pid, slot.head.tid}, static_cast<uint32_t>(profile_.threads.size()));
  const auto time_ns = static_cast<int64_t>(slot.head.time_ns);
  if (fresh) {
    const std::string name(slot.head.name, strnlen(slot.head.name, sizeof slot.head.name));
    const std::string& program = space.program();
    profile_.threads.push_back({.pid = slot.head.pid,
                                .tid = slot.head.tid,
                                .name = name,
                                .process = program.substr(program.rfind('/') + 1),
                                .start_ns = time_ns});
  }
  profile_.threads[thread->second].end_ns = time_ns;
  profile::Sample taken{.time_ns = time_ns, .thread = thread->second, .count = slot.head.overrun + 1};
  taken.value = static_cast<double>(period_ns_) * taken.count;
  taken.stack = stacks_.Make(profile_.stacks, sample, slot.head.pid, space, false, false);
  profile_.samples.push_back(taken);
}

// What a thread took for the program that ends here.
void TimerRecorder::AddCpuTime(const TimerSlot& slot) {
  const auto thread = threads_.find({slot.head.pid, slot.head.tid});
  if (thread == threads_.end()) return;
  const auto before = before_image_ns_.find(slot.head.pid == slot.head.tid ? slot.head.tid : 0);
  cpu_ns_[thread->second] =
      static_cast<double>(slot.head.registers[0]) - (before == before_image_ns_.end() ? 0 : before->second);
}

// What the agent has written beside the queue; a program could have put anything there.
std::string TimerRecorder::SavedMaps(const TimerSlot& slot) const {
  const auto folder = os::OpenTrustedFolder(folder_->path());
  if (!folder) return {};
  const auto file = os::OpenTrustedFile(*folder, "ring." + std::to_string(slot.head.time_ns));
  return os::ReadFile(file, kMaxMapsBytes).value_or("");
}

void TimerRecorder::Assemble() {
  std::stable_sort(kept_.begin(), kept_.end(),
                   [](const auto& a, const auto& b) { return a.head.time_ns < b.head.time_ns; });
  for (const TimerSlot& slot : kept_) {
    if (slot.head.kind == TIMER_SLOT_FORK) {
      spaces_.Fork(slot.head.pid, slot.head.parent_pid);
    } else if (slot.head.kind == TIMER_SLOT_IMAGE) {
      ++images_;
      AddCpuTime(slot);
      threads_.erase({slot.head.pid, slot.head.tid});
      before_image_ns_[slot.head.tid] = static_cast<double>(slot.head.registers[0]);
      spaces_.Exec(slot.head.pid);
      std::istringstream maps(SavedMaps(slot));
      spaces_.ReadMaps(slot.head.pid, maps);
    } else if (slot.head.kind == kMapsSlot) {
      std::istringstream maps(slot.maps);
      spaces_.ReadMaps(slot.head.pid, maps);
    } else if (slot.head.kind == TIMER_SLOT_END) {
      AddCpuTime(slot);
    } else {
      ++profile_.records;
      AddSample(slot);
    }
  }
}

// A thread that told how long it ran has that much in its samples: the ticks of the clock only say where.
void TimerRecorder::ScaleToCpuTime() {
  std::vector<double> sums(profile_.threads.size());
  for (const profile::Sample& sample : profile_.samples) sums[sample.thread] += sample.value;
  for (profile::Sample& sample : profile_.samples) {
    if (const auto cpu = cpu_ns_.find(sample.thread); cpu != cpu_ns_.end() && sums[sample.thread] > 0) {
      sample.value = std::round(sample.value * cpu->second / sums[sample.thread]);
    }
  }
}

void TimerRecorder::SayWhatIsMissing() {
  profile_.missing.push_back(
      WhyTimers(options_) +
      " timers on the CPU time of each thread took the samples: neither waits nor the kernel's side are seen");
  if (images_ == 0) {
    profile_.missing.push_back(
        "the program did not load the sampling library, as statically linked and set-user-ID programs do not: it has "
        "no "
        "samples");
  }
  if (queue_.signal_taken()) {
    profile_.missing.push_back(
        "a program acts on the signal of the sampling timers itself: from then on its threads have no samples");
  }
  double seen_ns = 0;
  for (const profile::Sample& sample : profile_.samples) seen_ns += sample.value;
  const double unseen_ns = whole_cpu_ns_ - seen_ns;
  if (images_ > 0 && unseen_ns > kUnseenShare * whole_cpu_ns_ &&
      unseen_ns > kUnseenPeriods * static_cast<double>(period_ns_)) {
    profile_.missing.push_back(
        fmt::format("{:.0f}% of the {:.0f} ms of CPU time have no samples: timers run out at ticks of the kernel's "
                    "clock, which short threads fall between, and not in programs that do not load the library",
                    100 * unseen_ns / whole_cpu_ns_, whole_cpu_ns_ * 1e-6));
  }
  if (!options_.extra_roots.empty()) {
    profile_.missing.push_back("processes that were not started by the recording have no samples for the same reason");
  }
  const auto seen = static_cast<double>(profile_.records + profile_.lost_records);
  if (static_cast<double>(profile_.lost_records) > kWorthAWord * seen) {
    profile_.missing.push_back(fmt::format("{:.1f}% of the samples were lost, because the sampler could not keep up",
                                           100 * static_cast<double>(profile_.lost_records) / seen));
  }
  for (std::string& sentence : stacks_.WhatIsMissing(profile_)) profile_.missing.push_back(std::move(sentence));
}

Result<Recording> TimerRecorder::Run() {
  period_ns_ = static_cast<uint64_t>(1e9 / options_.frequency_hz);
  RB_ASSIGN(Target target, Start());
  const double before_ns = CpuNanosOfChildren();
  const uint64_t start_ns = MonotonicNanos();
  RB_TRY(target.Release());
  Watch(target);
  whole_cpu_ns_ = CpuNanosOfChildren() - before_ns;
  profile_.lost_records = queue_.lost() + dropped_;
  Assemble();
  ScaleToCpuTime();
  profile_.event = "cpu-time timer";
  profile_.frequency_hz = options_.frequency_hz;
  profile_.start_ns = static_cast<int64_t>(start_ns);
  profile_.duration_ns = static_cast<int64_t>(MonotonicNanos() - start_ns);
  for (const std::string& argument : options_.argv) {
    profile_.command += (profile_.command.empty() ? "" : " ") + argument;
  }
  profile_.truncated = stacks_.truncated();
  SayWhatIsMissing();
  Recording recording;
  recording.profile = std::move(profile_);
  recording.exit_code = WIFSIGNALED(*wait_status_) ? 128 + WTERMSIG(*wait_status_) : WEXITSTATUS(*wait_status_);
  return recording;
}

}  // namespace

Result<Recording> RecordByTimers(const RecordOptions& options) {
  if (options.pid) {
    return Fail(ErrorCode::kConfiguration,
                WhyTimers(options) + " timers would take the samples: those have to be in the program from its start",
                options.method == Method::kTimers ? "watch a running process without asking for timers"
                                                  : "start the program through the recording, or allow perf events");
  }
  if (!options.on_cpu) {
    return Fail(ErrorCode::kConfiguration,
                WhyTimers(options) + " timers would take the samples: those do not see threads that wait");
  }
  return TimerRecorder(options).Run();
}

}  // namespace rapidbyte::sampler
