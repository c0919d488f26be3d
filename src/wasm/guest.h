// A running connector, whichever way it runs: ahead-of-time compiled in a sandbox, or linked in natively.
//
// The host's side is one interface, HostCalls; the guest's side is Call(). Whatever the connector does in a sandbox,
// Call returns: a trap is an Error (ErrorCode::kConnector), after which the guest must be destroyed. One guest is
// used by one thread at a time.
#pragma once

#include <cstdint>

#include "abi/abi.h"
#include "base/result.h"

namespace rapidbyte::wasm {

// The guest's memory during one host call. Memory may move when it grows, so a view never outlives its host call.
struct GuestMemory {
  uint8_t* base = nullptr;
  uint64_t size = 0;

  // The one gate for guest pointers: [address, address + length), or nullptr where any of it lies outside.
  // An empty range inside the memory is valid.
  uint8_t* At(uint64_t address, uint64_t length) const {
    if (length > size || address > size - length) return nullptr;
    // As integers: a native connector's base is null, and every address of the process is its memory.
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    return reinterpret_cast<uint8_t*>(reinterpret_cast<uintptr_t>(base) + address);
  }
};

enum class HostCallOutcome { kReturned, kTrap };

// The host functions, as one entry. Called on the guest's thread; must not throw or longjmp.
class HostCalls {
 public:
  virtual ~HostCalls() = default;
  // kReturned: *result goes back to the guest. kTrap (a pointer outside of the guest's memory): the guest is ended.
  virtual HostCallOutcome Call(GuestMemory memory, abi::HostFunction function, const uint64_t* args,
                               int32_t* result) = 0;
};

class Guest {
 public:
  virtual ~Guest() = default;
  // Runs one export to its end: 0 done, 1 failed (the answer was given through `respond`), or an Error for a trap.
  virtual Result<int32_t> Call(abi::Export function) = 0;
  // From any thread: the call that runs is to end, with kInterrupted, and no other one begins. A sandboxed guest leaves
  // wherever it is; while a host call keeps it, once that returns. A native one is refused all host calls, and comes to
  // its end or not. To be repeated until the call has ended, since a signal may come a moment too early.
  virtual void Stop() = 0;
};

}  // namespace rapidbyte::wasm
