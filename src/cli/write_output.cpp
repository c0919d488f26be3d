#include "cli/write_output.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

namespace rapidbyte::cli {

Status WriteOutput(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (path.empty() || path == "-") {
    write(std::cout);
    std::cout.flush();
    if (std::cout) return {};
    return Fail(ErrorCode::kInternal, "cannot write to standard output: it is closed or its disk is full");
  }
  // A device or a pipe is written to; only a file can be put in place of another.
  std::error_code unknown;
  const bool is_special = std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown);
  const std::string partial = is_special ? path : path + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  if (!file) {
    return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot make the file: {}", path, std::strerror(errno)),
                "name a file in a folder that exists and that you may write to");
  }
  write(file);
  file.close();
  std::error_code error;
  if (file && !is_special) std::filesystem::rename(partial, path, error);
  if (file && !error) return {};
  std::error_code ignored;
  if (!is_special) std::filesystem::remove(partial, ignored);
  return Fail(ErrorCode::kInternal, path + ": cannot write the file");
}

Status WriteOutput(const std::string& path, std::string_view text) {
  return WriteOutput(path, [text](std::ostream& out) { out << text; });
}

}  // namespace rapidbyte::cli
