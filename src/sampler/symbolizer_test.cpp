#include "sampler/symbolizer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace rapidbyte::sampler {
namespace {

class SymbolizerTest : public testing::Test {
 protected:
  std::filesystem::path File(const std::string& text) {
    std::ofstream(path_) << text;
    return path_;
  }
  ~SymbolizerTest() override { std::filesystem::remove(path_); }

  // What the code at 0x7010 is called, and what is said of the map.
  std::string NameOfJitCode(Symbolizer& symbolizer) {
    ModuleStore modules;
    AddressSpaces spaces(modules);
    spaces.Map({.pid = pid_, .start = 0x7000, .size = 0x1000, .path = "//anon"});
    const AddressSpace& space = spaces.Of(pid_);
    profile::StackTable table;
    const auto stack = symbolizer.Push(table, profile::kRoot, pid_, space, space.Find(0x7010), 0x7010, false);
    return std::string(table.Name(table.Leaf(stack)));
  }
  void ExpectRefusal(const std::string& why) {
    Symbolizer symbolizer({});
    EXPECT_EQ(NameOfJitCode(symbolizer), "[unknown]");
    EXPECT_EQ(symbolizer.refused_maps(),
              (std::vector{path_.string() + ", which names code made at run time, was not " + "read: " + why}));
  }

  // The number of no process.
  const int32_t pid_ = 2'000'000'000 + getpid() % 1'000'000;
  const std::filesystem::path path_ = "/tmp/perf-" + std::to_string(pid_) + ".map";
};

TEST_F(SymbolizerTest, PerfMapsNameRanges) {
  std::istringstream map("1000 10 js:first one\n0x2000 20 second\nnonsense\n3000 zz x\n\n4000 8\n");
  const auto names = RangeNames::ReadPerfMap(map);
  EXPECT_EQ(names.At(0x1000), "js:first one");
  EXPECT_EQ(names.At(0x100f), "js:first one");
  EXPECT_EQ(names.At(0x1010), "");
  EXPECT_EQ(names.At(0x201f), "second");
  EXPECT_EQ(names.At(0xfff), "");
  EXPECT_EQ(names.At(0x4000), "");
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

TEST(NestedRangesTest, TheInnermostHolds) {
  NestedRanges<char> ranges;
  ranges.Add(10, 100, 'a');
  ranges.Add(20, 60, 'b');
  ranges.Add(20, 30, 'c');
  ranges.Add(50, 80, 'd');  // reaches out of b
  ranges.Add(70, 70, 'e');
  ranges.Add(200, 300, 'f');
  ranges.Seal();
  const auto at = [&](uint64_t address) { return ranges.At(address).value_or('-'); };
  EXPECT_EQ(at(9), '-');
  EXPECT_EQ(at(10), 'a');
  EXPECT_EQ(at(20), 'c');
  EXPECT_EQ(at(30), 'b');
  EXPECT_EQ(at(59), 'd');
  EXPECT_EQ(at(70), 'd');
  EXPECT_EQ(at(80), 'a');
  EXPECT_EQ(at(100), '-');
  EXPECT_EQ(at(299), 'f');
  EXPECT_EQ(NestedRanges<char>().At(0), std::nullopt);
}

// Code that has symbols only.
extern "C" const char rapidbyte_asm_outer[], rapidbyte_asm_outer_end[];
asm(R"(
  .text
  .local rapidbyte_asm_alias
  .type rapidbyte_asm_alias, @function
  .globl rapidbyte_asm_outer, rapidbyte_asm_outer_end
  .type rapidbyte_asm_outer, @function
rapidbyte_asm_alias:
rapidbyte_asm_outer:
  .skip 16, 0x90
rapidbyte_asm_label_inside:
  .skip 16, 0x90
rapidbyte_asm_inner:
  .skip 16, 0x90
  .type rapidbyte_asm_inner, @function
  .size rapidbyte_asm_inner, 16
  .skip 16, 0x90
  .size rapidbyte_asm_outer, 64
  .size rapidbyte_asm_alias, 64
rapidbyte_asm_outer_end:
  .skip 16, 0x90
)");

TEST(SymbolTest, TheInnermostSymbolNamesAndALabelWhatNothingCovers) {
  uint64_t bias = 0;  // of the program, which comes first
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* at) {
        *static_cast<uint64_t*>(at) = info->dlpi_addr;
        return 1;
      },
      &bias);
  const auto module = Module::Open(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), "/proc/self/exe");
  ASSERT_NE(module, nullptr);
  const auto name_at = [&](const char* code) {
    const auto functions = module->FunctionsAt(reinterpret_cast<uint64_t>(code) - bias);
    return functions.size() == 1 ? functions[0]->name : std::string();
  };
  EXPECT_EQ(name_at(rapidbyte_asm_outer), "rapidbyte_asm_outer");
  EXPECT_EQ(name_at(rapidbyte_asm_outer + 20), "rapidbyte_asm_outer");
  EXPECT_EQ(name_at(rapidbyte_asm_outer + 32), "rapidbyte_asm_inner");
  EXPECT_EQ(name_at(rapidbyte_asm_outer + 48), "rapidbyte_asm_outer");
  EXPECT_EQ(name_at(rapidbyte_asm_outer_end + 15), "rapidbyte_asm_outer_end");
}

TEST(FunctionNameTest, ClonesAreCalledAsTheirFunction) {
  EXPECT_EQ(ReadableName("_ZN4work4BurnEd"), "work::Burn(double)");
  EXPECT_EQ(ReadableName("_ZN4work4BurnEd.constprop.0.cold"), "work::Burn(double)");
  EXPECT_EQ(ReadableName("plain.part.3"), "plain");
  EXPECT_EQ(ReadableName("_Znonsense"), "_Znonsense");
}

// Anybody can prepare a file of that name.
TEST_F(SymbolizerTest, AMapThatIsNotThereIsNotWorthAWord) {
  Symbolizer symbolizer({});
  EXPECT_EQ(NameOfJitCode(symbolizer), "[unknown]");
  EXPECT_TRUE(symbolizer.refused_maps().empty());
}

TEST_F(SymbolizerTest, AFifoInPlaceOfAMapIsNotWaitedFor) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0666), 0);
  ExpectRefusal("it is not a regular file");
}

TEST_F(SymbolizerTest, ALinkInPlaceOfAMapIsNotFollowed) {
  std::filesystem::create_symlink("/etc/passwd", path_);
  ExpectRefusal("it is a link");
}

TEST_F(SymbolizerTest, AMapOfAnotherUserIsNotRead) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file to another user";
  File("7000 100 invented\n");
  ASSERT_EQ(chown(path_.c_str(), 12345, 12345), 0);
  ExpectRefusal("it belongs to another user, and the process has ended, so that its user is not known");
}

TEST_F(SymbolizerTest, AnEndlessMapIsNotRead) {
  File("7000 100 compiled\n");
  std::filesystem::resize_file(path_, uint64_t{1} << 40);  // sparse
  ExpectRefusal("it is longer than 268435456 bytes");
}

}  // namespace
}  // namespace rapidbyte::sampler
