// The functions at an address of a file, with those that were inlined there, as the program addr2line tells them.
//
// One process for each distinct address, so that answers should be kept. Where the address alone says nothing, it is
// found from the function's place in the file (nm) and the offset into it. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rapidbyte::cli {

class Addr2Line {
 public:
  // From the outermost; none where addr2line is not there or knows nothing. `function` as perf prints it, "main+0x1f".
  std::vector<std::string> Find(std::string_view address, std::string_view function, const std::string& image);

 private:
  std::vector<std::string> FindFrom(std::string_view function, const std::string& image);

  std::map<std::pair<std::string, std::string>, std::vector<std::string>, std::less<>> found_;  // by address, image
  std::map<std::string, std::string> symbols_;  // what nm prints, by image
};

}  // namespace rapidbyte::cli
