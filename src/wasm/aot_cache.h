// Compiled modules on disk: a shared object per module, compiled at first use.
//
// The key is the SHA-256 of everything that decides what comes out: module, glue, flags, tools. Objects are compiled in
// a folder of their own and appear by rename, so that readers see a whole object or none and two compilers do not
// disturb each other. An object whose own hash does not match is compiled anew, never loaded. Any thread or process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace rapidbyte::wasm {

struct CachedObject {
  std::filesystem::path path;
  bool compiled_now = false;
};

// $RAPIDBYTE_CACHE_DIR, or rapidbyte below $XDG_CACHE_HOME or ~/.cache; with "aot" appended.
std::filesystem::path DefaultAotCacheDir();

// The shared object of `module` (the bytes of a .wasm file), compiled if it is not there yet. `name` is for messages.
// Errors: kConnector where the module cannot be compiled or imports anything but the connector interface;
// kConfiguration where the cache folder cannot be used.
Result<CachedObject> CompiledObject(const std::string& name, std::span<const uint8_t> module,
                                    const std::filesystem::path& cache_dir);

}  // namespace rapidbyte::wasm
