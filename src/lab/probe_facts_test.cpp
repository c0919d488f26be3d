#include "lab/probe_facts.h"

#include <gtest/gtest.h>

#include <fstream>

#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

class ProbeFacts : public testing::Test {
 protected:
  void Write(const std::string& file, const std::string& text) {
    fs::create_directories((Root() / file).parent_path());
    std::ofstream(Root() / file) << text;
  }
  const fs::path& Root() const { return folder_->path(); }

  Result<os::TemporaryFolder> folder_ = os::TemporaryFolder::Make();
};

TEST_F(ProbeFacts, AreReadFromTheKernelsFiles) {
  Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  Write("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  Write("sys/devices/system/cpu/smt/active", "1\n");
  Write("proc/cpuinfo", "model name : x\nflags : fpu vme hypervisor lm\n");
  Write("proc/sys/kernel/perf_event_paranoid", "-1\n");
  Write("proc/sys/kernel/randomize_va_space", "0\n");
  Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  Write("proc/meminfo", "MemTotal: 10 kB\nSwapTotal:   2048 kB\nSwapFree: 1024 kB\n");
  Write("proc/loadavg", "1.25 0.5 0.1 1/99 1234\n");
  const record::MachineFacts facts = ReadMachineFacts(Root(), Root());
  EXPECT_EQ(facts.governor, "powersave");
  EXPECT_EQ(facts.turbo, false);
  EXPECT_EQ(facts.smt, true);
  EXPECT_TRUE(facts.virtual_machine);
  EXPECT_EQ(facts.perf_event_paranoid, -1);
  EXPECT_EQ(facts.aslr, 0);
  EXPECT_EQ(facts.huge_pages, "madvise");
  EXPECT_EQ(facts.swap_total_bytes, 2048u * 1024);
  EXPECT_EQ(facts.swap_used_bytes, 1024u * 1024);
  EXPECT_DOUBLE_EQ(facts.load_before, 1.25);
  EXPECT_EQ(facts.folder, Root().string());
}

TEST_F(ProbeFacts, OfAMachineThatShowsNothingAreMissing) {
  const record::MachineFacts facts = ReadMachineFacts("/nowhere/at/all", Root());
  EXPECT_FALSE(facts.governor || facts.turbo || facts.smt || facts.perf_event_paranoid || facts.aslr);
  EXPECT_FALSE(facts.huge_pages);
  EXPECT_FALSE(facts.virtual_machine);
  EXPECT_EQ(facts.filesystem, "unknown");
  EXPECT_EQ(facts.load_before, 0);
}

TEST_F(ProbeFacts, KnowTheOtherDriversTurbo) {
  Write("sys/devices/system/cpu/cpufreq/boost", "1\n");
  Write("sys/devices/system/cpu/smt/active", "0\n");
  const record::MachineFacts facts = ReadMachineFacts(Root(), Root());
  EXPECT_EQ(facts.turbo, true);
  EXPECT_EQ(facts.smt, false);
}

}  // namespace
}  // namespace rapidbyte::lab
