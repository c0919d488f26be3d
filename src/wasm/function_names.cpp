#include "wasm/function_names.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace rapidbyte::wasm {
namespace {

constexpr std::string_view kSection = "rapidbyte.functions";
constexpr std::string_view kPrefix = "w2c_";
constexpr std::string_view kInstance = "(Z_connector_instance_t* instance";
constexpr size_t kModuleHeaderBytes = 8;
constexpr size_t kMaxFileName = 1024;

// Takes values off the front of a module's bytes; once it has failed, everything is nothing.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : left_(bytes) {}

  bool AtEnd() const { return left_.empty(); }
  std::optional<uint32_t> Number() {  // LEB128, unsigned
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && !left_.empty(); shift += 7) {
      const uint8_t byte = left_.front();
      left_ = left_.subspan(1);
      value |= uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) == 0) return value <= UINT32_MAX ? std::optional(static_cast<uint32_t>(value)) : std::nullopt;
    }
    left_ = {};
    return std::nullopt;
  }
  std::optional<std::span<const uint8_t>> Bytes(size_t count) {
    if (count > left_.size()) return std::nullopt;
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  std::optional<std::string_view> Name() {
    const auto size = Number();
    const auto bytes = size ? Bytes(*size) : std::nullopt;
    if (!bytes) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

 private:
  std::span<const uint8_t> left_;
};

// The content of the custom section; empty where there is none.
std::span<const uint8_t> FindSection(std::span<const uint8_t> module) {
  if (module.size() < kModuleHeaderBytes) return {};
  Reader sections(module.subspan(kModuleHeaderBytes));
  while (!sections.AtEnd()) {
    const auto id = sections.Bytes(1);
    const auto size = id ? sections.Number() : std::nullopt;
    const auto content = size ? sections.Bytes(*size) : std::nullopt;
    if (!content) return {};
    Reader section(*content);
    if (id->front() == 0 && section.Name() == kSection) return content->last(content->size() - 1 - kSection.size());
  }
  return {};
}

// The name ends up between quotes in C that is compiled.
bool IsHarmless(std::string_view file) {
  return !file.empty() && file.size() <= kMaxFileName && std::all_of(file.begin(), file.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./+-").find(c) != std::string_view::npos;
  });
}

bool IsIdentifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name of the function that a line begins to define, as wasm2c has it; empty for any other line.
std::string_view DefinedBy(std::string_view line) {
  if (!line.starts_with("static ") || !line.ends_with(" {")) return {};
  const size_t end = line.find(kInstance);
  if (end == std::string_view::npos) return {};
  const std::string_view before = line.substr(0, end);
  const std::string_view name = before.substr(before.rfind(' ') + 1);
  return name.starts_with(kPrefix) ? name : std::string_view();
}

std::string CompilersName(std::string_view name) {
  name.remove_prefix(kPrefix.size());
  if (name.starts_with("_Z")) return std::string(name);
  return "_Z" + std::to_string(name.size()) + std::string(name);
}

using Names = std::unordered_map<std::string_view, std::string>;

template <typename Take>
void ForEachLine(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void AppendRenamed(std::string_view line, const Names& names, std::string& out) {
  size_t at = 0;
  while (at < line.size()) {
    size_t end = at;
    while (end < line.size() && IsIdentifier(line[end])) ++end;
    const std::string_view word = line.substr(at, end - at);
    // A field (after "->" or ".") is no function, whatever its name.
    const bool is_field = at != 0 && (line[at - 1] == '>' || line[at - 1] == '.');
    const auto found = word.starts_with(kPrefix) && !is_field ? names.find(word) : names.end();
    out += found != names.end() ? std::string_view(found->second) : word;
    while (end < line.size() && !IsIdentifier(line[end])) out += line[end++];
    at = end;
  }
}

void AppendLineDirective(const Declaration& declaration, std::string& out) {
  const bool known = IsHarmless(declaration.file);
  out += "#line " + std::to_string(known ? declaration.line : 0) + " \"";
  out += known ? declaration.file : "module.wasm";
  out += "\"\n";
}

}  // namespace

std::vector<Declaration> ReadDeclarations(std::span<const uint8_t> module) {
  Reader reader(FindSection(module));
  std::vector<std::string_view> files = {""};  // number 0: unknown
  const auto file_count = reader.Number();
  for (uint32_t i = 0; i < file_count.value_or(0); ++i) {
    const auto name = reader.Name();
    if (!name) return {};
    files.push_back(*name);
  }
  std::vector<Declaration> declarations;
  const auto count = reader.Number();
  for (uint32_t i = 0; i < count.value_or(0); ++i) {
    const auto file = reader.Number();
    const auto line = reader.Number();
    if (!file || !line || *file >= files.size()) return {};
    declarations.push_back({files[*file], *line});
  }
  return declarations;
}

std::string NameFunctions(std::string_view source, std::span<const uint8_t> module) {
  Names names;
  size_t defined = 0;
  ForEachLine(source, [&](std::string_view line) {
    const std::string_view name = DefinedBy(line);
    if (name.empty()) return;
    names.emplace(name, CompilersName(name));
    ++defined;
  });
  std::vector<Declaration> declarations = ReadDeclarations(module);
  if (declarations.size() != defined) declarations.assign(defined, {});  // they are of another module

  std::string out;
  out.reserve(source.size() + 64 * defined);
  size_t next = 0;
  bool inside = false;     // of a function
  bool elsewhere = false;  // the compiler takes what comes for part of a connector's source
  ForEachLine(source, [&](std::string_view line) {
    if (!DefinedBy(line).empty()) {
      if (next == 0) out += "#include \"direct_access.h\"\n";
      AppendLineDirective(declarations[next++], out);
      inside = elsewhere = true;
    } else if (elsewhere && !inside && !line.empty()) {
      out += "#line 1 \"module.c\"\n";
      elsewhere = false;
    }
    AppendRenamed(line, names, out);
    if (inside && line == "}") inside = false;
    out += inside ? ' ' : '\n';
  });
  return out;
}

}  // namespace rapidbyte::wasm
