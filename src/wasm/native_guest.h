// A connector that is linked into the process, as a Guest: for debugging, and as the ceiling that the sandbox is
// measured against. It has no sandbox: a stray pointer of its own is a crash.
#pragma once

#include <memory>

#include "abi/native_host.h"
#include "wasm/guest.h"

namespace rapidbyte::wasm {

// `connector` and `host` must outlive the guest.
std::unique_ptr<Guest> MakeNativeGuest(const abi::NativeConnector& connector, HostCalls& host);

}  // namespace rapidbyte::wasm
