#include "os/write_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <ostream>

#include "os/temporary_folder.h"

namespace rapidbyte::os {
namespace {

namespace fs = std::filesystem;

class WriteFileTest : public testing::Test {
 protected:
  static std::string Content(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  size_t Entries() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }

  TemporaryFolder folder_ = *TemporaryFolder::Make();
  fs::path file_ = folder_.path() / "file";
};

TEST_F(WriteFileTest, PutsTheWholeFileInPlace) {
  ASSERT_TRUE(WriteFile(file_, "first"));
  ASSERT_TRUE(WriteFile(file_, [](std::ostream& out) { out << std::string(100'000, 'x') << "end"; }));
  EXPECT_EQ(Content(file_), std::string(100'000, 'x') + "end");
  EXPECT_EQ(Entries(), 1u);
}

TEST_F(WriteFileTest, WhatWasThereStaysWhereTheDiskIsFull) {
  ASSERT_TRUE(WriteFile(file_, "before"));
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Status written = WriteFile(file_, std::string(100'000, 'x'));
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(written.error().message, file_.string() + ": cannot write the file: File too large");
  EXPECT_EQ(Content(file_), "before");
  EXPECT_EQ(Entries(), 1u);
}

TEST_F(WriteFileTest, ADeviceIsWrittenTo) {
  EXPECT_TRUE(WriteFile("/dev/null", "x"));
  const Status full = WriteFile("/dev/full", "x");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().message, "/dev/full: cannot write the file: No space left on device");
}

TEST_F(WriteFileTest, AFolderThatIsNotThereIsNamed) {
  const Status written = WriteFile(folder_.path() / "missing/file", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(written.error().message,
            (folder_.path() / "missing/file").string() + ": cannot make the file: No such file or directory");
  EXPECT_FALSE(WriteFile(folder_.path(), "x")) << "a folder is not a file";
}

// A link that someone else left at the file's place is replaced, and what it points to is not touched.
TEST_F(WriteFileTest, DoesNotWriteThroughALink) {
  std::ofstream(folder_.path() / "precious") << "precious";
  fs::create_symlink("precious", file_);
  ASSERT_TRUE(WriteFile(file_, "new"));
  EXPECT_EQ(Content(folder_.path() / "precious"), "precious");
  EXPECT_EQ(Content(file_), "new");
}

TEST_F(WriteFileTest, AskingLeavesNothingBehind) {
  EXPECT_TRUE(CheckWritable(file_));
  EXPECT_EQ(Entries(), 0u);
  EXPECT_FALSE(CheckWritable(folder_.path() / "missing/file"));
  EXPECT_TRUE(CheckWritable("/dev/null"));
}

}  // namespace
}  // namespace rapidbyte::os
