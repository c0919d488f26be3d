// Records where a program's time goes: samples of all threads of a process tree, with what they ran and waited for.
//
// Made of perf_event_open: CPU time by the clock or by cycles, waits by the context switch that began them, times per
// thread by the exact records of switches. What the kernel does not allow or have is left out and said in
// Profile::missing; where it refuses events altogether, CPU-time timers inside the started program take their place
// (timer_recorder.h). Unwinding and naming happen after the program has ended. Blocks until the end of the recording.
// Any thread, as long as nobody else waits for all of the process's children.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "profile/profile.h"

namespace rapidbyte::sampler {

// Another process tree that belongs into the picture, such as a server that the program talks to.
struct ExtraRoot {
  pid_t pid = 0;
  bool only_forked = false;  // not the process itself and what it has started before, only what it forks from now on
  bool postgres = false;     // all of its code that is not the kernel's is of Origin::kPostgres
};

enum class Method : uint8_t {
  kBest,    // events, or timers where the kernel refuses events
  kEvents,  // an error where it does
  kTimers,
};

struct RecordOptions {
  std::vector<std::string> argv;         // the program to start; or
  std::optional<pid_t> pid;              // a running process, with all it has forked
  int64_t duration_ns = 0;               // ends the recording; 0: the end of the program does, or the stop
  std::vector<std::string> environment;  // of the program, in addition to ours: "NAME=VALUE"
  int output = -1;                       // descriptor for its standard output; -1: ours

  Method method = Method::kBest;
  double frequency_hz = 499;  // per running thread
  uint32_t stack_bytes = 0;   // of each sample; 0: as much as the stacks need
  bool on_cpu = true;
  bool off_cpu = true;
  bool kernel = true;  // show the kernel's frames, where they may be seen
  std::vector<ExtraRoot> extra_roots;
  int stop_fd = -1;  // readable when the recording is to end; a started program is then asked to end (SIGTERM)

  std::vector<std::filesystem::path> connector_dirs;             // shared objects below these are connectors
  std::function<std::string(std::string_view)> connector_names;  // what a connector's function is called in the picture
};

// What making the profile took after the program had ended, in CPU time, for benchmarks.
struct Assembly {
  uint64_t stacks = 0;
  uint64_t frames = 0;
  uint64_t unwinding_ns = 0;
  uint64_t naming_ns = 0;
  uint64_t whole_cpu_ns = 0;  // with reading and sorting the records, and giving everything back
};

struct Recording {
  profile::Profile profile;
  std::optional<int> exit_code;  // of the started program, as a shell has it: 128 + signal where a signal ended it
  Assembly assembly;
};

// Errors: kUsage where the program or process does not exist or an option is impossible, kConfiguration where it may
// not be sampled, kInterrupted where the stop came before anything ran.
Result<Recording> Record(const RecordOptions& options);

}  // namespace rapidbyte::sampler
