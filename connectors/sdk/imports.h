// The raw host functions: imports in a sandbox, calls through the native door otherwise. Only host.cpp uses them.
#pragma once

#include <cstdint>

#ifdef __wasm__

using rb_ptr = uint32_t;
extern "C" {
#define RB_HOST_FUNCTION(id, name, parameters, arguments) \
  __attribute__((import_module("rapidbyte"), import_name(#name))) int32_t rb_host_##name parameters;
#include "abi/host_functions.inc"
}

#else

#include "abi/native_host.h"

using rb_ptr = uintptr_t;
#define RB_UNPAREN(...) __VA_ARGS__
#define RB_HOST_FUNCTION(id, name, parameters, arguments)                                    \
  inline int32_t rb_host_##name parameters {                                                 \
    const uint64_t args[] = {RB_UNPAREN arguments};                                          \
    return ::rapidbyte::abi::NativeHostCall(::rapidbyte::abi::HostFunction::k_##name, args); \
  }
#include "abi/host_functions.inc"
#undef RB_UNPAREN

#endif
