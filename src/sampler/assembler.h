// Makes a profile of the spooled records of a recording: in order of time over all CPUs, stacks unwound and named.
//
// Runs once, after the recording. What it is given outlives it. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "profile/profile.h"
#include "sampler/address_space.h"
#include "sampler/perf_session.h"
#include "sampler/sleeping_stack.h"
#include "sampler/spool.h"
#include "sampler/stack_maker.h"
#include "sampler/thread_times.h"

namespace rapidbyte::sampler {

// In the place of stacks that cannot be known.
constexpr const char* kWaitingBeforeName = "[waiting since before the recording]";
constexpr const char* kNotStartedName = "[not started yet]";
constexpr const char* kBlockedName = "[blocked, place unknown]";
constexpr const char* kPreemptedName = "[preempted, place unknown]";

// What of a recording is shown.
struct Shown {
  bool kernel = true;  // frames
  bool waits = true;
};

struct KnownThread {
  int32_t pid = 0;
  int32_t tid = 0;
  std::string name;
  bool runnable = false;
  std::optional<SleepingStack> stack{};  // where it is not runnable, if it could be read
};

// What was there when the recording began.
struct Beginning {
  uint64_t time_ns = 0;
  std::vector<KnownThread> threads;
  std::vector<int32_t> postgres;  // processes whose code, and that of what they fork, is a server's
  std::vector<int32_t> hidden;    // processes of which only what they fork is shown
};

class Assembler {
 public:
  // `spaces`: as they were at the beginning.
  Assembler(const PerfSession& session, AddressSpaces spaces, SymbolOptions symbols, Shown shown);

  // The stacks, threads, samples and counts of the profile.
  profile::Profile Assemble(std::vector<Spool>& spools, const Beginning& beginning, uint64_t end_ns);

  const StackMaker& stacks() const { return stacks_; }

 private:
  void Take(const RawRecord& record, const RecordOrigin& origin);
  void TakeSample(const RawRecord& record, const RecordOrigin& origin, const EventInfo& event);
  bool Counts(const RecordOrigin& origin, const EventInfo& event) const;
  void AddWait(uint32_t thread, const Wait& wait);
  profile::StackId Placeholder(const char* name);
  profile::StackId StackOf(const KnownThread& thread);
  void ScaleWaits();
  void AddWaitsWithoutStack();
  void ScaleCycles();
  void DropHidden(const std::vector<int32_t>& hidden);

  const PerfSession& session_;
  AddressSpaces spaces_;
  StackMaker stacks_;
  Shown shown_;
  profile::Profile profile_;
  ThreadTimes times_;
  // Threads with events of their own, beside those that they could have inherited, by what the events are for.
  std::vector<std::unordered_set<int32_t>> attached_;  // 0: tracking; generation + 1: sampling
  std::unordered_set<int32_t> postgres_;
};

}  // namespace rapidbyte::sampler
