// `rapidbyte run`: moves the streams of a pipeline, prints a summary and the result line, remembers the outcome.
#pragma once

#include <filesystem>
#include <string>

#include "cli/options.h"

namespace rapidbyte::cli {

struct RunCommandOptions {
  std::filesystem::path pipeline;
  std::string log_level = "warn";
  bool quiet = false;              // the result line only
  bool json = false;               // the result document only
  std::filesystem::path timeline;  // where the trace goes; empty: none is kept
};

Command AddRun(Command app, RunCommandOptions& options);
int RunPipelineCommand(const RunCommandOptions& options);

}  // namespace rapidbyte::cli
