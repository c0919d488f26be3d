#include "wasm/native_guest.h"

#include <gtest/gtest.h>

#include <new>

namespace rapidbyte::wasm {
namespace {

// A connector whose exports return their number plus what the host gave.
int32_t CallHost(void* instance, abi::Export function) {
  ++*static_cast<int*>(instance);
  char text[] = "hello";
  const uint64_t args[] = {reinterpret_cast<uint64_t>(text), 5};
  return static_cast<int32_t>(function) + abi::NativeHostCall(abi::HostFunction::k_respond, args);
}

const abi::NativeConnector kConnector = {"test", [] { return static_cast<void*>(new int(0)); },
                                         [](void* instance) { delete static_cast<int*>(instance); }, CallHost};

class Host : public HostCalls {
 public:
  HostCallOutcome Call(GuestMemory memory, abi::HostFunction function, const uint64_t* args, int32_t* result) override {
    EXPECT_EQ(function, abi::HostFunction::k_respond);
    const uint8_t* text = memory.At(args[0], args[1]);
    heard.assign(reinterpret_cast<const char*>(text), args[1]);
    *result = 100;
    return outcome;
  }
  std::string heard;
  HostCallOutcome outcome = HostCallOutcome::kReturned;
};

TEST(NativeGuest, ReachesTheHost) {
  Host host;
  const auto guest = MakeNativeGuest(kConnector, host);
  EXPECT_EQ(guest->Call(abi::Export::kRunRead).value(), 103);
  EXPECT_EQ(host.heard, "hello");
}

TEST(NativeGuest, ATrapIsAnErrorOnceTheConnectorHasReturned) {
  Host host;
  host.outcome = HostCallOutcome::kTrap;
  const auto guest = MakeNativeGuest(kConnector, host);
  const auto result = guest->Call(abi::Export::kOpen);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kConnector);
  EXPECT_NE(result.error().message.find("in rb_open"), std::string::npos) << result.error().message;
}

TEST(NativeGuest, AnExceptionIsAnError) {
  const abi::NativeConnector greedy = {"greedy", kConnector.create, kConnector.destroy,
                                       [](void*, abi::Export) -> int32_t { throw std::bad_alloc(); }};
  Host host;
  const auto result = MakeNativeGuest(greedy, host)->Call(abi::Export::kRunRead);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kConnector);
  EXPECT_EQ(result.error().message, "greedy: failed in rb_run_read: std::bad_alloc");
}

TEST(NativeGuest, DoesNotReachTheHostAtItsEnd) {
  const abi::NativeConnector talkative = {"talkative", kConnector.create,
                                          [](void* instance) {
                                            CallHost(instance, abi::Export::kClose);
                                            kConnector.destroy(instance);
                                          },
                                          CallHost};
  Host host;
  MakeNativeGuest(talkative, host).reset();
  EXPECT_EQ(host.heard, "");
}

TEST(GuestMemory, OfANativeConnectorIsTheWholeProcess) {
  uint8_t bytes[16];
  const GuestMemory memory{nullptr, UINT64_MAX};
  EXPECT_EQ(memory.At(reinterpret_cast<uint64_t>(bytes), sizeof bytes), bytes);
}

TEST(GuestMemory, ChecksRangesWithoutOverflow) {
  uint8_t bytes[16];
  const GuestMemory memory{bytes, sizeof bytes};
  EXPECT_EQ(memory.At(0, 16), bytes);
  EXPECT_EQ(memory.At(16, 0), bytes + 16);
  EXPECT_EQ(memory.At(1, 16), nullptr);
  EXPECT_EQ(memory.At(17, 0), nullptr);
  EXPECT_EQ(memory.At(UINT64_MAX, 2), nullptr);
  EXPECT_EQ(memory.At(2, UINT64_MAX), nullptr);
}

int host_calls = 0;

class CountingHost : public HostCalls {
 public:
  HostCallOutcome Call(GuestMemory, abi::HostFunction, const uint64_t*, int32_t* result) override {
    ++host_calls;
    if (guest != nullptr) guest->Stop();
    *result = 0;
    return HostCallOutcome::kReturned;
  }
  Guest* guest = nullptr;
};

// A connector that goes on until a host call fails.
const abi::NativeConnector kEndless = {"endless", []() -> void* { return nullptr; }, [](void*) {},
                                       [](void*, abi::Export) {
                                         const uint64_t args[3] = {};
                                         while (abi::NativeHostCall(abi::HostFunction::k_progress, args) == 0) {
                                         }
                                         return 0;
                                       }};

TEST(NativeGuest, IsRefusedAllHostCallsOnceStopped) {
  CountingHost host;
  const auto guest = MakeNativeGuest(kEndless, host);
  host.guest = guest.get();
  for (int call = 0; call < 2; ++call) {
    const auto ended = guest->Call(abi::Export::kRunRead);
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kInterrupted);
  }
  EXPECT_EQ(host_calls, 1);
}

}  // namespace
}  // namespace rapidbyte::wasm
