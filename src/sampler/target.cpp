#include "sampler/target.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

extern char** environ;

namespace rapidbyte::sampler {
namespace {

Error StartError(const std::string& name, int error) {
  return {ErrorCode::kUsage, "cannot start " + name + ": " + std::generic_category().message(error),
          error == ENOENT ? "give the program's path, or a name that the PATH has" : ""};
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void RunChild(char** argv, char** environment, int gate, int failure, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a program that nobody records any more would run on unnoticed
  if (output >= 0) dup2(output, STDOUT_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_DFL);
  char go = 0;
  ssize_t got = 0;
  do {
    got = read(gate, &go, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 1) execvpe(argv[0], argv, environment);
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(failure, &error, sizeof error);
  _exit(127);
}

}  // namespace

Result<Target> Target::Hold(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                            int output) {
  Target target;
  target.name_ = argv.front();
  std::vector<std::string> arguments = argv;
  std::vector<std::string> variables = environment;  // before ours: the first of a name holds
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  const std::vector<char*> argument_pointers = Pointers(arguments), variable_pointers = Pointers(variables);

  std::array<int, 2> gate{}, failure{};
  if (pipe2(gate.data(), O_CLOEXEC) != 0) return Fail(StartError(target.name_, errno));
  if (pipe2(failure.data(), O_CLOEXEC) != 0) {
    const int error = errno;
    for (const int fd : gate) close(fd);
    return Fail(StartError(target.name_, error));
  }
  target.pid_ = fork();
  if (target.pid_ == 0) {
    close(gate[1]);
    RunChild(const_cast<char**>(argument_pointers.data()), const_cast<char**>(variable_pointers.data()), gate[0],
             failure[1], output);
  }
  const int error = errno;
  close(gate[0]);
  close(failure[1]);
  target.gate_ = gate[1];
  target.failure_ = failure[0];
  if (target.pid_ < 0) return Fail(StartError(target.name_, error));
  target.pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, target.pid_, 0));
  return target;
}

Target::Target(Target&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      gate_(std::exchange(other.gate_, -1)),
      failure_(std::exchange(other.failure_, -1)) {}

Target::~Target() {
  for (const int fd : {pidfd_, gate_, failure_}) {
    if (fd >= 0) close(fd);
  }
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

Status Target::Release() {
  const char go = 1;
  [[maybe_unused]] const ssize_t written = write(gate_, &go, 1);
  int error = 0;
  ssize_t got = 0;
  do {
    got = read(failure_, &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  if (got == static_cast<ssize_t>(sizeof error)) return Fail(StartError(name_, error));
  return {};
}

std::optional<int> Target::Reap() {
  int status = 0;
  const pid_t reaped = waitpid(pid_, &status, WNOHANG);
  if (reaped != pid_) return std::nullopt;
  pid_ = -1;
  return status;
}

}  // namespace rapidbyte::sampler
