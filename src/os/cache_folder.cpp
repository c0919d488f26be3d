#include "os/cache_folder.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "os/trusted_folder.h"

namespace rapidbyte::os {
namespace {

namespace fs = std::filesystem;

fs::path Variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? fs::path(value) : fs::path();
}

bool IsOurs(const fs::path& folder) {
  struct stat info {};
  return folder.is_absolute() && stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid();
}

// A HOME of someone else's is what `sudo` leaves where it keeps the environment.
fs::path Home() {
  if (fs::path home = Variable("HOME"); IsOurs(home)) return home;
  std::array<char, 16384> buffer;
  passwd account{}, *found = nullptr;
  if (getpwuid_r(geteuid(), &account, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  fs::path home = account.pw_dir;
  return IsOurs(home) ? home : fs::path();
}

}  // namespace

fs::path CacheFolder() {
  if (fs::path folder = Variable("RAPIDBYTE_CACHE_DIR"); !folder.empty()) return folder;
  if (const fs::path folder = Variable("XDG_CACHE_HOME"); folder.is_absolute()) return folder / "rapidbyte";
  if (const fs::path home = Home(); !home.empty()) return home / ".cache/rapidbyte";
  return "/var/tmp/rapidbyte-" + std::to_string(geteuid());
}

Result<CacheRoom> OpenCacheRoom(const std::string& name) {
  CacheRoom room{CacheFolder() / name, {}};
  auto folder = OpenPrivateFolder(room.path);
  if (!folder) {
    if (folder.error().hint.empty()) folder.error().hint = kCacheHint;
    return Context("the cache folder", std::move(folder.error()));
  }
  room.folder = std::move(*folder);
  return room;
}

}  // namespace rapidbyte::os
