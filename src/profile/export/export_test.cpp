// What holds for all exports alike.
#include "profile/export/export.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/utf8.h"
#include "profile/export/test_readers.h"

namespace rapidbyte::profile {
namespace {

void ExpectEqual(const Totals& actual, const Totals& expected, const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (const auto& [name, value] : expected) {
    ASSERT_TRUE(actual.contains(name)) << what << ": " << name;
    EXPECT_NEAR(actual.at(name), value, 1e-9 * value + 1e-6) << what << ": " << name;
  }
}

// The frame that stands for time off the CPU has no counterpart in the profile.
Totals WithoutStates(Totals totals) {
  totals.erase("[blocked]");
  totals.erase("[preempted]");
  return totals;
}

TEST(ExportTest, AllAgreeOnTheTotalOfEachFunction) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const Profile profile = MakeRandom(seed);
    const Totals expected = TotalsOf(profile);
    const std::string what = "seed " + std::to_string(seed) + ", ";
    ExpectEqual(FoldedTotals(Export(profile, ExportFormat::kFolded)), expected, what + "folded");
    ExpectEqual(PprofTotals(Export(profile, ExportFormat::kPprof)), expected, what + "pprof");
    ExpectEqual(SpeedscopeTotals(Export(profile, ExportFormat::kSpeedscope)), expected, what + "speedscope");
    ExpectEqual(WithoutStates(FirefoxTotals(Export(profile, ExportFormat::kFirefox))), expected, what + "firefox");
    ExpectEqual(ChromeTotals(Export(profile, ExportFormat::kChrome)), expected, what + "chrome");
  }
}

TEST(ExportTest, HostileNamesGiveValidDocuments) {
  const Profile profile = MakeHostile();
  for (const ExportFormat format : {ExportFormat::kSpeedscope, ExportFormat::kFirefox, ExportFormat::kChrome}) {
    const std::string text = Export(profile, format);
    EXPECT_TRUE(nlohmann::json::accept(text)) << static_cast<int>(format);
    EXPECT_EQ(ValidUtf8(text), text);
  }
  const std::string message = Gunzip(Export(profile, ExportFormat::kPprof));
  for (const ProtobufField& field : FieldsOf(message)) {
    if (field.number == 6) {
      EXPECT_EQ(ValidUtf8(field.bytes), field.bytes);
    }
  }
}

TEST(ExportTest, AnEmptyProfileGivesValidDocuments) {
  for (const ExportFormat format : {ExportFormat::kSpeedscope, ExportFormat::kFirefox, ExportFormat::kChrome}) {
    EXPECT_TRUE(nlohmann::json::accept(Export(Profile{}, format))) << static_cast<int>(format);
  }
  EXPECT_EQ(Export(Profile{}, ExportFormat::kFolded), "");
  EXPECT_TRUE(ReadPprof(Export(Profile{}, ExportFormat::kPprof)).samples.empty());
}

// A stack of any depth is a loop and no recursion; many samples share what they have in common.
TEST(ExportTest, DeepStacksAndManySamples) {
  Profile profile;
  profile.threads.resize(1);
  StackId stack = kRoot;
  for (int depth = 0; depth < 20'000; ++depth) {
    const StringId name = profile.stacks.Intern("f" + std::to_string(depth % 5));
    stack = profile.stacks.Push(stack, profile.stacks.Intern(Frame{.name = name, .inlined = depth % 5 != 0}));
  }
  for (int64_t i = 0; i < 10'000; ++i) profile.samples.push_back({i * 1'000'000, 0, stack, State::kRunning, 1, 1e6});
  EXPECT_EQ(ReadPprof(Export(profile, ExportFormat::kPprof)).samples.size(), 1u);
  EXPECT_EQ(nlohmann::json::parse(Export(profile, ExportFormat::kSpeedscope))["profiles"][0]["weights"].size(), 1u);
  const auto chrome = nlohmann::json::parse(Export(profile, ExportFormat::kChrome));
  EXPECT_EQ(chrome["traceEvents"].size(), 2 * 20'000u + 1) << "one span for each frame";
  EXPECT_EQ(chrome["samples"].size(), 10'000u);
  EXPECT_EQ(nlohmann::json::parse(Export(profile, ExportFormat::kFirefox))["threads"][0]["samples"]["length"], 10'000);
}

}  // namespace
}  // namespace rapidbyte::profile
