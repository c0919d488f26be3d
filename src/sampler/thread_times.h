// When each thread ran, was blocked and was preempted, from the records of context switches. Exact as long as none is
// lost: the three add up to the thread's life.
//
// Time from being woken to running again is told as blocked: the kernel's records of switches do not part them. Pure;
// one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::sampler {

// A wait that has ended, with the stack that was seen when it began.
struct Wait {
  profile::StackId stack{};
  profile::State state = profile::State::kBlocked;
  uint64_t start_ns = 0;
  uint64_t duration_ns = 0;
  uint32_t weight = 1;
};

class ThreadTimes {
 public:
  // Threads that were there before the recording, in the state that they had; `stack` where that is blocked.
  void Known(int32_t pid, int32_t tid, std::string name, profile::State state, profile::StackId stack,
             uint64_t time_ns);
  // Able to run, without a CPU yet: until it has one it waits at `stack`.
  void Start(int32_t pid, int32_t tid, int32_t parent_tid, profile::StackId stack, uint64_t time_ns);
  // A program that begins by exec is a thread of its own in threads(): what was before is the program's that was
  // before.
  void Rename(int32_t pid, int32_t tid, std::string_view name, bool exec, uint64_t time_ns);
  void End(int32_t tid, uint64_t time_ns);

  // A context switch away from `tid` had this stack; its SwitchOut follows.
  void StackOfSwitch(int32_t pid, int32_t tid, profile::StackId stack, uint32_t weight, uint64_t time_ns);
  void SwitchOut(int32_t pid, int32_t tid, bool preempted, uint64_t time_ns);
  std::optional<Wait> SwitchIn(int32_t pid, int32_t tid, uint64_t time_ns);
  // The end of the recording: of all that still live. Their waits so far, each with its thread's index.
  std::vector<std::pair<uint32_t, Wait>> Finish(uint64_t time_ns);

  // The index of a thread in threads(), which is new where it was not known.
  uint32_t IndexOf(int32_t pid, int32_t tid, uint64_t time_ns);
  std::vector<profile::Thread> TakeThreads();

 private:
  struct Live {
    uint32_t index = 0;
    profile::State state = profile::State::kRunning;
    bool guessed = false;  // the state, of a thread that was there before: its first switch tells
    bool ended = false;    // and may yet be preempted on its way out, which is nobody's life any more
    uint64_t since_ns = 0;
    std::optional<Wait> waiting;
  };
  Live& Find(int32_t pid, int32_t tid, uint64_t time_ns);
  void Begin(int32_t pid, int32_t tid, std::string name, profile::State state, uint64_t time_ns);
  void Account(Live& live, uint64_t time_ns);
  static void RanUntilNow(Live& live);  // whatever was guessed

  std::vector<profile::Thread> threads_;
  std::unordered_map<int32_t, Live> live_;                  // by tid
  std::unordered_map<int32_t, std::string> process_names_;  // by pid
};

}  // namespace rapidbyte::sampler
