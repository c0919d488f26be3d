// Which functions a code address belongs to, by DWARF: the one whose code it is, and those that were inlined into it.
//
// An address costs searches in sorted ranges. A unit, and the calls inlined into a function, are read when an address
// first falls into them. Addresses are those of the DWARF data. Never fails: what cannot be read is not there. One
// thread at a time.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sampler/function_names.h"
#include "sampler/nested_ranges.h"

namespace rapidbyte::sampler {

struct Function {
  std::string name;   // demangled
  std::string file;   // that declares it; may be empty
  uint32_t line = 0;  // of the declaration, 0 where unknown
  bool inlined = false;
};

class FunctionIndex {
 public:
  // `dwarf` must outlive the index.
  explicit FunctionIndex(Dwarf* dwarf);

  // From the outermost to the innermost; empty where no function covers `pc`. The name of the first is empty where only
  // the linker's symbol tells it whole.
  std::vector<const Function*> At(uint64_t pc);

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Scope {
    const Function* function;
    uint32_t outer;  // index of the one that it is inlined into; kNone: the body's function
  };
  struct Body {  // a function with code of its own, and what was inlined into that
    Dwarf_Die die{};
    bool read = false;
    std::vector<Scope> scopes;
    NestedRanges<uint32_t> inlined;  // indices into scopes
  };
  struct Unit {
    Dwarf_Die die{};
    bool read = false;
    std::vector<Body> bodies;
    NestedRanges<uint32_t> ranges;  // indices into bodies
  };

  static void AddBodies(Dwarf_Die parent, Unit& unit);
  void AddInlined(Dwarf_Die parent, uint32_t outer, Body& body);
  const Function& Describe(Dwarf_Die die, bool inlined);

  FunctionNames names_;
  std::vector<Unit> units_;
  NestedRanges<uint32_t> unit_ranges_;             // indices into units_
  std::unordered_map<void*, Function> described_;  // by address of the DIE
};

}  // namespace rapidbyte::sampler
