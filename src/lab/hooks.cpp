#include "lab/hooks.h"

#include <fmt/format.h>

#include <utility>

#include "lab/last_lines.h"

namespace rapidbyte::lab {
namespace {

constexpr const char* kHookCategory = "hook";

std::string HookOutput(const SubprocessResult& run) {
  const std::string lines = LastLines(run);
  return lines.empty() ? "it printed nothing" : lines;
}

Error Failure(std::string message) {
  return {ErrorCode::kConfiguration, std::move(message), "end it with `|| true` where it may fail", kHookCategory};
}

}  // namespace

bool IsHookFailure(const Error& error) { return error.category == kHookCategory; }

Status HookRunner::Run(const char* name, const std::string& line, const Interrupt* interrupt) const {
  if (line.empty()) return {};
  Command hook = surroundings_;
  hook.argv = {shell_, "-c", line};
  hook.leftovers = Leftovers::kKeep;
  const auto run = RunSubprocess(hook, {.interrupt = interrupt});
  if (!run) return Fail(Failure(fmt::format("the {} hook: {}", name, run.error().message)));
  if (run->interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (run->exit_code == 0) return {};
  return Fail(Failure(
      fmt::format("the {} hook failed with exit code {}: {}: {}", name, run->exit_code, line, HookOutput(*run))));
}

}  // namespace rapidbyte::lab
