#include "sampler/timer_recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
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
#include "sampler/perf_session.h"
#include "sampler/stack_maker.h"
#include "sampler/target.h"
#include "sampler/timer_agent_image.h"
#include "sampler/timer_ring.h"

namespace rapidbyte::sampler {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kDefaultStackBytes = kMostStackBytes;  // only what is there is copied
constexpr size_t kRingBytes = size_t{48} << 20;           // of a sparse file
constexpr int kDrainMillis = 20;
constexpr double kUnseenShare = 0.05;  // of the CPU time, from which the profile says it; and
constexpr double kUnseenPeriods = 5;
constexpr uint64_t kMostMapsShare = 50;  // reading maps may take one part in so many of the recorder's time

// The folder that the agent and its memory lie in, for as long as the recording.
class Folder {
 public:
  static Result<std::unique_ptr<Folder>> Make() {
    std::error_code no_folder;
    std::string name = (fs::temp_directory_path(no_folder) / "rapidbyte-timers-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      return Fail(ErrorCode::kInternal,
                  "cannot make a folder for the sampling library: " + std::generic_category().message(errno));
    }
    return std::unique_ptr<Folder>(new Folder(fs::canonical(name, no_folder)));
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  explicit Folder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// The reader's side of the shared queue.
class SlotQueue {
 public:
  ~SlotQueue() {
    if (ring_ != nullptr) munmap(ring_, bytes_);
  }

  Status Make(const fs::path& file, uint64_t period_ns, uint32_t stack_bytes) {
    const size_t slot_bytes = (sizeof(timer_slot) + stack_bytes + 7) / 8 * 8;
    const size_t slots = std::bit_floor(kRingBytes / slot_bytes);
    bytes_ = sizeof(timer_ring) + slots * slot_bytes;
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    void* memory = MAP_FAILED;
    if (descriptor >= 0 && posix_fallocate(descriptor, 0, static_cast<off_t>(bytes_)) == 0) {
      memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    }
    if (descriptor >= 0) close(descriptor);
    if (memory == MAP_FAILED) return Fail(ErrorCode::kInternal, "no room for samples in " + file.string());
    ring_ = static_cast<timer_ring*>(memory);
    *ring_ = {slots, slot_bytes, stack_bytes, period_ns, 0, 0, 0};
    for (uint64_t i = 0; i < slots; ++i) SlotAt(i)->sequence = i;
    return {};
  }

  // Null where the next one is not written yet; a view that Free ends.
  const timer_slot* Next() {
    timer_slot* slot = SlotAt(next_);
    const uint64_t sequence = std::atomic_ref(slot->sequence).load(std::memory_order_acquire);
    return sequence == next_ + 1 ? slot : nullptr;
  }
  void Free() {
    std::atomic_ref(SlotAt(next_)->sequence).store(next_ + ring_->slots, std::memory_order_release);
    ++next_;
  }
  uint64_t lost() const { return std::atomic_ref(ring_->lost).load(); }
  bool signal_taken() const { return std::atomic_ref(ring_->signal_taken).load() != 0; }

 private:
  timer_slot* SlotAt(uint64_t position) const {
    auto* first = reinterpret_cast<std::byte*>(ring_ + 1);
    return reinterpret_cast<timer_slot*>(first + (position & (ring_->slots - 1)) * ring_->slot_bytes);
  }
  timer_ring* ring_ = nullptr;
  size_t bytes_ = 0;
  uint64_t next_ = 0;
};

constexpr uint32_t kMapsSlot = 100;  // beside those of the agent: what the recorder has read meanwhile

struct KeptSlot {
  timer_slot head{};
  std::vector<std::byte> stack;
  std::string maps;  // of kMapsSlot
};

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
  void FollowMaps();
  void Watch(Target& target);
  void Assemble();
  void AddSample(const KeptSlot& slot);
  void AddCpuTime(const KeptSlot& slot);
  void ScaleToCpuTime();
  void SayWhatIsMissing();

  const RecordOptions& options_;
  uint64_t period_ns_ = 0;
  std::unique_ptr<Folder> folder_;
  SlotQueue queue_;
  std::vector<KeptSlot> kept_;
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
  RB_ASSIGN(folder_, Folder::Make());
  const fs::path agent = *folder_ / "libagent.so", ring = *folder_ / "ring";
  RB_TRY(WriteTimerAgent(agent));
  stacks_.Hide(agent.string());
  RB_TRY(queue_.Make(ring, period_ns_, options_.stack_bytes == 0 ? kDefaultStackBytes : options_.stack_bytes));
  const char* preloaded = std::getenv("LD_PRELOAD");
  std::vector<std::string> environment = options_.environment;
  environment.push_back("LD_PRELOAD=" + agent.string() + (preloaded ? ":" + std::string(preloaded) : ""));
  environment.push_back(TIMER_RING_VARIABLE "=" + ring.string());
  return Target::Hold(options_.argv, environment, options_.output);
}

void TimerRecorder::Drain() {
  while (const timer_slot* slot = queue_.Next()) {
    KeptSlot kept;
    std::memcpy(&kept.head, slot, sizeof kept.head);
    const auto* stack = reinterpret_cast<const std::byte*>(slot + 1);
    kept.stack.assign(stack, stack + slot->stack_used);
    queue_.Free();
    KnownMaps& maps = maps_[kept.head.pid];
    if (kept.head.kind == TIMER_SLOT_SAMPLE) maps.sampled = true;
    if (kept.head.kind != TIMER_SLOT_SAMPLE && kept.head.kind != TIMER_SLOT_END) maps = {.time_ns = kept.head.time_ns};
    kept_.push_back(std::move(kept));
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
      KeptSlot kept{.head = {.time_ns = maps.time_ns + 1, .pid = pid, .kind = kMapsSlot}, .maps = text};
      kept_.push_back(std::move(kept));
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

void TimerRecorder::AddSample(const KeptSlot& slot) {
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
void TimerRecorder::AddCpuTime(const KeptSlot& slot) {
  const auto thread = threads_.find({slot.head.pid, slot.head.tid});
  if (thread == threads_.end()) return;
  const auto before = before_image_ns_.find(slot.head.pid == slot.head.tid ? slot.head.tid : 0);
  cpu_ns_[thread->second] =
      static_cast<double>(slot.head.registers[0]) - (before == before_image_ns_.end() ? 0 : before->second);
}

void TimerRecorder::Assemble() {
  std::stable_sort(kept_.begin(), kept_.end(),
                   [](const auto& a, const auto& b) { return a.head.time_ns < b.head.time_ns; });
  for (const KeptSlot& slot : kept_) {
    if (slot.head.kind == TIMER_SLOT_FORK) {
      spaces_.Fork(slot.head.pid, slot.head.parent_pid);
    } else if (slot.head.kind == TIMER_SLOT_IMAGE) {
      ++images_;
      AddCpuTime(slot);
      threads_.erase({slot.head.pid, slot.head.tid});
      before_image_ns_[slot.head.tid] = static_cast<double>(slot.head.registers[0]);
      spaces_.Exec(slot.head.pid);
      std::ifstream maps(*folder_ / ("ring." + std::to_string(slot.head.time_ns)).c_str());
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
  profile_.lost_records = queue_.lost();
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
