// What was sampled: threads, stacks and how much of what each stack stands for. Plain data.
//
// A profile says of itself what was measured (event, frequency, unit) and what is missing (lost records, a kernel side
// that was forbidden), so that a picture of it can. Samples with a time are single observations in order of time, those
// without are sums.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/stack_table.h"

namespace rapidbyte::profile {

// What the thread did at the moment, or for the time, that a sample stands for.
enum class State : uint8_t {
  kRunning,    // on a CPU
  kBlocked,    // waiting: for a lock, data, a disk, time
  kPreempted,  // able to run, without a CPU
};
constexpr size_t kStateCount = 3;
std::string_view StateName(State state);  // "running", "blocked", "preempted"
std::optional<State> StateOf(std::string_view name);
std::string_view OriginName(
    Origin origin);  // "program", "connector", "library", "postgres", "jit", "kernel", "unknown"
std::optional<Origin> OriginOf(std::string_view name);

enum class Unit : uint8_t { kNanoseconds, kSamples };

// A thread that was seen. The times are exact (context-switch records), in ns, and sum up to end - start; zero where
// the kernel does not tell them.
struct Thread {
  int32_t pid = 0;
  int32_t tid = 0;
  std::string name;     // the kernel's comm, or what the program calls it; may be empty
  std::string process;  // the program's name; may be empty
  int64_t start_ns = 0;
  int64_t end_ns = 0;
  int64_t running_ns = 0;
  int64_t blocked_ns = 0;
  int64_t preempted_ns = 0;
};

constexpr int64_t kNoTime = -1;

struct Sample {
  int64_t time_ns = kNoTime;  // CLOCK_MONOTONIC: the end of what it stands for on the CPU, its beginning off the CPU
  uint32_t thread = 0;        // index into Profile::threads
  StackId stack{};
  State state = State::kRunning;
  uint32_t count = 1;  // records that the value stands for
  double value = 0;    // in the profile's unit: time on the CPU, or off it; never negative
};

struct Profile {
  StackTable stacks;
  std::vector<Thread> threads;  // at least one where there is a sample
  std::vector<Sample> samples;

  Unit unit = Unit::kNanoseconds;
  std::string event;        // what was really sampled: "cpu-clock", "cycles", "cpu-time timer"; empty where unknown
  double frequency_hz = 0;  // asked for, per thread; 0 where unknown
  int64_t start_ns = kNoTime;
  int64_t duration_ns = 0;  // of the whole recording; 0 where unknown
  uint64_t lost_records = 0;
  uint64_t records = 0;              // taken in, lost ones not among them
  uint64_t truncated = 0;            // samples whose stack could not be walked to its end
  std::string command;               // what ran, for the title; may be empty
  std::string commit;                // the sha it was built from; may be empty
  std::vector<std::string> missing;  // sentences: what the kernel did not allow or does not have
};

}  // namespace rapidbyte::profile
