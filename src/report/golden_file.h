// For tests: compares a text with a file in src/report/golden/. RAPIDBYTE_REBASE=1 rewrites the files instead.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace rapidbyte::report {

inline void ExpectGolden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(RAPIDBYTE_GOLDEN_DIR) / name;
  const char* rebase = std::getenv("RAPIDBYTE_REBASE");
  if (rebase != nullptr && std::string(rebase) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; RAPIDBYTE_REBASE=1 writes it";
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, golden) << "RAPIDBYTE_REBASE=1 rewrites " << path;
}

}  // namespace rapidbyte::report
