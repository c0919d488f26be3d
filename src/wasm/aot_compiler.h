// From a WebAssembly module to a shared object: wasm2c writes C, the C compiler builds it with our runtime.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace rapidbyte::wasm {

// Leaves module.so in `folder`, which must exist. Errors: kConnector.
Status CompileModule(const std::string& name, std::span<const uint8_t> module, const std::filesystem::path& folder);

// Everything but the module that decides what comes out: the runtime's sources, flags, and the tools by path, size and
// time. For a cache key.
std::string AotCompilerIdentity();

}  // namespace rapidbyte::wasm
