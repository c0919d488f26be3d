#include "sampler/function_names.h"

#include <cxxabi.h>
#include <dwarf.h>

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

}  // namespace

bool MayHoldFunctions(int tag) { return tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block || IsScope(tag); }

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

FunctionNames::Unit::Unit(Dwarf_Die die) {
  AddScopes(die, kNone, UINTPTR_MAX);
  ranges.Seal();
}

// `end` is where the parent's children end.
void FunctionNames::Unit::AddScopes(Dwarf_Die parent, uint32_t outer, uintptr_t end) {
  Dwarf_Die child, next;
  for (bool more = dwarf_child(&parent, &child) == 0; more; child = next) {
    more = dwarf_siblingof(&child, &next) == 0;
    const int tag = dwarf_tag(&child);
    if (!MayHoldFunctions(tag) || dwarf_haschildren(&child) != 1) continue;
    const uintptr_t child_end = more ? reinterpret_cast<uintptr_t>(next.addr) : end;
    uint32_t around = outer;
    if (IsScope(tag)) {
      const char* name = dwarf_diename(&child);
      around = static_cast<uint32_t>(scopes.size());
      scopes.push_back({name ? name : "(anonymous)", outer});
      ranges.Add(reinterpret_cast<uintptr_t>(child.addr), child_end, around);
    }
    AddScopes(child, around, child_end);
  }
}

std::string FunctionNames::Qualified(Dwarf_Die die, std::string name) {
  Dwarf_Die naming = NamingDie(die), unit_die;
  if (dwarf_diecu(&naming, &unit_die, nullptr, nullptr) == nullptr) return name;
  const Unit& unit = units_.try_emplace(unit_die.addr, unit_die).first->second;
  const auto innermost = unit.ranges.At(reinterpret_cast<uintptr_t>(naming.addr));
  for (uint32_t scope = innermost.value_or(kNone); scope != kNone; scope = unit.scopes[scope].outer) {
    name = std::string(unit.scopes[scope].name) + "::" + name;
  }
  return name;
}

std::string FunctionNames::Of(Dwarf_Die die) {
  if (const char* linkage_name = LinkageName(die)) return ReadableName(linkage_name);
  const char* name = dwarf_diename(&die);
  if (name == nullptr) return {};
  // A connector's functions are C by their debug information, named as the C++ compiler names its own.
  return std::string_view(name).starts_with("_Z") ? ReadableName(name) : Qualified(die, name);
}

}  // namespace rapidbyte::sampler
