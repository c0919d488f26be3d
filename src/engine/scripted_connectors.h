// Connectors that are scripts of a test, linked natively: what they do with their exports, and how they reach the host.
#pragma once

#include <functional>
#include <initializer_list>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "abi/native_host.h"
#include "base/json.h"

namespace rapidbyte::engine {

using abi::Export;
using abi::HostFunction;
using nlohmann::json;

// What the two connectors of a test do with their exports. Each belongs to its stage's thread.
using Script = std::function<int32_t(Export)>;
inline Script source_script;
inline Script destination_script;

template <Script* kScript>
constexpr abi::NativeConnector Connector(const char* name) {
  return {name, []() -> void* { return nullptr; }, [](void*) {},
          [](void*, Export function) { return (*kScript)(function); }};
}
inline const abi::NativeConnector kSource = Connector<&source_script>("fake-source");
inline const abi::NativeConnector kDestination = Connector<&destination_script>("fake-destination");

inline int32_t Host(HostFunction function, std::initializer_list<uint64_t> args) {
  return abi::NativeHostCall(function, std::data(args));
}

inline uint64_t Address(const std::string& text) { return reinterpret_cast<uint64_t>(text.data()); }

inline json Request() {
  std::string text(10'000, '\0');
  const int32_t size = Host(HostFunction::k_request, {Address(text), text.size()});
  return ParseJson(text.substr(0, static_cast<size_t>(size))).value();
}

inline int32_t Answer(const json& answer) {
  const std::string text = DumpJson(answer);
  return Host(HostFunction::k_respond, {Address(text), text.size()});
}

inline int32_t AnswerError(json error) {
  Answer({{"error", std::move(error)}});
  return 1;
}

// Passes on what the host says about the function that failed.
inline int32_t AnswerLastError() {
  std::string text(10'000, '\0');
  const int32_t size = Host(HostFunction::k_last_error, {Address(text), text.size()});
  return AnswerError(ParseJson(text.substr(0, static_cast<size_t>(size))).value());
}

inline bool Emit(const std::string& message, uint32_t rows) {
  return Host(HostFunction::k_emit_batch, {Address(message), message.size(), rows}) == 0;
}

}  // namespace rapidbyte::engine
