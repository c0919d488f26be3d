// A connector compiled ahead of time, loaded into the process; instances of it run in a sandbox of their own memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "wasm/guest.h"

struct rb_module_api;

namespace rapidbyte::wasm {

// Immutable after Load; any number of threads may instantiate it.
class AotModule : public std::enable_shared_from_this<AotModule> {
 public:
  // Loads `module` (the bytes of a .wasm file) from the cache, compiling it first where needed. Errors and `stop_fd` as
  // CompiledObject, and kConnector where the object cannot be loaded. Shared with its instances, which keep it loaded.
  static Result<std::shared_ptr<const AotModule>> Load(const std::string& name, std::span<const uint8_t> module,
                                                       const std::filesystem::path& cache_dir, int stop_fd = -1);
  ~AotModule();
  AotModule(const AotModule&) = delete;
  AotModule& operator=(const AotModule&) = delete;

  const std::string& name() const { return name_; }
  bool compiled_now() const { return compiled_now_; }

  // A fresh instance whose host calls go to `host`, which must outlive it. Errors: kConnector for a trap on the way.
  Result<std::unique_ptr<Guest>> Instantiate(HostCalls& host) const;

 private:
  AotModule(std::string name, void* library, const rb_module_api* api, bool compiled_now);

  std::string name_;
  void* library_;
  const rb_module_api* api_;
  bool compiled_now_;
};

}  // namespace rapidbyte::wasm
