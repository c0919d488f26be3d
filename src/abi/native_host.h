// The native door: how a connector that is linked into the process, not sandboxed, reaches the host functions.
//
// A native connector calls the same functions as a sandboxed one; NativeHostCall forwards them to whoever has set
// itself as the calling thread's host. Each thread has its own host. Not built for wasm.
#pragma once

#include <cstdint>

#include "abi/abi.h"

namespace rapidbyte::abi {

class NativeHost {
 public:
  virtual ~NativeHost() = default;
  // `args` holds one value per parameter, pointers as native addresses.
  virtual int32_t Call(HostFunction function, const uint64_t* args) = 0;
};

// Makes `host` (which must outlive the guard) the calling thread's host until the guard is destroyed.
class ScopedNativeHost {
 public:
  explicit ScopedNativeHost(NativeHost* host);
  ~ScopedNativeHost();
  ScopedNativeHost(const ScopedNativeHost&) = delete;
  ScopedNativeHost& operator=(const ScopedNativeHost&) = delete;

 private:
  NativeHost* previous_;
};

// Calls the calling thread's host; aborts when there is none, since only a connector inside a call may come here.
int32_t NativeHostCall(HostFunction function, const uint64_t* args);

// A connector linked into the process. `create` makes one instance; `call` runs one of its exports.
struct NativeConnector {
  const char* name;
  void* (*create)();
  void (*destroy)(void* instance);
  int32_t (*call)(void* instance, Export function);
};

}  // namespace rapidbyte::abi
