// Which functions a code address belongs to, by DWARF: the one whose code it is, and those that were inlined into it.
//
// An address costs a search in sorted ranges and a descent through one function, not a walk through its compilation
// unit. Units are read when an address first falls into them. Addresses are those of the DWARF data. Never fails:
// what cannot be read is not there. One thread at a time.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace rapidbyte::sampler {

struct Function {
  std::string name;   // demangled
  std::string file;   // that declares it; may be empty
  uint32_t line = 0;  // of the declaration, 0 where unknown
  bool inlined = false;
};

// What a linker symbol is called in the source: demangled, and without what the compiler appends to its clones.
std::string ReadableName(std::string symbol);

class FunctionIndex {
 public:
  // `dwarf` must outlive the index.
  explicit FunctionIndex(Dwarf* dwarf);

  // From the outermost to the innermost; empty where no function covers `pc`. The name of the first is empty where only
  // the linker's symbol tells it whole.
  std::vector<const Function*> At(uint64_t pc);

 private:
  struct Range {
    uint64_t low, high;
    Dwarf_Die die;  // of a unit or a function
  };
  struct Unit {
    Dwarf_Die die;
    bool read = false;
    std::vector<Range> functions;
  };

  static const Range* Find(const std::vector<Range>& ranges, uint64_t pc);
  static void Sort(std::vector<Range>& ranges);
  static void AddRanges(Dwarf_Die die, std::vector<Range>& ranges);
  static void AddFunctions(Dwarf_Die parent, std::vector<Range>& ranges);
  const Function& Describe(Dwarf_Die die);
  void AddInlined(Dwarf_Die parent, uint64_t pc, std::vector<const Function*>& functions);

  std::vector<Range> unit_ranges_;
  std::unordered_map<void*, Unit> units_;
  std::unordered_map<void*, Function> described_;  // by address of the DIE
};

}  // namespace rapidbyte::sampler
