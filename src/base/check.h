// RB_CHECK: a broken invariant of our own ends the process with its place and condition (in a connector: a trap).
// Never for bad input; that is an Error. Wasm-safe.
#pragma once

#ifndef __wasm__
#include <cstdio>
#include <cstdlib>
#endif

namespace rapidbyte {

[[noreturn]] inline void CheckFailed([[maybe_unused]] const char* file, [[maybe_unused]] int line,
                                     [[maybe_unused]] const char* condition) {
#ifdef __wasm__
  __builtin_trap();
#else
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
  std::abort();
#endif
}

}  // namespace rapidbyte

#define RB_CHECK(condition) ((condition) ? void(0) : ::rapidbyte::CheckFailed(__FILE__, __LINE__, #condition))
