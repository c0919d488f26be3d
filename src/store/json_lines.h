// A file of JSON objects, one a line, that several processes append to and people read with grep and jq.
//
// A line is one write in append mode under flock, then fdatasync: after Append it is on disk, whole. A process killed
// within the write may leave a torn last line; the next writer ends it with a line feed first, so that it damages no
// other, and readers skip it. For local disks: flock means nothing on some network file systems.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::store {

class JsonLinesFile {
 public:
  // Makes the file where it is missing, for its owner only, as error texts quote rows; its folder must exist. Errors:
  // kInternal.
  static Result<JsonLinesFile> Open(const std::filesystem::path& named);
  JsonLinesFile(JsonLinesFile&& other) noexcept;
  JsonLinesFile& operator=(JsonLinesFile&& other) noexcept;
  ~JsonLinesFile();

  // `line` has no line feed. Durable on return. Errors: kInternal (a full disk); the line may be torn then.
  Status Append(std::string_view line);

  // The whole lines among the last `bytes` of the file; empty where it cannot be read.
  std::vector<std::string> Tail(size_t bytes) const;

  // Whether Open found a torn last line; it has been ended since.
  const std::filesystem::path& path() const { return path_; }
  bool was_torn() const { return was_torn_; }

 private:
  Status WriteAll(std::string_view text);  // in one write, then to disk; the lock is held
  JsonLinesFile(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_ = -1;
  std::filesystem::path path_;
  bool was_torn_ = false;
};

struct JsonLines {
  std::vector<std::string> lines;     // each a whole JSON object
  std::vector<std::string> warnings;  // one for each line that was skipped, with its number
};

// Errors: kConfiguration for a file that cannot be read.
Result<JsonLines> ReadJsonLines(const std::filesystem::path& path);

}  // namespace rapidbyte::store
