#include "wasm/native_guest.h"

#include <atomic>
#include <exception>
#include <string>

#include "wasm/trap.h"

namespace rapidbyte::wasm {
namespace {

class NativeGuest final : public Guest, private abi::NativeHost {
 public:
  NativeGuest(const abi::NativeConnector& connector, HostCalls& host)
      : connector_(connector), host_(host), instance_(connector.create()) {}
  ~NativeGuest() override {
    // The end of a sandboxed instance calls nobody; what a destructor asks of the host here is refused likewise.
    trapped_ = true;
    const abi::ScopedNativeHost scope(this);
    connector_.destroy(instance_);
  }
  NativeGuest(const NativeGuest&) = delete;
  NativeGuest& operator=(const NativeGuest&) = delete;

  Result<int32_t> Call(abi::Export function) override {
    if (stopped_) return Fail(Stopped(function));
    trapped_ = false;
    const abi::ScopedNativeHost scope(this);
    int32_t result = 0;
    try {
      result = connector_.call(instance_, function);
    } catch (const std::exception& error) {  // out of memory
      return Fail(ErrorCode::kConnector, std::string(connector_.name) + ": failed in " +
                                             std::string(abi::kExportNames[static_cast<size_t>(function)]) + ": " +
                                             error.what());
    }
    if (stopped_) return Fail(Stopped(function));
    if (trapped_) {
      return Fail(ErrorCode::kConnector, std::string(connector_.name) +
                                             ": trapped: " + TrapMessage(RB_TRAP_BAD_POINTER) + " in " +
                                             std::string(abi::kExportNames[static_cast<size_t>(function)]));
    }
    return result;
  }

  void Stop() override { stopped_ = true; }

 private:
  Error Stopped(abi::Export function) const {
    Error error;
    error.code = ErrorCode::kInterrupted;
    error.message =
        std::string(connector_.name) + ": stopped in " + std::string(abi::kExportNames[static_cast<size_t>(function)]);
    return error;
  }

  // Native code cannot be left in the middle, so it is told that the function failed and asked to come to its end.
  int32_t Call(abi::HostFunction function, const uint64_t* args) override {
    int32_t result = abi::kFailed;
    if (trapped_ || stopped_) return result;
    if (host_.Call(GuestMemory{nullptr, UINT64_MAX}, function, args, &result) == HostCallOutcome::kTrap) {
      trapped_ = true;
      return abi::kFailed;
    }
    return result;
  }

  const abi::NativeConnector& connector_;
  HostCalls& host_;
  void* instance_;
  bool trapped_ = false;
  std::atomic<bool> stopped_ = false;
};

}  // namespace

std::unique_ptr<Guest> MakeNativeGuest(const abi::NativeConnector& connector, HostCalls& host) {
  return std::make_unique<NativeGuest>(connector, host);
}

}  // namespace rapidbyte::wasm
