// A whole file as a text. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "os/file_descriptor.h"

namespace rapidbyte::os {

// From where `file` stands to its end. Errors: kConfiguration with the system's reason, or where it is longer than
// `limit` bytes.
Result<std::string> ReadFile(const FileDescriptor& file, size_t limit = SIZE_MAX);
// Errors: kConfiguration with the path and the system's reason.
Result<std::string> ReadFile(const std::filesystem::path& path);

}  // namespace rapidbyte::os
