// What libc and libc++ expect of their surroundings, in a sandbox without any: every way to give up is a trap. With
// these no WASI import is left in a connector.
#ifdef __wasm__

#include <__verbose_abort>

extern "C" {
void* __stack_chk_guard = reinterpret_cast<void*>(0x5bd1e995);

void __stack_chk_fail() { __builtin_trap(); }
void abort() { __builtin_trap(); }
void abort_message(const char*, ...) { __builtin_trap(); }
}

namespace std {
inline namespace _LIBCPP_ABI_NAMESPACE {
void __libcpp_verbose_abort(const char*, ...) { __builtin_trap(); }
}  // namespace _LIBCPP_ABI_NAMESPACE
}  // namespace std

#endif
