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
  for (const char* type : {"numeric", "numeric(10,2)", "character(5)", "integer[]", "public.integer", "\"char\"",
                           "money", "time with time zone", "bit(4)", "text[]", "public.\"text(1)\""}) {
    EXPECT_EQ(NativeType(type), std::nullopt) << type;
  }
}

TEST(NativeType, ATypeOfAUserIsNotTakenForTheServersOwn) {
  for (const char* type :
       {"public.\"integer\"", "public.\"timestamp(3) without time zone\"", "public.uuid", "\"My Enum\""}) {
    EXPECT_EQ(NativeType(type), std::nullopt) << type;
  }
}

TEST(Oids, AreThoseOfTheServersCatalog) {
  EXPECT_EQ(ElementOid(TypeId::kBool), 16u);
  EXPECT_EQ(ArrayOid(TypeId::kBool), 1000u);
  EXPECT_EQ(ElementOid(TypeId::kUtf8), 25u);
  EXPECT_EQ(ArrayOid(TypeId::kUtf8), 1009u);
  EXPECT_EQ(ElementOid(TypeId::kTimestampTz), 1184u);
  EXPECT_EQ(ArrayOid(TypeId::kTimestampTz), 1185u);
  EXPECT_EQ(ElementOid(TypeId::kUuid), 2950u);
  EXPECT_EQ(ArrayOid(TypeId::kUuid), 2951u);
}

TEST(Epoch, DatesGoThereAndBackOrAreRefused) {
  int32_t arrow = 0;
  ASSERT_TRUE(DateToArrow(0, &arrow));
  EXPECT_EQ(arrow, 10957);
  // The last ones are the first and the last date that PostgreSQL knows, and the last that fits.
  for (const int32_t days : {0, -1, 1, INT32_MAX, INT32_MIN, -2451545, 2145031948, INT32_MAX - kEpochDays - 1}) {
    ASSERT_TRUE(DateToArrow(days, &arrow)) << days;
    EXPECT_EQ(DateFromArrow(arrow), days);
  }
  ASSERT_TRUE(DateToArrow(INT32_MAX, &arrow));
  EXPECT_EQ(arrow, INT32_MAX);
  for (const int32_t days : {INT32_MAX - 1, INT32_MAX - kEpochDays, INT32_MAX - kEpochDays + 1}) {
    EXPECT_FALSE(DateToArrow(days, &arrow)) << days;
  }
}

TEST(Epoch, TimestampsGoThereAndBackOrAreRefused) {
  int64_t arrow = 0;
  ASSERT_TRUE(TimestampToArrow(0, &arrow));
  EXPECT_EQ(arrow, 946684800000000);
  for (const int64_t micros :
       {int64_t{0}, int64_t{-1}, int64_t{-211813488000000000}, INT64_MAX, INT64_MIN, INT64_MAX - kEpochMicros - 1}) {
    ASSERT_TRUE(TimestampToArrow(micros, &arrow)) << micros;
    EXPECT_EQ(TimestampFromArrow(arrow), micros);
  }
  for (const int64_t micros : {INT64_MAX - 1, INT64_MAX - kEpochMicros, INT64_MAX - kEpochMicros + 1}) {
    EXPECT_FALSE(TimestampToArrow(micros, &arrow)) << micros;
  }
}

TEST(Epoch, WhatPostgreSqlCannotHoldNeverBecomesAnInfinity) {
  for (const int32_t days : {INT32_MIN + 1, INT32_MIN + kEpochDays - 1, INT32_MIN + kEpochDays}) {
    EXPECT_EQ(DateFromArrow(days), INT32_MIN + 1) << days;
  }
  EXPECT_EQ(DateFromArrow(INT32_MIN + kEpochDays + 1), INT32_MIN + 1);
  for (const int64_t micros : {INT64_MIN + 1, INT64_MIN + kEpochMicros - 1, INT64_MIN + kEpochMicros}) {
    EXPECT_EQ(TimestampFromArrow(micros), INT64_MIN + 1) << micros;
  }
  EXPECT_EQ(TimestampFromArrow(INT64_MAX - 1), INT64_MAX - 1 - kEpochMicros);
}

}  // namespace
}  // namespace rapidbyte::pgwire
