// From a WebAssembly module to a shared object: wasm2c writes C, the C compiler builds it with our runtime.
//
// wasm2c 1.0.32 trusts the names in a module, which end up in the C it writes. So the module must be one that the
// caller knows by its checksum; what it does once it runs is not trusted. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace rapidbyte::wasm {

// Leaves module.so in `folder`, which must exist. Ends early when `stop_fd` becomes readable; -1: never. Errors:
// kConnector, kInterrupted.
Status CompileModule(const std::string& name, std::span<const uint8_t> module, const std::filesystem::path& folder,
                     int stop_fd);

// Everything but the module that decides what comes out: the runtime's sources, flags, and the tools by path, size and
// time. For a cache key.
std::string AotCompilerIdentity();

}  // namespace rapidbyte::wasm
