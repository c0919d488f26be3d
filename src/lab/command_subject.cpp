#include "lab/command_subject.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <sstream>

#include "lab/program_search.h"
#include "metrics/json_text.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// What a hook's failure shows of its output.
constexpr size_t kHookOutputBytes = 2000;
constexpr uintmax_t kLargestMetricFile = 64u << 20;

Command BaseCommand(const CommandSettings& settings) {
  Command command;
  command.environment = settings.environment;
  command.working_directory = settings.working_directory;
  return command;
}

Command MeasuredCommand(const CommandSettings& settings) {
  Command command = BaseCommand(settings);
  const auto* line = std::get_if<std::string>(&settings.command);
  command.argv = line != nullptr ? std::vector<std::string>{settings.shell, "-c", *line}
                                 : std::get<std::vector<std::string>>(settings.command);
  command.input = settings.input;
  command.output = settings.output;
  command.output_file = settings.output_file;
  command.leftovers = Leftovers::kKillTree;
  return command;
}

// The clock of the files' times, which is behind the precise one by up to a tick.
timespec FileClock() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now;
}

// A number that an earlier run left behind must not pass for this one's.
Status CheckWrittenSince(const fs::path& path, const timespec& start) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) {
    return Fail(ErrorCode::kData,
                fmt::format("cannot read {}: {}", path.string(), std::generic_category().message(errno)));
  }
  const bool is_old = file.st_mtim.tv_sec < start.tv_sec ||
                      (file.st_mtim.tv_sec == start.tv_sec && file.st_mtim.tv_nsec < start.tv_nsec);
  if (!is_old) return {};
  return Fail(ErrorCode::kData, fmt::format("{} was there before the run and was not written by it", path.string()));
}

Result<std::string> ReadFile(const fs::path& path) {
  std::error_code failed;
  const uintmax_t size = fs::file_size(path, failed);
  if (failed) return Fail(ErrorCode::kData, fmt::format("cannot read {}: {}", path.string(), failed.message()));
  if (size > kLargestMetricFile) {
    return Fail(ErrorCode::kData, fmt::format("{} is too large to look for a metric: {} bytes", path.string(), size));
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (in) return std::move(text).str();
  return Fail(ErrorCode::kData, fmt::format("cannot read {}", path.string()));
}

std::string HookOutput(const SubprocessResult& run) {
  std::string output = run.out + run.err;
  while (!output.empty() && (output.back() == '\n' || output.back() == ' ')) output.pop_back();
  if (output.size() > kHookOutputBytes) output = "…" + output.substr(output.size() - kHookOutputBytes);
  return output.empty() ? "it printed nothing" : output;
}

class CommandSubject : public Subject {
 public:
  CommandSubject(const CommandSettings& settings, const Interrupt* interrupt)
      : settings_(settings), command_(MeasuredCommand(settings)), interrupt_(interrupt) {}

  Status Setup() override { return RunHook("setup", settings_.hooks.setup, interrupt_); }
  Status Prepare() override { return RunHook("prepare", settings_.hooks.prepare, interrupt_); }
  Status Conclude() override { return RunHook("conclude", settings_.hooks.conclude, interrupt_); }
  // Not cut short by the interrupt that ended the campaign.
  Status Cleanup() override { return RunHook("cleanup", settings_.hooks.cleanup, nullptr); }

  Result<Command> NextCommand() override {
    started_ = FileClock();
    return command_;
  }

  bool IsSuccess(const SubprocessResult& run) const override {
    const AcceptedCodes& accepted = settings_.accepted;
    if (run.exit_code == 0 || accepted.all) return true;
    return std::find(accepted.codes.begin(), accepted.codes.end(), run.exit_code) != accepted.codes.end();
  }

  void Correct(SubprocessResult& run) const override {
    if (settings_.shell_cost) TakeOffShell(*settings_.shell_cost, run);
  }

  // A program that speaks of itself in our own way is heard; nobody has to.
  Result<json> ReadMetrics(const SubprocessResult& run) override {
    if (!metrics::HasBenchLine(run.out)) return json(nullptr);
    return metrics::FindBenchLine(run.out);
  }

  Result<std::map<std::string, double>> ExtractMetrics(const SubprocessResult& run) override {
    std::map<std::string, double> values;
    for (const OutputMetric& metric : settings_.metrics) {
      auto value = Value(metric, run);
      if (!value) return Context(fmt::format("metric '{}'", metric.name), value.error());
      values[metric.name] = *value;
    }
    return values;
  }

  Result<std::optional<std::string>> Verify() override { return std::nullopt; }

 private:
  Status RunHook(const char* name, const std::string& line, const Interrupt* interrupt) const {
    if (line.empty()) return {};
    Command hook = BaseCommand(settings_);
    hook.argv = {settings_.shell, "-c", line};
    hook.leftovers = Leftovers::kKeep;
    const auto run = RunSubprocess(hook, {.interrupt = interrupt});
    if (!run) return Context(fmt::format("the {} hook", name), run.error());
    if (run->interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
    if (run->exit_code == 0) return {};
    return Fail(ErrorCode::kConfiguration, fmt::format("the {} hook failed with exit code {}: {}: {}", name,
                                                       run->exit_code, line, HookOutput(*run)));
  }

  Result<double> Value(const OutputMetric& metric, const SubprocessResult& run) const {
    if (metric.from == MetricFrom::kStderr) return metrics::Extract(metric.source, run.err);
    if (metric.from == MetricFrom::kStdout && settings_.output != OutputTo::kFile) {
      return metrics::Extract(metric.source, run.out);
    }
    const fs::path file = metric.from == MetricFrom::kStdout ? fs::path(settings_.output_file)
                                                             : settings_.working_directory / metric.file;
    RB_TRY(CheckWrittenSince(file, started_));
    RB_ASSIGN(const std::string text, ReadFile(file));
    return metrics::Extract(metric.source, text);
  }

  CommandSettings settings_;
  Command command_;
  const Interrupt* interrupt_;
  timespec started_{};  // of the run, by the files' clock
};

Status CheckFiles(const CommandSettings& settings) {
  std::error_code ignored;
  if (!settings.working_directory.empty() && !fs::is_directory(settings.working_directory, ignored)) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("there is no folder {} to run the command in", settings.working_directory.string()));
  }
  if (settings.input.empty() || (fs::exists(settings.input, ignored) && !fs::is_directory(settings.input, ignored))) {
    return {};
  }
  return Fail(ErrorCode::kConfiguration, fmt::format("there is no input file {}", settings.input.string()));
}

Status CheckMetrics(const CommandSettings& settings) {
  for (const OutputMetric& metric : settings.metrics) {
    const Status checked = metrics::CheckSource(metric.source);
    if (!checked) return Context(fmt::format("metric '{}'", metric.name), checked.error());
    const bool unread = settings.output == OutputTo::kInherit ? metric.from != MetricFrom::kFile
                        : settings.output == OutputTo::kNull  ? metric.from == MetricFrom::kStdout
                                                              : false;
    if (!unread) continue;
    return Fail(ErrorCode::kConfiguration,
                fmt::format("metric '{}' is to be read from an output that is not kept", metric.name),
                "let the output be a pipe or a file");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Subject>> MakeCommandSubject(const CommandSettings& settings, const Interrupt* interrupt) {
  const auto* line = std::get_if<std::string>(&settings.command);
  const Command command = MeasuredCommand(settings);
  if (command.argv.empty() || command.argv[0].empty() || (line != nullptr && line->empty())) {
    return Fail(ErrorCode::kConfiguration, "the command is empty");
  }
  RB_TRY(CheckFiles(settings));
  RB_TRY(CheckMetrics(settings));
  RB_TRY(line != nullptr ? CheckShellLine(command, *line) : CheckProgram(command));
  return std::make_unique<CommandSubject>(settings, interrupt);
}

}  // namespace rapidbyte::lab
