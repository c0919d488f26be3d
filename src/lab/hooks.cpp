#include "lab/hooks.h"

#include <fmt/format.h>

#include "lab/last_lines.h"

namespace rapidbyte::lab {
namespace {

std::string HookOutput(const SubprocessResult& run) {
  const std::string lines = LastLines(run);
  return lines.empty() ? "it printed nothing" : lines;
}

}  // namespace

Status HookRunner::Run(const char* name, const std::string& line, const Interrupt* interrupt) const {
  if (line.empty()) return {};
  Command hook = surroundings_;
  hook.argv = {shell_, "-c", line};
  hook.leftovers = Leftovers::kKeep;
  const auto run = RunSubprocess(hook, {.interrupt = interrupt});
  if (!run) return Context(fmt::format("the {} hook", name), run.error());
  if (run->interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (run->exit_code == 0) return {};
  return Fail(ErrorCode::kConfiguration, fmt::format("the {} hook failed with exit code {}: {}: {}", name,
                                                     run->exit_code, line, HookOutput(*run)));
}

}  // namespace rapidbyte::lab
