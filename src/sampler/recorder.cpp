#include "sampler/recorder.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>
#include <unordered_set>

#include "base/clock.h"
#include "sampler/assembler.h"
#include "sampler/process_tree.h"
#include "sampler/stack_need.h"
#include "sampler/target.h"

namespace rapidbyte::sampler {
namespace {

constexpr size_t kSpoolMemoryBytes = size_t{256} << 20;
constexpr int kDrainMillis = 50;
constexpr uint64_t kSwitchWindowNanos = 200'000'000;
constexpr uint64_t kMostSwitchStacksPerSecond = 10'000;
constexpr uint64_t kGraceNanos = 5'000'000'000;

struct KeptRecord {
  uint64_t time_ns;
  std::vector<std::byte> bytes;
};

class EventRecorder {
 public:
  EventRecorder(const RecordOptions& options, const Permission& permission)
      : options_(options),
        permission_(permission),
        store_(kSpoolMemoryBytes),
        live_(modules_),
        stack_need_(options.frequency_hz) {}
  ~EventRecorder() {
    if (end_fd_ >= 0) close(end_fd_);
  }
  EventRecorder(const EventRecorder&) = delete;
  EventRecorder& operator=(const EventRecorder&) = delete;

  // Until what is recorded has ended.
  Status Run();
  // What was recorded, put together.
  Recording Finish();

 private:
  SamplingPlan FirstPlan() const;
  Status Attach();
  void Remember(pid_t pid);
  Status DrainUntilEnd();
  Status DrainOnce();
  bool IsWanted(const RecordOrigin& origin);
  void Keep(std::span<const std::byte> bytes);
  void Watch(std::span<const std::byte> bytes);
  void TrySample(const RawRecord& record);
  Status Adapt(uint64_t now);
  void AskToEnd(uint64_t now);
  std::vector<pid_t> LiveThreads() const;
  void SayWhatIsMissing(profile::Profile& profile, const Assembler& assembler) const;

  const RecordOptions& options_;
  const Permission permission_;
  SpoolStore store_;
  ModuleStore modules_;
  AddressSpaces live_;  // as far as records were drained
  std::vector<Spool> spools_;
  std::vector<KeptRecord> kept_;  // drained, to be watched
  std::optional<Target> target_;
  std::unique_ptr<PerfSession> session_;
  std::optional<AddressSpaces> at_beginning_;
  Beginning beginning_;
  std::unordered_set<int32_t> pids_;  // processes that are sampled now
  StackNeed stack_need_;
  std::string command_;
  uint64_t end_ns_ = 0;
  uint64_t window_start_ns_ = 0;
  uint64_t window_switches_ = 0;
  std::optional<int> wait_status_;
  uint64_t asked_to_end_ns_ = 0;
  int end_fd_ = -1;  // of the watched process
};

SamplingPlan EventRecorder::FirstPlan() const {
  SamplingPlan plan;
  plan.kernel = permission_.kernel;
  plan.cycles = permission_.cycles;
  plan.on_cpu = options_.on_cpu;
  plan.off_cpu = options_.off_cpu && permission_.kernel;
  plan.frequency_hz = options_.frequency_hz;
  plan.stack_bytes = options_.stack_bytes == 0 ? StackNeed::kFirstBytes : options_.stack_bytes;
  plan.switch_stack_bytes = options_.stack_bytes == 0 ? StackNeed::kFirstSwitchBytes : options_.stack_bytes;
  return plan;
}

// A process that is there already: what it has mapped and what its threads do.
void EventRecorder::Remember(pid_t pid) {
  live_.ReadMaps(pid);
  pids_.insert(pid);
  for (const pid_t tid : ThreadsOf(pid)) {
    KnownThread thread{pid, tid, ThreadName(pid, tid), IsRunnable(pid, tid)};
    if (options_.off_cpu && !thread.runnable) thread.stack = ReadSleepingStack(pid, tid, kMostStackBytes);
    beginning_.threads.push_back(std::move(thread));
  }
}

Status EventRecorder::Attach() {
  if (options_.pid && !ProcessExists(*options_.pid)) {
    return Fail(ErrorCode::kUsage, fmt::format("there is no process {}", *options_.pid));
  }
  if (!options_.argv.empty()) {
    RB_ASSIGN(Target target, Target::Hold(options_.argv, options_.environment, options_.output));
    target_.emplace(std::move(target));
  }
  RB_ASSIGN(session_, PerfSession::Open(FirstPlan()));
  for (size_t i = 0; i < session_->ring_count(); ++i) spools_.emplace_back(store_);

  std::vector<pid_t> running;  // processes
  const auto roots = [&] {
    running.clear();
    if (options_.pid) running = DescendantsOf(*options_.pid);
    for (const ExtraRoot& root : options_.extra_roots) {
      if (root.only_forked) {
        running.push_back(root.pid);
      } else {
        const auto tree = DescendantsOf(root.pid);
        running.insert(running.end(), tree.begin(), tree.end());
      }
    }
    std::vector<pid_t> threads;
    for (const pid_t pid : running) {
      const auto own = ThreadsOf(pid);
      threads.insert(threads.end(), own.begin(), own.end());
    }
    return threads;
  };
  RB_TRY(session_->AttachRunning(roots));
  session_->Enable();
  beginning_.time_ns = MonotonicNanos();
  for (const pid_t pid : running) Remember(pid);
  for (const ExtraRoot& root : options_.extra_roots) {
    if (root.postgres) beginning_.postgres.push_back(root.pid);
    if (root.only_forked) beginning_.hidden.push_back(root.pid);
  }
  at_beginning_ = live_;
  if (options_.pid) end_fd_ = static_cast<int>(syscall(SYS_pidfd_open, *options_.pid, 0));
  if (!target_) return {};
  RB_TRY(session_->AttachBeforeExec(target_->pid()));
  pids_.insert(target_->pid());
  return target_->Release();
}

std::vector<pid_t> EventRecorder::LiveThreads() const {
  std::vector<pid_t> threads;
  for (const pid_t pid : pids_) {
    const auto own = ThreadsOf(pid);
    threads.insert(threads.end(), own.begin(), own.end());
  }
  return threads;
}

// Of a sample: whether its stack should be walked on trial.
bool EventRecorder::IsWanted(const RecordOrigin& origin) {
  const auto event = session_->events().find(origin.id);
  if (event == session_->events().end() || event->second.generation + 1 != session_->generations().size()) return false;
  if (event->second.kind == EventKind::kSwitch) ++window_switches_;
  return stack_need_.Wants(origin.time_ns);
}

void EventRecorder::Keep(std::span<const std::byte> bytes) {
  const auto record = ParseHeader(bytes);
  const auto origin = record ? OriginOf(*record) : std::nullopt;
  if (!origin) return;
  const bool tells = record->type == PERF_RECORD_MMAP2 || record->type == PERF_RECORD_COMM ||
                     record->type == PERF_RECORD_FORK || record->type == PERF_RECORD_EXIT;
  if (!tells && (record->type != PERF_RECORD_SAMPLE || !IsWanted(*origin))) return;
  kept_.push_back({origin->time_ns, {bytes.begin(), bytes.end()}});
}

void EventRecorder::TrySample(const RawRecord& record) {
  const auto origin = OriginOf(record);
  const auto sample = ParseSample(record, session_->LayoutOf(session_->events().at(origin->id)));
  if (sample) stack_need_.Try(*sample, live_.Of(origin->pid));
}

// What has to be known while the program still runs: which processes there are, and the files that they map.
void EventRecorder::Watch(std::span<const std::byte> bytes) {
  const auto record = ParseHeader(bytes);
  switch (record->type) {
    case PERF_RECORD_SAMPLE:
      TrySample(*record);
      return;
    case PERF_RECORD_MMAP2:
      if (const auto mmap = ParseMmap(*record)) live_.Map(*mmap);
      return;
    case PERF_RECORD_COMM:
      if (const auto comm = ParseComm(*record); comm && comm->exec) live_.Exec(comm->pid);
      return;
    case PERF_RECORD_FORK:
      if (const auto task = ParseTask(*record)) {
        live_.Fork(task->pid, task->parent_pid);
        pids_.insert(task->pid);
      }
      return;
    case PERF_RECORD_EXIT:
      if (const auto task = ParseTask(*record); task && task->pid == task->tid) pids_.erase(task->pid);
      return;
    default:
      return;
  }
}

// A process that one CPU forked and another one ran has records in two buffers: they are watched in the order of time,
// and those from during the draining only the next time, when the buffers that were drained first have told theirs.
Status EventRecorder::DrainOnce() {
  const uint64_t until_ns = MonotonicNanos();
  const auto take = [&](size_t ring, std::span<const std::byte> record) -> Status {
    RB_TRY(spools_[ring].Append(record));
    Keep(record);
    return {};
  };
  RB_TRY(session_->Drain(take));
  std::ranges::stable_sort(kept_, {}, &KeptRecord::time_ns);
  const auto later = std::ranges::upper_bound(kept_, until_ns, {}, &KeptRecord::time_ns);
  for (auto kept = kept_.begin(); kept != later; ++kept) Watch(kept->bytes);
  kept_.erase(kept_.begin(), later);
  return {};
}

// Larger or smaller copies of stacks, or fewer stacks of switches, by new events in place of the old ones.
Status EventRecorder::Adapt(uint64_t now) {
  SamplingPlan plan = session_->plan();
  if (options_.stack_bytes == 0) plan.stack_bytes = stack_need_.Next(plan.stack_bytes);
  if (options_.stack_bytes == 0 && stack_need_.settled()) plan.switch_stack_bytes = plan.stack_bytes;
  if (now >= window_start_ns_ + kSwitchWindowNanos) {
    const uint64_t per_second = window_switches_ * 1'000'000'000 / (now - window_start_ns_);
    if (per_second > kMostSwitchStacksPerSecond) {
      plan.switch_period *= static_cast<uint32_t>(2 * per_second / kMostSwitchStacksPerSecond);
    }
    window_start_ns_ = now;
    window_switches_ = 0;
  }
  if (plan == session_->plan()) return {};
  return session_->Replace(
      plan, [&] { return LiveThreads(); }, [&] { return DrainOnce(); });
}

void EventRecorder::AskToEnd(uint64_t now) {
  if (asked_to_end_ns_ == 0) {
    asked_to_end_ns_ = now;
    kill(target_->pid(), SIGTERM);
  } else if (now > asked_to_end_ns_ + kGraceNanos) {
    kill(target_->pid(), SIGKILL);
  }
}

Status EventRecorder::DrainUntilEnd() {
  std::vector<pollfd> polled;
  for (const int fd : session_->poll_fds()) polled.push_back({fd, POLLIN, 0});
  const size_t end_at = polled.size();
  polled.push_back({target_ ? target_->end_fd() : end_fd_, POLLIN, 0});
  polled.push_back({options_.stop_fd, POLLIN, 0});
  window_start_ns_ = MonotonicNanos();
  for (;;) {
    poll(polled.data(), polled.size(), kDrainMillis);
    RB_TRY(DrainOnce());
    const uint64_t now = MonotonicNanos();
    const bool timed_out =
        options_.duration_ns > 0 && now >= beginning_.time_ns + static_cast<uint64_t>(options_.duration_ns);
    const bool stop = timed_out || (polled[end_at + 1].revents & POLLIN) != 0;
    if (target_) {
      if ((wait_status_ = target_->Reap())) return {};
      if (stop) AskToEnd(now);
      if (stop) polled[end_at + 1].fd = -1;  // stays readable: it would keep us from waiting
    } else if (stop || (polled[end_at].revents & POLLIN) != 0) {
      return {};
    }
    RB_TRY(Adapt(now));
  }
}

void EventRecorder::SayWhatIsMissing(profile::Profile& profile, const Assembler& assembler) const {
  double sampled = 0, running = 0, waits = 0;
  for (const auto& sample : profile.samples) {
    (sample.state == profile::State::kRunning ? sampled : waits) += sample.value;
  }
  for (const auto& thread : profile.threads) running += static_cast<double>(thread.running_ns);
  if (!permission_.kernel) {
    std::string sentence =
        "the kernel's side could not be sampled (an ordinary user may do so where kernel.perf_event_paranoid is 1 or "
        "less): time inside system calls";
    if (options_.on_cpu && running > 0) {
      sentence += fmt::format(", {:.0f}% of the running time,", 100 * std::clamp(1 - sampled / running, 0.0, 1.0));
    }
    profile.missing.push_back(sentence + " has no samples");
    if (options_.off_cpu) {
      profile.missing.push_back("for the same reason waiting threads have no stacks: their times are known, not where");
    }
  } else if (options_.kernel && assembler.stacks().kernel_names_hidden()) {
    profile.missing.push_back("the kernel hides its symbols (kernel.kptr_restrict): its frames have no names");
  }
  const auto seen = static_cast<double>(profile.records + profile.lost_records);
  if (static_cast<double>(profile.lost_records) > kWorthAWord * seen) {
    profile.missing.push_back(fmt::format("{:.1f}% of the records were lost, because the sampler could not keep up",
                                          100 * static_cast<double>(profile.lost_records) / seen));
  }
  for (std::string& sentence : assembler.stacks().WhatIsMissing(profile))
    profile.missing.push_back(std::move(sentence));
  if (session_->plan().switch_period > 1) {
    profile.missing.push_back(fmt::format("threads switched so often that only one wait in {} had its stack taken",
                                          session_->plan().switch_period));
  }
  if (modules_.changed() > 0) {
    profile.missing.push_back(fmt::format(
        "{} files were replaced after they were mapped: their functions have no names", modules_.changed()));
  }
}

Recording EventRecorder::Finish() {
  Assembler assembler(*session_, std::move(*at_beginning_), {options_.connector_dirs, options_.connector_names},
                      {.kernel = options_.kernel, .waits = options_.off_cpu});
  Recording recording;
  profile::Profile& profile = recording.profile;
  profile = assembler.Assemble(spools_, beginning_, end_ns_);
  profile.command = command_;
  profile.event = session_->plan().cycles ? "cycles" : "cpu-clock";
  profile.frequency_hz = options_.frequency_hz;
  profile.start_ns = static_cast<int64_t>(beginning_.time_ns);
  profile.duration_ns = static_cast<int64_t>(end_ns_ - beginning_.time_ns);
  SayWhatIsMissing(profile, assembler);
  const StackMaker& stacks = assembler.stacks();
  recording.assembly = {stacks.stacks(), stacks.frames(), stacks.unwinding_ns(), stacks.naming_ns(), 0};
  if (wait_status_) {
    recording.exit_code = WIFSIGNALED(*wait_status_) ? 128 + WTERMSIG(*wait_status_) : WEXITSTATUS(*wait_status_);
  }
  return recording;
}

Status EventRecorder::Run() {
  for (const std::string& argument : options_.argv) command_ += (command_.empty() ? "" : " ") + argument;
  if (options_.pid) command_ = CommandLine(*options_.pid);
  RB_TRY(Attach());
  RB_TRY(DrainUntilEnd());
  end_ns_ = MonotonicNanos();
  return DrainOnce();
}

}  // namespace

Result<Recording> RecordByEvents(const RecordOptions& options, const Permission& permission) {
  auto recorder = std::make_unique<EventRecorder>(options, permission);
  RB_TRY(recorder->Run());
  const uint64_t start_cpu_ns = ThreadCpuNanos();
  Recording recording = recorder->Finish();
  recorder.reset();
  recording.assembly.whole_cpu_ns = ThreadCpuNanos() - start_cpu_ns;
  return recording;
}

}  // namespace rapidbyte::sampler
