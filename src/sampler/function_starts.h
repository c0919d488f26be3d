// Where functions begin that nothing names, by the table of call frame information (.eh_frame_hdr; Linux Standard Base
// Core, "The .eh_frame_hdr section").
//
// The table's usual form is known, sorted pairs of 32-bit offsets, which linkers write; any other counts as none. Bytes
// come from a file: each length is checked. Read once; one thread at a time.
#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace rapidbyte::sampler {

class FunctionStarts {
 public:
  explicit FunctionStarts(Elf* elf);

  // The last start at or before `pc`, both as the file has them. Whether its function reaches so far is not told.
  std::optional<uint64_t> Before(uint64_t pc) const;

 private:
  std::vector<uint64_t> starts_;  // ascending
};

}  // namespace rapidbyte::sampler
