#include "lab/hooks.h"

#include <fmt/format.h>

namespace rapidbyte::lab {
namespace {

// What a hook's failure shows of its output.
constexpr size_t kHookOutputBytes = 2000;

std::string HookOutput(const SubprocessResult& run) {
  std::string output = run.out + run.err;
  while (!output.empty() && (output.back() == '\n' || output.back() == ' ')) output.pop_back();
  if (output.size() > kHookOutputBytes) output = "…" + output.substr(output.size() - kHookOutputBytes);
  return output.empty() ? "it printed nothing" : output;
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
