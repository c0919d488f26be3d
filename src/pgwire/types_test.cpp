#include "pgwire/types.h"

#include <gtest/gtest.h>

namespace rapidbyte::pgwire {
namespace {

using arrow::TypeId;

TEST(NativeType, KnowsFormatTypesNames) {
  EXPECT_EQ(NativeType("integer"), TypeId::kInt32);
  EXPECT_EQ(NativeType("character varying"), TypeId::kUtf8);
  EXPECT_EQ(NativeType("character varying(20)"), TypeId::kUtf8);
  EXPECT_EQ(NativeType("timestamp(3) with time zone"), TypeId::kTimestampTz);
  EXPECT_EQ(NativeType("timestamp without time zone"), TypeId::kTimestamp);
  EXPECT_EQ(NativeType("double precision"), TypeId::kFloat64);
}

TEST(NativeType, EverythingElseTravelsAsText) {
  for (const char* type : {"numeric", "numeric(10,2)", "character(5)", "integer[]", "public.integer", "\"char\"", "money",
                           "time with time zone", "bit(4)", "text[]", "public.\"text(1)\""}) {
    EXPECT_EQ(NativeType(type), std::nullopt) << type;
  }
}

TEST(Epoch, DatesGoThereAndBack) {
  EXPECT_EQ(DateToArrow(0), 10957);
  for (const int32_t days : {0, -1, 1, -2451545, 2145031948, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(DateFromArrow(DateToArrow(days)), days);
  }
  EXPECT_EQ(DateToArrow(INT32_MAX), INT32_MAX);
}

TEST(Epoch, TimestampsGoThereAndBackOrAreRefused) {
  int64_t arrow = 0;
  ASSERT_TRUE(TimestampToArrow(0, &arrow));
  EXPECT_EQ(arrow, 946684800000000);
  for (const int64_t micros : {int64_t{0}, int64_t{-1}, int64_t{-211813488000000000}, INT64_MAX, INT64_MIN,
                               INT64_MAX - kEpochMicros - 1}) {
    ASSERT_TRUE(TimestampToArrow(micros, &arrow)) << micros;
    EXPECT_EQ(TimestampFromArrow(arrow), micros);
  }
  for (const int64_t micros : {INT64_MAX - 1, INT64_MAX - kEpochMicros, INT64_MAX - kEpochMicros + 1}) {
    EXPECT_FALSE(TimestampToArrow(micros, &arrow)) << micros;
  }
}

}  // namespace
}  // namespace rapidbyte::pgwire
