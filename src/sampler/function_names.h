// What functions are called in the source: from linker symbols, and from DWARF where it has no symbol for them.
//
// The scopes of a name are found by place: a DIE lies in those whose children span its address, which are read once for
// each unit. Never fails: what cannot be read is not there. One thread at a time.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sampler/nested_ranges.h"

namespace rapidbyte::sampler {

// What a linker symbol is called in the source: demangled, and without what the compiler appends to its clones.
std::string ReadableName(std::string symbol);

bool MayHoldFunctions(int tag);  // of a DIE: among its children

class FunctionNames {
 public:
  // Of a DIE of a function, concrete, abstract or inlined: demangled, or with its namespaces and classes; empty where
  // debug information does not tell.
  std::string Of(Dwarf_Die die);

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Scope {
    const char* name;
    uint32_t outer;  // index, or kNone
  };
  struct Unit {
    explicit Unit(Dwarf_Die die);
    void AddScopes(Dwarf_Die parent, uint32_t outer, uintptr_t end);

    std::vector<Scope> scopes;
    NestedRanges<uint32_t> ranges;  // of places in the file's data: indices into scopes
  };
  std::string Qualified(Dwarf_Die die, std::string name);

  std::unordered_map<void*, Unit> units_;  // by place
};

}  // namespace rapidbyte::sampler
