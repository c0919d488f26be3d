#include "os/write_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <ostream>

#include "os/file_descriptor.h"
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

TEST_F(WriteFileTest, OurLinksAreFollowed) {
  ASSERT_TRUE(WriteFile(folder_.path() / "run-5", "before"));
  fs::create_symlink("run-5", file_);
  ASSERT_TRUE(WriteFile(file_, "new"));
  EXPECT_TRUE(fs::is_symlink(file_));
  EXPECT_EQ(Content(folder_.path() / "run-5"), "new");
}

TEST_F(WriteFileTest, SomebodyElsesLinkIsReplaced) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a link to another user";
  std::ofstream(folder_.path() / "precious") << "precious";
  fs::create_symlink("precious", file_);
  ASSERT_EQ(lchown(file_.c_str(), 12345, 12345), 0);
  ASSERT_TRUE(WriteFile(file_, "new"));
  EXPECT_EQ(Content(folder_.path() / "precious"), "precious");
  EXPECT_EQ(Content(file_), "new");
  fs::remove(file_);
  fs::create_symlink("/dev/full", file_);
  ASSERT_EQ(lchown(file_.c_str(), 12345, 12345), 0);
  ASSERT_TRUE(WriteFile(file_, "newer")) << "also where it leads to a device";
  EXPECT_EQ(Content(file_), "newer");
}

TEST_F(WriteFileTest, StandardOutputByItsNameIsWrittenTo) {
  const FileDescriptor file(open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const std::string name = "/proc/self/fd/" + std::to_string(file.get());
  fs::create_symlink(name, folder_.path() / "stdout");
  ASSERT_TRUE(WriteFile(name, "one "));
  ASSERT_TRUE(WriteFile(folder_.path() / "stdout", "two"));
  EXPECT_TRUE(CheckWritable(folder_.path() / "stdout"));
  EXPECT_EQ(Content(file_), "one two");
  EXPECT_TRUE(fs::is_symlink(folder_.path() / "stdout"));
}

TEST_F(WriteFileTest, AFileKeepsItsRights) {
  ASSERT_TRUE(WriteFile(file_, "first"));
  ASSERT_EQ(chmod(file_.c_str(), 0640), 0);
  const bool is_root = geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(chown(file_.c_str(), 12345, 12345), 0);
  }
  ASSERT_TRUE(WriteFile(file_, "second"));
  struct stat info {};
  ASSERT_EQ(stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
  EXPECT_EQ(info.st_uid, is_root ? 12345u : geteuid());
}

TEST_F(WriteFileTest, AskingLeavesNothingBehind) {
  EXPECT_TRUE(CheckWritable(file_));
  EXPECT_EQ(Entries(), 0u);
  EXPECT_FALSE(CheckWritable(folder_.path() / "missing/file"));
  EXPECT_TRUE(CheckWritable("/dev/null"));
}

}  // namespace
}  // namespace rapidbyte::os
