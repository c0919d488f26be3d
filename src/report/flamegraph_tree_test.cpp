#include "report/flamegraph_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "report/flamegraph_data.h"
#include "report/flamegraph_text.h"
#include "report/flamegraph_view.h"
#include "report/test_profile.h"

namespace rapidbyte::report {
namespace {

using testing::ElementsAre;

constexpr TreeLimits kAll{1'000'000, 0};

// "name value" per node of the view in which everything counts, indented by depth.
std::vector<std::string> Lines(const profile::Profile& profile, const CallTree& tree, const FrameList& frames) {
  std::vector<std::string> lines;
  for (const ViewNode& node : ViewOf(tree, {{true, true, true}, false}).nodes) {
    std::string name = node.frame == kNoFrame ? "all" : "(pruned)";
    if (node.frame < frames.frames().size()) name = profile.stacks.Name(frames.frames()[node.frame]);
    lines.push_back(std::string(node.depth, ' ') + name + " " + std::to_string(static_cast<int>(node.extent)));
  }
  return lines;
}

profile::Profile Recursive() {
  profile::Profile profile;
  AddSample(profile, {{"a"}, {"b"}, {"a"}}, 5);
  AddSample(profile, {{"a"}, {"b"}}, 3);
  AddSample(profile, {{"c"}, {"a"}}, 2);
  return profile;
}

TEST(CallTree, FromTheRootDown) {
  const profile::Profile profile = Recursive();
  const WeightedStacks weighted = StacksOf(profile);
  FrameList frames(profile.stacks);
  EXPECT_THAT(Lines(profile, TopDown(weighted, kAll, frames), frames),
              ElementsAre("all 10", " a 8", "  b 8", "   a 5", " c 2", "  a 2"));
}

TEST(CallTree, FromTheLeavesUp) {
  const profile::Profile profile = Recursive();
  const WeightedStacks weighted = StacksOf(profile);
  FrameList frames(profile.stacks);
  EXPECT_THAT(Lines(profile, BottomUp(weighted, kAll, frames), frames),
              ElementsAre("all 10", " a 7", "  b 5", "   a 5", "  c 2", " b 3", "  a 3"));
}

TEST(CallTree, WhatIsTooSmallKeepsItsWeight) {
  const profile::Profile profile = Recursive();
  const WeightedStacks weighted = StacksOf(profile);
  for (const bool reverse : {false, true}) {
    FrameList frames(profile.stacks);
    const TreeLimits limits{1'000'000, 0.4};
    const CallTree tree = reverse ? BottomUp(weighted, limits, frames) : TopDown(weighted, limits, frames);
    const std::vector<std::string> lines = Lines(profile, tree, frames);
    EXPECT_EQ(lines.front(), "all 10");
    EXPECT_THAT(lines, testing::Contains(reverse ? " (pruned) 3" : " (pruned) 2"));
    EXPECT_GT(tree.pruned[0], 0.19);
  }
}

TEST(CallTree, WithoutBytesNothingIsKeptAndNothingLost) {
  const profile::Profile profile = Recursive();
  const WeightedStacks weighted = StacksOf(profile);
  FrameList frames(profile.stacks);
  EXPECT_THAT(Lines(profile, TopDown(weighted, {}, frames), frames), ElementsAre("all 10", " (pruned) 10"));
  EXPECT_THAT(Lines(profile, BottomUp(weighted, {}, frames), frames), ElementsAre("all 10", " (pruned) 10"));
}

TEST(CallTree, AThousandThreadsBecomeTheHeaviestAndTheRest) {
  profile::Profile profile;
  profile.threads.resize(1000);
  for (uint32_t thread = 0; thread < 1000; ++thread) {
    AddSample(profile, {{"work"}}, 1000 - thread, profile::State::kRunning, thread);
  }
  const WeightedStacks weighted = StacksOf(profile);
  EXPECT_EQ(weighted.threads.size(), 200u);
  EXPECT_EQ(weighted.threads.back(), "801 other threads");
  EXPECT_DOUBLE_EQ(weighted.SideTotal(0), 500'500);
}

TEST(CallTree, IgnoresWhatIsNoAmount) {
  profile::Profile profile;
  for (const double value : {0.0, -5.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
    AddSample(profile, {{"work"}}, value);
  }
  EXPECT_TRUE(StacksOf(profile).weights.empty());
}

TEST(View, SplitsThreads) {
  const profile::Profile profile = TestProfile();
  const WeightedStacks weighted = StacksOf(profile);
  FrameList frames(profile.stacks);
  const View view = ViewOf(TopDown(weighted, kAll, frames), {{true, false, false}, true});
  std::vector<std::pair<std::string, double>> threads;
  for (const ViewNode& node : view.nodes) {
    if (node.thread != kNoThread) threads.emplace_back(weighted.threads[node.thread], node.extent / 1e6);
  }
  EXPECT_THAT(threads, ElementsAre(testing::Pair("destination (101)", 560), testing::Pair("source (100)", 620)));
}

TEST(View, BoxesStandSideBySide) {
  const profile::Profile profile = TestProfile();
  const WeightedStacks weighted = StacksOf(profile);
  FrameList frames(profile.stacks);
  const View view = ViewOf(TopDown(weighted, kAll, frames), {{true, true, true}, false});
  const std::vector<Box> boxes = BoxesOf(view, 0, 1000);
  EXPECT_EQ(boxes.size(), view.nodes.size());
  for (const Box& box : boxes) {
    for (const Box& other : boxes) {
      const bool beside = box.left + box.width <= other.left + 1e-12 || other.left + other.width <= box.left + 1e-12;
      EXPECT_TRUE(&box == &other || beside || view.nodes[box.node].depth != view.nodes[other.node].depth);
    }
  }
  EXPECT_LE(BoxesOf(view, 0, 4).size(), 4u);
  EXPECT_EQ(BoxesOf(view, 0.5, 1000).size(), 3u);  // all, main, Stage::Run
}

TEST(FlamegraphData, NumbersOfAnySize) {
  std::string column;
  for (const uint64_t number : {0u, 31u, 32u, 1000u}) AppendNumber(column, number);
  EXPECT_EQ(column, "AfgBof");
}

TEST(FlamegraphText, CleansWhateverComes) {
  EXPECT_EQ(CleanText("plain Größe 漢 🔥"), "plain Größe 漢 🔥");
  EXPECT_EQ(CleanText("a\x01\n\xFF"
                      "b"),
            "a� �b");
  EXPECT_EQ(CleanText("\xED\xA0\x80"), "���");       // half of a surrogate pair
  EXPECT_EQ(CleanText("\xE2\x80\xAE"), "�");         // turns the direction of writing
  EXPECT_EQ(CleanText("\xF4\x90\x80\x80"), "����");  // beyond Unicode
  EXPECT_EQ(CleanText("\xE2\x82"), "��");            // ends early
  EXPECT_EQ(CleanText(std::string(99, 'x') + "end", 30), std::string(20, 'x') + "…" + "xxxxxxxend");
}

TEST(FlamegraphText, ShortensByColumns) {
  EXPECT_EQ(Shortened("größer", 6), "größer");
  EXPECT_EQ(Shortened("größer", 4), "grö…");
  EXPECT_EQ(Shortened("größer", 0), "");
}

TEST(FlamegraphText, Percentages) {
  EXPECT_EQ(FormatPercent(0.5), "50.0%");
  EXPECT_EQ(FormatPercent(0.00512), "0.51%");
  EXPECT_EQ(FormatPercent(0.00001), "< 0.01%");
  EXPECT_EQ(FormatPercent(0), "0.00%");
}

}  // namespace
}  // namespace rapidbyte::report
