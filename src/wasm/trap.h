// Traps: how a fault inside a guest becomes a return value, and a fault anywhere else stays a crash.
//
// RunGuest calls into compiled guest code. If that code touches memory outside of its own, exhausts the thread's stack
// or executes a trapping instruction, RunGuest returns the trap's code instead of ending the process. The process-wide
// handler acts only while the faulting thread is in guest code and the address lies in that guest's reservation or at
// the end of the thread's stack; every other fault goes on to whoever handled it before. Any thread; a host
// function must not run another guest on the guest's thread.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "wasm/runtime/host_api.h"

namespace rapidbyte::wasm {

struct MemoryRange {
  uintptr_t begin = 0;
  uintptr_t end = 0;
};

// Calls function(argument) as guest code whose memory reservation is `memory`. Returns RB_TRAP_NONE, or the code of
// the trap that ended it: nothing of the guest may then be used but freed. `function` must hold no C++ objects. With
// `stop`, guest code is left once that is true and StopGuest sends the thread's signal, or a host call returns; code
// that takes locks of the process must have none.
int RunGuest(MemoryRange memory, const std::atomic<bool>* stop, void (*function)(void*), void* argument);

// Makes the thread look at its `stop`, wherever it is. Does nothing to a thread that runs no guest, or is gone.
void StopGuest(pid_t thread);

// What the code means, for people: "out-of-bounds memory access".
std::string TrapMessage(int code);

// The host's side of the seam, given to every module.
const rb_host_api& HostApi();

}  // namespace rapidbyte::wasm
