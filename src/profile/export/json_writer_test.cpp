#include "profile/export/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

namespace rapidbyte::profile {
namespace {

template <typename Write>
std::string Written(const Write& write) {
  std::ostringstream out;
  {
    JsonWriter json(out);
    write(json);
  }
  return out.str();
}

TEST(JsonWriterTest, ObjectsAndArrays) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginObject().Key("a").BeginArray().Number(1).Number(2.5).Text("x").EndArray();
              json.Key("b").BeginObject().EndObject().Key("c").Bool(true).Key("d").Null().EndObject();
            }),
            R"({"a":[1,2.5,"x"],"b":{},"c":true,"d":null})");
  EXPECT_EQ(Written([](JsonWriter& json) { json.BeginArray().Line().Number(1).Line().Number(2).EndArray(); }),
            "[\n1,\n2]");
}

TEST(JsonWriterTest, KeysAndTextsAreEscaped) {
  EXPECT_EQ(Written([](JsonWriter& json) { json.BeginObject().Key("\n").Text("\"\xff").EndObject(); }),
            "{\"\\n\":\"\\\"\uFFFD\"}");
}

TEST(JsonWriterTest, EveryNumberIsValid) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginArray().Number(INT64_MIN).Number(UINT32_MAX).Number(0.1).Number(NAN).EndArray();
            }),
            "[-9223372036854775808,4294967295,0.1,0]");
  const std::string infinite = Written([](JsonWriter& json) { json.Number(INFINITY); });
  EXPECT_EQ(nlohmann::json::parse(infinite).get<double>(), std::numeric_limits<double>::max());
}

TEST(JsonWriterTest, DecimalsKeepEveryDigit) {
  const auto decimal = [](int64_t value, int digits) {
    return Written([&](JsonWriter& json) { json.Decimal(value, digits); });
  };
  EXPECT_EQ(decimal(1'234'567'890'123'456'789, 3), "1234567890123456.789");
  EXPECT_EQ(decimal(5, 3), "0.005");
  EXPECT_EQ(decimal(1'500, 3), "1.5");
  EXPECT_EQ(decimal(2'000, 3), "2");
  EXPECT_EQ(decimal(-1'050, 3), "-1.05");
  EXPECT_EQ(decimal(INT64_MIN, 6), "-9223372036854.775808");
}

TEST(JsonWriterTest, LongDocumentsComeOutWhole) {
  const std::string text = Written([](JsonWriter& json) {
    json.BeginArray();
    for (int i = 0; i < 100'000; ++i) json.Number(i);
    json.EndArray();
  });
  const auto numbers = nlohmann::json::parse(text);
  ASSERT_EQ(numbers.size(), 100'000u);
  EXPECT_EQ(numbers.back(), 99'999);
}

}  // namespace
}  // namespace rapidbyte::profile
