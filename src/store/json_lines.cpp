#include "store/json_lines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/json.h"
#include "os/patience.h"
#include "os/trusted_folder.h"

namespace rapidbyte::store {
namespace {

tl::unexpected<Error> SystemError(const std::filesystem::path& path, std::string_view doing) {
  const int number = errno;
  const char* hint = number == ENOSPC || number == EDQUOT  ? "free some disk space"
                     : number == EFBIG                     ? "raise the limit of file sizes (ulimit -f)"
                     : number == EWOULDBLOCK               ? "another process holds its lock: is one stopped?"
                     : number == EACCES || number == EPERM ? "check the permissions of the file and of its folder"
                                                           : "";
  return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot {}: {}", path.string(), doing, std::strerror(number)),
              hint);
}

// Keeps other writers out, for as long as it lives.
class FileLock {
 public:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {
    os::Patience patience;
    int held = 0;
    while ((held = flock(descriptor_, LOCK_EX | LOCK_NB)) != 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
      if (!patience.WaitAgain()) break;
    }
    is_held_ = held == 0;
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() {
    if (is_held_) flock(descriptor_, LOCK_UN);
  }
  bool is_held() const { return is_held_; }

 private:
  int descriptor_;
  bool is_held_ = false;
};

// Whether the file ends within a line. An unreadable end counts as whole: the write will say what is wrong.
bool EndsTorn(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || status.st_size == 0) return false;
  char last = '\n';
  return pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

// A new file is only there after a power cut if its folder was written too.
void SyncFolder(const std::filesystem::path& folder) {
  const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

JsonLinesFile::JsonLinesFile(JsonLinesFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)), was_torn_(other.was_torn_) {}

JsonLinesFile& JsonLinesFile::operator=(JsonLinesFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(was_torn_, other.was_torn_);
  return *this;
}

JsonLinesFile::~JsonLinesFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<JsonLinesFile> JsonLinesFile::Open(const std::filesystem::path& named) {
  const std::filesystem::path path = os::ResolveLinks(named);
  RB_TRY(os::CheckFiles(path, {""}));
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return SystemError(path, "open the file");
  JsonLinesFile file(descriptor, path);
  SyncFolder(path.parent_path());
  const FileLock lock(descriptor);
  if (!lock.is_held()) return SystemError(path, "lock the file");
  file.was_torn_ = EndsTorn(descriptor);
  if (file.was_torn_) RB_TRY(file.WriteAll("\n"));
  return file;
}

Status JsonLinesFile::Append(std::string_view line) {
  const FileLock lock(descriptor_);
  if (!lock.is_held()) return SystemError(path_, "lock the file");
  // Another writer may have been killed since Open.
  std::string text = EndsTorn(descriptor_) ? "\n" : "";
  text.append(line).append("\n");
  return WriteAll(text);
}

Status JsonLinesFile::WriteAll(std::string_view text) {
  ssize_t written = 0;
  do {
    written = write(descriptor_, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  // One write or none: a second write for the rest would not be one line to a reader without the lock.
  if (written >= 0 && static_cast<size_t>(written) != text.size()) errno = ENOSPC;
  if (written < 0 || static_cast<size_t>(written) != text.size()) return SystemError(path_, "write a line");
  if (fdatasync(descriptor_) != 0) return SystemError(path_, "write a line to disk");
  return {};
}

std::vector<std::string> JsonLinesFile::Tail(size_t bytes) const {
  std::ifstream file(path_, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto size = static_cast<size_t>(file.tellg());
  const size_t start = size > bytes ? size - bytes : 0;
  file.seekg(static_cast<std::streamoff>(start));
  std::vector<std::string> lines;
  std::string line;
  if (start > 0) std::getline(file, line);  // begins somewhere inside
  while (std::getline(file, line) && !file.eof()) lines.push_back(std::move(line));
  return lines;
}

Result<JsonLines> ReadJsonLines(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot read the file", path.string()));
  JsonLines result;
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    // A line that is too deep or too large was not torn: whoever takes it apart says what is wrong with it.
    const auto parsed = ParseJson(line);
    const bool is_whole =
        parsed || parsed.error().kind == JsonError::Kind::kTooDeep || parsed.error().kind == JsonError::Kind::kTooLarge;
    if (is_whole && line.front() == '{') {
      result.lines.push_back(std::move(line));
    } else {
      result.warnings.push_back(
          fmt::format("{}:{}: skipped a torn line of {} bytes", path.string(), number, line.size()));
    }
  }
  if (file.bad()) return Fail(ErrorCode::kInternal, fmt::format("{}: cannot read the file to its end", path.string()));
  return result;
}

}  // namespace rapidbyte::store
