#include "sampler/assembler.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>

namespace rapidbyte::sampler {
namespace {

using profile::State;

// Not 0, by which the outermost frame is known, and no address of a stack.
constexpr uint64_t kNoFramePointer = 1;

// The next record of one spool, for the merge by time.
struct Head {
  uint64_t time_ns;
  size_t spool;
  RawRecord record;
  RecordOrigin origin;
};
struct Later {
  bool operator()(const Head& a, const Head& b) const {
    return a.time_ns != b.time_ns ? a.time_ns > b.time_ns : a.spool > b.spool;
  }
};

std::optional<Head> NextOf(std::vector<Spool>& spools, size_t spool) {
  for (auto bytes = spools[spool].Next(); !bytes.empty(); bytes = spools[spool].Next()) {
    const auto record = ParseHeader(bytes);
    const auto origin = record ? OriginOf(*record) : std::nullopt;
    if (origin) return Head{origin->time_ns, spool, *record, *origin};
  }
  return std::nullopt;
}

double TimeIn(const profile::Thread& thread, State state) {
  return static_cast<double>(state == State::kBlocked ? thread.blocked_ns : thread.preempted_ns);
}

size_t SetOf(const EventInfo& event) { return event.kind == EventKind::kTracking ? 0 : event.generation + 1; }

}  // namespace

Assembler::Assembler(const PerfSession& session, AddressSpaces spaces, SymbolOptions symbols, Shown shown)
    : session_(session), spaces_(std::move(spaces)), stacks_(std::move(symbols)), shown_(shown) {}

profile::Profile Assembler::Assemble(std::vector<Spool>& spools, const Beginning& beginning, uint64_t end_ns) {
  postgres_.insert(beginning.postgres.begin(), beginning.postgres.end());
  for (const KnownThread& thread : beginning.threads) {
    times_.Known(thread.pid, thread.tid, thread.name, thread.runnable ? State::kPreempted : State::kBlocked,
                 StackOf(thread), beginning.time_ns);
  }
  attached_.resize(session_.generations().size() + 1);
  for (const auto& [id, event] : session_.events()) attached_[SetOf(event)].insert(event.tid);

  std::priority_queue<Head, std::vector<Head>, Later> heads;
  for (size_t spool = 0; spool < spools.size(); ++spool) {
    if (auto head = NextOf(spools, spool)) heads.push(*head);
  }
  while (!heads.empty()) {
    const Head head = heads.top();
    heads.pop();
    if (head.time_ns <= end_ns) Take(head.record, head.origin);
    if (auto next = NextOf(spools, head.spool)) heads.push(*next);
  }
  for (const auto& [thread, wait] : times_.Finish(end_ns)) AddWait(thread, wait);
  profile_.threads = times_.TakeThreads();
  profile_.truncated = stacks_.truncated();
  DropHidden(beginning.hidden);
  ScaleWaits();
  AddWaitsWithoutStack();
  ScaleCycles();
  std::stable_sort(profile_.samples.begin(), profile_.samples.end(),
                   [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; });
  return std::move(profile_);
}

// A thread that an attached one created while we attached has events twice: those that it inherited do not count.
// A sample also has to be of the newest generation of its time.
bool Assembler::Counts(const RecordOrigin& origin, const EventInfo& event) const {
  if (event.tid != origin.tid && attached_[SetOf(event)].contains(origin.tid)) return false;
  if (event.kind == EventKind::kTracking) return true;
  const auto& generations = session_.generations();
  return origin.time_ns >= generations[event.generation].start_ns &&
         (event.generation + 1 == generations.size() || origin.time_ns < generations[event.generation + 1].start_ns);
}

void Assembler::Take(const RawRecord& record, const RecordOrigin& origin) {
  if (record.type == PERF_RECORD_LOST || record.type == kRecordLostSamples) {
    profile_.lost_records += ParseLost(record).value_or(0);
    return;
  }
  const auto event = session_.events().find(origin.id);
  if (event == session_.events().end() || !Counts(origin, event->second)) return;
  ++profile_.records;
  switch (record.type) {
    case PERF_RECORD_SAMPLE:
      return TakeSample(record, origin, event->second);
    case PERF_RECORD_MMAP2:
      if (const auto mmap = ParseMmap(record)) spaces_.Map(*mmap);
      return;
    case PERF_RECORD_COMM:
      if (const auto comm = ParseComm(record)) {
        if (comm->exec) spaces_.Exec(comm->pid);
        times_.Rename(comm->pid, comm->tid, comm->name, comm->exec, origin.time_ns);
      }
      return;
    case PERF_RECORD_FORK:
      if (const auto task = ParseTask(record)) {
        if (task->pid != task->parent_pid && postgres_.contains(task->parent_pid)) postgres_.insert(task->pid);
        spaces_.Fork(task->pid, task->parent_pid);
        times_.Start(task->pid, task->tid, task->parent_tid, Placeholder(kNotStartedName), origin.time_ns);
      }
      return;
    case PERF_RECORD_EXIT:
      if (const auto task = ParseTask(record)) {
        times_.End(task->tid, origin.time_ns);
        for (auto& attached : attached_) attached.erase(task->tid);  // its number may be given anew
      }
      return;
    case PERF_RECORD_SWITCH:
      if ((record.misc & PERF_RECORD_MISC_SWITCH_OUT) != 0) {
        const bool preempted = (record.misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0;
        times_.SwitchOut(origin.pid, origin.tid, preempted, origin.time_ns);
      } else if (const auto wait = times_.SwitchIn(origin.pid, origin.tid, origin.time_ns)) {
        AddWait(times_.IndexOf(origin.pid, origin.tid, origin.time_ns), *wait);
      }
      return;
    default:
      return;
  }
}

void Assembler::TakeSample(const RawRecord& record, const RecordOrigin& origin, const EventInfo& event) {
  const auto sample = ParseSample(record, session_.LayoutOf(event));
  if (!sample) return;
  const profile::StackId stack = stacks_.Make(profile_.stacks, *sample, origin.pid, spaces_.Of(origin.pid),
                                              postgres_.contains(origin.pid), shown_.kernel);
  if (event.kind == EventKind::kSwitch) {
    const uint32_t weight = session_.generations()[event.generation].switch_period;
    times_.StackOfSwitch(origin.pid, origin.tid, stack, weight, origin.time_ns);
    return;
  }
  profile::Sample taken;
  taken.time_ns = static_cast<int64_t>(origin.time_ns);
  taken.thread = times_.IndexOf(origin.pid, origin.tid, origin.time_ns);
  taken.stack = stack;
  taken.value = static_cast<double>(sample->period);
  profile_.samples.push_back(taken);
}

profile::StackId Assembler::Placeholder(const char* name) {
  profile::StackTable& stacks = profile_.stacks;
  return stacks.Push(profile::kRoot, stacks.Intern(profile::Frame{.name = stacks.Intern(name)}));
}

// Where a thread waits that was there before the recording.
profile::StackId Assembler::StackOf(const KnownThread& thread) {
  if (thread.runnable || !shown_.waits) return profile::kRoot;
  if (!thread.stack) return Placeholder(kWaitingBeforeName);
  SampleRecord sample{.ip = thread.stack->pc, .has_registers = true, .stack = thread.stack->bytes};
  sample.registers[kPc] = thread.stack->pc;
  sample.registers[kStackPointer] = thread.stack->sp;
  sample.registers[kFramePointer] = kNoFramePointer;
  return stacks_.Make(profile_.stacks, sample, thread.pid, spaces_.Of(thread.pid), postgres_.contains(thread.pid),
                      false);
}

void Assembler::AddWait(uint32_t thread, const Wait& wait) {
  if (!shown_.waits) return;
  profile::Sample sample;
  sample.time_ns = static_cast<int64_t>(wait.start_ns);
  sample.thread = thread;
  sample.stack = wait.stack;
  sample.state = wait.state;
  sample.count = wait.weight;
  sample.value = static_cast<double>(wait.duration_ns) * wait.weight;
  profile_.samples.push_back(sample);
}

// Where only every n-th switch had its stack taken, those waits of a thread are stretched to what the others leave of
// its exact time: an estimate of shares, with a sum that is known.
void Assembler::ScaleWaits() {
  struct Sums {
    double exact = 0, thinned = 0;
  };
  std::map<std::pair<uint32_t, State>, Sums> sums;
  for (const profile::Sample& sample : profile_.samples) {
    Sums& sum = sums[{sample.thread, sample.state}];
    (sample.count > 1 ? sum.thinned : sum.exact) += sample.value;
  }
  for (profile::Sample& sample : profile_.samples) {
    if (sample.state == State::kRunning || sample.count == 1) continue;
    const Sums& sum = sums[{sample.thread, sample.state}];
    const double rest = std::max(0.0, TimeIn(profile_.threads[sample.thread], sample.state) - sum.exact);
    if (sum.thinned > 0) sample.value = std::round(sample.value * rest / sum.thinned);
  }
}

// What the kernel does not tell, or lost, or took no stack of: one sample for each thread and state, so that the
// samples add up to what is known exactly.
void Assembler::AddWaitsWithoutStack() {
  if (!shown_.waits) return;
  std::map<std::pair<uint32_t, State>, double> sums;
  for (const profile::Sample& sample : profile_.samples) sums[{sample.thread, sample.state}] += sample.value;
  for (uint32_t i = 0; i < profile_.threads.size(); ++i) {
    const profile::Thread& thread = profile_.threads[i];
    for (const State state : {State::kBlocked, State::kPreempted}) {
      const double whole = TimeIn(thread, state), rest = whole - sums[{i, state}];
      if (rest <= kWorthAWord * whole) continue;
      profile::Sample sample{.time_ns = thread.start_ns, .thread = i, .state = state, .value = rest};
      sample.stack = Placeholder(state == State::kBlocked ? kBlockedName : kPreemptedName);
      profile_.samples.push_back(sample);
    }
  }
}

// Cycles become time by the period that the kernel settles on, which is that of one sample at the asked frequency.
void Assembler::ScaleCycles() {
  if (!session_.plan().cycles) return;
  std::vector<double> periods;
  for (const profile::Sample& sample : profile_.samples) {
    if (sample.state == State::kRunning) periods.push_back(sample.value);
  }
  if (periods.empty()) return;
  const auto middle = periods.begin() + static_cast<ptrdiff_t>(periods.size() / 2);
  std::nth_element(periods.begin(), middle, periods.end());
  const double ns_per_cycle = 1e9 / session_.plan().frequency_hz / std::max(1.0, *middle);
  for (profile::Sample& sample : profile_.samples) {
    if (sample.state == State::kRunning) sample.value = std::round(sample.value * ns_per_cycle);
  }
}

void Assembler::DropHidden(const std::vector<int32_t>& hidden) {
  if (hidden.empty()) return;
  std::vector<uint32_t> moved(profile_.threads.size(), UINT32_MAX);
  std::vector<profile::Thread> shown;
  for (size_t i = 0; i < profile_.threads.size(); ++i) {
    if (std::ranges::count(hidden, profile_.threads[i].pid) != 0) continue;
    moved[i] = static_cast<uint32_t>(shown.size());
    shown.push_back(std::move(profile_.threads[i]));
  }
  profile_.threads = std::move(shown);
  std::erase_if(profile_.samples, [&](const auto& sample) { return moved[sample.thread] == UINT32_MAX; });
  for (profile::Sample& sample : profile_.samples) sample.thread = moved[sample.thread];
}

}  // namespace rapidbyte::sampler
