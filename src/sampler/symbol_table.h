// The linker's symbols of a file, for code that debug information does not tell.
//
// What covers an address is its innermost symbol; of several for the same code a global one before a weak and a local
// one. A symbol without a size, as assembly labels are, holds up to the next symbol or the end of its section, where
// nothing with a size covers it. Read once; names point into the file. Never fails: what cannot be read is not there.
// One thread at a time.
#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>

#include "sampler/nested_ranges.h"

namespace rapidbyte::sampler {

class SymbolTable {
 public:
  // `module` must outlive the table. Addresses are those that libdwfl gives it.
  explicit SymbolTable(Dwfl_Module* module);

  // As the linker has it; null where no symbol covers `pc`.
  const char* At(uint64_t pc) const { return names_.At(pc).value_or(nullptr); }

 private:
  NestedRanges<const char*> names_;
};

}  // namespace rapidbyte::sampler
