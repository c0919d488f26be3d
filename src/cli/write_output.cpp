#include "cli/write_output.h"

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <system_error>

#include "base/printable.h"
#include "os/write_file.h"

namespace rapidbyte::cli {

Status WriteOutput(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (!path.empty() && path != "-") return os::WriteFile(path, write);
  write(std::cout);
  return FlushStandardOutput();
}

Status WriteOutput(const std::string& path, std::string_view text) {
  return WriteOutput(path, [text](std::ostream& out) { out << text; });
}

void PrintText(std::string_view text) { std::cout << PrintableLines(text) << std::flush; }

Status FlushStandardOutput() {
  errno = 0;
  std::cout.flush();
  const bool is_flushed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (is_flushed && std::cout) return {};
  const std::string why = errno != 0 ? std::generic_category().message(errno) : "it is closed or its disk is full";
  return Fail(ErrorCode::kConfiguration, "cannot write to standard output: " + why);
}

}  // namespace rapidbyte::cli
