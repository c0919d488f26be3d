#include "lab/last_lines.h"

#include <gtest/gtest.h>

namespace rapidbyte::lab {
namespace {

TEST(LastLines, HasTheEndOfBothStreams) {
  SubprocessResult result;
  EXPECT_EQ(LastLines(result), "");
  result.out = "\nout\n";
  EXPECT_EQ(LastLines(result), "out");
  result.err = "  why\nTry --help\n\n";
  EXPECT_EQ(LastLines(result), "out\n  why\nTry --help");
  result.err = "1\n2\n3\n4\n5\n6\n7\n8\n9";
  EXPECT_EQ(LastLines(result), "2\n3\n4\n5\n6\n7\n8\n9");
  result.err = std::string(2000, 'a') + "b";
  EXPECT_EQ(LastLines(result), "…" + std::string(999, 'a') + "b");
}

TEST(LastLines, LeavesTheDocumentOfOurOwnRunsOut) {
  SubprocessResult result;
  result.out = "first\n@@BENCH_JSON@@{}\nlast";
  EXPECT_EQ(LastLines(result), "first\nlast");
  result.out = "@@BENCH_JSON@@{}";
  EXPECT_EQ(LastLines(result), "");
}

}  // namespace
}  // namespace rapidbyte::lab
