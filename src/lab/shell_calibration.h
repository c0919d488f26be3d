// What a shell itself takes, so that it can be taken off commands that run in one.
//
// As hyperfine does it: the shell runs the empty command many times. What is left of a short command after that is
// mostly noise; ShellWarning says so. One thread.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "lab/subprocess.h"

namespace rapidbyte::lab {

struct ShellCost {
  double wall_secs = 0;  // the median
  double user_secs = 0;  // the means: the kernel tells user from system time in ticks longer than such a run
  double system_secs = 0;
};

// `command` is as the measured ones are (environment, folder, streams) but for its arguments. Errors: kConfiguration
// where the shell cannot be started; kInternal where the empty command fails; kInterrupted.
Result<ShellCost> MeasureShell(const std::string& shell, Command command, const SubprocessLimits& limits,
                               int runs = 50);

// Takes the cost off a run's times; none goes below zero.
void TakeOffShell(const ShellCost& cost, SubprocessResult& run);

// A warning where a command takes so little time (less than 5 ms, as corrected) that the shell hides it.
std::optional<std::string> ShellWarning(double corrected_wall_secs, const ShellCost& cost);

}  // namespace rapidbyte::lab
