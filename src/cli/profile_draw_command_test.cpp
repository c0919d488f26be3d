#include "cli/profile_draw_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/result.h"
#include "cli/profile_diff_command.h"
#include "cli/test_command_line.h"
#include "store/test_folder.h"

namespace rapidbyte::cli {
namespace {

using store::TestFolder;
using testing::HasSubstr;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

bool Parses(const std::string& line, ProfileDrawOptions& draw, ProfileDiffOptions& diff) {
  const auto parsed = ParseLine(line, [&](Command profile) {
    AddProfileDraw(profile, draw);
    AddProfileDiff(profile, diff);
  });
  return parsed.has_value();
}

TEST(ProfileDraw, DrawsFoldedStacks) {
  const TestFolder folder;
  Write(folder / "a.folded", "main;work 3\nmain;rest 1\n");
  ProfileDrawOptions draw;
  ProfileDiffOptions diff;
  ASSERT_TRUE(Parses("draw --title Mine --icicle --state both " + std::string(folder / "a.folded") + " -o " +
                         std::string(folder / "a.svg"),
                     draw, diff));
  EXPECT_EQ(RunProfileDraw(draw), 0);
  const std::string svg = Read(folder / "a.svg");
  EXPECT_THAT(svg, HasSubstr(">Mine</title>"));
  EXPECT_THAT(svg, HasSubstr("work"));
  EXPECT_THAT(svg, HasSubstr("\"state\":\"both\",\"icicle\":true"));
}

TEST(ProfileDraw, RefusesWhatIsNoProfile) {
  const TestFolder folder;
  ProfileDrawOptions draw;
  draw.input = folder / "missing";
  EXPECT_EQ(RunProfileDraw(draw), static_cast<int>(ErrorCode::kConfiguration));
  Write(folder / "empty", "");
  draw.input = folder / "empty";
  EXPECT_EQ(RunProfileDraw(draw), static_cast<int>(ErrorCode::kData));
  Write(folder / "good", "main 1\n");
  draw.input = folder / "good";
  draw.output = folder / "no such folder/a.svg";
  EXPECT_EQ(RunProfileDraw(draw), static_cast<int>(ErrorCode::kConfiguration));
}

TEST(ProfileDiff, ComparesRuns) {
  const TestFolder folder;
  std::string line = "diff";
  for (const char* side : {"before", "after"}) {
    if (std::string(side) == "after") line += " --after";
    for (int run = 0; run < 3; ++run) {
      const std::string path = folder / (side + std::to_string(run));
      const int slow = std::string(side) == "after" ? 6000 : 3000;
      Write(path, "main;fast 9000\nmain;slow " + std::to_string(slow + run * 10) + "\n");
      line += " " + path;
    }
  }
  ProfileDrawOptions draw;
  ProfileDiffOptions diff;
  ASSERT_TRUE(Parses(line, draw, diff));
  for (const char* name : {"a.txt", "a.svg", "a.json"}) {
    diff.output = folder / name;
    EXPECT_EQ(RunProfileDiff(diff), 0);
  }
  EXPECT_THAT(Read(folder / "a.txt"), testing::ContainsRegex("\\* .*slow"));
  EXPECT_THAT(Read(folder / "a.svg"), HasSubstr("Differential flamegraph"));
  EXPECT_THAT(Read(folder / "a.json"), HasSubstr("\"decided\": true"));
}

TEST(ProfileDiff, NeedsBothSides) {
  ProfileDrawOptions draw;
  ProfileDiffOptions diff;
  EXPECT_FALSE(Parses("diff a", draw, diff));
  EXPECT_FALSE(Parses("diff --after a", draw, diff));
}

TEST(ProfileDiff, ReadsStandardInputOnce) {
  ProfileDiffOptions diff;
  diff.before = diff.after = {"-"};
  EXPECT_EQ(RunProfileDiff(diff), static_cast<int>(ErrorCode::kUsage));
}

}  // namespace
}  // namespace rapidbyte::cli
