// What a profiler will find: read out of the compiled object by libdw, as profilers do.
#include "wasm/function_names.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <libelf.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "wasm/aot_cache.h"

namespace rapidbyte::wasm {
namespace {

namespace fs = std::filesystem;

using Bytes = std::vector<uint8_t>;

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Bytes NamedModule() {
  const std::string text = ReadText(fs::path(TEST_MODULE_DIR) / "named.wasm");
  return {text.begin(), text.end()};
}

void Append(Bytes& to, std::string_view name) {
  to.push_back(static_cast<uint8_t>(name.size()));
  to.insert(to.end(), name.begin(), name.end());
}

// The section with one file and, for each function, its line; 0: unknown.
Bytes WithDeclarations(Bytes module, std::string_view file, const std::vector<uint8_t>& lines) {
  Bytes content;
  Append(content, "rapidbyte.functions");
  content.push_back(1);
  Append(content, file);
  content.push_back(static_cast<uint8_t>(lines.size()));
  for (const uint8_t line : lines) content.insert(content.end(), {static_cast<uint8_t>(line == 0 ? 0 : 1), line});
  module.push_back(0);
  module.push_back(static_cast<uint8_t>(content.size()));
  module.insert(module.end(), content.begin(), content.end());
  return module;
}

// _initialize, the six exports, demo::Scale (line 12), demo::Count (line 30).
const std::vector<uint8_t> kLines = {0, 0, 0, 0, 5, 0, 0, 12, 30};

fs::path Compile(const Bytes& module, const std::string& cache) {
  setenv("RAPIDBYTE_TRUST_UID", "all", 1);  // the build folder may be anybody's
  const fs::path folder = fs::path(TEST_MODULE_DIR) / "cache" / cache;
  fs::remove_all(folder);
  const auto object = CompiledObject("named", module, folder);
  EXPECT_TRUE(object) << object.error().message;
  return object->path;
}

struct Place {
  std::string file;
  int line = 0;
};

struct Functions {
  std::map<std::string, Place> declared;
  std::set<std::pair<std::string, std::string>> inlined;  // (into, what)
  std::set<std::string> symbols;
};

void Walk(Dwarf_Die* die, const std::string& into, Functions& found) {
  do {
    const int tag = dwarf_tag(die);
    std::string function = into;
    if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine) {
      const char* name = dwarf_diename(die);
      function = name == nullptr ? "" : name;
      const char* file = dwarf_decl_file(die);
      int line = 0;
      dwarf_decl_line(die, &line);
      found.declared[function] = {file == nullptr ? "" : file, line};
      if (tag == DW_TAG_inlined_subroutine) found.inlined.insert({into, function});
    }
    Dwarf_Die child;
    if (dwarf_child(die, &child) == 0) Walk(&child, function, found);
  } while (dwarf_siblingof(die, die) == 0);
}

void ReadSymbols(Elf* elf, Functions& found) {
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf, section)) != nullptr) {
    const Elf64_Shdr* header = elf64_getshdr(section);
    if (header->sh_type != SHT_SYMTAB) continue;
    const Elf_Data* data = elf_getdata(section, nullptr);
    for (size_t i = 0; i < header->sh_size / header->sh_entsize; ++i) {
      const auto& symbol = static_cast<const Elf64_Sym*>(data->d_buf)[i];
      found.symbols.insert(elf_strptr(elf, header->sh_link, symbol.st_name));
    }
  }
}

Functions ReadFunctions(const fs::path& object) {
  Functions found;
  const int file = open(object.c_str(), O_RDONLY | O_CLOEXEC);
  Dwarf* dwarf = dwarf_begin(file, DWARF_C_READ);
  EXPECT_NE(dwarf, nullptr);
  if (dwarf == nullptr) return found;
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
    Dwarf_Die child;
    if (dwarf_child(&die, &child) == 0) Walk(&child, "", found);
  }
  ReadSymbols(dwarf_getelf(dwarf), found);
  dwarf_end(dwarf);
  close(file);
  return found;
}

TEST(FunctionNames, TheObjectNamesFunctionsAndWhatIsInlinedIntoThem) {
  const Functions found = ReadFunctions(Compile(WithDeclarations(NamedModule(), "src/demo.cpp", kLines), "names"));
  EXPECT_TRUE(found.symbols.contains("_ZN4demo5CountEi"));
  EXPECT_TRUE(found.inlined.contains({"_ZN4demo5CountEi", "_ZN4demo5ScaleEi"}));
  EXPECT_FALSE(found.inlined.contains({"_ZN4demo5ScaleEi", "i32_load"})) << "a load is no frame of its own";
  EXPECT_EQ(found.declared.at("_ZN4demo5CountEi").file, "src/demo.cpp");
  EXPECT_EQ(found.declared.at("_ZN4demo5CountEi").line, 30);
  EXPECT_EQ(found.declared.at("_ZN4demo5ScaleEi").file, "src/demo.cpp");
  EXPECT_EQ(found.declared.at("_ZN4demo5ScaleEi").line, 12);
  EXPECT_EQ(found.declared.at("_Z11rb_run_read").line, 5) << "a C name, spelled so that it is demangled to itself";
  EXPECT_EQ(found.declared.at("_Z7rb_open").line, 0) << "nothing is made up where nothing is known";
}

TEST(FunctionNames, TheObjectDoesNotDependOnItsFolder) {
  const Bytes module = WithDeclarations(NamedModule(), "src/demo.cpp", kLines);
  const fs::path one = Compile(module, "one");
  const fs::path other = Compile(module, "another");
  EXPECT_EQ(ReadText(one), ReadText(other));
}

TEST(FunctionNames, DeclarationsOfAnotherModuleAreNoneAtAll) {
  const Functions found = ReadFunctions(Compile(WithDeclarations(NamedModule(), "src/demo.cpp", {1, 2}), "other"));
  EXPECT_EQ(found.declared.at("_ZN4demo5CountEi").line, 0);
}

TEST(FunctionNames, ReadsDeclarationsAndNothingOfDamagedOnes) {
  const Bytes whole = WithDeclarations({0, 'a', 's', 'm', 1, 0, 0, 0}, "a.cpp", {7, 0, 9});
  const auto declarations = ReadDeclarations(whole);
  ASSERT_EQ(declarations.size(), 3u);
  EXPECT_EQ(declarations[0].file, "a.cpp");
  EXPECT_EQ(declarations[0].line, 7u);
  EXPECT_EQ(declarations[1].file, "");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(ReadDeclarations(std::span(whole).first(size)).empty()) << size;
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    Bytes damaged = whole;
    damaged[at] = 0xff;
    static_cast<void>(ReadDeclarations(damaged));
  }
}

constexpr std::string_view kSource =
    "static u32 w2c__ZN1a1bEv(Z_connector_instance_t*, u32);\n"
    "static u32 w2c__ZN1a1bEv(Z_connector_instance_t* instance, u32 w2c_p0) {\n"
    "  w2c_p0 = w2c_memcpy(instance, instance->w2c_memcpy, w2c_p0);\n"
    "  return w2c__ZN1a1bEv(instance, w2c_memcpyed);\n"
    "}\n"
    "\n"
    "static u32 w2c_memcpy(Z_connector_instance_t* instance, u32 w2c_p0) {\n"
    "}\n"
    "u32 last;\n";

TEST(FunctionNames, RenamesFunctionsOnly) {
  EXPECT_EQ(NameFunctions(kSource, WithDeclarations({0, 'a', 's', 'm', 1, 0, 0, 0}, "a/b.cpp", {7, 0})),
            "static u32 _ZN1a1bEv(Z_connector_instance_t*, u32);\n"
            "#include \"direct_access.h\"\n"
            "#line 7 \"a/b.cpp\"\n"
            "static u32 _ZN1a1bEv(Z_connector_instance_t* instance, u32 w2c_p0) { "
            "  w2c_p0 = _Z6memcpy(instance, instance->w2c_memcpy, w2c_p0); "
            "  return _ZN1a1bEv(instance, w2c_memcpyed); "
            "}\n"
            "\n"
            "#line 0 \"module.wasm\"\n"
            "static u32 _Z6memcpy(Z_connector_instance_t* instance, u32 w2c_p0) { "
            "}\n"
            "#line 1 \"module.c\"\n"
            "u32 last;\n");
}

// The name of a file is text of the module inside of C that is compiled.
TEST(FunctionNames, AFileCannotEndItsQuotes) {
  const std::string c = NameFunctions(kSource, WithDeclarations({0, 'a', 's', 'm', 1, 0, 0, 0}, "a\"\nint x;", {7, 7}));
  EXPECT_EQ(c.find("int x"), std::string::npos);
}

}  // namespace
}  // namespace rapidbyte::wasm
