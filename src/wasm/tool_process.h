// Runs a build tool (wasm2c, the C compiler) under limits. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace rapidbyte::wasm {

struct ToolLimits {
  unsigned cpu_secs = 120;
  uint64_t file_bytes = 256ull << 20;
  int timeout_secs = 180;
  int stop_fd = -1;  // ends the tool when it becomes readable
};

// Runs argv[0] (found on the PATH) in `folder`, which also holds its temporary files. The tool and all that it starts
// are one group, which ends as one: also when we are killed. Errors: kConnector, with the last error that the tool
// wrote, where it cannot be started, fails, or exceeds a limit; kInterrupted.
Status RunTool(const std::vector<std::string>& argv, const std::filesystem::path& folder, const ToolLimits& limits);

// The executable `name` on the PATH, or nothing.
std::filesystem::path FindTool(const std::string& name);

}  // namespace rapidbyte::wasm
