#include "profile/perf_script.h"

#include <gtest/gtest.h>

#include "profile/folded.h"
#include "profile/perf_line.h"
#include "profile/read_profile.h"

namespace rapidbyte::profile {
namespace {

constexpr FoldedOptions kAllMarks = {
    .root = FoldedRoot::kThread, .mark_kernel = true, .mark_jit = true, .mark_inlined = true};

// As `rapidbyte profile collapse` has it: the text or the problem, and after it what was noted.
std::string Collapsed(std::string_view text, PerfScriptOptions options = {},
                      FoldedOptions folded = {.root = FoldedRoot::kThread, .mark_inlined = true}) {
  options.inlined_by_perf = false;
  const auto profile = ReadPerfScript(text, "in.perf", options);
  if (!profile) return profile.error().message;
  std::string out = WriteFolded(*profile, folded);
  for (const std::string& note : profile->missing) out += note + "\n";
  return out;
}

TEST(PerfScriptTest, LeafFirstBecomesRootFirst) {
  EXPECT_EQ(Collapsed("worker 12/13 [000] 5.25:     250000 cpu-clock:ppp: \n"
                      "\t    55d0 read_row+0x1f (/opt/bin/loader)\n"
                      "\t    5600 main+0x7 (/opt/bin/loader)\n"
                      "\n"
                      "worker 12/13 [000] 5.50:     250000 cpu-clock:ppp: \n"
                      "\t    55d8 read_row+0x27 (/opt/bin/loader)\n"
                      "\t    5600 main+0x7 (/opt/bin/loader)\n"
                      "\n"),
            "worker;main;read_row 500000\n");
}

std::string Sample(std::string_view frames, std::string_view comm = "prog") {
  return std::string(comm) + " 7/8 1.5: 1 cycles:\n" + std::string(frames) + "\n";
}

TEST(PerfScriptTest, NamesAreTidied) {
  const auto collapsed = [](std::string_view frame, std::string_view comm = "prog") {
    const std::string text = Collapsed(Sample("  a0 " + std::string(frame) + "\n", comm), {}, kAllMarks);
    return text.substr(0, text.size() - 3);
  };
  EXPECT_EQ(collapsed("ns::Make<int>(int, char)+0x4 (/bin/p)"), "prog;ns::Make<int>");
  EXPECT_EQ(collapsed("(anonymous namespace)::Run(int) (/bin/p)"), "prog") << "begins with a parenthesis";
  EXPECT_EQ(collapsed("ns::(anonymous namespace)::Run(int) (/bin/p)"), "prog;ns::(anonymous namespace)::Run");
  EXPECT_EQ(collapsed("db.(*Pool).Take(0x1) (/bin/p)"), "prog;db.(*Pool).Take(0x1)");
  EXPECT_EQ(collapsed("[unknown] (/usr/lib/libz.so.1)"), "prog;[libz.so.1]");
  EXPECT_EQ(collapsed("[unknown] ([unknown])"), "prog;[unknown]");
  EXPECT_EQ(collapsed("say:\"it's\" (/tmp/perf-9.map)"), "prog;say:its_[j]");
  EXPECT_EQ(collapsed("Lorg/Shop;::sell(I)V (/tmp/perf-9.map)", "java main"), "java_main;org/Shop:::sell_[j]");
  EXPECT_EQ(collapsed("Lorg/Shop;::sell(I)V (/tmp/perf-9.map)"), "prog;Lorg/Shop:::sell_[j]");
  EXPECT_EQ(collapsed("outer->inner (/tmp/perf-9.map)"), "prog;outer_[j];inner_[i]");
  EXPECT_EQ(collapsed("Ptr<T>::operator->() const (/bin/p)"), "prog;Ptr<T>::operator;_[i]");
  EXPECT_EQ(collapsed("do_idle ([kernel.kallsyms])"), "prog;do_idle_[k]");
  EXPECT_EQ(collapsed("do_idle (/boot/vmlinux)"), "prog;do_idle_[k]");
  EXPECT_EQ(collapsed("f (deleted) (/bin/p)"), "prog;f ") << "the last parentheses are the image";
}

TEST(PerfScriptTest, OptionsNameThreadsAndAddresses) {
  const std::string text = Sample("  a0 f (/b)\n  b1 [unknown] (/lib/l.so)\n", "my prog");
  EXPECT_EQ(Collapsed(text), "my_prog;[l.so];f 1\n");
  EXPECT_EQ(Collapsed(text, {.threads = PerfThreads::kByPid}, {.root = FoldedRoot::kThreadPid}),
            "my_prog-7;[l.so];f 1\n");
  EXPECT_EQ(Collapsed(text, {}, {.root = FoldedRoot::kThreadTid}), "my_prog-7/8;[l.so];f 1\n");
  EXPECT_EQ(Collapsed(text, {.addresses = true}), "my_prog;[l.so <b1>];f 1\n");
  EXPECT_EQ(Collapsed("prog 8 1.5: 1 cycles:\n  a0 f (/b)\n\n", {}, {.root = FoldedRoot::kThreadTid}),
            "prog-?/8;f 1\n");
}

TEST(PerfScriptTest, OneKindOfEventCounts) {
  const std::string text = "pp 1/1 1.0: 5 cycles:u:\n a f (/b)\n\npp 1/1 1.0: 7 faults:\n a g (/b)\n\n";
  EXPECT_EQ(Collapsed(text), "pp;f 5\n1 sample of other events than cycles:u left out\n");
  EXPECT_EQ(Collapsed(text, {.event = "faults"}), "pp;g 7\n1 sample of other events than faults left out\n");
  EXPECT_EQ(Collapsed(text, {.event = "none"}), "in.perf: none of 2 samples is of the event none");
}

TEST(PerfScriptTest, Headers) {
  const auto header = ParsePerfHeader("V8 Worker 24636/25607 [000] 94564.109216:     100 cycles:u: ");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->comm, "V8 Worker");
  EXPECT_EQ(header->pid, "24636");
  EXPECT_EQ(header->tid, "25607");
  EXPECT_EQ(header->period, "100");
  EXPECT_EQ(header->event, "cycles:u");
  const auto traced = ParsePerfHeader("swapper     0 [001] 5.1: sched:sched_switch: prev_comm=a ==> next_comm=b");
  ASSERT_TRUE(traced);
  EXPECT_EQ(traced->tid, "0");
  EXPECT_EQ(traced->event, "");
  EXPECT_EQ(ParsePerfHeader("java 25607 4794564.109216: cycles:")->event, "cycles");
  EXPECT_FALSE(ParsePerfHeader("  a0 f (/b)"));
  EXPECT_FALSE(ParsePerfHeader("words without a number"));
}

// The script takes two characters at least for the name, and so takes in what follows a shorter one.
TEST(PerfScriptTest, NamesOfOneCharacterAreAsTheScriptHasThem) {
  EXPECT_EQ(ParsePerfHeader("p 1/1 1.0: 5 cycles:")->comm, "p 1/1 1.0:");
  EXPECT_EQ(ParsePerfHeader("p     1/1 1.0: 5 cycles:")->comm, "p ");
}

TEST(PerfScriptTest, LinesWithoutAFunctionAreTakenApartEachTime) {
  // The function is then the last character of the address.
  EXPECT_EQ(Collapsed(Sample(" abc (/b)\n") + Sample(" abd (/b)\n") + Sample(" abc (/b)\n")), "prog;c 2\nprog;d 1\n");
}

TEST(PerfScriptTest, TimeIsTimeAndOtherEventsAreNot) {
  const auto unit = [](const char* header) {
    return ReadPerfScript(std::string("pp 1/1 1.0: ") + header + "\n a f (/b)\n\n", "in").value().unit;
  };
  EXPECT_EQ(unit("1000 cpu-clock:u:"), Unit::kNanoseconds);
  EXPECT_EQ(unit("1000 cycles:"), Unit::kSamples);
  EXPECT_EQ(unit("cpu-clock:"), Unit::kSamples);
}

TEST(PerfScriptTest, FramesKnowWhereTheyAreFrom) {
  const auto profile =
      ReadPerfScript("# cmdline : perf record -g prog\n" +
                         Sample("\ta in (inlined)\n\ta f+0x1 (/b/p)\n"
                                "\tb sys ([kernel.kallsyms])\n\tc m (/lib/libc.so.6)\n\td x (/usr/postgres)\n"),
                     "in");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->command, "perf record -g prog");
  const auto path = profile->stacks.Path(profile->samples[0].stack);
  const Origin origins[] = {Origin::kPostgres, Origin::kLibrary, Origin::kKernel, Origin::kProgram, Origin::kUnknown};
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(profile->stacks.At(path[i]).origin, origins[i]) << i;
  EXPECT_TRUE(profile->stacks.At(path[4]).inlined);
  EXPECT_EQ(profile->stacks.Text(profile->stacks.At(path[1]).image), "libc.so.6");
}

TEST(PerfScriptTest, LookedUpFunctionsReplaceWhatPerfSays) {
  PerfScriptOptions options;
  options.lookup = [](std::string_view address, std::string_view, std::string_view) {
    return address == "a0" ? std::vector<std::string>{"outer", "in"} : std::vector<std::string>();
  };
  EXPECT_EQ(Collapsed(Sample(" a0 f (/b)\n b0 g (/b)\n a0 k ([k])\n"), options), "prog;k;g;outer;in 1\n");
}

TEST(PerfScriptTest, PiecesMayEndAnywhere) {
  std::string text = "# a comment\n";
  for (int i = 0; i < 20; ++i) text += Sample("\ta0 f" + std::to_string(i % 3) + " (/b)\n\tb0 main (/b)\n");
  const std::string whole = Collapsed(text);
  for (size_t size = 1; size < 70; ++size) {
    PerfScriptReader reader({}, "in.perf");
    for (size_t at = 0; at < text.size(); at += size) ASSERT_TRUE(reader.Feed(std::string_view(text).substr(at, size)));
    EXPECT_EQ(WriteFolded(reader.Finish().value(), {.root = FoldedRoot::kThread}), whole) << size;
  }
}

TEST(PerfScriptTest, WindowsLineEndsAreLineEnds) {
  EXPECT_EQ(Collapsed("pp 1/1 1.0: 5 cycles:\r\n a f (/b)\r\n\r\n"), "pp;f 5\n");
}

TEST(PerfScriptTest, WhatIsNotUnderstoodIsSaid) {
  EXPECT_EQ(Collapsed(Sample(" a f (/b)\n nonsense\n") + Sample(" a f (/b)\n") + "lost\n"),
            "prog;f 2\nin.perf:3: 2 lines are not of perf script, first \" nonsense\"\n");
  EXPECT_EQ(Collapsed(Sample(" a f (/b)\n") + "p 1/1 1.0: 5 cycles:\n a f ("),
            "prog;f 1\nin.perf:5: the last sample is cut off and left out\n"
            "in.perf:5: 1 line is not of perf script, first \" a f (\"\n");
  EXPECT_EQ(Collapsed(""), "in.perf: empty");
  EXPECT_EQ(Collapsed("x\ny\n"),
            "in.perf: no sample of perf script in it; in.perf:1: 2 lines are not of perf script, "
            "first \"x\"");
  EXPECT_EQ(Collapsed(std::string(2 << 20, 'x')), "in.perf:1: a line without an end");
}

TEST(ReadProfileTest, KnowsPerfScriptByItsBeginning) {
  EXPECT_EQ(ReadProfile(Sample(" a f (/b)\n"), "in")->samples.size(), 1u);
  EXPECT_EQ(*KindOf("# captured on: today\n", "in"), TextKind::kPerfScript);
  EXPECT_EQ(*KindOf("\ta0 f (/b)\n", "in"), TextKind::kPerfScript);
  EXPECT_EQ(*KindOf("sh 12 [1] 1.5: sched:a: x=1\n\ta0 f (/b)\n", "in"), TextKind::kPerfScript);
  EXPECT_EQ(*KindOf("a;b c 12\n", "in"), TextKind::kFolded);
  EXPECT_EQ(*KindOf("a;" + std::string(5000, 'b'), "in"), TextKind::kFolded) << "the count is further on";
  EXPECT_EQ(KindOf("\nhello world\n", "in.txt").error().message,
            "in.txt:2: neither a profile file, nor folded stacks, nor perf script: \"hello world\"");
}

}  // namespace
}  // namespace rapidbyte::profile
