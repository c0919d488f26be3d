// Connector interface version 1: the numbers that host and connector agree on.
//
// A connector exports six functions without parameters that return 0 (done) or 1 (failed). It fetches what it is
// asked to do with `request` and leaves its answer, or its error, with `respond`; both are JSON documents. All other
// traffic goes through the host functions of host_functions.inc. Wasm-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rapidbyte::abi {

inline constexpr uint32_t kVersion = 1;

enum class HostFunction : uint32_t {
#define RB_HOST_FUNCTION(id, name, parameters, arguments) k_##name = id,
#include "abi/host_functions.inc"
};

inline constexpr std::array kHostFunctionNames = {
#define RB_HOST_FUNCTION(id, name, parameters, arguments) std::string_view(#name),
#include "abi/host_functions.inc"
};
inline constexpr size_t kHostFunctionCount = kHostFunctionNames.size();

// Results of host functions: a count of bytes, 0 for done, kFailed (ask `last_error`), or -N: a buffer of N bytes is
// needed (N >= 2; nothing was consumed, call again).
inline constexpr int32_t kFailed = -1;

enum class Export : uint32_t { kOpen, kDiscover, kValidate, kRunRead, kRunWrite, kClose };
inline constexpr std::array kExportNames = {
    std::string_view("rb_open"),     std::string_view("rb_discover"),  std::string_view("rb_validate"),
    std::string_view("rb_run_read"), std::string_view("rb_run_write"), std::string_view("rb_close"),
};
inline constexpr size_t kExportCount = kExportNames.size();

// What a stage is doing; a connector announces it with `phase`, and time is accounted to it from then on.
enum class Phase : uint32_t {
  kSetup,     // before a stream: open, connect
  kPrepare,   // source: catalog and query start. destination: type checks and table creation
  kTransfer,  // rows flow
  kFinish,    // destination: after the last row, until the server has acknowledged all of them
  kCommit,    // destination: COMMIT sent until acknowledged
};
inline constexpr std::array kPhaseNames = {
    std::string_view("setup"),  std::string_view("prepare"), std::string_view("transfer"),
    std::string_view("finish"), std::string_view("commit"),
};
inline constexpr size_t kPhaseCount = kPhaseNames.size();

enum class LogLevel : uint32_t { kTrace, kDebug, kInfo, kWarn, kError };

}  // namespace rapidbyte::abi
