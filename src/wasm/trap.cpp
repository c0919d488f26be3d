#include "wasm/trap.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <wasm-rt.h>

#include <memory>
#include <mutex>

#include "base/check.h"
#include "wasm/guest.h"

namespace rapidbyte::wasm {
namespace {

constexpr size_t kSignalStackBytes = 64 << 10;
constexpr uintptr_t kStackReserve = 128 << 10;  // what a host call is guaranteed to have
constexpr uintptr_t kGuardBytes = 1 << 20;      // the kernel keeps as much below a growing stack

// The calling thread's stack bounds and its signal stack, set up when it first runs a guest.
struct GuestThread {
  GuestThread() {
    pthread_attr_t attributes;
    RB_CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
    void* low = nullptr;
    size_t size = 0;
    RB_CHECK(pthread_attr_getstack(&attributes, &low, &size) == 0);
    pthread_attr_destroy(&attributes);
    stack_low = reinterpret_cast<uintptr_t>(low);

    signal_stack = std::make_unique<uint8_t[]>(kSignalStackBytes);
    stack_t stack{};
    stack.ss_sp = signal_stack.get();
    stack.ss_size = kSignalStackBytes;
    RB_CHECK(sigaltstack(&stack, &previous_signal_stack) == 0);
  }
  ~GuestThread() { sigaltstack(&previous_signal_stack, nullptr); }
  GuestThread(const GuestThread&) = delete;
  GuestThread& operator=(const GuestThread&) = delete;

  uintptr_t stack_low = 0;
  std::unique_ptr<uint8_t[]> signal_stack;
  stack_t previous_signal_stack{};
};

// What the signal handler reads. It is zero-initialised, so that reading it on any thread runs no constructor.
struct Running {
  volatile sig_atomic_t in_guest;  // guest code runs now, not the host function that it called
  bool entered;                    // between RunGuest's beginning and end
  const std::atomic<bool>* stop;   // may be null
  MemoryRange memory;
  uintptr_t stack_low;
  sigjmp_buf jump;
};
thread_local Running running;

struct sigaction previous_segv;
struct sigaction previous_bus;
struct sigaction previous_fpe;

void RaiseTrap(int code) {
  running.in_guest = 0;
  siglongjmp(running.jump, code);
}

void OnFault(int signal, siginfo_t* info, void*) {
  if (running.in_guest) {
    const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
    if (signal == SIGFPE) RaiseTrap(WASM_RT_TRAP_DIV_BY_ZERO);
    if (address >= running.memory.begin && address < running.memory.end) RaiseTrap(WASM_RT_TRAP_OOB);
    if (address + kGuardBytes >= running.stack_low && address < running.stack_low + kStackReserve) {
      RaiseTrap(WASM_RT_TRAP_EXHAUSTION);
    }
  }
  // Not the guest's: put back who was there before; the instruction faults again and meets them.
  sigaction(signal, signal == SIGSEGV ? &previous_segv : signal == SIGBUS ? &previous_bus : &previous_fpe, nullptr);
}

// Ignored unless it is asked for, and hardly ever used. Not a real-time signal: those queue up, and would all be
// handled on top of each other.
constexpr int kStopSignal = SIGURG;

// Blocked while it runs, or handlers could pile up on the signal's stack. The jump does not put the mask back.
void OnStop(int) {
  if (!running.in_guest || running.stop == nullptr || !running.stop->load(std::memory_order_relaxed)) return;
  running.in_guest = 0;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, kStopSignal);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  RaiseTrap(RB_TRAP_STOPPED);
}

void InstallHandlers() {
  struct sigaction stop {};
  stop.sa_handler = OnStop;
  stop.sa_flags = SA_ONSTACK | SA_RESTART;
  sigemptyset(&stop.sa_mask);
  RB_CHECK(sigaction(kStopSignal, &stop, nullptr) == 0);
  struct sigaction action {};
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  RB_CHECK(sigaction(SIGSEGV, &action, &previous_segv) == 0);
  RB_CHECK(sigaction(SIGBUS, &action, &previous_bus) == 0);
  RB_CHECK(sigaction(SIGFPE, &action, &previous_fpe) == 0);
}

int HostCall(void* context, rb_guest_memory memory, uint32_t function, const uint64_t* args, int32_t* result) {
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (here - running.stack_low < kStackReserve) return RB_TRAP_NO_STACK;
  running.in_guest = 0;
  const HostCallOutcome outcome = static_cast<HostCalls*>(context)->Call(
      GuestMemory{memory.base, memory.size}, static_cast<abi::HostFunction>(function), args, result);
  if (running.stop != nullptr && running.stop->load(std::memory_order_relaxed)) return RB_TRAP_STOPPED;
  running.in_guest = 1;
  return outcome == HostCallOutcome::kReturned ? RB_TRAP_NONE : RB_TRAP_BAD_POINTER;
}

}  // namespace

int RunGuest(MemoryRange memory, const std::atomic<bool>* stop, void (*function)(void*), void* argument) {
  static std::once_flag handlers;
  std::call_once(handlers, InstallHandlers);
  thread_local GuestThread thread;
  RB_CHECK(!running.entered);  // there is one place to jump to
  running.entered = true;
  running.memory = memory;
  running.stop = stop;
  running.stack_low = thread.stack_low;
  const int trap = sigsetjmp(running.jump, 0);
  if (trap == 0) {
    running.in_guest = 1;
    function(argument);
    running.in_guest = 0;
  }
  running.entered = false;
  return trap;
}

void StopGuest(pid_t thread) { syscall(SYS_tgkill, getpid(), thread, kStopSignal); }

std::string TrapMessage(int code) {
  switch (code) {
    case WASM_RT_TRAP_OOB:
      return "out-of-bounds memory access";
    case WASM_RT_TRAP_INT_OVERFLOW:
      return "integer overflow";
    case WASM_RT_TRAP_DIV_BY_ZERO:
      return "integer divide by zero";
    case WASM_RT_TRAP_INVALID_CONVERSION:
      return "invalid conversion to integer";
    case WASM_RT_TRAP_UNREACHABLE:
      return "unreachable code reached";
    case WASM_RT_TRAP_CALL_INDIRECT:
      return "indirect call to the wrong function";
    case WASM_RT_TRAP_EXHAUSTION:
      return "call stack exhausted";
    case RB_TRAP_BAD_POINTER:
      return "a host function was given an address outside of the memory";
    case RB_TRAP_NO_STACK:
      return "too little stack left for a host function";
    case RB_TRAP_STOPPED:
      return "stopped";
    case RB_TRAP_NO_MEMORY:
      return "not enough memory for a new instance";
    default:
      return "trap " + std::to_string(code);
  }
}

const rb_host_api& HostApi() {
  static const rb_host_api api = {HostCall, RaiseTrap};
  return api;
}

}  // namespace rapidbyte::wasm
