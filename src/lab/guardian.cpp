#include "lab/guardian.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "lab/server_install.h"
#include "os/file_descriptor.h"
#include "os/trusted_folder.h"

namespace rapidbyte::lab {
namespace {

// What the guardian tells us, one character each. The start is followed by the number of the server's process, a
// failure by its message, and its hint on a line of its own.
constexpr char kStarted = 'S';
constexpr char kFailed = 'F';
constexpr char kEnded = 'E';

constexpr int kStopTimeoutMs = 10'000;
// PostgreSQL's "immediate shutdown": the postmaster ends its children and leaves no time to checkpoints.
constexpr int kImmediateShutdown = SIGQUIT;

void Tell(int news, const std::string& text) {
  // Whoever would have read it may be gone.
  [[maybe_unused]] const ssize_t written = write(news, text.data(), text.size());
}

void TellFailure(int news, const Error& error) { Tell(news, kFailed + error.message + "\n" + error.hint); }

std::string ReadToEnd(int file) {
  std::string text;
  char buffer[1024];
  while (true) {
    const ssize_t size = read(file, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

// Leaves behind all that belongs to the process we come from: its session, its files, its signals.
void Detach(int lifeline, int news) {
  setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(number, SIG_IGN);
  const int nothing = open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, standard);
  const unsigned low = static_cast<unsigned>(std::min(lifeline, news));
  const unsigned high = static_cast<unsigned>(std::max(lifeline, news));
  if (low > 3) close_range(3, low - 1, 0);
  if (high > low + 1) close_range(low + 1, high - 1, 0);
  close_range(high + 1, ~0u, 0);
  // We would keep it from being removed or unmounted.
  [[maybe_unused]] const int changed = chdir("/");
}

Status MakeFolder(const GuardedServer& server) {
  const auto parent = os::OpenTrustedFolder(server.folder.parent_path());
  if (parent && mkdirat(parent->get(), server.folder.filename().c_str(), 0700) == 0) return {};
  const std::string why =
      parent ? server.folder.string() + ": " + std::generic_category().message(errno) : parent.error().message;
  return Fail(ErrorCode::kConfiguration, "cannot make " + why, "TMPDIR names another place for temporary files");
}

// Without a way to run anything else: for the child of a fork.
[[noreturn]] void Execute(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  Tell(STDERR_FILENO, std::string("cannot run ") + argv[0] + ": " + std::strerror(errno) + "\n");
  _exit(127);
}

Status Unpack(const GuardedServer& server, const std::filesystem::path& folder) {
  const os::FileDescriptor archive(open(server.archive.c_str(), O_RDONLY | O_CLOEXEC));
  os::Pipe complaints = os::Pipe::Open();
  const pid_t pid = archive.is_open() && complaints.is_open() ? fork() : -1;
  if (pid == 0) {
    dup2(archive.get(), STDIN_FILENO);
    dup2(complaints.write_end.get(), STDERR_FILENO);
    Execute(UnpackCommand(server.account, folder));
  }
  complaints.write_end.Close();
  const std::string said = pid > 0 ? ReadToEnd(complaints.read_end.get()) : std::strerror(errno);
  int status = -1;
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Fail(ErrorCode::kConfiguration,
              fmt::format("cannot unpack {} into {}: {}", server.archive.string(), folder.string(),
                          said.substr(0, said.find('\n'))),
              "is there room in the temporary folder? TMPDIR names another; the archive may be removed");
}

Status FillFolder(const GuardedServer& server) {
  if (server.argv.empty()) return {};
  RB_ASSIGN(const std::filesystem::path folder, MakeServerFolder(server.folder, server.account));
  return server.archive.empty() ? Status() : Unpack(server, folder);
}

[[noreturn]] void BecomeServer(const GuardedServer& server) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXFSZ}) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_PDEATHSIG, kImmediateShutdown);
  const int log = open((server.folder / "server.log").c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC, 0600);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  Execute(server.argv);
}

// Waits for the process to end; false at the timeout. Negative: no timeout.
bool WaitForEnd(int process_fd, int timeout_ms) {
  pollfd ended{process_fd, POLLIN, 0};
  int ready = 0;
  do ready = poll(&ended, 1, timeout_ms);
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

// Returns when our creator has let go of the lifeline. A server that ends before is news; without one `process_fd` is
// -1.
void WatchOver(int lifeline, int process_fd, int news) {
  pollfd files[] = {{lifeline, POLLIN, 0}, {process_fd, POLLIN, 0}};
  while (files[0].revents == 0) {
    if (poll(files, 2, -1) < 0) continue;
    if (files[1].fd >= 0 && files[1].revents != 0) {
      Tell(news, {kEnded});
      files[1].fd = -1;
    }
  }
}

void StopServer(pid_t pid, int process_fd) {
  kill(pid, kImmediateShutdown);
  if (!WaitForEnd(process_fd, kStopTimeoutMs)) kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// Children of a killed postmaster may still be writing for a moment.
void RemoveFolder(const std::filesystem::path& folder) {
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (!error) return;
    poll(nullptr, 0, 100);
  }
}

void StartAndWatch(const GuardedServer& server, int lifeline, int news) {
  if (server.argv.empty()) {
    Tell(news, fmt::format("{}0\n", kStarted));
    return WatchOver(lifeline, -1, news);
  }
  const pid_t pid = fork();
  if (pid == 0) BecomeServer(server);
  const int process_fd = pid < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process_fd < 0) {
    Tell(news, std::string{kFailed} + "cannot start a process: " + std::strerror(errno));
    if (pid > 0) kill(pid, SIGKILL);
    return;
  }
  Tell(news, fmt::format("{}{}\n", kStarted, pid));
  WatchOver(lifeline, process_fd, news);
  StopServer(pid, process_fd);
}

// The folder is ours to remove once we have made it, and not before: there may have been one of that name.
void Guard(const GuardedServer& server, int lifeline, int news) {
  Detach(lifeline, news);
  if (const Status made = MakeFolder(server); !made) return TellFailure(news, made.error());
  const Status filled = FillFolder(server);
  if (filled) {
    StartAndWatch(server, lifeline, news);
  } else {
    TellFailure(news, filled.error());
  }
  RemoveFolder(server.folder);
}

// Up to the end of the line, which the guardian writes at once.
pid_t ReadNumber(int file) {
  pid_t number = 0;
  for (char digit = '0'; digit != '\n'; number = number * 10 + (digit - '0')) {
    ssize_t size = 0;
    do size = read(file, &digit, 1);
    while (size < 0 && errno == EINTR);
    if (size <= 0 || digit < '0' || digit > '9') break;
  }
  return number;
}

void Reap(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<std::unique_ptr<Guardian>> Guardian::Start(const GuardedServer& server) {
  os::Pipe lifeline = os::Pipe::Open(), news = os::Pipe::Open();
  const pid_t pid = news.is_open() && lifeline.is_open() ? fork() : -1;
  if (pid < 0) return Fail(ErrorCode::kInternal, std::string("cannot start a process: ") + std::strerror(errno));
  if (pid == 0) {
    Guard(server, lifeline.read_end.get(), news.write_end.get());
    _exit(0);
  }
  news.write_end.Close();
  char first = 0;
  ssize_t size = 0;
  do size = read(news.read_end.get(), &first, 1);
  while (size < 0 && errno == EINTR);
  if (size == 1 && first == kStarted) {
    const pid_t server_pid = ReadNumber(news.read_end.get());
    return std::unique_ptr<Guardian>(
        new Guardian(pid, server_pid, std::move(lifeline.write_end), std::move(news.read_end)));
  }
  lifeline.write_end.Close();
  const std::string said = ReadToEnd(news.read_end.get());
  Reap(pid);
  if (said.empty()) return Fail(ErrorCode::kInternal, "the server's guardian was killed");
  const size_t end = said.find('\n');
  return Fail(ErrorCode::kConfiguration, said.substr(0, end), end == std::string::npos ? "" : said.substr(end + 1));
}

// The guardian's end closes the pipe of news.
Guardian::~Guardian() {
  lifeline_.Close();
  ReadToEnd(news_.get());
  Reap(pid_);
}

bool Guardian::ServerEnded() {
  pollfd file{news_.get(), POLLIN, 0};
  return poll(&file, 1, 0) > 0;
}

}  // namespace rapidbyte::lab
