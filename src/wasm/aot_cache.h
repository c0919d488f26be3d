// Compiled modules on disk: a shared object per module, compiled at first use.
//
// The key is the SHA-256 of everything that decides what comes out: module, glue, flags, tools. Objects are compiled in
// a folder of their own and appear by rename, so that readers see a whole object or none and two compilers do not
// disturb each other. An object whose own hash does not match is compiled anew, never loaded; what is loaded is the
// open file that was hashed. The cache is a folder that nobody else can write to (os/trusted_folder.h). Any thread or
// process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"
#include "os/file_descriptor.h"

namespace rapidbyte::wasm {

struct CachedObject {
  os::FileDescriptor file;
  std::filesystem::path path;
  bool compiled_now = false;
};

// "aot" in os::CacheFolder().
std::filesystem::path DefaultAotCacheDir();

// The shared object of `module` (the bytes of a .wasm file), compiled if it is not there yet. `name` is for messages.
// Compiling ends early when `stop_fd` becomes readable; -1: never. Errors: kConnector where the module cannot be
// compiled or imports anything but the connector interface; kConfiguration where the cache folder cannot be used;
// kInterrupted.
Result<CachedObject> CompiledObject(const std::string& name, std::span<const uint8_t> module,
                                    const std::filesystem::path& cache_dir, int stop_fd = -1);

}  // namespace rapidbyte::wasm
