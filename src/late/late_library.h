// Shared libraries that are loaded when one of their functions is first called, so that a program that never connects
// does not wait for libpq and the thirty libraries behind it.
//
// The functions are defined here under their own names, with the types that the library's header declares: callers
// include that header and link to rapidbyte_late, and see no difference. A function that is missing in the table of its
// library (late_libpq.cpp, late_openssl.cpp) is an undefined reference when the program is linked.
//
// May be called by any thread. A library that is not there ends the process with 127 and a message, as it would have
// ended before main.
#pragma once

#include <cstddef>
#include <tuple>

namespace rapidbyte::late {

// The address of `function` in the library `soname`. Never null.
void* Symbol(const char* soname, const char* function);

template <typename Function>
struct Signature;
template <typename R, typename... Arguments>
struct Signature<R(Arguments...)> {
  using Returned = R;
  template <size_t kIndex>
  using Argument = std::tuple_element_t<kIndex, std::tuple<Arguments...>>;
};

}  // namespace rapidbyte::late

// Defines the function `name` of the library RB_LATE_SONAME, which takes so many arguments. Hidden: the library's own
// calls stay within the library.
#define RB_LATE_ARGUMENT(name, index) rapidbyte::late::Signature<decltype(name)>::Argument<index> a##index
#define RB_LATE(name, parameters, arguments)                                                                    \
  extern "C" __attribute__((visibility("hidden")))                                                              \
  rapidbyte::late::Signature<decltype(name)>::Returned name parameters {                                        \
    static const auto real = reinterpret_cast<decltype(&name)>(rapidbyte::late::Symbol(RB_LATE_SONAME, #name)); \
    return real arguments;                                                                                      \
  }

#define RB_LATE0(name) RB_LATE(name, (), ())
#define RB_LATE1(name) RB_LATE(name, (RB_LATE_ARGUMENT(name, 0)), (a0))
#define RB_LATE2(name) RB_LATE(name, (RB_LATE_ARGUMENT(name, 0), RB_LATE_ARGUMENT(name, 1)), (a0, a1))
#define RB_LATE3(name) \
  RB_LATE(name, (RB_LATE_ARGUMENT(name, 0), RB_LATE_ARGUMENT(name, 1), RB_LATE_ARGUMENT(name, 2)), (a0, a1, a2))
#define RB_LATE4(name)                                                                                              \
  RB_LATE(                                                                                                          \
      name,                                                                                                         \
      (RB_LATE_ARGUMENT(name, 0), RB_LATE_ARGUMENT(name, 1), RB_LATE_ARGUMENT(name, 2), RB_LATE_ARGUMENT(name, 3)), \
      (a0, a1, a2, a3))
#define RB_LATE6(name)                                                                                                 \
  RB_LATE(name,                                                                                                        \
          (RB_LATE_ARGUMENT(name, 0), RB_LATE_ARGUMENT(name, 1), RB_LATE_ARGUMENT(name, 2), RB_LATE_ARGUMENT(name, 3), \
           RB_LATE_ARGUMENT(name, 4), RB_LATE_ARGUMENT(name, 5)),                                                      \
          (a0, a1, a2, a3, a4, a5))
#define RB_LATE8(name)                                                                                              \
  RB_LATE(                                                                                                          \
      name,                                                                                                         \
      (RB_LATE_ARGUMENT(name, 0), RB_LATE_ARGUMENT(name, 1), RB_LATE_ARGUMENT(name, 2), RB_LATE_ARGUMENT(name, 3),  \
       RB_LATE_ARGUMENT(name, 4), RB_LATE_ARGUMENT(name, 5), RB_LATE_ARGUMENT(name, 6), RB_LATE_ARGUMENT(name, 7)), \
      (a0, a1, a2, a3, a4, a5, a6, a7))
