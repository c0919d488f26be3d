// Any command line as a subject: run directly or by a shell, with hooks around it and metrics out of what it prints.
//
// Placeholders are gone from all texts when they arrive here. Hooks are lines for a shell, in the command's folder and
// environment; what they start in the background lives on, until the cleanup ends it. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "lab/hooks.h"
#include "lab/output_metrics.h"
#include "lab/shell_calibration.h"
#include "lab/subject.h"
#include "metrics/metric_source.h"

namespace rapidbyte::lab {

// Which exit codes make a sample. 0 always does.
struct AcceptedCodes {
  bool all = false;  // also a signal, but not a timeout
  std::vector<int> codes;
};

struct CommandSettings {
  std::variant<std::vector<std::string>, std::string> command;  // arguments, or a line for the shell
  std::string shell = "sh";                                     // for a line and for the hooks
  std::filesystem::path working_directory;
  std::map<std::string, std::string> environment;
  std::filesystem::path input;  // empty: nothing to read
  OutputTo output = OutputTo::kPipe;
  std::filesystem::path output_file;
  CommandHooks hooks;
  AcceptedCodes accepted;
  std::vector<OutputMetric> metrics;
  std::optional<ShellCost> shell_cost;  // taken off every run
};

// `interrupt` ends a hook, and must outlive the subject; it may be null. Errors: kConfiguration where the command is
// empty, the folder or the input file is not there, where a metric can never be read, or where it would be read from an
// output that is not kept.
Result<std::unique_ptr<Subject>> MakeCommandSubject(const CommandSettings& settings, const Interrupt* interrupt);

// For a subject that could be made. Errors: kConfiguration where the command's program or first word, or the shell, is
// not there, with the nearest that is; whoever does not ask gets runs that fail.
Status CheckStart(const CommandSettings& settings);

}  // namespace rapidbyte::lab
