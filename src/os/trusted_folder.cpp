#include "os/trusted_folder.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace rapidbyte::os {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // as the kernel
constexpr mode_t kPrivate = 0700;
constexpr mode_t kForAll = 0777;  // less the umask
constexpr std::string_view kAll = "all";

std::string SystemError() { return std::generic_category().message(errno); }

// Whether a user is not known in this user namespace. The owner of the outer system's folders then is such a one, and
// stands for its root: nobody in here could be that user.
bool IsUnmapped(uid_t user) {
  unsigned overflow = 65534;
  std::ifstream("/proc/sys/kernel/overflowuid") >> overflow;
  if (user != overflow) return false;
  std::ifstream map("/proc/self/uid_map");
  for (uint64_t inside, outside, count; map >> inside >> outside >> count;) {
    if (user >= inside && user - inside < count) return false;
  }
  return true;
}

// Users that the user trusts like root: "1000,1001", or "all". For containers, where root works in a folder of the
// host's user, or in one that is open to everybody and there is nobody else.
bool IsOnList(std::string_view user) {
  const char* list = std::getenv("RAPIDBYTE_TRUST_UID");
  std::istringstream entries(list != nullptr ? list : "");
  for (std::string entry; std::getline(entries, entry, ',');) {
    if (entry == user || entry == kAll) return true;
  }
  return false;
}

bool IsTrusted(uid_t owner) {
  return owner == 0 || owner == geteuid() || IsUnmapped(owner) || IsOnList(std::to_string(owner));
}

// A group that has one user, as most distributions make for each: to let it write is to let the user write.
bool IsPrivateGroup(gid_t group, uid_t user) {
  std::array<char, 16384> buffer;
  passwd account{}, *found_account = nullptr;
  if (getpwuid_r(user, &account, buffer.data(), buffer.size(), &found_account) != 0 || found_account == nullptr ||
      account.pw_gid != group) {
    return false;
  }
  const std::string name = account.pw_name;
  struct group entry {
  }, *found = nullptr;
  if (getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return false;
  if (name != entry.gr_name) return false;
  for (char** member = entry.gr_mem; *member != nullptr; ++member) {
    if (name != *member) return false;
  }
  return true;
}

// With an access control list, the group's bits are those of any user on it.
bool HasAccessList(const FileDescriptor& folder) {
  return getxattr(("/proc/self/fd/" + std::to_string(folder.get())).c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

bool OthersMayWrite(const FileDescriptor& folder, const struct stat& info) {
  if ((info.st_mode & S_IWOTH) != 0) return true;
  if ((info.st_mode & S_IWGRP) == 0) return false;
  return HasAccessList(folder) || !IsPrivateGroup(info.st_gid, info.st_uid);
}

tl::unexpected<Error> Refuse(const fs::path& path, const std::string& why) {
  return Fail(ErrorCode::kConfiguration, path.string() + ": " + why);
}

tl::unexpected<Error> RefuseOwner(const fs::path& path, uid_t owner) {
  const std::string user = std::to_string(owner);
  auto refused = Refuse(path, "it belongs to another user (uid " + user + ")");
  refused.value().hint = "use a folder of yours; or trust that user as yourself: RAPIDBYTE_TRUST_UID=" + user;
  return refused;
}

Status CheckOwner(const fs::path& path, const struct stat& info) {
  return IsTrusted(info.st_uid) ? Status() : RefuseOwner(path, info.st_uid);
}

class Walk {
 public:
  // `mode`: of what is made where it is missing; 0: nothing is.
  explicit Walk(mode_t mode) : mode_(mode) {}

  // `path` is absolute.
  Result<FileDescriptor> Follow(const fs::path& path) {
    RB_TRY(Enter("/", FileDescriptor(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC))));
    Put(path.relative_path());
    while (!parts_.empty()) {
      const std::string part = std::move(parts_.front());
      parts_.pop_front();
      if (part == "..") {
        if (folders_.size() > 1) folders_.pop_back();
      } else if (!part.empty() && part != ".") {
        RB_TRY(Step(part));
      }
    }
    return std::move(folders_.back().descriptor);
  }

 private:
  struct Folder {
    fs::path path;
    FileDescriptor descriptor;
  };

  void Put(const fs::path& path) {
    std::vector<std::string> parts;
    for (const fs::path& part : path) parts.push_back(part.string());
    parts_.insert(parts_.begin(), parts.begin(), parts.end());
  }

  Status Step(const std::string& part) {
    const fs::path path = folders_.back().path / part;
    const int above = folders_.back().descriptor.get();
    constexpr int kFlags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    FileDescriptor next(openat(above, part.c_str(), kFlags));
    if (!next.is_open() && errno == ENOENT && mode_ != 0) {
      if (mkdirat(above, part.c_str(), mode_) != 0 && errno != EEXIST) return Refuse(path, SystemError());
      next = FileDescriptor(openat(above, part.c_str(), kFlags));
    }
    if (!next.is_open()) return Refuse(path, SystemError());
    struct stat info {};
    if (fstat(next.get(), &info) != 0) return Refuse(path, SystemError());
    return S_ISLNK(info.st_mode) ? FollowLink(path, next, info) : Enter(path, std::move(next));
  }

  Status FollowLink(const fs::path& path, const FileDescriptor& link, const struct stat& info) {
    RB_TRY(CheckOwner(path, info));
    if (++links_ > kMaxLinks) return Refuse(path, "there are too many links");
    std::array<char, PATH_MAX> target;
    const ssize_t size = readlinkat(link.get(), "", target.data(), target.size());
    if (size <= 0) return Refuse(path, SystemError());
    const fs::path to(std::string(target.data(), static_cast<size_t>(size)));
    if (to.is_absolute()) folders_.resize(1);
    Put(to.relative_path());
    return {};
  }

  Status Enter(const fs::path& path, FileDescriptor folder) {
    struct stat info {};
    if (!folder.is_open() || fstat(folder.get(), &info) != 0) return Refuse(path, SystemError());
    if (!S_ISDIR(info.st_mode)) return Refuse(path, "it is not a folder");
    RB_TRY(CheckOwner(path, info));
    if ((info.st_mode & S_ISVTX) == 0 && OthersMayWrite(folder, info) && !IsOnList(kAll)) {
      auto refused = Refuse(path, "other users may write to it");
      refused.value().hint = "use a folder of yours; or, where all users may be trusted: RAPIDBYTE_TRUST_UID=all";
      return refused;
    }
    folders_.push_back({path, std::move(folder)});
    return {};
  }

  const mode_t mode_;
  std::deque<std::string> parts_;
  std::vector<Folder> folders_;  // opened, from the root down
  int links_ = 0;
};

Result<FileDescriptor> Open(const fs::path& path, mode_t mode) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (error) return Refuse(path, error.message());
  RB_ASSIGN(const FileDescriptor found, Walk(mode).Follow(absolute));
  FileDescriptor folder(openat(found.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return Refuse(path, SystemError());
  return folder;
}

}  // namespace

Result<FileDescriptor> OpenTrustedFolder(const fs::path& path) { return Open(path, 0); }

Result<FileDescriptor> OpenPrivateFolder(const fs::path& path) {
  RB_ASSIGN(FileDescriptor folder, Open(path, kPrivate));
  struct stat info {};
  if (fstat(folder.get(), &info) != 0) return Refuse(path, SystemError());
  if (info.st_uid != geteuid() && !IsOnList(std::to_string(info.st_uid))) return RefuseOwner(path, info.st_uid);
  if ((info.st_mode & 07777) != kPrivate && fchmod(folder.get(), kPrivate) != 0) return Refuse(path, SystemError());
  return folder;
}

Status CheckFiles(const fs::path& path, std::initializer_list<const char*> endings) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const bool is_root = geteuid() == 0;
  if (is_root) {
    RB_TRY(Open(folder, kForAll));
  } else if (std::error_code error; !fs::exists(folder, error)) {
    fs::create_directories(folder, error);
    if (error) return Refuse(folder, "cannot make the folder: " + error.message());
  }
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0) return Refuse(folder, SystemError());
  const bool must_be_ours = is_root || (info.st_mode & S_ISVTX) != 0;
  for (const char* ending : endings) {
    const fs::path file = path.string() + ending;
    if (lstat(file.c_str(), &info) != 0) continue;
    if (!S_ISREG(info.st_mode))
      return Refuse(file, S_ISLNK(info.st_mode) ? "it is a link" : "it is not a regular file");
    if (must_be_ours) RB_TRY(CheckOwner(file, info));
  }
  return {};
}

fs::path ResolveLinks(fs::path path) {
  for (int links = 0; links < kMaxLinks; ++links) {
    struct stat info {};
    if (lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode) || !IsTrusted(info.st_uid)) break;
    if (path.parent_path() == "/proc/self/fd") break;  // the kernel's own, to an open file
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = target.is_absolute() ? target : path.parent_path() / target;
  }
  return path;
}

FileDescriptor OpenTrustedFile(const FileDescriptor& folder, const std::string& name) {
  FileDescriptor file(openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat info {};
  if (!file.is_open() || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || !IsTrusted(info.st_uid)) return {};
  return file;
}

}  // namespace rapidbyte::os
