#include "base/format.h"

#include <gtest/gtest.h>

#include <limits>

namespace rapidbyte {
namespace {

TEST(FormatDigits, KeepsThreeSignificantDigits) {
  EXPECT_EQ(FormatDigits(0), "0");
  EXPECT_EQ(FormatDigits(0.01234), "0.0123");
  EXPECT_EQ(FormatDigits(1.2), "1.20");
  EXPECT_EQ(FormatDigits(45.64), "45.6");
  EXPECT_EQ(FormatDigits(999.4), "999");
  EXPECT_EQ(FormatDigits(1234.6), "1235");
  EXPECT_EQ(FormatDigits(-2.5), "-2.50");
}

TEST(FormatDigits, RoundingMayCarry) {
  EXPECT_EQ(FormatDigits(9.996), "10.0");
  EXPECT_EQ(FormatDigits(99.96), "100");
  EXPECT_EQ(FormatDigits(0.9996), "1.00");
  EXPECT_EQ(FormatDigits(999.6), "1000");
}

TEST(FormatDigits, NeverPrintsWhatIsNotFinite) {
  EXPECT_EQ(FormatDigits(std::numeric_limits<double>::quiet_NaN()), "–");
  EXPECT_EQ(FormatDigits(std::numeric_limits<double>::infinity()), "–");
}

TEST(FormatDuration, ChoosesTheUnit) {
  EXPECT_EQ(FormatDuration(0), "0 s");
  EXPECT_EQ(FormatDuration(412e-9), "412 ns");
  EXPECT_EQ(FormatDuration(3.2e-6), "3.20 µs");
  EXPECT_EQ(FormatDuration(0.0012), "1.20 ms");
  EXPECT_EQ(FormatDuration(0.9996), "1.00 s");
  EXPECT_EQ(FormatDuration(45.61), "45.6 s");
  EXPECT_EQ(FormatDuration(119.4), "119 s");
  EXPECT_EQ(FormatDuration(125), "2 min 05 s");
  EXPECT_EQ(FormatDuration(3599.7), "1 h 00 min");
  EXPECT_EQ(FormatDuration(12'000), "3 h 20 min");
  EXPECT_EQ(FormatDuration(-125), "-2 min 05 s");
}

TEST(FormatBytes, AreDecimal) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(118), "118 B");
  EXPECT_EQ(FormatBytes(7), "7 B");
  EXPECT_EQ(FormatBytes(1000), "1.00 kB");
  EXPECT_EQ(FormatBytes(12.24e6), "12.2 MB");
  EXPECT_EQ(FormatBytes(999.9e6), "1.00 GB");
  EXPECT_EQ(FormatBytes(5e15), "5000 TB");
}

TEST(FormatRate, ScalesTheCount) {
  EXPECT_EQ(FormatRate(97'234, "rows"), "97.2k rows/s");
  EXPECT_EQ(FormatRate(1.5, "runs"), "1.50 runs/s");
  EXPECT_EQ(FormatRate(2'600'000, "rows"), "2.60M rows/s");
}

TEST(FormatThousands, Separates) {
  EXPECT_EQ(FormatThousands(0), "0");
  EXPECT_EQ(FormatThousands(999), "999");
  EXPECT_EQ(FormatThousands(1000), "1,000");
  EXPECT_EQ(FormatThousands(1'000'000), "1,000,000");
  EXPECT_EQ(FormatThousands(std::numeric_limits<uint64_t>::max()), "18,446,744,073,709,551,615");
}

}  // namespace
}  // namespace rapidbyte
