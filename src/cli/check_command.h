// `rapidbyte check`: everything that a run of a pipeline would fail at before it moves a row, all at once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/options.h"
#include "engine/findings.h"

namespace rapidbyte::cli {

struct CheckOptions {
  std::filesystem::path pipeline;
  bool json = false;
};

Command AddCheck(Command app, CheckOptions& options);
int CheckCommand(const CheckOptions& options);

// «error: …» or «note: …» for each, its hint below, in 80 columns, then «2 errors, 1 note».
std::string FindingsText(const std::vector<engine::Finding>& findings);

// {"errors": N, "findings": [{"level", "side", "stream", "message", "hint", "exit_code"}]}
std::string FindingsJson(const std::vector<engine::Finding>& findings);

}  // namespace rapidbyte::cli
