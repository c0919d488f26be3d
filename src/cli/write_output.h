// What a command made, to a file or to the standard output.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapidbyte::cli {

// To standard output where `path` is empty or "-", otherwise as os::WriteFile. Errors: kConfiguration.
Status WriteOutput(const std::string& path, const std::function<void(std::ostream&)>& write);
Status WriteOutput(const std::string& path, std::string_view text);

// To standard output, for people: whatever names and messages in it hold, nothing that a terminal would obey.
void PrintText(std::string_view text);

// What was printed so far, by std::cout or by stdio. Errors: kConfiguration where it did not arrive, such as on a full
// disk.
Status FlushStandardOutput();

}  // namespace rapidbyte::cli
