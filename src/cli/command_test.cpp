#include "cli/command.h"

#include <gtest/gtest.h>

namespace rapidbyte::cli {
namespace {

TEST(PrintError, HoldsNoPasswordOfAnAddress) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(PrintError({ErrorCode::kUsage,
                        "unexpected argument \"postgresql:/u:s3cret@h/db\"\nno store host=h password=s3cret",
                        "for example postgresql://user:password@host:5432/database"}),
            10);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "error: unexpected argument \"postgresql:/u:***@h/db\"\nno store host=h password=***\n"
            "hint: for example postgresql://user:password@host:5432/database\n");
}

TEST(PrintWarning, HoldsNoPasswordOfAnAddressAndNothingThatATerminalObeys) {
  testing::internal::CaptureStderr();
  PrintWarning("cannot open u:s3cret@h\033[2J");
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_EQ(printed.find("s3cret"), std::string::npos) << printed;
  EXPECT_EQ(printed.find('\033'), std::string::npos) << printed;
}

}  // namespace
}  // namespace rapidbyte::cli
