#include "sampler/module.h"

#include <fmt/format.h>
#include <unistd.h>

namespace rapidbyte::sampler {
namespace {

char* debug_path = nullptr;  // libdwfl's default: beside the file, and /usr/lib/debug

const Dwfl_Callbacks kCallbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = &debug_path,
};

}  // namespace

std::unique_ptr<Module> Module::Open(int file, const std::string& path) {
  auto opened = std::make_unique<Module>();
  opened->path_ = path;
  opened->dwfl_.reset(dwfl_begin(&kCallbacks));
  if (opened->dwfl_) {
    dwfl_report_begin(opened->dwfl_.get());
    opened->module_ = dwfl_report_elf(opened->dwfl_.get(), path.c_str(), path.c_str(), file, 0, true);
    dwfl_report_end(opened->dwfl_.get(), nullptr, nullptr);
  }
  if (opened->module_ != nullptr) return opened;
  close(file);
  return nullptr;
}

std::string_view Module::name() const {
  const std::string_view path = path_;
  return path.substr(path.rfind('/') + 1);
}

std::vector<uint8_t> Module::BuildId() const {
  const unsigned char* bytes = nullptr;
  GElf_Addr address = 0;
  const int size = dwfl_module_build_id(module_, &bytes, &address);
  return size > 0 ? std::vector<uint8_t>(bytes, bytes + size) : std::vector<uint8_t>();
}

std::optional<uint64_t> Module::Bias(uint64_t address, uint64_t file_offset) const {
  GElf_Addr elf_bias = 0;
  Elf* elf = dwfl_module_getelf(module_, &elf_bias);
  size_t count = 0;
  if (elf == nullptr || elf_getphdrnum(elf, &count) != 0) return std::nullopt;
  const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr) continue;
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const uint64_t first = segment.p_offset & ~(page - 1);
    if (file_offset < first || file_offset >= segment.p_offset + segment.p_filesz) continue;
    return address - (file_offset + segment.p_vaddr - segment.p_offset);
  }
  return std::nullopt;
}

const UnwindRule& Module::RuleAt(uint64_t pc) {
  const auto [known, fresh] = rules_.try_emplace(pc);
  if (fresh) known->second = CompileRule(pc);
  return known->second;
}

Module::Frame Module::EhFrameAt(uint64_t pc) {
  if (!cfi_read_) {
    cfi_read_ = true;
    eh_cfi_ = dwfl_module_eh_cfi(module_, &eh_bias_);
  }
  Dwarf_Frame* frame = nullptr;
  const bool covered = eh_cfi_ != nullptr && dwarf_cfi_addrframe(eh_cfi_, pc - eh_bias_, &frame) == 0;
  return {covered ? frame : nullptr, &std::free};
}

UnwindRule Module::CompileRule(uint64_t pc) {
  if (const Frame frame = EhFrameAt(pc)) return UnwindRule::Compile(frame.get());
  // Only where there is need: this looks for debug files.
  if (debug_cfi_ == nullptr) debug_cfi_ = dwfl_module_dwarf_cfi(module_, &debug_bias_);
  Dwarf_Frame* frame = nullptr;
  if (debug_cfi_ == nullptr || dwarf_cfi_addrframe(debug_cfi_, pc - debug_bias_, &frame) != 0) return {};
  return UnwindRule::Compile(Frame(frame, &std::free).get());
}

const Function* Module::Nameless(uint64_t pc) {
  GElf_Addr bias = 0;
  Elf* elf = dwfl_module_getelf(module_, &bias);
  if (!starts_) starts_.emplace(elf);
  const auto start = EhFrameAt(pc) ? starts_->Before(pc - bias) : std::nullopt;
  Function& function = nameless_[start];
  if (function.name.empty()) {
    function.name = start ? fmt::format("[{}+{:#x}]", name(), *start) : fmt::format("[{}]", name());
  }
  return &function;
}

const Function* Module::Symbolic(const char* symbol, const Function* described) {
  const auto [known, fresh] = symbolic_.try_emplace({symbol, described});
  if (fresh) {
    if (described != nullptr) known->second = *described;
    known->second.name = ReadableName(symbol);
  }
  return &known->second;
}

std::vector<const Function*> Module::FunctionsAt(uint64_t pc) {
  if (!names_read_) {
    names_read_ = true;
    if (Dwarf* dwarf = dwfl_module_getdwarf(module_, &dwarf_bias_)) functions_.emplace(dwarf);
  }
  std::vector<const Function*> functions;
  if (functions_) functions = functions_->At(pc - dwarf_bias_);
  if (!functions.empty() && !functions.front()->name.empty()) return functions;
  if (!symbols_) symbols_.emplace(module_);
  const char* symbol = symbols_->At(pc);
  if (symbol == nullptr && functions.empty()) functions.push_back(Nameless(pc));
  if (symbol == nullptr) return functions;
  if (functions.empty()) functions.push_back(nullptr);
  functions.front() = Symbolic(symbol, functions.front());
  return functions;
}

}  // namespace rapidbyte::sampler
