#include "os/cache_folder.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>

#include "os/temporary_folder.h"

namespace rapidbyte::os {
namespace {

namespace fs = std::filesystem;

class CacheFolderTest : public testing::Test {
 protected:
  CacheFolderTest() {
    for (const char* name : {"RAPIDBYTE_CACHE_DIR", "XDG_CACHE_HOME", "HOME"}) {
      const char* value = std::getenv(name);
      if (value != nullptr) before_[name] = value;
      unsetenv(name);
    }
  }
  ~CacheFolderTest() override {
    for (const auto& [name, value] : before_) setenv(name.c_str(), value.c_str(), 1);
  }
  void Set(const char* name, const fs::path& value) { setenv(name, value.c_str(), 1); }

  std::map<std::string, std::string> before_;
  TemporaryFolder home_ = *TemporaryFolder::Make();
};

TEST_F(CacheFolderTest, TheMostExplicitVariableDecides) {
  Set("HOME", home_.path());
  EXPECT_EQ(CacheFolder(), home_.path() / ".cache/rapidbyte");
  Set("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(CacheFolder(), "/xdg/rapidbyte");
  Set("RAPIDBYTE_CACHE_DIR", "/own");
  EXPECT_EQ(CacheFolder(), "/own");
}

// A service without User=, `env -i`: the password database knows the home.
TEST_F(CacheFolderTest, WithoutHomeThePasswordDatabaseDecides) {
  const passwd* account = getpwuid(geteuid());
  ASSERT_NE(account, nullptr);
  struct stat home {};
  const bool is_ours = stat(account->pw_dir, &home) == 0 && home.st_uid == geteuid();
  const fs::path expected = is_ours ? fs::path(account->pw_dir) / ".cache/rapidbyte"
                                    : fs::path("/var/tmp/rapidbyte-" + std::to_string(geteuid()));
  EXPECT_EQ(CacheFolder(), expected);
  Set("HOME", "relative");
  EXPECT_EQ(CacheFolder(), expected);
  Set("HOME", "/nonexistent");
  EXPECT_EQ(CacheFolder(), expected);
}

TEST_F(CacheFolderTest, AHomeOfAnotherUserIsNotUsed) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a folder to another user";
  ASSERT_EQ(chown(home_.path().c_str(), 12345, 12345), 0);
  Set("HOME", home_.path());
  EXPECT_FALSE(CacheFolder().string().starts_with(home_.path().string()));
}

TEST_F(CacheFolderTest, ARoomIsOursAlone) {
  Set("RAPIDBYTE_CACHE_DIR", home_.path() / "cache");
  const auto room = OpenCacheRoom("aot");
  ASSERT_TRUE(room) << room.error().message;
  EXPECT_EQ(room->path, home_.path() / "cache/aot");
  struct stat info {};
  ASSERT_EQ(stat(room->path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
}

TEST_F(CacheFolderTest, ARefusalSaysWhatToDo) {
  ASSERT_EQ(chmod(home_.path().c_str(), 0777), 0);
  Set("RAPIDBYTE_CACHE_DIR", home_.path() / "cache");
  const auto room = OpenCacheRoom("aot");
  ASSERT_FALSE(room);
  EXPECT_EQ(room.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(room.error().message, "the cache folder: " + home_.path().string() + ": other users may write to it");
  EXPECT_NE(room.error().hint.find("use a folder of yours"), std::string::npos);
}

}  // namespace
}  // namespace rapidbyte::os
