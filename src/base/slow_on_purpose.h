// A named place can be made slow on purpose, to test that finding causes finds it: -DRAPIDBYTE_SLOW=PLACE (CMake).
//
// In a normal build SlowOnPurpose is empty. In a slow one the place of that name does an amount of arithmetic that
// depends on nothing but `units` (docs/slow_on_purpose.md lists the places). Wasm-safe; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rapidbyte {

#ifdef RAPIDBYTE_SLOW
inline constexpr std::string_view kSlowPlace = RAPIDBYTE_SLOW;
#else
inline constexpr std::string_view kSlowPlace;
#endif

// Returns the units that were done: all, or none where it is another place that is slow. Inlined, and artificial, so
// that the time stands under the function that calls it.
template <size_t N>
[[gnu::always_inline, gnu::artificial]] inline size_t SlowOnPurpose(const char (&place)[N], size_t units) {
  if (kSlowPlace != std::string_view(place, N - 1)) return 0;
  uint32_t state = 1;
  for (size_t i = 0; i < units; ++i) {  // xorshift: no compiler puts two rounds together, as it does with a * x + b
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
  }
  // Somebody must want the result, for the C compiler that comes after wasm as well: a store, which it sees.
  [[maybe_unused]] const volatile uint32_t wanted = state;
  return units;
}

}  // namespace rapidbyte
