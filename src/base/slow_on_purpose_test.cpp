#define RAPIDBYTE_SLOW "here"
#include "base/slow_on_purpose.h"

#include <gtest/gtest.h>

namespace rapidbyte {
namespace {

TEST(SlowOnPurpose, WorksAtItsPlaceOnly) {
  EXPECT_EQ(SlowOnPurpose("here", 1000), 1000u);
  EXPECT_EQ(SlowOnPurpose("here", 0), 0u);
  EXPECT_EQ(SlowOnPurpose("there", 1000), 0u);
  EXPECT_EQ(SlowOnPurpose("", 1000), 0u);
}

}  // namespace
}  // namespace rapidbyte
