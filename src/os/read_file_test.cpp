#include "os/read_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>

#include "os/temporary_folder.h"

namespace rapidbyte::os {
namespace {

TEST(ReadFile, GivesTheWholeContent) {
  const TemporaryFolder folder = *TemporaryFolder::Make();
  for (const size_t size : {size_t{0}, size_t{1}, size_t{65'535}, size_t{65'536}, size_t{65'537}, size_t{1'000'000}}) {
    const std::string content(size, 'x');
    std::ofstream(folder.path() / "file", std::ios::trunc) << content;
    const auto read = ReadFile(folder.path() / "file");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, content);
  }
}

TEST(ReadFile, OfFilesThatDoNotSayTheirSize) {
  const auto maps = ReadFile("/proc/self/maps");
  ASSERT_TRUE(maps);
  EXPECT_NE(maps->find("[stack]"), std::string::npos);
}

TEST(ReadFile, HasALimit) {
  const TemporaryFolder folder = *TemporaryFolder::Make();
  std::ofstream(folder.path() / "file") << "12345";
  const auto read = [&](size_t limit) {
    return ReadFile(FileDescriptor(open((folder.path() / "file").c_str(), O_RDONLY | O_CLOEXEC)), limit);
  };
  EXPECT_EQ(read(5).value(), "12345");
  ASSERT_FALSE(read(4));
  EXPECT_EQ(read(4).error().message, "it is longer than 4 bytes");
  EXPECT_FALSE(ReadFile(FileDescriptor(open("/dev/zero", O_RDONLY | O_CLOEXEC)), 1'000'000));
}

TEST(ReadFile, SaysWhatIsWrong) {
  EXPECT_EQ(ReadFile("/nonexistent/file").error().message, "/nonexistent/file: No such file or directory");
  EXPECT_EQ(ReadFile("/").error().message, "/: Is a directory");
  EXPECT_EQ(ReadFile(FileDescriptor()).error().message, "Bad file descriptor");
}

}  // namespace
}  // namespace rapidbyte::os
