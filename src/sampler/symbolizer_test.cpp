#include "sampler/symbolizer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace rapidbyte::sampler {
namespace {

class SymbolizerTest : public testing::Test {
 protected:
  std::filesystem::path File(const std::string& text) {
    std::ofstream(path_) << text;
    return path_;
  }
  ~SymbolizerTest() override { std::filesystem::remove(path_); }

  // The number of no process.
  const int32_t pid_ = 2'000'000'000 + getpid() % 1'000'000;
  const std::filesystem::path path_ = "/tmp/perf-" + std::to_string(pid_) + ".map";
};

TEST_F(SymbolizerTest, PerfMapsNameRanges) {
  const auto names =
      RangeNames::ReadPerfMap(File("1000 10 js:first one\n0x2000 20 second\nnonsense\n3000 zz x\n\n4000 8\n"));
  EXPECT_EQ(names.At(0x1000), "js:first one");
  EXPECT_EQ(names.At(0x100f), "js:first one");
  EXPECT_EQ(names.At(0x1010), "");
  EXPECT_EQ(names.At(0x201f), "second");
  EXPECT_EQ(names.At(0xfff), "");
  EXPECT_EQ(names.At(0x4000), "");
  EXPECT_TRUE(RangeNames::ReadPerfMap("/nowhere/perf.map").empty());
}

TEST_F(SymbolizerTest, HiddenKernelSymbolsAreNone) {
  EXPECT_TRUE(RangeNames::ReadKernelSymbols(File("0000000000000000 T schedule\n")).empty());
  const auto names = RangeNames::ReadKernelSymbols(
      File("ffffffff81000000 T schedule\nffffffff81000100 d data\nffffffff81000200 t tcp_send\t[tcp]\n"));
  EXPECT_EQ(names.At(0xffffffff81000150), "schedule");
  EXPECT_EQ(names.At(0xffffffff81000210), "tcp_send");
}

TEST_F(SymbolizerTest, JitCodeIsNamedByThePerfMapOfItsProcess) {
  File("7000 100 compiled\n");
  ModuleStore modules;
  AddressSpaces spaces(modules);
  spaces.Map({.pid = pid_, .start = 0x7000, .size = 0x1000, .path = "//anon"});
  const AddressSpace& space = spaces.Of(pid_);
  Symbolizer symbolizer({});
  profile::StackTable table;
  const auto named = symbolizer.Push(table, profile::kRoot, pid_, space, space.Find(0x7010), 0x7010, false);
  EXPECT_EQ(table.Name(table.Leaf(named)), "compiled");
  EXPECT_EQ(table.At(table.Leaf(named)).origin, profile::Origin::kJit);
  const auto unknown = symbolizer.Push(table, profile::kRoot, pid_, space, space.Find(0x7810), 0x7810, false);
  EXPECT_EQ(table.Name(table.Leaf(unknown)), "[unknown]");
}

TEST(AddressSpaceTest, WhatIsMappedLaterReplacesWhatWasThere) {
  AddressSpace space;
  space.Map({.start = 100, .end = 200, .path = "/a"});
  space.Map({.start = 140, .end = 160, .path = "/b"});
  EXPECT_EQ(space.Find(139)->path, "/a");
  EXPECT_EQ(space.Find(140)->path, "/b");
  EXPECT_EQ(space.Find(160)->path, "/a");
  EXPECT_EQ(space.Find(200), nullptr);
  space.Map({.start = 50, .end = 300, .path = "/c"});
  EXPECT_EQ(space.Find(150)->path, "/c");
  EXPECT_EQ(space.program(), "/a");
}

TEST(AddressSpaceTest, ForksHaveACopyAndExecBeginsAnew) {
  ModuleStore modules;
  AddressSpaces spaces(modules);
  spaces.Map({.pid = 1, .start = 100, .size = 100, .path = "//anon"});
  spaces.Fork(2, 1);
  spaces.Map({.pid = 1, .start = 300, .size = 100, .path = "//anon"});
  EXPECT_NE(spaces.Of(2).Find(150), nullptr);
  EXPECT_EQ(spaces.Of(2).Find(350), nullptr);
  spaces.Exec(2);
  EXPECT_EQ(spaces.Of(2).Find(150), nullptr);
}

TEST(FunctionNameTest, ClonesAreCalledAsTheirFunction) {
  EXPECT_EQ(ReadableName("_ZN4work4BurnEd"), "work::Burn(double)");
  EXPECT_EQ(ReadableName("_ZN4work4BurnEd.constprop.0.cold"), "work::Burn(double)");
  EXPECT_EQ(ReadableName("plain.part.3"), "plain");
  EXPECT_EQ(ReadableName("_Znonsense"), "_Znonsense");
}

}  // namespace
}  // namespace rapidbyte::sampler
