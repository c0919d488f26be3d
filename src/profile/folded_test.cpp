#include "profile/folded.h"

#include <gtest/gtest.h>

namespace rapidbyte::profile {
namespace {

using std::string_literals::operator""s;

std::string Again(std::string_view text, const FoldedOptions& options = {}) {
  const auto profile = ReadFolded(text, "in.folded");
  return profile ? WriteFolded(*profile, options) : profile.error().message;
}

TEST(FoldedTest, ReadsWhatItWrites) {
  const std::string text = "main 5\nmain;parse file;next 2.5\nmain;work 1\n";
  EXPECT_EQ(Again(text), text);
}

TEST(FoldedTest, SumsEqualStacks) {
  const auto profile = ReadFolded("a;b 1\na;c 2\na;b 3\n", "in");
  ASSERT_TRUE(profile);
  ASSERT_EQ(profile->samples.size(), 2u);
  EXPECT_EQ(profile->samples[0].value, 4);
  EXPECT_EQ(profile->samples[0].count, 4u);
  EXPECT_EQ(profile->unit, Unit::kSamples);
  EXPECT_EQ(profile->threads.size(), 1u);
}

TEST(FoldedTest, TakesWhatOtherToolsWrite) {
  EXPECT_EQ(Again("a;b 12.0\r\n\r\nc\t1e3  \r\n"), "a;b 12\nc 1000\n");
  EXPECT_EQ(Again("a;b 0.5"), "a;b 0.5\n") << "no end of the last line";
  EXPECT_EQ(Again("std::pair<int, long> f(char *) 3\n"), "std::pair<int, long> f(char *) 3\n");
  EXPECT_EQ(Again("a;;b 1\n"), "a;[unknown];b 1\n");
  EXPECT_EQ(Again("\xef\xbb\xbf"s + "a 1\n"), "a 1\n");
  EXPECT_EQ(Again("\xff\xfe"s + "a\0;\0b\0 \0"
                                "7\0\n\0"s),
            "a;b 7\n");
}

TEST(FoldedTest, MarksBecomeOriginsAndBack) {
  const std::string text = "a;in_[i];jit_[j];sys_[k] 1\n";
  const auto profile = ReadFolded(text, "in");
  ASSERT_TRUE(profile);
  const auto path = profile->stacks.Path(profile->samples[0].stack);
  EXPECT_EQ(profile->stacks.Name(path[3]), "sys");
  EXPECT_EQ(profile->stacks.At(path[3]).origin, Origin::kKernel);
  EXPECT_EQ(profile->stacks.At(path[2]).origin, Origin::kJit);
  EXPECT_TRUE(profile->stacks.At(path[1]).inlined);
  EXPECT_EQ(WriteFolded(*profile), "a;in;jit;sys 1\n");
  EXPECT_EQ(WriteFolded(*profile, {.mark_kernel = true, .mark_jit = true, .mark_inlined = true}), text);
}

TEST(FoldedTest, StatesAreLeaves) {
  const std::string text = "a;wait;[blocked] 7\na;wait;[preempted] 2\na;work 1\n";
  EXPECT_EQ(Again(text), "a;work 1\n") << "on the CPU, where nothing else is asked for";
  EXPECT_EQ(Again(text, {.states = {true, true, true}, .mark_states = true}), text);
  EXPECT_EQ(Again(text, {.states = {false, true, true}}), "a;wait 9\n");
}

TEST(FoldedTest, BadLinesAreNamed) {
  EXPECT_EQ(Again("a 1\nb;c\n"), "in.folded:2: no count after the stack: \"b;c\"");
  EXPECT_EQ(Again("a -1\n"), "in.folded:1: a negative count: \"a -1\"");
  EXPECT_EQ(Again("a 1\n\n 4\n"), "in.folded:3: a count without a stack: \" 4\"");
  EXPECT_EQ(Again("a nan\n"), "in.folded:1: no count after the stack: \"a nan\"");
  EXPECT_EQ(Again(" \n\n"), "in.folded: no stack in it");
  EXPECT_EQ(ReadFolded("", "in").error().code, ErrorCode::kData);
}

// Two threads of one process, a frame with a semicolon, times in ns.
Profile Threads() {
  Profile profile;
  profile.threads = {{.pid = 10, .tid = 10, .name = "main loop", .process = "server"},
                     {.pid = 10, .tid = 11, .name = "io", .process = "server"}};
  const auto named = [&](std::string_view name, StackId parent) {
    return profile.stacks.Push(parent, profile.stacks.Intern(Frame{.name = profile.stacks.Intern(name)}));
  };
  const StackId run = named("run;fast", kRoot);
  profile.samples = {{.thread = 0, .stack = run, .count = 2, .value = 4000},
                     {.thread = 1, .stack = named("read", run), .count = 1, .value = 2000.5},
                     {.thread = 1, .stack = kRoot, .count = 3, .value = 10}};
  return profile;
}

TEST(FoldedTest, RootsAndValues) {
  const Profile profile = Threads();
  EXPECT_EQ(WriteFolded(profile), "server 10\nserver;run:fast 4000\nserver;run:fast;read 2000.5\n");
  EXPECT_EQ(WriteFolded(profile, {.root = FoldedRoot::kNone}), "run:fast 4000\nrun:fast;read 2000.5\n");
  EXPECT_EQ(WriteFolded(profile, {.root = FoldedRoot::kThread, .value = FoldedValue::kSamples}),
            "io 3\nio;run:fast;read 1\nmain_loop;run:fast 2\n");
  EXPECT_EQ(WriteFolded(profile, {.root = FoldedRoot::kThreadPid}),
            "io-10 10\nio-10;run:fast;read 2000.5\nmain_loop-10;run:fast 4000\n");
  EXPECT_EQ(WriteFolded(profile, {.root = FoldedRoot::kThreadTid}),
            "io-10/11 10\nio-10/11;run:fast;read 2000.5\nmain_loop-10/10;run:fast 4000\n");
}

TEST(FoldedTest, LinesAreSortedByTheirBytes) {
  // A space and a bang sort before the semicolon, letters after it.
  const std::string text = "a 1\na 2 1\na b;c 1\na!;z 1\na;b 1\na;b;c 1\naa 1\n";
  EXPECT_EQ(Again("aa 1\na;b;c 1\na!;z 1\na;b 1\na b;c 1\na 2 1\na 1\n"), text);
}

TEST(FoldedTest, DeepStacksNeedNoDeepCalls) {
  std::string text = "f";
  for (int i = 0; i < 200'000; ++i) text += ";f";
  text += " 1\n";
  EXPECT_EQ(Again(text), text);
}

}  // namespace
}  // namespace rapidbyte::profile
