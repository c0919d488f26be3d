#include "wasm/aot_compiler.h"

#include <string_view>
#include <vector>

#include "abi/abi.h"
#include "os/read_file.h"
#include "os/write_file.h"
#include "wasm/function_names.h"
#include "wasm/tool_process.h"

namespace rapidbyte::wasm {
namespace {

namespace fs = std::filesystem;

// The runtime's sources, embedded at build time: {file name, content}.
struct EmbeddedFile {
  const char* name;
  std::string_view content;
};
constexpr EmbeddedFile kRuntime[] = {
#include "runtime_sources.inc"
};

// -fno-strict-aliasing, -ffp-contract=off and the signal-checked memory are what wasm2c's output asks for; every stack
// page is touched in order (-fstack-clash-protection), so that no frame jumps over the guard. -g1 is what profilers
// need: functions, where they are declared, and which were inlined where; compressed, since the whole object is hashed
// at every start.
const std::vector<std::string> kCompile = {"cc",
                                           "-std=gnu11",
                                           "-O2",
                                           "-g1",
                                           "-gno-column-info",
                                           "-gz=zlib",
                                           "-fPIC",
                                           "-shared",
                                           "-w",
                                           "-fno-strict-aliasing",
                                           "-ffp-contract=off",
                                           "-fstack-clash-protection",
                                           "-fvisibility=hidden",
                                           "-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=1",
                                           "-DNDEBUG",
                                           "-I.",
                                           "glue.c",
                                           "module.c",
                                           "-lm",
                                           "-o",
                                           "module.so"};

const std::vector<std::string> kTranslate = {"wasm2c", "module.wasm", "-n", "connector", "-o", "module.c"};

// wasm2c's header names every import and export; the C compiler would only say that a symbol is missing.
Status CheckInterface(const std::string& name, const std::string& header) {
  constexpr std::string_view kImport = "/* import: '";
  for (size_t at = header.find(kImport); at != std::string::npos; at = header.find(kImport, at + 1)) {
    const size_t begin = at + kImport.size();
    const std::string module = header.substr(begin, header.find('\'', begin) - begin);
    if (module != "rapidbyte") {
      return Fail(ErrorCode::kConnector, name + ": the module imports from \"" + module +
                                             "\"; a connector may import from \"rapidbyte\" only");
    }
  }
  std::vector<std::string_view> exports = {"memory", "_initialize"};
  exports.insert(exports.end(), abi::kExportNames.begin(), abi::kExportNames.end());
  for (const std::string_view required : exports) {
    if (header.find("/* export: '" + std::string(required) + "' */") == std::string::npos) {
      return Fail(ErrorCode::kConnector, name + ": the module does not export " + std::string(required));
    }
  }
  return {};
}

// Debug information names the folder that was compiled in; the object must not depend on it.
std::vector<std::string> CompileCommand(const fs::path& folder) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  std::vector<std::string> command = kCompile;
  command.push_back("-fdebug-prefix-map=" + (error ? folder : real).string() + "=.");
  return command;
}

}  // namespace

Status CompileModule(const std::string& name, std::span<const uint8_t> module, const fs::path& folder, int stop_fd) {
  RB_TRY(os::WriteFile(folder / "module.wasm", {reinterpret_cast<const char*>(module.data()), module.size()}));
  for (const EmbeddedFile& file : kRuntime) RB_TRY(os::WriteFile(folder / file.name, file.content));
  const ToolLimits limits{.stop_fd = stop_fd};
  if (Status done = RunTool(kTranslate, folder, limits); !done) return Context(name, done.error());
  RB_ASSIGN(const std::string header, os::ReadFile(folder / "module.h"));
  RB_TRY(CheckInterface(name, header));
  RB_ASSIGN(const std::string code, os::ReadFile(folder / "module.c"));
  RB_TRY(os::WriteFile(folder / "module.c", NameFunctions(code, module)));
  if (Status done = RunTool(CompileCommand(folder), folder, limits); !done) return Context(name, done.error());
  return {};
}

std::string AotCompilerIdentity() {
  std::string identity = "connector interface " + std::to_string(abi::kVersion) + ", functions named 2\n";
  for (const EmbeddedFile& file : kRuntime) identity.append(file.content);
  for (const std::string& flag : kCompile) identity += flag + " ";
  for (const char* tool : {"wasm2c", "cc"}) {
    const fs::path path = FindTool(tool);
    std::error_code error;
    const auto size = fs::file_size(path, error);
    const auto time = fs::last_write_time(path, error).time_since_epoch().count();
    identity += path.string() + " " + std::to_string(size) + " " + std::to_string(time) + "\n";
  }
  return identity;
}

}  // namespace rapidbyte::wasm
