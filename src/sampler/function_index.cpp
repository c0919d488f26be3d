#include "sampler/function_index.h"

#include <cxxabi.h>
#include <dwarf.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace rapidbyte::sampler {
namespace {

const char* LinkageName(Dwarf_Die die) {
  Dwarf_Attribute attribute;
  for (const unsigned code : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    if (dwarf_attr_integrate(&die, code, &attribute) == nullptr) continue;
    if (const char* name = dwarf_formstring(&attribute)) return name;
  }
  return nullptr;
}

// A function that its author wants to be seen as a part of its caller: __attribute__((artificial)).
bool IsArtificial(Dwarf_Die die) {
  Dwarf_Attribute attribute;
  bool artificial = false;
  return dwarf_attr_integrate(&die, DW_AT_artificial, &attribute) != nullptr &&
         dwarf_formflag(&attribute, &artificial) == 0 && artificial;
}

// The DIE that gives a concrete or inlined function its name.
Dwarf_Die NamingDie(Dwarf_Die die) {
  for (int hops = 0; hops < 8; ++hops) {
    Dwarf_Attribute attribute;
    Dwarf_Die next;
    bool moved = false;
    for (const unsigned code : {DW_AT_abstract_origin, DW_AT_specification}) {
      if (dwarf_attr(&die, code, &attribute) == nullptr || dwarf_formref_die(&attribute, &next) == nullptr) continue;
      die = next;
      moved = true;
      break;
    }
    if (!moved) break;
  }
  return die;
}

bool IsScope(int tag) {
  return tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
         tag == DW_TAG_union_type || tag == DW_TAG_module;
}

// "outer::inner::name", for what has no linkage name to demangle.
std::string QualifiedName(Dwarf_Die die, std::string name) {
  Dwarf_Die naming = NamingDie(die);
  Dwarf_Die* scopes = nullptr;
  const int count = dwarf_getscopes_die(&naming, &scopes);
  for (int i = 1; i < count; ++i) {
    if (!IsScope(dwarf_tag(&scopes[i]))) continue;
    const char* scope = dwarf_diename(&scopes[i]);
    name = std::string(scope ? scope : "(anonymous)") + "::" + name;
  }
  if (count > 0) std::free(scopes);
  return name;
}

}  // namespace

std::string ReadableName(std::string symbol) {
  constexpr std::array<std::string_view, 6> kCloneSuffixes = {".cold",  ".part.",     ".constprop.",
                                                              ".isra.", ".lto_priv.", ".localalias"};
  for (const std::string_view suffix : kCloneSuffixes) {
    if (const size_t at = symbol.find(suffix); at != std::string::npos && at > 0) symbol.resize(at);
  }
  if (symbol.rfind("_Z", 0) != 0) return symbol;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> demangled(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return demangled ? std::string(demangled.get()) : symbol;
}

FunctionIndex::FunctionIndex(Dwarf* dwarf) {
  Dwarf_CU* unit = nullptr;
  Dwarf_Half version = 0;
  uint8_t type = 0;
  Dwarf_Die die, split;
  while (dwarf_get_units(dwarf, unit, &unit, &version, &type, &die, &split) == 0) {
    if (type == DW_UT_skeleton && split.addr != nullptr) {
      const size_t before = unit_ranges_.size();
      AddRanges(die, unit_ranges_);
      for (size_t i = before; i < unit_ranges_.size(); ++i) unit_ranges_[i].die = split;
    } else if (type == DW_UT_compile) {
      AddRanges(die, unit_ranges_);
    }
  }
  Sort(unit_ranges_);
}

void FunctionIndex::AddRanges(Dwarf_Die die, std::vector<Range>& ranges) {
  Dwarf_Addr base = 0, low = 0, high = 0;
  ptrdiff_t offset = 0;
  while ((offset = dwarf_ranges(&die, offset, &base, &low, &high)) > 0) {
    // A linker that drops a function leaves its range at address 0.
    if (low != 0 && high > low) ranges.push_back({low, high, die});
  }
}

void FunctionIndex::Sort(std::vector<Range>& ranges) {
  std::stable_sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.low < b.low; });
}

const FunctionIndex::Range* FunctionIndex::Find(const std::vector<Range>& ranges, uint64_t pc) {
  auto after = std::upper_bound(ranges.begin(), ranges.end(), pc,
                                [](uint64_t value, const Range& range) { return value < range.low; });
  if (after == ranges.begin()) return nullptr;
  const Range& range = *std::prev(after);
  return pc < range.high ? &range : nullptr;
}

void FunctionIndex::AddFunctions(Dwarf_Die parent, std::vector<Range>& ranges) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (tag == DW_TAG_subprogram) AddRanges(child, ranges);
    if (tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block || IsScope(tag)) AddFunctions(child, ranges);
  } while (dwarf_siblingof(&child, &child) == 0);
}

const Function& FunctionIndex::Describe(Dwarf_Die die) {
  const auto [known, fresh] = described_.try_emplace(die.addr);
  Function& function = known->second;
  if (!fresh) return function;
  if (const char* linkage_name = LinkageName(die)) {
    function.name = ReadableName(linkage_name);
  } else if (const char* name = dwarf_diename(&die)) {
    // A connector's functions are C by their debug information, named as the C++ compiler names its own.
    function.name = std::string_view(name).starts_with("_Z") ? ReadableName(name) : QualifiedName(die, name);
  }
  if (const char* file = dwarf_decl_file(&die)) function.file = file;
  int line = 0;
  if (dwarf_decl_line(&die, &line) == 0 && line > 0) function.line = static_cast<uint32_t>(line);
  function.inlined = dwarf_tag(&die) == DW_TAG_inlined_subroutine;
  return function;
}

void FunctionIndex::AddInlined(Dwarf_Die parent, uint64_t pc, std::vector<const Function*>& functions) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) continue;
    if (dwarf_haspc(&child, pc) != 1) continue;
    if (tag == DW_TAG_inlined_subroutine && !IsArtificial(child)) functions.push_back(&Describe(child));
    return AddInlined(child, pc, functions);
  } while (dwarf_siblingof(&child, &child) == 0);
}

std::vector<const Function*> FunctionIndex::At(uint64_t pc) {
  const Range* unit_range = Find(unit_ranges_, pc);
  if (unit_range == nullptr) return {};
  Unit& unit = units_[unit_range->die.addr];
  if (!unit.read) {
    unit.read = true;
    AddFunctions(unit_range->die, unit.functions);
    Sort(unit.functions);
  }
  const Range* function = Find(unit.functions, pc);
  if (function == nullptr) return {};
  std::vector<const Function*> functions = {&Describe(function->die)};
  AddInlined(function->die, pc, functions);
  return functions;
}

}  // namespace rapidbyte::sampler
