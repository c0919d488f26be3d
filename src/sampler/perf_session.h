// The events and ring buffers of one recording: opened for threads, inherited by what these create, read as raw
// records.
//
// Per thread and CPU there is one event that tells what threads do (starts, ends, names, mappings, context switches)
// and stays open throughout, and up to two that sample: CPU time, and switches with the stack that waits. The sampling
// ones can be replaced while the program runs, new ones before the old ones go, which is a new generation: a sample
// counts if it was taken while its generation was the newest. Each CPU has a ring buffer for samples and, where there
// is room, one of its own for what threads do: however many stacks come, no thread and no switch is lost for them. Each
// holds its records in order. One thread at a time.
#pragma once

#include <linux/perf_event.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "sampler/perf_record.h"

namespace rapidbyte::sampler {

// What the kernel lets us do, found out by trying.
struct Permission {
  bool events = false;  // perf_event_open at all
  bool kernel = false;  // the kernel's side, without which waiting threads have no stacks either
  bool cycles = false;  // the machine counts cycles
};
Permission AskKernel();

struct SamplingPlan {
  bool kernel = false;
  bool cycles = false;
  bool on_cpu = true;
  bool off_cpu = true;
  double frequency_hz = 499;
  uint32_t stack_bytes = 1024;
  uint32_t switch_stack_bytes = 1024;
  uint32_t switch_period = 1;  // every how manieth switch of a thread has its stack taken

  bool operator==(const SamplingPlan&) const = default;
};

constexpr uint32_t kMostStackBytes = 63 * 1024;  // a record's length has 16 bits

enum class EventKind : uint8_t { kTracking, kOnCpu, kSwitch };
struct EventInfo {
  EventKind kind = EventKind::kTracking;
  pid_t tid = 0;  // it was opened for
  size_t generation = 0;
};
struct Generation {
  uint64_t start_ns = 0;
  uint32_t switch_period = 1;
};

class Ring;

class PerfSession {
 public:
  // Errors: kConfiguration where there is no room for a buffer.
  static Result<std::unique_ptr<PerfSession>> Open(const SamplingPlan& plan);
  ~PerfSession();
  PerfSession(const PerfSession&) = delete;
  PerfSession& operator=(const PerfSession&) = delete;

  // For a stopped process that is about to call exec: everything begins there.
  Status AttachBeforeExec(pid_t pid);
  // For running threads, disabled until Enable: asks `threads` until it names none that is new. Threads that have ended
  // meanwhile are no error.
  Status AttachRunning(const std::function<std::vector<pid_t>()>& threads);
  void Enable();

  // New sampling events for the threads, of a new generation; the old ones are closed. Many threads take a while: calls
  // `meanwhile` again and again, which may drain.
  Status Replace(const SamplingPlan& plan, const std::function<std::vector<pid_t>()>& threads,
                 const std::function<Status()>& meanwhile);

  const SamplingPlan& plan() const { return plan_; }
  size_t ring_count() const { return rings_.size(); }
  std::vector<int> poll_fds() const;  // readable where a buffer fills up
  // Hands every record that is there to `take`, which may return an error, and frees its place.
  Status Drain(const std::function<Status(size_t ring, std::span<const std::byte> record)>& take);

  // What the identifiers of records stand for, for as long as the recording is worked on.
  const std::unordered_map<uint64_t, EventInfo>& events() const { return events_; }
  const std::vector<Generation>& generations() const { return generations_; }
  // Of the samples of an event.
  SampleLayout LayoutOf(const EventInfo& event) const { return {event.kind == EventKind::kOnCpu, plan_.kernel}; }

 private:
  PerfSession() = default;
  Status OpenEvents(pid_t tid, bool on_exec, bool tracking, std::vector<int>& opened);
  Status OpenEvent(EventKind kind, pid_t tid, const Ring& ring, bool on_exec, std::vector<int>& opened);
  perf_event_attr AttributesOf(EventKind kind, const Ring& ring, bool on_exec) const;
  Status AttachUntilStill(const std::function<std::vector<pid_t>()>& threads, bool tracking,
                          const std::function<Status()>& meanwhile, std::vector<int>& opened);

  SamplingPlan plan_;
  std::vector<std::unique_ptr<Ring>> rings_;  // those for samples, then those for tracking
  std::vector<const Ring*> sample_rings_;     // by CPU
  std::vector<const Ring*> tracking_rings_;   // by CPU; the one for samples where there is no room for another
  std::vector<int> tracking_;
  std::vector<int> sampling_;
  std::unordered_map<uint64_t, EventInfo> events_;
  std::vector<Generation> generations_;
};

}  // namespace rapidbyte::sampler
