#include "sampler/function_index.h"

#include <dwarf.h>

#include <algorithm>

namespace rapidbyte::sampler {
namespace {

// What all calls of a function that were inlined have in common: everything that is told of them here.
Dwarf_Die AbstractOrigin(Dwarf_Die inlined) {
  Dwarf_Attribute attribute;
  Dwarf_Die origin;
  const bool found = dwarf_attr(&inlined, DW_AT_abstract_origin, &attribute) != nullptr &&
                     dwarf_formref_die(&attribute, &origin) != nullptr;
  return found ? origin : inlined;
}

// A function that its author wants to be seen as a part of its caller: __attribute__((artificial)).
bool IsArtificial(Dwarf_Die die) {
  Dwarf_Attribute attribute;
  bool artificial = false;
  return dwarf_attr_integrate(&die, DW_AT_artificial, &attribute) != nullptr &&
         dwarf_formflag(&attribute, &artificial) == 0 && artificial;
}

// Whether the DIE has code at all.
bool AddRanges(Dwarf_Die die, uint32_t value, NestedRanges<uint32_t>& ranges) {
  Dwarf_Addr base = 0, low = 0, high = 0;
  bool any = false;
  for (ptrdiff_t offset = 0; (offset = dwarf_ranges(&die, offset, &base, &low, &high)) > 0;) {
    // A linker that drops a function leaves its range at address 0.
    if (low == 0 || high <= low) continue;
    ranges.Add(low, high, value);
    any = true;
  }
  return any;
}

}  // namespace

FunctionIndex::FunctionIndex(Dwarf* dwarf) {
  Dwarf_CU* unit = nullptr;
  Dwarf_Half version = 0;
  uint8_t type = 0;
  Dwarf_Die die, split;
  while (dwarf_get_units(dwarf, unit, &unit, &version, &type, &die, &split) == 0) {
    const bool is_split = type == DW_UT_skeleton && split.addr != nullptr;
    if (!is_split && type != DW_UT_compile) continue;
    AddRanges(die, static_cast<uint32_t>(units_.size()), unit_ranges_);
    units_.push_back({.die = is_split ? split : die});
  }
  unit_ranges_.Seal();
}

void FunctionIndex::AddBodies(Dwarf_Die parent, Unit& unit) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (tag == DW_TAG_subprogram && AddRanges(child, static_cast<uint32_t>(unit.bodies.size()), unit.ranges)) {
      unit.bodies.push_back({.die = child});
    }
    if (MayHoldFunctions(tag)) AddBodies(child, unit);
  } while (dwarf_siblingof(&child, &child) == 0);
}

const Function& FunctionIndex::Describe(Dwarf_Die die, bool inlined) {
  const auto [known, fresh] = described_.try_emplace(die.addr);
  Function& function = known->second;
  if (!fresh) return function;
  function.name = names_.Of(die);
  if (const char* file = dwarf_decl_file(&die)) function.file = file;
  int line = 0;
  if (dwarf_decl_line(&die, &line) == 0 && line > 0) function.line = static_cast<uint32_t>(line);
  function.inlined = inlined;
  return function;
}

void FunctionIndex::AddInlined(Dwarf_Die parent, uint32_t outer, Body& body) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) continue;
    const Dwarf_Die origin = tag == DW_TAG_inlined_subroutine ? AbstractOrigin(child) : child;
    if (tag == DW_TAG_lexical_block || IsArtificial(origin)) {
      AddInlined(child, outer, body);
      continue;
    }
    const auto scope = static_cast<uint32_t>(body.scopes.size());
    if (!AddRanges(child, scope, body.inlined)) continue;
    body.scopes.push_back({&Describe(origin, true), outer});
    AddInlined(child, scope, body);
  } while (dwarf_siblingof(&child, &child) == 0);
}

std::vector<const Function*> FunctionIndex::At(uint64_t pc) {
  const auto unit_at = unit_ranges_.At(pc);
  if (!unit_at) return {};
  Unit& unit = units_[*unit_at];
  if (!unit.read) {
    unit.read = true;
    AddBodies(unit.die, unit);
    unit.ranges.Seal();
  }
  const auto body_at = unit.ranges.At(pc);
  if (!body_at) return {};
  Body& body = unit.bodies[*body_at];
  if (!body.read) {
    body.read = true;
    AddInlined(body.die, kNone, body);
    body.inlined.Seal();
  }
  std::vector<const Function*> functions;
  for (uint32_t scope = body.inlined.At(pc).value_or(kNone); scope != kNone; scope = body.scopes[scope].outer) {
    functions.push_back(body.scopes[scope].function);
  }
  functions.push_back(&Describe(body.die, false));
  std::reverse(functions.begin(), functions.end());
  return functions;
}

}  // namespace rapidbyte::sampler
