#include "profile/stack_table.h"

#include <gtest/gtest.h>

#include <string>

#include "profile/profile.h"

namespace rapidbyte::profile {
namespace {

FrameId Named(StackTable& table, std::string_view name) { return table.Intern(Frame{.name = table.Intern(name)}); }

TEST(StackTableTest, EqualTextsHaveOneId) {
  StackTable table;
  std::string text = "decode";
  const StringId id = table.Intern(text);
  text[0] = 'x';  // the table keeps its own copy
  EXPECT_EQ(table.Intern("decode"), id);
  EXPECT_EQ(table.Text(id), "decode");
  EXPECT_EQ(table.Text(StringId{0}), "");
  EXPECT_EQ(table.Intern(""), StringId{0});
}

TEST(StackTableTest, FramesDifferInEveryField) {
  StackTable table;
  const Frame frame{.name = table.Intern("f"), .image = table.Intern("a"), .file = table.Intern("f.cpp"), .line = 3};
  const FrameId id = table.Intern(frame);
  EXPECT_EQ(table.Intern(frame), id);
  Frame other = frame;
  other.inlined = true;
  EXPECT_NE(table.Intern(other), id);
  other = frame;
  other.line = 4;
  EXPECT_NE(table.Intern(other), id);
  other = frame;
  other.origin = Origin::kKernel;
  EXPECT_NE(table.Intern(other), id);
}

TEST(StackTableTest, EqualStacksHaveOneId) {
  StackTable table;
  const FrameId main = Named(table, "main");
  const FrameId work = Named(table, "work");
  const StackId stack = table.Push(table.Push(kRoot, main), work);
  EXPECT_EQ(table.Push(table.Push(kRoot, main), work), stack);
  EXPECT_NE(table.Push(table.Push(kRoot, work), main), stack);
  EXPECT_EQ(table.Path(stack), (std::vector<FrameId>{main, work}));
  EXPECT_TRUE(table.Path(kRoot).empty());
}

TEST(StackTableTest, ManyStaysExactAndSurvivesAMove) {
  StackTable grown;
  std::vector<StackId> stacks;
  for (int i = 0; i < 100'000; ++i) {
    const StackId parent = i % 7 == 0 ? kRoot : stacks.back();
    stacks.push_back(grown.Push(parent, Named(grown, "function " + std::to_string(i % 1000))));
  }
  const StackTable table = std::move(grown);
  for (int i = 0; i < 100'000; i += 997) {
    EXPECT_EQ(table.Name(table.Leaf(stacks[i])), "function " + std::to_string(i % 1000));
  }
  EXPECT_EQ(table.string_count(), 1001u);
  EXPECT_EQ(table.frame_count(), 1000u);
}

TEST(ProfileTest, NamesGoBothWays) {
  for (size_t i = 0; i < kStateCount; ++i) EXPECT_EQ(StateOf(StateName(State(i))), State(i));
  for (size_t i = 0; i < kOriginCount; ++i) EXPECT_EQ(OriginOf(OriginName(Origin(i))), Origin(i));
  EXPECT_EQ(StateOf("sleeping"), std::nullopt);
}

}  // namespace
}  // namespace rapidbyte::profile
