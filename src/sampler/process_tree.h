// Processes and threads as /proc lists them. Reads the system at each call; what has ended meanwhile is not there.
// Any thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rapidbyte::sampler {

std::vector<pid_t> ThreadsOf(pid_t pid);
std::vector<pid_t> DescendantsOf(pid_t root);  // with itself, first
bool ProcessExists(pid_t pid);
bool IsPostgresServer(pid_t pid);  // the first process of one, not one of its backends
std::string ThreadName(pid_t pid, pid_t tid);
std::string CommandLine(pid_t pid);  // arguments with blanks between; empty where unknown
bool IsRunnable(pid_t pid, pid_t tid);

}  // namespace rapidbyte::sampler
