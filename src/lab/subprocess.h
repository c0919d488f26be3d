// Runs one command line to its end and says what it took: wall time, CPU time, peak memory, output.
//
// The command is started and reaped by a small process of its own, the launcher (launcher.c), because Linux counts the
// memory of whoever calls exec into the peak of what is executed: started by us, /bin/true would weigh as much as we
// do. The command gets a process group of its own and none of our open files. If we are killed, so is the command.
// Any thread, which must live until the function returns.
//
// CPU time is that of the process tree: of the command and of all its descendants that were waited for, each by its
// parent; with Leftovers::kKillTree also of those that nobody waited for. Peak memory is that of the largest single
// process among them, which the kernel keeps, and with Leftovers::kKillTree also that of all that lived at the same
// time, which is looked at from time to time (docs/decisions/006-two-peaks-of-memory.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"

namespace rapidbyte::lab {

enum class OutputTo {
  kPipe,     // both streams are ours to read: the result has their ends
  kNull,     // standard output is lost, errors are ours to read
  kInherit,  // both streams are what ours are
  kFile,     // standard output goes to Command::output_file, which is emptied first; errors are ours to read
};

// What happens to the processes that are still there when the command has ended.
enum class Leftovers {
  kKillGroup,  // those of the command's process group are killed
  kKillTree,   // all descendants are killed and counted, also those that left the group or the session
  kKeep,       // they live on: for commands that start a service
};

struct Command {
  std::vector<std::string> argv;                   // argv[0] is searched for in the PATH
  std::map<std::string, std::string> environment;  // in addition to ours
  std::filesystem::path working_directory;         // empty: ours
  std::filesystem::path input = {};                // empty: none; relative to our own folder, as is output_file
  OutputTo output = OutputTo::kPipe;
  std::filesystem::path output_file = {};
  Leftovers leftovers = Leftovers::kKillGroup;
};

struct SubprocessLimits {
  double timeout_secs = 0;                // 0: none
  size_t output_bytes = size_t{4} << 20;  // of either stream; the last ones are kept
  const Interrupt* interrupt = nullptr;   // kills the command
};

struct SubprocessResult {
  std::string out;
  std::string err;
  int exit_code = 0;  // as a shell has it: 128 + signal where a signal ended it
  int signal = 0;     // 0: it ended by itself
  bool timed_out = false;
  bool interrupted = false;
  double wall_secs = 0;  // from just before the process is made until it has ended
  double user_secs = 0;  // of the process tree
  double system_secs = 0;
  uint64_t max_rss_bytes = 0;   // of the largest process of the tree; exact
  uint64_t tree_rss_bytes = 0;  // of the processes of the tree together, as far as it was seen; at least max_rss_bytes
  // Of the process tree. What went to or came from block devices, in steps of 512 bytes
  // (ru_inblock, ru_oublock: the read_bytes and write_bytes of /proc/PID/io): what the page cache answers is not in
  // it, and a write counts when a page is made dirty.
  uint64_t read_bytes = 0;
  uint64_t written_bytes = 0;
  uint64_t voluntary_switches = 0;    // ru_nvcsw: it waited for something
  uint64_t involuntary_switches = 0;  // ru_nivcsw: it was preempted
};

// Errors: kConfiguration where the command cannot be started, a file of its cannot be opened, or the system refuses. A
// command that fails, or is killed by a limit, is a result.
Result<SubprocessResult> RunSubprocess(const Command& command, const SubprocessLimits& limits = {});

// The result, or an error with the last line the command printed where it did not exit with 0.
Result<SubprocessResult> RunSuccessfully(const Command& command, const SubprocessLimits& limits = {});

// What a person would look at first: the last line of `err` that begins with "error: ", or else the last one with text
// of `err`, or of `out`.
std::string LastLine(const SubprocessResult& result);

}  // namespace rapidbyte::lab
