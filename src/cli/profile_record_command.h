// `rapidbyte profile record`: runs a command, or watches a process, and writes where its time went.
//
// The command has our streams; the profile goes to a file, what people read to stderr. The exit code is the command's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/options.h"

namespace rapidbyte::cli {

struct ProfileRecordOptions {
  double frequency_hz = 499;
  uint32_t stack_bytes = 0;  // 0: as much as the stacks need
  bool on_cpu_only = false;
  bool off_cpu_only = false;
  bool both = false;  // the default, spelled out
  bool kernel = true;
  bool timers = false;
  int pid = 0;  // 0: none
  double duration_secs = 0;
  int server = 0;  // a PostgreSQL server: what it forks meanwhile is recorded too; 0: none
  bool quiet = false;
  std::filesystem::path output = "profile.json";
  std::vector<std::string> command;
};

// Adds `record` with its options to the command line's `profile`; parsing fills `options`, which must outlive it.
Command AddProfileRecord(Command profile, ProfileRecordOptions& options);

int ProfileRecordCommand(const ProfileRecordOptions& options);

struct ProfileOptions {
  std::filesystem::path output = "profile.svg";
  std::vector<std::string> command;
};

// Adds the group `profile`, which by itself records a command and draws it: `rapidbyte profile -- COMMAND`.
Command AddProfile(Command app, ProfileOptions& options);

int ProfileCommand(const ProfileOptions& options);

}  // namespace rapidbyte::cli
