#include "cli/profile_collapse_command.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/load_profile.h"
#include "os/temporary_folder.h"

namespace rapidbyte::cli {
namespace {

constexpr const char* kPerf =
    "my prog 7/8 1.5: 3 cycles:\n"
    "\ta0 sys_read+0x1 ([kernel.kallsyms])\n"
    "\ta1 [unknown] (/lib/l.so)\n"
    "\ta2 out->in (/tmp/perf-7.map)\n"
    "\n";

class ProfileCollapseTest : public testing::Test {
 protected:
  std::string File(const std::string& name, std::string_view text) {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  // What the command prints, or its code and message, without the folder's name.
  std::string Run(std::vector<std::string> words) {
    CommandLine line("tool");
    ProfileCollapseOptions options;
    AddProfileCollapse(line.root(), options);
    words.insert(words.begin(), "collapse");
    EXPECT_TRUE(line.Parse(words));
    std::ostringstream out;
    notes_.str("");
    const Status status = CollapseProfiles(options, out, notes_);
    if (status) return out.str();
    std::string message = std::to_string(static_cast<int>(status.error().code)) + " " + status.error().message;
    const size_t at = message.find(folder_.path().string());
    return at == std::string::npos ? message : message.erase(at, folder_.path().string().size() + 1);
  }

  os::TemporaryFolder folder_ = os::TemporaryFolder::Make().value();
  std::ostringstream notes_;
};

TEST_F(ProfileCollapseTest, Options) {
  const std::string file = File("a.perf", kPerf);
  EXPECT_EQ(Run({file}), "my_prog;out;in_[i];[l.so];sys_read 3\n");
  EXPECT_EQ(Run({"--pid", file}), "my_prog-7;out;in_[i];[l.so];sys_read 3\n");
  EXPECT_EQ(Run({"--tid", file}), "my_prog-7/8;out;in_[i];[l.so];sys_read 3\n");
  EXPECT_EQ(Run({"--kernel", file}), "my_prog;out;in_[i];[l.so];sys_read_[k] 3\n");
  EXPECT_EQ(Run({"--jit", file}), "my_prog;out_[j];in_[i];[l.so];sys_read 3\n");
  EXPECT_EQ(Run({"--all", file}), "my_prog;out_[j];in_[i];[l.so];sys_read_[k] 3\n");
  EXPECT_EQ(Run({"--addrs", file}), "my_prog;out;in_[i];[l.so <a1>];sys_read 3\n");
  EXPECT_EQ(Run({"--event-filter", "cycles", file}), Run({file}));
}

TEST_F(ProfileCollapseTest, FilesAreSummed) {
  const std::string file = File("a.perf", kPerf);
  EXPECT_EQ(Run({file, file}), "my_prog;out;in_[i];[l.so];sys_read 6\n");
}

TEST_F(ProfileCollapseTest, OtherKindsAreTakenToo) {
  EXPECT_EQ(Run({File("a.folded", "b 1\na;c 2.5\n")}), "a;c 2.5\nb 1\n");
  EXPECT_EQ(Run({File("a.perf", kPerf), File("a.folded", "b 1\n")}), "10 a.folded: not what perf script prints");
}

TEST_F(ProfileCollapseTest, BadInputIsNamed) {
  EXPECT_EQ(Run({(folder_.path() / "none").string()}), "11 none: cannot open it: No such file or directory");
  EXPECT_EQ(Run({folder_.path().string()}).substr(0, 3), "11 ");
  EXPECT_EQ(Run({File("empty", "")}), "15 empty: empty");
  EXPECT_EQ(Run({File("a", "a;b -3\n")}), "15 a:1: a negative count: \"a;b -3\"");
  EXPECT_EQ(Run({File("a", "hello\n")}).substr(0, 7), "15 a:1:");
  EXPECT_EQ(Run({File("a", std::string("a\0b\0", 4))}), "15 a: has bytes of zero, which no text has");
  EXPECT_EQ(Run({File("a", std::string("\xff\xfe"
                                       "a\0;\0b\0 \0"
                                       "3\0\n\0",
                                       14))}),
            "a;b 3\n");
  EXPECT_EQ(Run({File("a", "\tx y\n")}).substr(0, 7), "15 a:1:");
}

TEST_F(ProfileCollapseTest, WhatIsLeftOutIsSaid) {
  const std::string file = File("cut.perf", std::string(kPerf) + "p 1/1 1.5: 3 cycles:\n\ta0 f (/b)\n");
  EXPECT_EQ(Run({file}), "my_prog;out;in_[i];[l.so];sys_read 3\n");
  EXPECT_EQ(notes_.str(), "note: " + file + ":7: the last sample is cut off and left out\n");
}

TEST_F(ProfileCollapseTest, LoadsWhatIsLargerThanAPiece) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += kPerf;
  const auto perf = LoadProfile(File("large.perf", text));
  ASSERT_TRUE(perf) << perf.error().message;
  EXPECT_EQ(perf->samples.size(), 1u);
  EXPECT_EQ(perf->samples[0].value, 15000);
  std::string folded;
  for (int i = 0; i < 50000; ++i) folded += "a;b;c 1\n";
  EXPECT_EQ(LoadProfile(File("large.folded", folded))->samples[0].value, 50000);
}

}  // namespace
}  // namespace rapidbyte::cli
