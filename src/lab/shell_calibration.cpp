#include "lab/shell_calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/format.h"

namespace rapidbyte::lab {
namespace {

constexpr double kShortestSecs = 0.005;

}  // namespace

Result<ShellCost> MeasureShell(const std::string& shell, Command command, const SubprocessLimits& limits, int runs) {
  command.argv = {shell, "-c", ""};
  std::vector<double> walls;
  ShellCost cost;
  for (int i = 0; i < runs; ++i) {
    auto run = RunSuccessfully(command, limits);
    if (!run) return Context("measuring the shell", run.error());
    walls.push_back(run->wall_secs);
    cost.user_secs += run->user_secs / runs;
    cost.system_secs += run->system_secs / runs;
  }
  const auto middle = walls.begin() + static_cast<std::ptrdiff_t>(walls.size() / 2);
  std::nth_element(walls.begin(), middle, walls.end());
  cost.wall_secs = *middle;
  return cost;
}

void TakeOffShell(const ShellCost& cost, SubprocessResult& run) {
  run.wall_secs = std::max(0.0, run.wall_secs - cost.wall_secs);
  run.user_secs = std::max(0.0, run.user_secs - cost.user_secs);
  run.system_secs = std::max(0.0, run.system_secs - cost.system_secs);
}

std::optional<std::string> ShellWarning(double corrected_wall_secs, const ShellCost& cost) {
  if (corrected_wall_secs >= kShortestSecs) return std::nullopt;
  return fmt::format(
      "the command takes less than {} and the shell that starts it {}: run it without a shell (-N or shell: false)",
      FormatDuration(kShortestSecs), FormatDuration(cost.wall_secs));
}

}  // namespace rapidbyte::lab
