#include "sampler/symbol_table.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace rapidbyte::sampler {
namespace {

struct Symbol {
  uint64_t value;
  uint64_t size;
  int rank;  // of its binding: the higher one is taken
  uint64_t section_end;
  const char* name;
};

int RankOf(unsigned char binding) {
  switch (binding) {
    case STB_GLOBAL:
      return 3;
    case STB_WEAK:
      return 2;
    case STB_LOCAL:
      return 1;
    default:
      return 0;
  }
}

// The end of the section that a symbol lies in, as far as that has an address; otherwise the symbol's own value.
uint64_t SectionEnd(Elf* elf, GElf_Word section, const GElf_Sym& symbol, uint64_t value) {
  GElf_Shdr header;
  if (elf == nullptr || section >= SHN_LORESERVE || gelf_getshdr(elf_getscn(elf, section), &header) == nullptr) {
    return value;
  }
  const uint64_t end = header.sh_addr + header.sh_size;
  return symbol.st_value < header.sh_addr || symbol.st_value >= end ? value : value + (end - symbol.st_value);
}

std::vector<Symbol> Read(Dwfl_Module* module) {
  std::vector<Symbol> symbols;
  const int count = dwfl_module_getsymtab(module);
  for (int i = 1; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr value = 0;
    GElf_Word section = SHN_UNDEF;
    Elf* elf = nullptr;
    const char* name = dwfl_module_getsym_info(module, i, &symbol, &value, &section, &elf, nullptr);
    if (name == nullptr || *name == '\0' || symbol.st_shndx == SHN_UNDEF) continue;
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (type == STT_SECTION || type == STT_FILE || type == STT_TLS) continue;
    const uint64_t section_end = symbol.st_size == 0 ? SectionEnd(elf, section, symbol, value) : 0;
    symbols.push_back({value, symbol.st_size, RankOf(GELF_ST_BIND(symbol.st_info)), section_end, name});
  }
  return symbols;
}

}  // namespace

SymbolTable::SymbolTable(Dwfl_Module* module) {
  std::vector<Symbol> symbols = Read(module);
  // Of those that begin at one address the last is taken, as far as it reaches.
  std::reverse(symbols.begin(), symbols.end());
  std::stable_sort(symbols.begin(), symbols.end(), [](const Symbol& a, const Symbol& b) {
    const bool a_label = a.size == 0, b_label = b.size == 0;
    return std::tuple(a.value, a_label, a.rank, b.size) < std::tuple(b.value, b_label, b.rank, a.size);
  });
  uint64_t covered = 0;  // by those before, up to here
  for (size_t i = 0; i < symbols.size(); ++i) {
    const Symbol& symbol = symbols[i];
    if (symbol.size > 0) {
      covered = std::max(covered, symbol.value + symbol.size);
      names_.Add(symbol.value, symbol.value + symbol.size, symbol.name);
    } else if (symbol.value >= covered) {
      const auto next = std::find_if(symbols.begin() + static_cast<ptrdiff_t>(i), symbols.end(),
                                     [&](const Symbol& other) { return other.value > symbol.value; });
      const uint64_t end = next == symbols.end() ? UINT64_MAX : next->value;
      names_.Add(symbol.value, std::min(end, symbol.section_end), symbol.name);
    }
  }
  names_.Seal();
}

}  // namespace rapidbyte::sampler
