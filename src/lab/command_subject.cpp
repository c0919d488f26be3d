#include "lab/command_subject.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/program_search.h"
#include "metrics/json_text.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

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

class CommandSubject : public Subject {
 public:
  CommandSubject(const CommandSettings& settings, const Interrupt* interrupt)
      : settings_(settings),
        command_(MeasuredCommand(settings)),
        hooks_(settings.hooks, BaseCommand(settings), settings.shell, interrupt),
        output_(settings.metrics, command_) {}

  Status Setup() override { return hooks_.Setup(); }
  Status Prepare() override { return hooks_.Prepare(); }
  Status Conclude() override { return hooks_.Conclude(); }
  Status Cleanup() override { return hooks_.Cleanup(); }

  Result<Command> NextCommand() override {
    output_.Start();
    return command_;
  }

  bool IsSuccess(const SubprocessResult& run) const override {
    const AcceptedCodes& accepted = settings_.accepted;
    if (run.exit_code == 0 || accepted.all) return true;
    return std::find(accepted.codes.begin(), accepted.codes.end(), run.exit_code) != accepted.codes.end();
  }

  bool HasOurExitCodes() const override { return false; }

  void Correct(SubprocessResult& run) const override {
    if (settings_.shell_cost) TakeOffShell(*settings_.shell_cost, run);
  }

  // A program that speaks of itself in our own way is heard; nobody has to.
  Result<json> ReadMetrics(const SubprocessResult& run) override {
    if (!metrics::HasBenchLine(run.out)) return json(nullptr);
    return metrics::FindBenchLine(run.out);
  }

  Result<std::map<std::string, double>> ExtractMetrics(const SubprocessResult& run) override {
    return output_.Read(run);
  }

  Result<std::optional<std::string>> Verify() override { return std::nullopt; }

 private:
  CommandSettings settings_;
  Command command_;
  HookRunner hooks_;
  OutputReader output_;
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

}  // namespace

Result<std::unique_ptr<Subject>> MakeCommandSubject(const CommandSettings& settings, const Interrupt* interrupt) {
  const auto* line = std::get_if<std::string>(&settings.command);
  const Command command = MeasuredCommand(settings);
  if (command.argv.empty() || command.argv[0].empty() || (line != nullptr && line->empty())) {
    return Fail(ErrorCode::kConfiguration, "the command is empty");
  }
  RB_TRY(CheckFiles(settings));
  RB_TRY(CheckMetrics(settings.metrics, settings.output));
  return std::make_unique<CommandSubject>(settings, interrupt);
}

Status CheckStart(const CommandSettings& settings) {
  const auto* line = std::get_if<std::string>(&settings.command);
  const Command command = MeasuredCommand(settings);
  return line != nullptr ? CheckShellLine(command, *line) : CheckProgram(command);
}

}  // namespace rapidbyte::lab
