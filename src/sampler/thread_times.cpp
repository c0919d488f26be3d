#include "sampler/thread_times.h"

#include <algorithm>
#include <utility>

namespace rapidbyte::sampler {

using profile::State;

void ThreadTimes::Begin(int32_t pid, int32_t tid, std::string name, State state, uint64_t time_ns) {
  profile::Thread thread;
  thread.pid = pid;
  thread.tid = tid;
  thread.name = std::move(name);
  thread.process = process_names_[pid];
  thread.start_ns = thread.end_ns = static_cast<int64_t>(time_ns);
  Live live;
  live.index = static_cast<uint32_t>(threads_.size());
  live.state = state;
  live.since_ns = time_ns;
  threads_.push_back(std::move(thread));
  live_.insert_or_assign(tid, live);
}

void ThreadTimes::Known(int32_t pid, int32_t tid, std::string name, State state, profile::StackId stack,
                        uint64_t time_ns) {
  if (pid == tid) process_names_[pid] = name;
  Begin(pid, tid, std::move(name), state, time_ns);
  Live& live = live_.at(tid);
  live.guessed = true;
  if (state == State::kBlocked) live.waiting = Wait{.stack = stack, .state = state, .start_ns = time_ns};
}

void ThreadTimes::Start(int32_t pid, int32_t tid, int32_t parent_tid, profile::StackId stack, uint64_t time_ns) {
  std::string name;
  if (const auto parent = live_.find(parent_tid); parent != live_.end()) {
    const profile::Thread& thread = threads_[parent->second.index];
    name = thread.name;
    if (pid != thread.pid) process_names_[pid] = thread.process;
  }
  const auto same = live_.find(tid);
  if (same != live_.end() && !same->second.ended && threads_[same->second.index].pid == pid) return;
  Begin(pid, tid, std::move(name), State::kPreempted, time_ns);
  live_.at(tid).waiting = Wait{.stack = stack, .state = State::kPreempted, .start_ns = time_ns};
}

ThreadTimes::Live& ThreadTimes::Find(int32_t pid, int32_t tid, uint64_t time_ns) {
  const auto found = live_.find(tid);
  if (found != live_.end() && threads_[found->second.index].pid == pid) return found->second;
  Begin(pid, tid, {}, State::kRunning, time_ns);
  return live_.at(tid);
}

uint32_t ThreadTimes::IndexOf(int32_t pid, int32_t tid, uint64_t time_ns) { return Find(pid, tid, time_ns).index; }

void ThreadTimes::Rename(int32_t pid, int32_t tid, std::string_view name, bool exec, uint64_t time_ns) {
  Live& live = Find(pid, tid, time_ns);
  profile::Thread& thread = threads_[live.index];
  if (exec) process_names_[pid] = name;
  if (!exec || thread.process.empty()) {
    thread.name = name;
    thread.process = process_names_[pid];
    return;
  }
  if (live.ended) {  // another thread called exec and has this number now
    for (auto& [number, other] : live_) {
      if (threads_[other.index].pid == pid) End(number, time_ns);
    }
  }
  Account(live, time_ns);
  Begin(pid, tid, std::string(name), State::kRunning, time_ns);
}

void ThreadTimes::Account(Live& live, uint64_t time_ns) {
  if (live.ended) return;
  const auto spent = static_cast<int64_t>(time_ns) - static_cast<int64_t>(live.since_ns);
  if (spent <= 0) return;  // the clocks of two CPUs may differ by a little
  profile::Thread& thread = threads_[live.index];
  (live.state == State::kRunning   ? thread.running_ns
   : live.state == State::kBlocked ? thread.blocked_ns
                                   : thread.preempted_ns) += spent;
  thread.end_ns += spent;
  live.since_ns = time_ns;
}

void ThreadTimes::RanUntilNow(Live& live) {
  if (!std::exchange(live.guessed, false)) return;
  live.state = State::kRunning;
  live.waiting.reset();
}

void ThreadTimes::StackOfSwitch(int32_t pid, int32_t tid, profile::StackId stack, uint32_t weight, uint64_t time_ns) {
  Live& live = Find(pid, tid, time_ns);
  RanUntilNow(live);
  if (!live.ended) live.waiting = Wait{.stack = stack, .start_ns = time_ns, .weight = weight};
}

void ThreadTimes::SwitchOut(int32_t pid, int32_t tid, bool preempted, uint64_t time_ns) {
  Live& live = Find(pid, tid, time_ns);
  RanUntilNow(live);
  Account(live, time_ns);
  live.state = preempted ? State::kPreempted : State::kBlocked;
  if (live.waiting) {
    live.waiting->start_ns = time_ns;
    live.waiting->state = live.state;
  }
}

std::optional<Wait> ThreadTimes::SwitchIn(int32_t pid, int32_t tid, uint64_t time_ns) {
  Live& live = Find(pid, tid, time_ns);
  Account(live, time_ns);
  live.state = State::kRunning;
  live.guessed = false;
  std::optional<Wait> wait = std::exchange(live.waiting, std::nullopt);
  if (wait) wait->duration_ns = time_ns - std::min(time_ns, wait->start_ns);
  return wait;
}

void ThreadTimes::End(int32_t tid, uint64_t time_ns) {
  const auto found = live_.find(tid);
  if (found == live_.end()) return;
  Account(found->second, time_ns);
  found->second.ended = true;
}

std::vector<std::pair<uint32_t, Wait>> ThreadTimes::Finish(uint64_t time_ns) {
  std::vector<std::pair<uint32_t, Wait>> waits;
  for (auto& [tid, live] : live_) {
    if (live.guessed && live.state == State::kPreempted) RanUntilNow(live);  // it never had to get a CPU
    Account(live, time_ns);
    if (live.ended || live.state == State::kRunning || !live.waiting) continue;
    live.waiting->duration_ns = time_ns - std::min(time_ns, live.waiting->start_ns);
    waits.emplace_back(live.index, *live.waiting);
  }
  live_.clear();
  return waits;
}

std::vector<profile::Thread> ThreadTimes::TakeThreads() { return std::move(threads_); }

}  // namespace rapidbyte::sampler
