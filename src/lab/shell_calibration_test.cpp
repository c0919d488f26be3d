#include "lab/shell_calibration.h"

#include <gtest/gtest.h>

namespace rapidbyte::lab {
namespace {

TEST(MeasureShell, MeasuresTheEmptyCommand) {
  const auto cost = MeasureShell("sh", {}, {}, 5);
  ASSERT_TRUE(cost) << cost.error().message;
  EXPECT_GT(cost->wall_secs, 0);
  EXPECT_GE(cost->user_secs + cost->system_secs, 0);
}

TEST(MeasureShell, FailsWhereThereIsNoShell) {
  const auto missing = MeasureShell("/no/shell", {}, {}, 5);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kConfiguration);
  EXPECT_NE(missing.error().message.find("measuring the shell"), std::string::npos);
  EXPECT_FALSE(MeasureShell("false", {}, {}, 5));
}

TEST(TakeOffShell, NeverGoesBelowZero) {
  SubprocessResult run;
  run.wall_secs = 0.5;
  run.user_secs = 0.25;
  run.system_secs = 0.001;
  TakeOffShell({.wall_secs = 0.25, .user_secs = 0.125, .system_secs = 0.002}, run);
  EXPECT_EQ(run.wall_secs, 0.25);
  EXPECT_EQ(run.user_secs, 0.125);
  EXPECT_EQ(run.system_secs, 0);
}

TEST(ShellWarning, ForShortCommandsOnly) {
  const ShellCost cost{.wall_secs = 0.001};
  EXPECT_EQ(ShellWarning(0.005, cost), std::nullopt);
  EXPECT_EQ(ShellWarning(0.004, cost),
            "the command takes less than 5.00 ms and the shell that starts it 1.00 ms: run it without a shell (-N or "
            "shell: false)");
}

}  // namespace
}  // namespace rapidbyte::lab
