// What profilers are told about a connector's functions: names, and the files and lines that declare them.
//
// wasm2c's C calls a function w2c_ and its name in the module. NameFunctions gives it the C++ compiler's name instead
// (a C name as the C++ compiler would spell it: memcpy becomes _Z6memcpy), which every tool on the way demangles. What
// declares it comes from the module's section "rapidbyte.functions" (docs/formats/connector_abi.md) as a #line; a
// function stands on that one line, since nothing is known of its statements. Loads and stores become macros
// (runtime/direct_access.h), so that they are no frames of their own. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapidbyte::wasm {

struct Declaration {
  std::string_view file;  // empty where unknown
  uint32_t line = 0;
};

// Of each function that the module defines, in the order of its code, out of the section "rapidbyte.functions"; empty
// where there is none or it is damaged. Points into the module.
std::vector<Declaration> ReadDeclarations(std::span<const uint8_t> module);

// `source` is what wasm2c wrote for `module`.
std::string NameFunctions(std::string_view source, std::span<const uint8_t> module);

}  // namespace rapidbyte::wasm
