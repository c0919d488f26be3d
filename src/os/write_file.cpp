#include "os/write_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ext/stdio_filebuf.h>
#include <ostream>
#include <system_error>

#include "os/file_descriptor.h"
#include "os/temporary_folder.h"

namespace rapidbyte::os {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kReadableByAll = 0666;  // less the umask

std::string SystemError(int error) { return std::generic_category().message(error != 0 ? error : EIO); }

tl::unexpected<Error> CannotMake(const fs::path& path, int error) {
  return Fail(ErrorCode::kConfiguration, path.string() + ": cannot make the file: " + SystemError(error),
              "name a file in a folder that exists and that you may write to");
}

// An open file, and what it is to be called once it is whole.
struct Draft {
  FileDescriptor file;
  fs::path path;
  bool is_in_place = false;  // a device or a pipe
};

Result<Draft> Begin(const fs::path& path) {
  std::error_code unknown;
  Draft draft{{}, path, fs::exists(path, unknown) && !fs::is_regular_file(path, unknown)};
  if (draft.is_in_place) {
    draft.file = FileDescriptor(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  } else {
    draft.path += "." + RandomHex(4) + ".partial";
    constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    draft.file = FileDescriptor(open(draft.path.c_str(), kNew, kReadableByAll));
  }
  if (!draft.file.is_open()) return CannotMake(path, errno);
  return draft;
}

// 0, or the error.
int Fill(const Draft& draft, const std::function<void(std::ostream&)>& write) {
  errno = 0;
  __gnu_cxx::stdio_filebuf<char> buffer(dup(draft.file.get()), std::ios::out | std::ios::binary, size_t{1} << 16);
  std::ostream out(&buffer);
  write(out);
  out.flush();
  if (buffer.is_open() && out && buffer.close() != nullptr) return 0;
  return errno != 0 ? errno : EIO;
}

}  // namespace

Status WriteFile(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  RB_ASSIGN(const Draft draft, Begin(path));
  int failure = Fill(draft, write);
  if (draft.is_in_place) {
    if (failure == 0) return {};
  } else {
    if (failure == 0 && rename(draft.path.c_str(), path.c_str()) == 0) return {};
    if (failure == 0) failure = errno;
    unlink(draft.path.c_str());
  }
  return Fail(ErrorCode::kConfiguration, path.string() + ": cannot write the file: " + SystemError(failure));
}

Status WriteFile(const fs::path& path, std::string_view content) {
  return WriteFile(path, [content](std::ostream& out) { out << content; });
}

Status CheckWritable(const fs::path& path) {
  RB_ASSIGN(const Draft draft, Begin(path));
  if (!draft.is_in_place) unlink(draft.path.c_str());
  return {};
}

}  // namespace rapidbyte::os
