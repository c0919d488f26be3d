#include "lab/subprocess.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/clock.h"
#include "lab/launcher.h"
#include "lab/launcher_image.h"
#include "os/file_descriptor.h"

extern char** environ;

namespace rapidbyte::lab {
namespace {

// How long output may still come after the command has ended: it is in the pipes already, unless someone else holds
// them open.
constexpr uint64_t kDrainNanos = 1'000'000'000;
constexpr uint64_t kRusageBlockBytes = 512;

// One end of a pipe from the command and the last bytes that came out of it.
class Tail {
 public:
  Tail(os::FileDescriptor source, size_t capacity) : source_(std::move(source)), capacity_(capacity) {}

  pollfd Poll() const { return {source_.get(), POLLIN, 0}; }  // a negative descriptor is ignored by poll
  bool at_end() const { return !source_.is_open(); }

  // Reads what is there; call it where poll says so.
  void Read() {
    char buffer[65536];
    const ssize_t size = read(source_.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) return;
    if (size <= 0) return source_.Close();
    text_.append(buffer, static_cast<size_t>(size));
    if (text_.size() > 2 * capacity_) text_.erase(0, text_.size() - capacity_);
  }

  std::string Take() {
    if (text_.size() > capacity_) text_.erase(0, text_.size() - capacity_);
    return std::move(text_);
  }

 private:
  os::FileDescriptor source_;
  size_t capacity_;
  std::string text_;
};

std::vector<std::string> MergedEnvironment(const std::map<std::string, std::string>& additions) {
  std::vector<std::string> merged;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (!additions.contains(std::string(text.substr(0, text.find('='))))) merged.emplace_back(text);
  }
  for (const auto& [name, value] : additions) merged.push_back(fmt::format("{}={}", name, value));
  return merged;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Settings of posix_spawn, freed at the end.
struct SpawnSettings {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  SpawnSettings() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
};

// A handler of ours is reset by exec, but an ignored signal stays ignored and a blocked one blocked.
void ResetSignals(posix_spawnattr_t& attributes) {
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
}

// The standard streams of a command, on our side of it and on its own.
struct Streams {
  os::FileDescriptor input, output, errors;           // the command's; where not open, it inherits ours
  os::FileDescriptor output_to_read, errors_to_read;  // ours; where not open, there is nothing to read
};

Result<os::FileDescriptor> OpenFile(const std::filesystem::path& path, int flags, std::string_view what) {
  os::FileDescriptor file(open(path.c_str(), flags | O_CLOEXEC, 0666));
  if (file.is_open()) return file;
  return Fail(ErrorCode::kConfiguration, fmt::format("cannot open the {} file {}: {}", what, path.string(),
                                                     std::generic_category().message(errno)));
}

Status OpenPipe(os::FileDescriptor& read_end, os::FileDescriptor& write_end) {
  os::Pipe pipe = os::Pipe::Open();
  if (!pipe.is_open()) {
    return Fail(ErrorCode::kConfiguration, "cannot make a pipe: " + std::generic_category().message(errno));
  }
  read_end = std::move(pipe.read_end);
  write_end = std::move(pipe.write_end);
  return {};
}

Result<Streams> OpenStreams(const Command& command) {
  Streams streams;
  RB_ASSIGN(streams.input, OpenFile(command.input.empty() ? "/dev/null" : command.input, O_RDONLY, "input"));
  if (command.output == OutputTo::kInherit) return streams;
  RB_TRY(OpenPipe(streams.errors_to_read, streams.errors));
  if (command.output == OutputTo::kPipe) RB_TRY(OpenPipe(streams.output_to_read, streams.output));
  if (command.output == OutputTo::kNull) {
    RB_ASSIGN(streams.output, OpenFile("/dev/null", O_WRONLY, "output"));
  }
  if (command.output == OutputTo::kFile) {
    RB_ASSIGN(streams.output, OpenFile(command.output_file, O_WRONLY | O_CREAT | O_TRUNC, "output"));
  }
  return streams;
}

const char* LeftoversArgument(Leftovers leftovers) {
  static constexpr char kKeep[] = {LAUNCHER_KEEP, 0}, kGroup[] = {LAUNCHER_GROUP, 0}, kTree[] = {LAUNCHER_TREE, 0};
  if (leftovers == Leftovers::kKeep) return kKeep;
  return leftovers == Leftovers::kKillTree ? kTree : kGroup;
}

void Place(SpawnSettings& settings, const os::FileDescriptor& file, int number) {
  posix_spawn_file_actions_adddup2(&settings.files, file.is_open() ? file.get() : number, number);
}

Result<pid_t> SpawnLauncher(const Command& command, const Streams& streams, const os::FileDescriptor& report) {
  RB_ASSIGN(const std::string launcher, LauncherPath());
  SpawnSettings settings;
  ResetSignals(settings.attributes);
  Place(settings, streams.input, STDIN_FILENO);
  Place(settings, streams.output, STDOUT_FILENO);
  Place(settings, streams.errors, STDERR_FILENO);
  Place(settings, report, LAUNCHER_REPORT_FD);
  if (!command.working_directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&settings.files, command.working_directory.c_str());
  }
  std::vector<std::string> arguments = {"rapidbyte-launcher", std::to_string(getpid()),
                                        LeftoversArgument(command.leftovers)};
  arguments.insert(arguments.end(), command.argv.begin(), command.argv.end());
  std::vector<std::string> environment = MergedEnvironment(command.environment);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, launcher.c_str(), &settings.files, &settings.attributes,
                                Pointers(arguments).data(), Pointers(environment).data());
  if (error == 0) return pid;
  return Fail(ErrorCode::kConfiguration,
              fmt::format("cannot start {}: {}", command.argv[0], std::generic_category().message(error)));
}

// Follows a running launcher to the end of the command.
class Watch {
 public:
  Watch(pid_t launcher, os::FileDescriptor report, const SubprocessLimits& limits, Tail& out, Tail& err)
      : launcher_(launcher), report_(std::move(report)), limits_(limits), out_(out), err_(err) {
    if (limits.timeout_secs > 0) {
      deadline_ = MonotonicNanos() + static_cast<uint64_t>(std::min(limits.timeout_secs, 1e9) * 1e9);
    }
  }

  // Nothing where the launcher did not live to report.
  std::optional<launcher_report> Run(SubprocessResult& result) {
    std::optional<launcher_report> report;
    bool running = true;
    while (running || !out_.at_end() || !err_.at_end()) {
      if (running) KillWhereDue(result);
      pollfd files[] = {out_.Poll(), err_.Poll(), {report_.get(), POLLIN, 0}, {InterruptToWaitFor(), POLLIN, 0}};
      const int ready = poll(files, std::size(files), PollTimeout());
      if (ready < 0) continue;
      if (!running && ready == 0) break;
      if (files[0].revents != 0) out_.Read();
      if (files[1].revents != 0) err_.Read();
      if (running && files[2].revents != 0) {
        report = ReadReport();
        running = false;
        deadline_ = MonotonicNanos() + kDrainNanos;
      }
    }
    return report;
  }

 private:
  void KillWhereDue(SubprocessResult& result) {
    if (killed_) return;
    result.interrupted = limits_.interrupt != nullptr && limits_.interrupt->triggered();
    result.timed_out = !result.interrupted && deadline_ && MonotonicNanos() >= *deadline_;
    if (!result.interrupted && !result.timed_out) return;
    kill(launcher_, SIGTERM);
    killed_ = true;
    deadline_.reset();
  }

  int InterruptToWaitFor() const { return limits_.interrupt != nullptr && !killed_ ? limits_.interrupt->fd() : -1; }

  int PollTimeout() const {
    if (!deadline_) return -1;
    const uint64_t now = MonotonicNanos();
    if (now >= *deadline_) return 0;
    return static_cast<int>(std::min<uint64_t>((*deadline_ - now) / 1'000'000 + 1, 60'000));
  }

  // The write is smaller than a pipe's page, and so arrives whole.
  std::optional<launcher_report> ReadReport() {
    launcher_report report{};
    ssize_t size = 0;
    do size = read(report_.get(), &report, sizeof report);
    while (size < 0 && errno == EINTR);
    report_.Close();
    if (size != sizeof report) return std::nullopt;
    return report;
  }

  pid_t launcher_;
  os::FileDescriptor report_;
  const SubprocessLimits& limits_;
  Tail& out_;
  Tail& err_;
  std::optional<uint64_t> deadline_;  // of the command; then of its output
  bool killed_ = false;
};

void Reap(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void FillResult(const launcher_report& report, SubprocessResult& result) {
  result.signal = WIFSIGNALED(report.status) ? WTERMSIG(report.status) : 0;
  result.exit_code = result.signal != 0 ? 128 + result.signal : WEXITSTATUS(report.status);
  result.wall_secs = NanosToSeconds(report.end_nanos - report.start_nanos);
  result.user_secs = static_cast<double>(report.user_micros) * 1e-6;
  result.system_secs = static_cast<double>(report.system_micros) * 1e-6;
  result.max_rss_bytes = report.max_rss_kib * 1024;
  result.tree_rss_bytes = report.tree_rss_kib * 1024;
  result.read_bytes = report.blocks_read * kRusageBlockBytes;
  result.written_bytes = report.blocks_written * kRusageBlockBytes;
  result.voluntary_switches = report.voluntary_switches;
  result.involuntary_switches = report.involuntary_switches;
}

std::string LastLineOf(std::string_view text) {
  const size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const size_t line_feed = text.find_last_of('\n');
  return std::string(line_feed == std::string_view::npos ? text : text.substr(line_feed + 1));
}

}  // namespace

Result<SubprocessResult> RunSubprocess(const Command& command, const SubprocessLimits& limits) {
  RB_ASSIGN(Streams streams, OpenStreams(command));
  os::FileDescriptor report_to_read, report_to_write;
  RB_TRY(OpenPipe(report_to_read, report_to_write));
  RB_ASSIGN(const pid_t launcher, SpawnLauncher(command, streams, report_to_write));
  streams.output.Close();
  streams.errors.Close();
  report_to_write.Close();
  SubprocessResult result;
  Tail out(std::move(streams.output_to_read), limits.output_bytes);
  Tail err(std::move(streams.errors_to_read), limits.output_bytes);
  const auto report = Watch(launcher, std::move(report_to_read), limits, out, err).Run(result);
  Reap(launcher);
  if (!report && (result.interrupted || result.timed_out)) return result;  // before the launcher could start anything
  if (!report) return Fail(ErrorCode::kInternal, command.argv[0] + ": the process that started it was killed");
  if (report->error != 0) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("cannot run {}: {}", command.argv[0], std::generic_category().message(report->error)));
  }
  FillResult(*report, result);
  result.out = out.Take();
  result.err = err.Take();
  return result;
}

Result<SubprocessResult> RunSuccessfully(const Command& command, const SubprocessLimits& limits) {
  RB_ASSIGN(SubprocessResult result, RunSubprocess(command, limits));
  if (result.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (result.timed_out) {
    return Fail(ErrorCode::kInternal, fmt::format("{} took longer than {} s", command.argv[0], limits.timeout_secs));
  }
  if (result.exit_code == 0) return result;
  return Fail(ErrorCode::kInternal,
              fmt::format("{} failed ({}): {}", command.argv[0], result.exit_code, LastLine(result)));
}

std::string LastLine(const SubprocessResult& result) {
  const size_t error = ("\n" + result.err).rfind("\nerror: ");
  if (error != std::string::npos) return result.err.substr(error, result.err.find('\n', error) - error);
  std::string line = LastLineOf(result.err);
  return line.empty() ? LastLineOf(result.out) : line;
}

}  // namespace rapidbyte::lab
