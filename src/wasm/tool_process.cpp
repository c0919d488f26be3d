#include "wasm/tool_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace rapidbyte::wasm {
namespace {

constexpr const char* kOutputName = "tool-output.txt";

void Limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limit{value, value};
  setrlimit(resource, &limit);
}

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void Exec(const char* program, char* const* argv, const char* folder, const ToolLimits& limits) {
  if (chdir(folder) != 0) _exit(127);
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(kOutputName, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (in < 0 || out < 0) _exit(127);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  setpgid(0, 0);
  Limit(RLIMIT_CPU, limits.cpu_secs);
  Limit(RLIMIT_FSIZE, limits.file_bytes);
  Limit(RLIMIT_CORE, 0);
  execv(program, argv);
  _exit(127);
}

std::string LastLine(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

bool WaitFor(pid_t pid, int timeout_secs) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return true;  // an old kernel: wait without a limit
  pollfd ended{fd, POLLIN, 0};
  const int ready = poll(&ended, 1, timeout_secs * 1000);
  close(fd);
  return ready > 0;
}

}  // namespace

std::filesystem::path FindTool(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::filesystem::path candidate = std::filesystem::path(folder) / name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

Status RunTool(const std::vector<std::string>& argv, const std::filesystem::path& folder, const ToolLimits& limits) {
  const std::filesystem::path program = FindTool(argv[0]);
  if (program.empty()) {
    return Fail(ErrorCode::kConnector, argv[0] + " is not installed", "install what is missing with ./dev setup");
  }
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  const pid_t pid = fork();
  if (pid < 0) return Fail(ErrorCode::kConnector, "cannot start " + argv[0]);
  if (pid == 0) Exec(program.c_str(), arguments.data(), folder.c_str(), limits);
  const bool in_time = WaitFor(pid, limits.timeout_secs);
  if (!in_time) kill(-pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) {
    return Fail(ErrorCode::kConnector, argv[0] + " took longer than " + std::to_string(limits.timeout_secs) + " s");
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Fail(ErrorCode::kConnector, argv[0] + " failed: " + LastLine(folder / kOutputName));
}

}  // namespace rapidbyte::wasm
