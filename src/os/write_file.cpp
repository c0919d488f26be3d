#include "os/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <ext/stdio_filebuf.h>
#include <optional>
#include <ostream>
#include <system_error>

#include "os/file_descriptor.h"
#include "os/temporary_folder.h"
#include "os/trusted_folder.h"

namespace rapidbyte::os {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kReadableByAll = 0666;  // less the umask

tl::unexpected<Error> CannotMake(const fs::path& path, int error) {
  return Fail(ErrorCode::kConfiguration,
              path.string() + ": cannot make the file: " + std::generic_category().message(error),
              "name a file in a folder that exists and that you may write to");
}

// The number in /proc/self/fd/N and /dev/fd/N.
std::optional<int> OpenDescriptorOf(const fs::path& path) {
  if (path.parent_path() != "/proc/self/fd" && path.parent_path() != "/dev/fd") return std::nullopt;
  const std::string name = path.filename().string();
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

// An open file, and what it is to be called once it is whole.
struct Draft {
  FileDescriptor file;
  fs::path path;
  fs::path target;
  bool is_in_place = false;  // written to as it is
};

FileDescriptor OpenInPlace(const fs::path& target, int more_flags) {
  return FileDescriptor(open(target.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | more_flags));
}

// A file that was there keeps its rights, and its owner where root replaces it.
void Inherit(const struct stat& before, const FileDescriptor& draft) {
  if (geteuid() == 0 && fchown(draft.get(), before.st_uid, before.st_gid) != 0) return;
  static_cast<void>(fchmod(draft.get(), before.st_mode & 0777));
}

Result<Draft> Begin(const fs::path& path) {
  Draft draft{{}, {}, ResolveLinks(path), false};
  if (const auto descriptor = OpenDescriptorOf(draft.target)) {
    draft.is_in_place = true;
    draft.file = FileDescriptor(fcntl(*descriptor, F_DUPFD_CLOEXEC, 0));
    return draft.file.is_open() ? Result<Draft>(std::move(draft)) : CannotMake(path, errno);
  }
  // A link that is left is somebody else's: what is renamed to its name replaces it.
  struct stat before {};
  const bool is_there = lstat(draft.target.c_str(), &before) == 0 && !S_ISLNK(before.st_mode);
  draft.is_in_place = is_there && !S_ISREG(before.st_mode);
  if (draft.is_in_place) {
    draft.file = OpenInPlace(draft.target, 0);
    return draft.file.is_open() ? Result<Draft>(std::move(draft)) : CannotMake(path, errno);
  }
  draft.path = draft.target;
  draft.path += "." + RandomHex(4) + ".partial";
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  draft.file = FileDescriptor(open(draft.path.c_str(), kNew, is_there ? 0600 : kReadableByAll));
  if (draft.file.is_open()) {
    if (is_there) Inherit(before, draft.file);
    return draft;
  }
  const int failure = errno;
  // A file may be writable although its folder is not.
  if (is_there && (failure == EACCES || failure == EROFS)) draft.file = OpenInPlace(draft.target, O_TRUNC);
  draft.is_in_place = draft.file.is_open();
  return draft.is_in_place ? Result<Draft>(std::move(draft)) : CannotMake(path, failure);
}

// 0, or the error.
int Fill(const FileDescriptor& file, const std::function<void(std::ostream&)>& write) {
  errno = 0;
  __gnu_cxx::stdio_filebuf<char> buffer(dup(file.get()), std::ios::out | std::ios::binary, size_t{1} << 16);
  std::ostream out(&buffer);
  write(out);
  out.flush();
  if (buffer.is_open() && out && buffer.close() != nullptr) return 0;
  return errno != 0 ? errno : EIO;
}

// 0, or the error. A file that nothing can be renamed to, such as one that is mounted by itself, is written to.
int PutInPlace(const Draft& draft, const std::function<void(std::ostream&)>& write) {
  if (rename(draft.path.c_str(), draft.target.c_str()) == 0) return 0;
  const int failure = errno;
  if (failure != EBUSY && failure != EPERM) return failure;
  const FileDescriptor target = OpenInPlace(draft.target, O_TRUNC);
  return target.is_open() ? Fill(target, write) : failure;
}

}  // namespace

Status WriteFile(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  RB_ASSIGN(const Draft draft, Begin(path));
  int failure = Fill(draft.file, write);
  if (failure == 0 && !draft.is_in_place) failure = PutInPlace(draft, write);
  if (!draft.is_in_place) unlink(draft.path.c_str());  // there is none any more where it was renamed
  if (failure == 0) return {};
  return Fail(ErrorCode::kConfiguration,
              path.string() + ": cannot write the file: " + std::generic_category().message(failure));
}

Status WriteFile(const fs::path& path, std::string_view content) {
  return WriteFile(path, [content](std::ostream& out) { out << content; });
}

Status CheckWritable(const fs::path& path) {
  std::error_code unknown;
  if (fs::is_regular_file(path, unknown) && access(path.c_str(), W_OK) == 0) return {};  // and it stays as it is
  RB_ASSIGN(const Draft draft, Begin(path));
  if (!draft.is_in_place) unlink(draft.path.c_str());
  return {};
}

}  // namespace rapidbyte::os
