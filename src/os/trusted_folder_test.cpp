#include "os/trusted_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "os/temporary_folder.h"

namespace rapidbyte::os {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kStranger = 12345;

mode_t ModeOf(const fs::path& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

class TrustedFolder : public testing::Test {
 protected:
  fs::path Make(const std::string& name, mode_t mode = 0755) {
    const fs::path folder = root_.path() / name;
    fs::create_directories(folder);
    EXPECT_EQ(chmod(folder.c_str(), mode), 0);
    return folder;
  }
  static void GiveAway(const fs::path& path) { ASSERT_EQ(lchown(path.c_str(), kStranger, kStranger), 0); }
  static std::string Refusal(const Result<FileDescriptor>& folder) {
    return folder ? "opened" : folder.error().message;
  }

  TemporaryFolder root_ = *TemporaryFolder::Make();
};

// What only root can prepare for a test: things of other users.
class StrangersFolder : public TrustedFolder {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give files to another user";
  }
};

TEST_F(TrustedFolder, IsMadeWithTheFoldersAboveItForUsAlone) {
  const fs::path folder = root_.path() / "a/b/c";
  const auto opened = OpenPrivateFolder(folder);
  ASSERT_TRUE(opened) << opened.error().message;
  for (const char* part : {"a", "a/b", "a/b/c"}) EXPECT_EQ(ModeOf(root_.path() / part), 0700u) << part;
}

TEST_F(TrustedFolder, IsClosedToOthersWhereItWasOpen) {
  const fs::path folder = Make("open", 0755);
  ASSERT_TRUE(OpenPrivateFolder(folder));
  EXPECT_EQ(ModeOf(folder), 0700u);
}

TEST_F(TrustedFolder, OthersMayNotWriteToAnyOnTheWay) {
  Make("shared", 0777);
  EXPECT_EQ(Refusal(OpenPrivateFolder(root_.path() / "shared/mine")),
            (root_.path() / "shared").string() + ": other users may write to it");
  EXPECT_FALSE(fs::exists(root_.path() / "shared/mine"));
  EXPECT_FALSE(OpenTrustedFolder(root_.path() / "shared"));
}

TEST_F(TrustedFolder, MayBeOpenToAllWithTheStickyBit) {
  Make("sticky", 01777);
  EXPECT_TRUE(OpenTrustedFolder(root_.path() / "sticky"));
  EXPECT_TRUE(OpenPrivateFolder(root_.path() / "sticky/mine"));
}

TEST_F(TrustedFolder, OurOwnLinksAreFollowed) {
  Make("real");
  fs::create_directory_symlink("real", root_.path() / "relative");
  fs::create_directory_symlink(root_.path() / "real", root_.path() / "absolute");
  EXPECT_TRUE(OpenPrivateFolder(root_.path() / "relative/x"));
  EXPECT_TRUE(OpenPrivateFolder(root_.path() / "absolute/y/../z"));
  EXPECT_TRUE(fs::exists(root_.path() / "real/x"));
  EXPECT_TRUE(fs::exists(root_.path() / "real/z"));
  fs::create_directory_symlink("circle", root_.path() / "circle");
  EXPECT_NE(Refusal(OpenPrivateFolder(root_.path() / "circle/x")).find("too many links"), std::string::npos);
}

TEST_F(TrustedFolder, AFileInPlaceOfAFolderIsNamed) {
  std::ofstream(root_.path() / "file") << "x";
  EXPECT_EQ(Refusal(OpenPrivateFolder(root_.path() / "file/x")),
            (root_.path() / "file").string() + ": it is not a folder");
  EXPECT_NE(Refusal(OpenTrustedFolder(root_.path() / "missing")).find("No such file"), std::string::npos);
}

TEST_F(TrustedFolder, FilesAreRegularOnes) {
  const auto folder = OpenTrustedFolder(Make("files"));
  ASSERT_TRUE(folder);
  std::ofstream(root_.path() / "files/plain") << "x";
  ASSERT_EQ(mkfifo((root_.path() / "files/fifo").c_str(), 0600), 0);
  fs::create_symlink("plain", root_.path() / "files/link");
  EXPECT_TRUE(OpenTrustedFile(*folder, "plain").is_open());
  EXPECT_FALSE(OpenTrustedFile(*folder, "fifo").is_open()) << "and does not wait for a writer";
  EXPECT_FALSE(OpenTrustedFile(*folder, "link").is_open());
  EXPECT_FALSE(OpenTrustedFile(*folder, "missing").is_open());
}

TEST_F(TrustedFolder, FilesThatProgramsOpenAreRegularOnes) {
  EXPECT_TRUE(CheckFiles(root_.path() / "new/folder/results.db", {"", "-journal"}));
  EXPECT_TRUE(fs::is_directory(root_.path() / "new/folder"));
  std::ofstream(root_.path() / "results.db") << "x";
  EXPECT_TRUE(CheckFiles(root_.path() / "results.db", {"", "-journal"}));
  fs::create_symlink("elsewhere", root_.path() / "results.db-journal");
  const Status linked = CheckFiles(root_.path() / "results.db", {"", "-journal"});
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().message, (root_.path() / "results.db-journal").string() + ": it is a link");
  EXPECT_FALSE(CheckFiles(root_.path() / "new", {""})) << "a folder";
}

TEST_F(StrangersFolder, FilesThatProgramsOpenAreNotTheirs) {
  for (const char* ending : {"", "-journal", "-wal", "-shm"}) {
    const fs::path folder = Make(std::string("store") + ending, 01777);
    std::ofstream(folder / "results.db") << "x";
    std::ofstream(folder / (std::string("results.db") + ending)) << "x";
    EXPECT_TRUE(CheckFiles(folder / "results.db", {"", "-journal", "-wal", "-shm"}));
    GiveAway(folder / (std::string("results.db") + ending));
    const Status checked = CheckFiles(folder / "results.db", {"", "-journal", "-wal", "-shm"});
    ASSERT_FALSE(checked) << ending;
    EXPECT_NE(checked.error().message.find("it belongs to another user"), std::string::npos);
  }
  GiveAway(Make("theirs"));
  EXPECT_FALSE(CheckFiles(root_.path() / "theirs/results.db", {""})) << "root makes nothing there";
}

TEST_F(StrangersFolder, IsRefusedAnywhereOnTheWay) {
  GiveAway(Make("theirs"));
  const std::string refusal = (root_.path() / "theirs").string() + ": it belongs to another user (uid 12345)";
  EXPECT_EQ(Refusal(OpenPrivateFolder(root_.path() / "theirs")), refusal);
  EXPECT_EQ(Refusal(OpenPrivateFolder(root_.path() / "theirs/mine")), refusal);
  EXPECT_EQ(Refusal(OpenTrustedFolder(root_.path() / "theirs")), refusal);
  EXPECT_FALSE(fs::exists(root_.path() / "theirs/mine"));
}

// Root in a container, in a folder of the host's user.
TEST_F(StrangersFolder, IsTrustedWhereTheUserSaysSo) {
  GiveAway(Make("theirs"));
  setenv("RAPIDBYTE_TRUST_UID", "7,12345", 1);
  EXPECT_TRUE(OpenPrivateFolder(root_.path() / "theirs/mine"));
  EXPECT_TRUE(CheckFiles(root_.path() / "theirs/results.db", {""}));
  EXPECT_FALSE(OpenPrivateFolder(Make("open", 0777) / "mine"));
  setenv("RAPIDBYTE_TRUST_UID", "all", 1);
  EXPECT_TRUE(OpenPrivateFolder(root_.path() / "open/mine"));
  setenv("RAPIDBYTE_TRUST_UID", "1234", 1);
  const auto refused = OpenPrivateFolder(root_.path() / "theirs/mine");
  unsetenv("RAPIDBYTE_TRUST_UID");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("RAPIDBYTE_TRUST_UID=12345"), std::string::npos) << refused.error().hint;
}

TEST_F(StrangersFolder, TheirLinkInAStickyFolderIsNotFollowed) {
  Make("sticky", 01777);
  const fs::path target = Make("target");
  fs::create_directory_symlink(target, root_.path() / "sticky/cache");
  GiveAway(root_.path() / "sticky/cache");
  EXPECT_NE(Refusal(OpenPrivateFolder(root_.path() / "sticky/cache")).find("another user"), std::string::npos);
  EXPECT_EQ(ModeOf(target), 0755u) << "and what it leads to is as it was";
}

TEST_F(StrangersFolder, TheirFileIsNotOpened) {
  const auto folder = OpenTrustedFolder(Make("files"));
  ASSERT_TRUE(folder);
  std::ofstream(root_.path() / "files/plain") << "x";
  GiveAway(root_.path() / "files/plain");
  EXPECT_FALSE(OpenTrustedFile(*folder, "plain").is_open());
}

// A group is as good as its members: that of several users is not ours.
TEST_F(StrangersFolder, AGroupOfSeveralMayNotWrite) {
  const fs::path folder = Make("team", 0775);
  ASSERT_EQ(chown(folder.c_str(), 0, kStranger), 0);
  EXPECT_NE(Refusal(OpenPrivateFolder(folder / "x")).find("other users may write"), std::string::npos);
  ASSERT_EQ(chown(folder.c_str(), 0, 0), 0);
  EXPECT_TRUE(OpenPrivateFolder(folder / "x")) << "root's own group";
}

}  // namespace
}  // namespace rapidbyte::os
