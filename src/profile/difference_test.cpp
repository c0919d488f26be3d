#include "profile/difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "profile/folded.h"

namespace rapidbyte::profile {
namespace {

using Texts = std::vector<std::string>;

struct Sides {
  std::vector<Profile> before, after;
  Difference Compare(const DifferenceOptions& options = {}) const {
    const auto pointers = [](const std::vector<Profile>& profiles) {
      std::vector<const Profile*> result;
      for (const Profile& profile : profiles) result.push_back(&profile);
      return result;
    };
    return profile::Compare(pointers(before), pointers(after), options);
  }
};

Sides SidesOf(const Texts& before, const Texts& after) {
  Sides sides;
  for (const std::string& text : before) sides.before.push_back(ReadFolded(text, "before").value());
  for (const std::string& text : after) sides.after.push_back(ReadFolded(text, "after").value());
  return sides;
}

const FunctionChange& Function(const Difference& difference, std::string_view name) {
  for (const FunctionChange& function : difference.functions) {
    if (difference.stacks.Name(function.frame) == name) return function;
  }
  ADD_FAILURE() << name;
  return difference.functions.front();
}

// Stacks of random frames, with what a run of `samples` samples finds there. `grown` multiplies what work7 takes.
std::string RandomRun(std::mt19937& random, int samples, double grown) {
  std::map<std::string, int> counts;
  std::vector<double> weights;
  for (int i = 0; i < 12; ++i) weights.push_back((i + 1) * (i == 7 ? grown : 1));
  std::discrete_distribution<int> pick(weights.begin(), weights.end());
  for (int i = 0; i < samples; ++i) {
    const int work = pick(random);
    const std::string caller = work % 3 == 0 ? "parse" : work % 3 == 1 ? "write;flush" : "parse;parse";
    ++counts["main;" + caller + ";work" + std::to_string(work)];
  }
  std::string text;
  for (const auto& [stack, count] : counts) text += stack + " " + std::to_string(count) + "\n";
  return text;
}

Sides RandomSides(uint32_t seed, size_t runs, double grown, int samples = 2000) {
  std::mt19937 random(seed);
  Texts before, after;
  for (size_t i = 0; i < runs; ++i) before.push_back(RandomRun(random, samples, 1));
  for (size_t i = 0; i < runs; ++i) after.push_back(RandomRun(random, samples, grown));
  return SidesOf(before, after);
}

TEST(DifferenceTest, AParentChangesByItsChildrenAndItself) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const Difference difference = RandomSides(seed, 1 + seed % 4, 3).Compare();
    std::vector<double> values, shares;
    for (const Change& self : difference.self) {
      values.push_back(self.value());
      shares.push_back(self.share());
    }
    for (size_t i = values.size(); i-- > 1;) {
      const size_t parent = Index(difference.stacks.Parent(StackId{static_cast<uint32_t>(i)}));
      values[parent] += difference.total[i].value();
      shares[parent] += difference.total[i].share();
    }
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_NEAR(difference.total[i].value(), values[i], 1e-9);
      EXPECT_NEAR(difference.total[i].share(), shares[i], 1e-12);
    }
    EXPECT_NEAR(difference.total[0].share(), 0, 1e-12) << "the whole is the whole";
  }
}

TEST(DifferenceTest, SidesOfDifferentLengthsAreNormalised) {
  const Difference difference = SidesOf({"a;b 10\na;c 30\n"}, {"a;b 100\na;c 300\n", "a;b 50\na;c 150\n"}).Compare();
  for (const Change& change : difference.total) EXPECT_NEAR(change.share(), 0, 1e-12);
  EXPECT_DOUBLE_EQ(Function(difference, "b").self.before, 10);
  EXPECT_DOUBLE_EQ(Function(difference, "b").self.after, 75) << "per run";
  EXPECT_FALSE(difference.decided);
  EXPECT_FALSE(Function(difference, "b").self.interval);
}

TEST(DifferenceTest, NewAndRemovedFramesAreThere) {
  const Difference difference = SidesOf({"a;old 1\na;same 3\n"}, {"a;new 1\na;same 3\n"}).Compare();
  EXPECT_DOUBLE_EQ(Function(difference, "old").self.share(), -0.25);
  EXPECT_DOUBLE_EQ(Function(difference, "new").self.share(), 0.25);
  EXPECT_DOUBLE_EQ(Function(difference, "same").self.share(), 0);
  EXPECT_DOUBLE_EQ(Function(difference, "a").total.share(), 0);
}

TEST(DifferenceTest, AFunctionThatCallsItselfCountsOnce) {
  const Difference difference = SidesOf({"f;f;f 4\nf;g 4\n"}, {"f;f;f 8\n"}).Compare({.basis = Basis::kPerRun});
  EXPECT_DOUBLE_EQ(Function(difference, "f").total.before, 8);
  EXPECT_DOUBLE_EQ(Function(difference, "f").self.before, 4);
  EXPECT_DOUBLE_EQ(Function(difference, "f").total.after, 8);
}

TEST(DifferenceTest, FramesOfTwoBuildsAreOne) {
  Sides sides = SidesOf({"a 1\n"}, {"a 1\n"});
  for (const auto& [profiles, line] : {std::pair(&sides.before, 10u), std::pair(&sides.after, 12u)}) {
    Profile moved;
    StackTable& table = moved.stacks;
    const Frame frame{.name = table.Intern("decode"), .image = table.Intern("v" + std::to_string(line)), .line = line};
    moved.threads.emplace_back();
    moved.samples = {{.stack = table.Push(kRoot, table.Intern(frame)), .value = 1}};
    profiles->clear();
    profiles->push_back(std::move(moved));
  }
  const Difference difference = sides.Compare();
  EXPECT_EQ(difference.functions.size(), 1u);
  EXPECT_EQ(difference.stacks.At(difference.functions[0].frame).line, 10u);
}

// Two processes; frames that only their origin, inlining or image tells apart.
Profile RichProfile() {
  Profile profile;
  StackTable& table = profile.stacks;
  profile.threads = {{.pid = 1, .tid = 1, .name = "main", .process = "my tool"}, {.pid = 2, .tid = 2, .name = "child"}};
  const auto stack = [&](const std::vector<Frame>& frames) {
    StackId id = kRoot;
    for (const Frame& frame : frames) id = table.Push(id, table.Intern(frame));
    return id;
  };
  const StringId image = table.Intern("tool"), libc = table.Intern("libc.so.6");
  const StringId work = table.Intern("work"), none = table.Intern("[unknown]");
  const Frame main{.name = table.Intern("main"), .image = image, .origin = Origin::kProgram};
  profile.samples = {
      {.thread = 0, .stack = stack({main, {.name = work, .image = image, .origin = Origin::kProgram}}), .value = 40},
      {.thread = 0,
       .stack = stack({main, {.name = work, .image = image, .origin = Origin::kProgram, .inlined = true}}),
       .value = 20},
      {.thread = 1, .stack = stack({main, {.name = none, .image = libc, .origin = Origin::kLibrary}}), .value = 25},
      {.thread = 1, .stack = stack({main, {.name = none, .image = image, .origin = Origin::kProgram}}), .value = 10},
      {.thread = 1, .stack = stack({main, {.name = work, .image = libc, .origin = Origin::kKernel}}), .value = 5},
  };
  return profile;
}

TEST(DifferenceTest, AProfileIsTheSameAsItsFoldedStacks) {
  Sides sides;
  for (const FoldedOptions& options :
       {FoldedOptions{.mark_kernel = true, .mark_inlined = true}, FoldedOptions{.mark_kernel = true}}) {
    sides.before.push_back(RichProfile());
    sides.after.push_back(ReadFolded(WriteFolded(sides.before.back(), options), "folded").value());
    const Difference difference = sides.Compare();
    for (const Change& change : difference.total) EXPECT_NEAR(change.share(), 0, 1e-12);
    for (const FunctionChange& function : difference.functions) {
      EXPECT_NEAR(function.self.share(), 0, 1e-12) << difference.stacks.Name(function.frame);
    }
  }
}

TEST(DifferenceTest, OriginsAndImagesTellFramesApart) {
  Sides sides;
  sides.before.push_back(RichProfile());
  sides.after.push_back(RichProfile());
  EXPECT_EQ(sides.Compare().functions.size(), 6u);
}

TEST(DifferenceTest, WhatGrewStandsFirst) {
  for (const Basis basis : {Basis::kShare, Basis::kPerRun}) {
    const Difference difference = RandomSides(3, 4, 2.5).Compare({.basis = basis});
    ASSERT_TRUE(difference.decided);
    const FunctionChange& first = difference.functions.front();
    EXPECT_EQ(difference.stacks.Name(first.frame), "work7");
    EXPECT_TRUE(first.self.significant);
    ASSERT_TRUE(first.self.interval);
    EXPECT_GT(first.self.interval->lower, 0);
    EXPECT_TRUE(Function(difference, "flush").total.significant) << "its caller, which does nothing itself";
  }
}

TEST(DifferenceTest, NoiseIsRarelySignificant) {
  size_t wrong = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const Difference difference = RandomSides(1000 + seed, 3 + seed % 3, 1, 400).Compare();
    for (const FunctionChange& function : difference.functions) {
      if (function.self.significant) {
        ++wrong;
        break;
      }
    }
  }
  EXPECT_LE(wrong, 6u) << "of 60 comparisons of the same; 3 are to be expected at most";
}

TEST(DifferenceTest, ASampleOrTwoProveNothing) {
  const Texts without(3, "a;b 100\n"), with(3, "a;b 99\na;c 1\n");
  const Difference difference = SidesOf(without, with).Compare();
  EXPECT_FALSE(Function(difference, "c").self.significant);
  const Texts often(3, "a;b 80\na;c 20\n");
  EXPECT_TRUE(Function(SidesOf(without, often).Compare(), "c").self.significant);
  EXPECT_TRUE(Function(SidesOf(often, without).Compare(), "c").self.significant) << "and gone again";
}

TEST(DifferenceTest, StatesAreChosen) {
  const Sides sides = SidesOf({"a;[blocked] 5\na 1\n"}, {"a;[blocked] 7\na 1\n"});
  EXPECT_DOUBLE_EQ(sides.Compare().total[0].after, 1);
  EXPECT_DOUBLE_EQ(sides.Compare({.states = {true, true, true}}).total[0].after, 8);
}

}  // namespace
}  // namespace rapidbyte::profile
