#include "wasm/tool_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace rapidbyte::wasm {
namespace {

constexpr const char* kOutputName = "tool-output.txt";
constexpr const char* kHint = "./dev setup installs the tools that compile connectors";

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
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Limit(RLIMIT_CPU, limits.cpu_secs);
  Limit(RLIMIT_FSIZE, limits.file_bytes);
  Limit(RLIMIT_CORE, 0);
  execv(program, argv);
  _exit(127);
}

// The last line that says "error", or else the last one: compilers draw pictures below their errors.
std::string LastError(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string last;
  std::string last_error;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
    if (line.find("error") != std::string::npos) last_error = line;
  }
  return last_error.empty() ? last : last_error;
}

bool WaitFor(pid_t pid, int timeout_secs) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return true;  // an old kernel: wait without a limit
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::seconds(timeout_secs);
  pollfd ended{fd, POLLIN, 0};
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    ready = poll(&ended, 1, static_cast<int>(std::max<int64_t>(left, 0)));
  } while (ready < 0 && errno == EINTR);
  close(fd);
  return ready > 0;
}

}  // namespace

std::filesystem::path FindTool(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::filesystem::path candidate = std::filesystem::path(folder) / name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

Status RunTool(const std::vector<std::string>& argv, const std::filesystem::path& folder, const ToolLimits& limits) {
  const std::filesystem::path program = FindTool(argv[0]);
  if (program.empty()) {
    return Fail(ErrorCode::kConnector, argv[0] + " is not installed", kHint);
  }
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
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
  return Fail(ErrorCode::kConnector, argv[0] + " failed: " + LastError(folder / kOutputName), kHint);
}

}  // namespace rapidbyte::wasm
