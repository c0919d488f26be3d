#include "lab/temporary_folder.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "base/check.h"

namespace rapidbyte::lab {

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
  std::string name = (parent / "rapidbyte-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return Fail(ErrorCode::kConfiguration,
                "cannot make a folder in " + parent.string() + ": " + std::generic_category().message(errno),
                "TMPDIR names another place for temporary files");
  }
  return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace rapidbyte::lab
