#include "cli/profile_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

#include "profile/read_profile.h"

namespace rapidbyte::cli {
namespace {

Result<std::string> ReadWhole(std::istream& stream, const std::string& name) {
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) return Fail(ErrorCode::kConfiguration, name + ": cannot be read to its end");
  return text;
}

Result<std::string> ReadInput(const std::string& path) {
  if (path == "-") return ReadWhole(std::cin, "standard input");
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Fail(ErrorCode::kConfiguration, path + ": is a folder", "name a file that holds a profile");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot be read: {}", path, std::strerror(errno)),
                "name a profile: `rapidbyte profile record`, folded stacks, or the text of `perf script`");
  }
  return ReadWhole(file, path);
}

}  // namespace

Result<profile::Profile> LoadProfile(const std::string& path) {
  RB_ASSIGN(const std::string text, ReadInput(path));
  return profile::ReadProfile(text, path == "-" ? "standard input" : path);
}

Status WriteOutput(const std::string& path, std::string_view text) {
  if (path.empty() || path == "-") {
    std::cout << text << std::flush;
    if (std::cout) return {};
    return Fail(ErrorCode::kInternal, "cannot write to standard output: it is closed or its disk is full");
  }
  // A device or a pipe is written to; only a file can be put in place of another.
  std::error_code unknown;
  const bool is_special = std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown);
  const std::string partial = is_special ? path : path + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  if (!file) {
    return Fail(ErrorCode::kConfiguration, fmt::format("{}: cannot make the file", partial),
                "name a file in a folder that exists and that you may write to");
  }
  file << text;
  file.close();
  std::error_code error;
  if (file && !is_special) std::filesystem::rename(partial, path, error);
  if (file && !error) return {};
  std::error_code ignored;
  if (!is_special) std::filesystem::remove(partial, ignored);
  return Fail(ErrorCode::kInternal, path + ": cannot write the file");
}

}  // namespace rapidbyte::cli
