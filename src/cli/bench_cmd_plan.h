// From the options of `bench cmd` to the commands that are measured: parameters put in, names given, hooks assigned.
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/bench_cmd_metrics.h"
#include "cli/bench_cmd_options.h"
#include "lab/command_subject.h"
#include "lab/hooks.h"
#include "record/cell_key.h"

namespace rapidbyte::cli {

struct PlannedCommand {
  std::string name;            // for people; all differ
  std::string line;            // with its parameters put in
  record::CellKey key;         // of its samples: "command" as it was given, or its name, and its parameters
  record::CellKey parameters;  // those that it or a hook of its uses
  lab::CommandHooks hooks;
};

struct CommandPlan {
  std::vector<PlannedCommand> commands;  // one or more; the reference is the first
  bool has_reference = false;
  CommandMetrics metrics;
  lab::AcceptedCodes accepted;

  uint32_t min_runs = 10;  // blocks
  uint32_t max_runs = 0;
  double min_secs_per_command = 3;  // goes on until both are reached, but not beyond max_runs
  bool until_decided = false;
  double max_secs = 0;  // with until_decided
};

// Errors: kUsage, kConfiguration.
Result<CommandPlan> PlanCommands(const BenchCmdOptions& options);

}  // namespace rapidbyte::cli
