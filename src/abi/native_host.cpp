#include "abi/native_host.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace rapidbyte::abi {
namespace {
thread_local NativeHost* current_host = nullptr;
}  // namespace

ScopedNativeHost::ScopedNativeHost(NativeHost* host) : previous_(std::exchange(current_host, host)) {}

ScopedNativeHost::~ScopedNativeHost() { current_host = previous_; }

int32_t NativeHostCall(HostFunction function, const uint64_t* args) {
  if (current_host == nullptr) {
    std::fputs("a native connector called the host outside of a call\n", stderr);
    std::abort();
  }
  return current_host->Call(function, args);
}

}  // namespace rapidbyte::abi
