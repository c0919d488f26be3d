#include "test_host.h"

#include <gtest/gtest.h>

#include <cstring>

namespace rapidbyte::test {
namespace {

uint8_t* At(uint64_t address) { return reinterpret_cast<uint8_t*>(address); }

std::string Text(uint64_t address, uint64_t size) { return {reinterpret_cast<const char*>(address), size}; }

}  // namespace

TestHost::TestHost(const abi::NativeConnector& connector, net::PostgresTarget target, Queue& queue)
    : connector_(connector), target_(std::move(target)), queue_(queue), instance_(connector.create()) {}

TestHost::~TestHost() {
  const abi::ScopedNativeHost scope(this);
  connector_.destroy(instance_);
}

nlohmann::json TestHost::Run(abi::Export function, const nlohmann::json& request) {
  const abi::ScopedNativeHost scope(this);
  request_ = request.dump();
  answer_ = nullptr;
  const int32_t code = connector_.call(instance_, function);
  EXPECT_TRUE(answer_.is_object()) << "no answer";
  EXPECT_EQ(code, answer_.contains("error") ? 1 : 0) << answer_;
  return answer_;
}

int32_t TestHost::Call(abi::HostFunction function, const uint64_t* args) {
  switch (function) {
    case abi::HostFunction::k_request:
      return CopyOut(request_, args[0], args[1]);
    case abi::HostFunction::k_respond:
      answer_ = nlohmann::json::parse(Text(args[0], args[1]));
      return 0;
    case abi::HostFunction::k_last_error:
      return CopyOut(last_error_, args[0], args[1]);
    case abi::HostFunction::k_log:
      return 0;
    case abi::HostFunction::k_phase:
      phases.push_back(static_cast<abi::Phase>(args[0]));
      return 0;
    case abi::HostFunction::k_progress:
      progress_rows += args[0];
      return 0;
    case abi::HostFunction::k_emit_batch:
      queue_.messages.emplace_back(At(args[0]), At(args[0]) + args[1]);
      emitted_rows += args[2];
      if (args[2] != 0) ++emitted_batches;
      return 0;
    case abi::HostFunction::k_next_batch:
      return NextBatch(args[0], args[1]);
    case abi::HostFunction::k_net_connect:
      EXPECT_EQ(Text(args[0], args[1]), "postgres");
      return Connect();
    case abi::HostFunction::k_net_read:
      return Read(args[0], args[1], args[2]);
    case abi::HostFunction::k_net_write:
      return Write(args[0], args[1], args[2]);
    case abi::HostFunction::k_net_close:
      connections_.at(args[0]).reset();
      return 0;
  }
  return abi::kFailed;
}

int32_t TestHost::CopyOut(const std::string& text, uint64_t buffer, uint64_t capacity) {
  if (text.size() > capacity) return -static_cast<int32_t>(text.size());
  std::memcpy(At(buffer), text.data(), text.size());
  return static_cast<int32_t>(text.size());
}

int32_t TestHost::NextBatch(uint64_t buffer, uint64_t capacity) {
  if (queue_.messages.empty()) {
    if (!queue_.failure) return 0;
    last_error_ = queue_.failure->dump();
    return abi::kFailed;
  }
  const std::vector<uint8_t>& message = queue_.messages.front();
  if (message.size() > capacity) return -static_cast<int32_t>(message.size());
  std::memcpy(At(buffer), message.data(), message.size());
  const auto size = static_cast<int32_t>(message.size());
  queue_.messages.pop_front();
  return size;
}

int32_t TestHost::Connect() {
  auto connection = net::ConnectPostgres(target_, cancel_);
  if (!connection) return Failed(connection.error());
  connections_.push_back(std::move(*connection));
  return static_cast<int32_t>(connections_.size() - 1);
}

int32_t TestHost::Read(uint64_t connection, uint64_t buffer, uint64_t capacity) {
  if (!phases.empty() && break_in_phase == phases.back()) return 0;
  uint64_t wait_nanos = 0;
  const auto size = connections_.at(connection)->Read({At(buffer), capacity}, &wait_nanos);
  return size ? static_cast<int32_t>(*size) : Failed(size.error());
}

int32_t TestHost::Write(uint64_t connection, uint64_t bytes, uint64_t size) {
  uint64_t wait_nanos = 0;
  const Status written = connections_.at(connection)->Write({At(bytes), size}, &wait_nanos);
  return written ? 0 : Failed(written.error());
}

int32_t TestHost::Failed(const Error& error) {
  last_error_ =
      nlohmann::json{{"category", "transient_network"}, {"message", error.message}, {"hint", error.hint}}.dump();
  return abi::kFailed;
}

}  // namespace rapidbyte::test
