// One file of machine code: a program or a shared object, read by elfutils' libdwfl.
//
// It belongs to no process: addresses are the file's own (what a process adds to them is its mapping's bias), so that
// call frame information, debug information and what was found out for an address are shared by all who map the file.
// Separate debug files are found by build id or debug link. Opened once while the program runs: a file that is deleted
// or replaced later stays readable. One thread at a time.
#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sampler/function_index.h"
#include "sampler/function_starts.h"
#include "sampler/symbol_table.h"
#include "sampler/unwind_rule.h"

namespace rapidbyte::sampler {

class Module {
 public:
  // `file` is an open ELF file, which the module takes over; `path` is what it is called. Null where it is none.
  static std::unique_ptr<Module> Open(int file, const std::string& path);

  const std::string& path() const { return path_; }
  std::string_view name() const;  // the last part of the path
  std::vector<uint8_t> BuildId() const;

  // What a process that maps the file's offset at `address` adds to the file's addresses.
  std::optional<uint64_t> Bias(uint64_t address, uint64_t file_offset) const;

  // Valid as long as the module, both.
  const UnwindRule& RuleAt(uint64_t pc);
  // The functions at `pc`, outermost first. One that nothing names is called by the file and where it begins:
  // "[libx.so.1+0x1a2b0]", or "[libx.so.1]" where call frame information does not tell that either.
  std::vector<const Function*> FunctionsAt(uint64_t pc);

 private:
  struct EndDwfl {
    void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
  };
  using Frame = std::unique_ptr<Dwarf_Frame, decltype(&std::free)>;
  Frame EhFrameAt(uint64_t pc);  // null where .eh_frame does not cover it
  UnwindRule CompileRule(uint64_t pc);
  const Function* Nameless(uint64_t pc);
  // The function that only its symbol names, of which debug information may know where it is declared.
  const Function* Symbolic(const char* symbol, const Function* described);

  std::string path_;
  std::unique_ptr<Dwfl, EndDwfl> dwfl_;
  Dwfl_Module* module_ = nullptr;
  bool cfi_read_ = false;
  Dwarf_CFI* eh_cfi_ = nullptr;
  Dwarf_CFI* debug_cfi_ = nullptr;
  Dwarf_Addr eh_bias_ = 0;
  Dwarf_Addr debug_bias_ = 0;
  bool names_read_ = false;
  Dwarf_Addr dwarf_bias_ = 0;
  std::optional<FunctionIndex> functions_;
  std::optional<SymbolTable> symbols_;
  std::map<std::pair<const char*, const Function*>, Function> symbolic_;
  std::optional<FunctionStarts> starts_;
  std::map<std::optional<uint64_t>, Function> nameless_;  // by start
  std::unordered_map<uint64_t, UnwindRule> rules_;
};

}  // namespace rapidbyte::sampler
