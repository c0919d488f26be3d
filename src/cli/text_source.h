// A file or the standard input in large pieces, as UTF-8: for texts that do not fit into memory.
//
// The first piece is as long as it can be, so that what the text is can be told from it. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "profile/text.h"

namespace rapidbyte::cli {

class TextSource {
 public:
  // "-" is the standard input. Errors: kConfiguration where the file cannot be opened.
  static Result<TextSource> Open(const std::string& path);
  TextSource(TextSource&& other) noexcept;
  TextSource& operator=(TextSource&&) = delete;
  ~TextSource();

  const std::string& name() const { return name_; }  // for messages
  // Nothing at the end; holds until the next call. Errors: kConfiguration where it cannot be read, kData where it is no
  // text.
  Result<std::string_view> Next();
  bool is_cut() const { return decoder_.is_cut(); }  // at the end: within a character
  // All that is left after `beginning`, which Next gave.
  Result<std::string> Rest(std::string_view beginning);

 private:
  TextSource(int file, std::string name);

  int file_;
  std::string name_;
  std::vector<char> buffer_;
  profile::TextDecoder decoder_;
};

}  // namespace rapidbyte::cli
