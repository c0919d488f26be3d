#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/test_command_line.h"

namespace rapidbyte::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

enum class Shape { kRound, kSquare };

// What a small program says to a command line.
std::string Said(const std::string& line) {
  int warmup = 0;
  double duration = 0;
  Shape shape = Shape::kRound;
  const auto declare_run = [&](Command run) {
    run.Add("-w,--warmup", warmup, "");
    run.Add("--duration", duration, "").NotNegative("SECS");
    run.AddChoice<Shape>("--shape", shape, {{"round", Shape::kRound}, {"square", Shape::kSquare}}, "").Required();
  };
  const auto parsed = ParseLine(line, [&](Command root) {
    root.RequireCommand();
    root.AddCommand("bench", "", [&](Command bench) {
      bench.RequireCommand();
      bench.AddCommand("run", "", declare_run);
      bench.AddCommand("compare", "");
    });
  });
  if (parsed) return shape == Shape::kSquare ? "square" : "round";
  EXPECT_EQ(parsed.error().code, ErrorCode::kUsage);
  return parsed.error().message + "\n" + parsed.error().hint;
}

TEST(UsageError, AnUnknownOptionHasTheNearestOne) {
  EXPECT_EQ(Said("bench run --shape round --waarmup 3"),
            "tool bench run has no option --waarmup\ndid you mean --warmup?");
  EXPECT_EQ(Said("bench run --shape round --waarmup=3"),
            "tool bench run has no option --waarmup\ndid you mean --warmup?");
  EXPECT_EQ(Said("bench run --shpae round"), "tool bench run has no option --shpae\ndid you mean --shape?");
  EXPECT_EQ(Said("bench run --shape round --xyzzyx"),
            "tool bench run has no option --xyzzyx\n`tool bench run --help` lists what there is");
}

TEST(UsageError, AnUnknownCommandHasTheNearestOneOrAll) {
  EXPECT_EQ(Said("bench rnu"), "tool bench has no command \"rnu\"\ndid you mean run?");
  EXPECT_EQ(Said("bnech run"), "tool has no command \"bnech\"\ndid you mean bench?");
  EXPECT_EQ(Said("bench sing"), "tool bench has no command \"sing\"\nthere are run, compare");
  EXPECT_EQ(Said("bench"), "tool bench: a command is missing\nthere are run, compare");
  EXPECT_THAT(Said("bench compare more"), HasSubstr("unexpected argument \"more\""));
}

TEST(UsageError, AValueThatIsNoneIsToldWhatIsExpected) {
  EXPECT_EQ(Said("bench run --shape square"), "square");
  EXPECT_THAT(Said("bench run --shape oval"), HasSubstr("--shape: expected one of round, square, found \"oval\""));
  EXPECT_THAT(Said("bench run --shape 1"), HasSubstr("expected one of round, square"));
  EXPECT_THAT(Said("bench run --shape round --duration -1"), HasSubstr("--duration: must not be negative"));
  EXPECT_THAT(Said("bench run"), AllOf(HasSubstr("--shape is required"), HasSubstr("`tool bench run --help`")));
}

}  // namespace
}  // namespace rapidbyte::cli
