#include "os/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace rapidbyte::os {
namespace {

constexpr size_t kPiece = size_t{64} << 10;  // where a file does not say its size, as those of /proc

tl::unexpected<Error> SystemError() { return Fail(ErrorCode::kConfiguration, std::generic_category().message(errno)); }

}  // namespace

Result<std::string> ReadFile(const FileDescriptor& file, size_t limit) {
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return SystemError();
  const auto said = static_cast<size_t>(std::max<off_t>(info.st_size, 0));
  // One byte more than its size, so that the end is seen without growing.
  std::string content(said > 0 && said <= limit ? said + 1 : std::min(kPiece, limit) + 1, '\0');
  for (size_t used = 0; used <= limit;) {
    const ssize_t size = read(file.get(), content.data() + used, content.size() - used);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return SystemError();
    used += static_cast<size_t>(size);
    if (size == 0) {
      content.resize(used);
      return content;
    }
    if (used == content.size()) content.resize(2 * used);
  }
  return Fail(ErrorCode::kConfiguration, "it is longer than " + std::to_string(limit) + " bytes");
}

Result<std::string> ReadFile(const std::filesystem::path& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  auto content = file.is_open() ? ReadFile(file) : SystemError();
  if (!content) return Context(path.string(), std::move(content.error()));
  return content;
}

}  // namespace rapidbyte::os
