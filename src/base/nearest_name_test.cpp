#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <string>

namespace rapidbyte {
namespace {

constexpr std::string_view kKeys[] = {"host", "port", "user", "password", "database", "schema"};

TEST(EditDistanceTest, CountsEditsAndNeighboursSwapped) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("prot", "port"), 1u);
  EXPECT_EQ(EditDistance("ca", "abc"), 3u);  // 2 where a letter may be edited twice
}

TEST(NearestNameTest, FindsTheMisspeltOne) {
  EXPECT_EQ(NearestName("prot", kKeys), "port");
  EXPECT_EQ(NearestName("pasword", kKeys), "password");
  EXPECT_EQ(NearestName("SCHEMA", kKeys), "schema");
  EXPECT_EQ(NearestName("databse_", kKeys), "database");
}

TEST(NearestNameTest, SuggestsNothingFar) {
  EXPECT_EQ(NearestName("compression", kKeys), "");
  EXPECT_EQ(NearestName("xy", kKeys), "");
  EXPECT_EQ(NearestName("", kKeys), "");
  EXPECT_EQ(NearestName(std::string(10'000, 'p'), kKeys), "");
}

}  // namespace
}  // namespace rapidbyte
