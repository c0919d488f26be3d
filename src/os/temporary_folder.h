// A folder that only we may enter, removed at the end of its owner's life.
//
// If we are killed it stays, unless it lies in a folder that someone else removes, such as a throwaway server's. It is
// made only where nobody else could exchange it (trusted_folder.h).
#pragma once

#include <filesystem>

#include "base/result.h"

namespace rapidbyte::os {

// $TMPDIR or /tmp; absolute, since a guardian works in another folder.
std::filesystem::path TemporaryRoot();

class TemporaryFolder {
 public:
  // Errors: kConfiguration.
  static Result<TemporaryFolder> Make(const std::filesystem::path& parent = TemporaryRoot());
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

// `bytes` of the system's randomness, as hexadecimal digits.
std::string RandomHex(size_t bytes);

}  // namespace rapidbyte::os
