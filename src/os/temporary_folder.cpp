#include "os/temporary_folder.h"

#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "base/check.h"
#include "os/trusted_folder.h"

namespace rapidbyte::os {

std::filesystem::path TemporaryRoot() {
  const char* folder = std::getenv("TMPDIR");
  std::error_code ignored;
  return std::filesystem::absolute(folder != nullptr && *folder != '\0' ? folder : "/tmp", ignored);
}

std::string RandomHex(size_t bytes) {
  std::vector<unsigned char> random(bytes);
  RB_CHECK(getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  std::string text;
  for (const unsigned char byte : random) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

Result<TemporaryFolder> TemporaryFolder::Make(const std::filesystem::path& parent) {
  const std::filesystem::path path = parent / ("rapidbyte-" + RandomHex(8));
  const auto folder = OpenTrustedFolder(parent);
  if (folder && mkdirat(folder->get(), path.filename().c_str(), 0700) == 0) return TemporaryFolder(path);
  const std::string why = folder ? std::generic_category().message(errno) : folder.error().message;
  return Fail(ErrorCode::kConfiguration, "cannot make a temporary folder in " + parent.string() + ": " + why,
              "TMPDIR names another place for temporary files");
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace rapidbyte::os
