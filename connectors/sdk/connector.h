// What a connector is written against: derive from Connector, and end the file with RB_CONNECTOR.
//
// One instance lives from open to close. Calls come one at a time, on one thread. Wasm-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "abi/abi.h"
#include "base/result.h"

namespace rapidbyte::sdk {

class Connector {
 public:
  virtual ~Connector() = default;

  // Each takes the request of docs/formats/connector_abi.md and returns the answer. A connector implements
  // RunRead, RunWrite or both; the others are an error of the host.
  virtual Result<nlohmann::json> Open(const nlohmann::json& request) = 0;
  virtual Result<nlohmann::json> Discover(const nlohmann::json& request) = 0;
  virtual Result<nlohmann::json> Validate(const nlohmann::json& request) = 0;
  virtual Result<nlohmann::json> RunRead(const nlohmann::json& request);
  virtual Result<nlohmann::json> RunWrite(const nlohmann::json& request);
  virtual Result<nlohmann::json> Close() = 0;
};

// Runs one export: fetches the request, calls the connector, leaves the answer. Returns 0 or 1.
int32_t RunExport(Connector& connector, abi::Export function);

}  // namespace rapidbyte::sdk

// RB_CONNECTOR(Class, Name): exports Class from the module (wasm), or defines the function Name(), which gives the
// connector's table (native).
#ifdef __wasm__

#define RB_EXPORT(symbol, function)                                                         \
  extern "C" __attribute__((export_name(#symbol))) int32_t symbol() {                       \
    return ::rapidbyte::sdk::RunExport(TheConnector(), ::rapidbyte::abi::Export::function); \
  }
#define RB_CONNECTOR(Class, Name)                      \
  static ::rapidbyte::sdk::Connector& TheConnector() { \
    static auto* const connector = new Class;          \
    return *connector;                                 \
  }                                                    \
  RB_EXPORT(rb_open, kOpen)                            \
  RB_EXPORT(rb_discover, kDiscover)                    \
  RB_EXPORT(rb_validate, kValidate)                    \
  RB_EXPORT(rb_run_read, kRunRead)                     \
  RB_EXPORT(rb_run_write, kRunWrite)                   \
  RB_EXPORT(rb_close, kClose)

#else

#include "abi/native_host.h"

#define RB_CONNECTOR(Class, Name)                                                                             \
  const ::rapidbyte::abi::NativeConnector& Name() {                                                           \
    static const ::rapidbyte::abi::NativeConnector table = {                                                  \
        Class::kName, []() -> void* { return static_cast<::rapidbyte::sdk::Connector*>(new Class); },         \
        [](void* instance) { delete static_cast<::rapidbyte::sdk::Connector*>(instance); },                   \
        [](void* instance, ::rapidbyte::abi::Export function) {                                               \
          return ::rapidbyte::sdk::RunExport(*static_cast<::rapidbyte::sdk::Connector*>(instance), function); \
        }};                                                                                                   \
    return table;                                                                                             \
  }

#endif
