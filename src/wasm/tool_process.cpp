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
#include <string_view>

namespace rapidbyte::wasm {
namespace {

constexpr const char* kOutputName = "tool-output.txt";
constexpr const char* kHint = "./dev setup installs the tools that compile connectors";

void Limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limit{value, value};
  setrlimit(resource, &limit);
}

// What the child of a fork needs: made before, since in between only async-signal-safe calls are allowed.
struct Tool {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* folder;
  ToolLimits limits;
};

[[noreturn]] void Exec(const Tool& tool) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGXFSZ, SIG_DFL);
  if (chdir(tool.folder) != 0) _exit(127);
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(kOutputName, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (in < 0 || out < 0) _exit(127);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  Limit(RLIMIT_CPU, tool.limits.cpu_secs);
  Limit(RLIMIT_FSIZE, tool.limits.file_bytes);
  Limit(RLIMIT_CORE, 0);
  execve(tool.program, tool.argv, tool.environment);
  _exit(127);
}

// Stands between us and the tool, which leads a group of its own: ends that group when the tool has ended or we have.
// It is a fork of a process with threads, so it allocates nothing.
[[noreturn]] void Supervise(const Tool& tool, pid_t parent) {
  setpgid(0, 0);           // the terminal's signals are ours to answer
  close_range(3, ~0u, 0);  // such as the pipes by which others learn that we have ended
  sigset_t waited;
  sigemptyset(&waited);
  sigaddset(&waited, SIGCHLD);
  sigaddset(&waited, SIGTERM);
  sigprocmask(SIG_SETMASK, &waited, nullptr);
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  const pid_t pid = _Fork();
  if (pid == 0) Exec(tool);
  if (pid < 0) _exit(127);
  setpgid(pid, pid);  // whoever of us two comes first
  siginfo_t ended{};
  int number = 0;
  while (number != SIGTERM && ended.si_pid != pid) {
    sigwait(&waited, &number);
    // Not reaped yet, so that its number stays the group's.
    waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT);
  }
  kill(-pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// A signal that comes before the supervisor waits for it stays pending.
pid_t StartSupervisor(const Tool& tool) {
  sigset_t stop, before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, &before);
  const pid_t parent = getpid();
  const pid_t pid = _Fork();
  if (pid == 0) Supervise(tool, parent);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Ours, but for where temporary files go: what a compiler leaves when it is killed lies in a folder that is removed.
std::vector<std::string> EnvironmentWith(const std::filesystem::path& folder) {
  std::vector<std::string> environment = {"TMPDIR=" + folder.string()};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("TMPDIR=")) environment.emplace_back(*variable);
  }
  return environment;
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

enum class Ended { kByItself, kTooLate, kStopped };

Ended WaitFor(pid_t pid, const ToolLimits& limits) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return Ended::kByItself;  // an old kernel: wait without a limit
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::seconds(limits.timeout_secs);
  pollfd polled[] = {{fd, POLLIN, 0}, {limits.stop_fd, POLLIN, 0}};
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    ready = poll(polled, 2, static_cast<int>(std::max<int64_t>(left, 0)));
  } while (ready < 0 && errno == EINTR);
  close(fd);
  if (polled[1].revents != 0) return Ended::kStopped;
  return ready > 0 ? Ended::kByItself : Ended::kTooLate;
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
  const std::vector<std::string> environment = EnvironmentWith(folder);
  const std::vector<char*> arguments = Pointers(argv), variables = Pointers(environment);
  const Tool tool{program.c_str(), arguments.data(), variables.data(), folder.c_str(), limits};
  const pid_t pid = StartSupervisor(tool);
  if (pid < 0) return Fail(ErrorCode::kConnector, "cannot start " + argv[0]);
  const Ended ended = WaitFor(pid, limits);
  if (ended != Ended::kByItself) kill(pid, SIGTERM);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (ended == Ended::kStopped) return Fail(ErrorCode::kInterrupted, argv[0] + " was interrupted");
  if (ended == Ended::kTooLate) {
    return Fail(ErrorCode::kConnector, argv[0] + " took longer than " + std::to_string(limits.timeout_secs) + " s");
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Fail(ErrorCode::kConnector, argv[0] + " failed: " + LastError(folder / kOutputName), kHint);
}

}  // namespace rapidbyte::wasm
