// Puts a file in place whole, or leaves what was there. Any thread.
//
// It is written beside its place, under a name that nobody could have prepared as a link, and renamed at the end; a
// file that was there keeps its rights. Links are followed where we or root made them. What is not a regular file, such
// as a device, a pipe or /dev/stdout, is written to as it is, and so is a file that cannot be replaced. `write` may be
// called twice.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string_view>

#include "base/result.h"

namespace rapidbyte::os {

// Errors: kConfiguration, with the system's reason, where the file cannot be made or written to its end.
Status WriteFile(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);
Status WriteFile(const std::filesystem::path& path, std::string_view content);

// Whether WriteFile could make the file, for telling it before hours of measuring. Leaves nothing behind.
Status CheckWritable(const std::filesystem::path& path);

}  // namespace rapidbyte::os
