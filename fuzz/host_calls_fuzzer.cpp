// The host functions, called by a connector that was written to do harm.
//
// The input: a byte with the side and the codec; calls of 16 bytes each: the function, then three arguments of five
// bytes. Calls and memory are the same bytes, so that the guest's documents are in reach.
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "base/check.h"
#include "engine/channel.h"
#include "engine/host_functions.h"

namespace {

using namespace rapidbyte;

constexpr size_t kMemoryBytes = size_t{1} << 16;
constexpr size_t kMaxCalls = 64;  // fewer than the channel holds, so that none waits for the other side
constexpr size_t kCallBytes = 16;

class Echo final : public net::Connection {
 public:
  Result<size_t> Read(std::span<uint8_t> buffer, uint64_t*) override {
    std::fill(buffer.begin(), buffer.end(), uint8_t{'E'});
    return buffer.size();
  }
  Status Write(std::span<const uint8_t>, uint64_t*) override { return {}; }
};

Result<std::unique_ptr<net::Connection>> Connect(const net::PostgresTarget&, const net::CancelToken&) {
  return std::make_unique<Echo>();
}

// Small ones, which may be addresses, or any others.
uint64_t ArgumentAt(const uint8_t* at) {
  uint32_t value = 0;
  std::memcpy(&value, at + 1, sizeof value);
  return at[0] < 200 ? value % (kMemoryBytes + 1000) : uint64_t{value} << (at[0] & 31);
}

void FillChannel(engine::Channel& channel, std::span<const uint8_t> bytes) {
  uint64_t waited = 0;
  for (size_t i = 0; i < kMaxCalls / 2; ++i) {
    engine::Frame frame;
    frame.bytes.Reserve(bytes.size());
    frame.bytes.Resize(bytes.size());
    std::copy(bytes.begin(), bytes.end(), frame.bytes.data());
    frame.raw_size = static_cast<uint32_t>(i % 2 == 0 ? bytes.size() : i << 20);
    frame.rows = 1;
    static_cast<void>(channel.Push(std::move(frame), &waited));
  }
  for (size_t i = 0; i < kMaxCalls; ++i) channel.EndStream();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto side = data[0] % 2 == 0 ? engine::Side::kSource : engine::Side::kDestination;
  const auto compression = static_cast<engine::Compression>(data[0] / 2 % 3);
  std::vector<uint8_t> memory(kMemoryBytes);
  std::memcpy(memory.data(), data + 1, std::min(size - 1, memory.size()));
  engine::StopSwitch stop;
  engine::HostFunctions host(side, "connector", {}, compression, stop, Connect);
  host.connections().Grant({"postgres"});
  engine::Channel channel(4 * kMaxCalls, uint64_t{1} << 30);
  if (side == engine::Side::kDestination) FillChannel(channel, {data + 1, std::min<size_t>(size - 1, 200)});
  host.UseChannel(&channel);
  const size_t calls = std::min((size - 1) / kCallBytes, kMaxCalls);
  for (size_t i = 0; i < calls; ++i) {
    const uint8_t* at = data + 1 + i * kCallBytes;
    const auto function = static_cast<abi::HostFunction>(at[0] % 12);
    const uint64_t args[] = {ArgumentAt(at + 1), ArgumentAt(at + 6), ArgumentAt(at + 11)};
    int32_t result = 0;
    if (host.Call({memory.data(), memory.size()}, function, args, &result) == wasm::HostCallOutcome::kTrap) break;
  }
  host.CloseConnections();
  return 0;
}
