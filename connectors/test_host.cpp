#include "test_host.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "dest_postgres/dest_postgres.h"
#include "pgwire/messages.h"
#include "source_postgres/source_postgres.h"
#include "wasm/aot_module.h"
#include "wasm/native_guest.h"

namespace rapidbyte::test {
namespace {

// Compiled once per build; the cache knows when a module has changed.
Result<std::unique_ptr<wasm::Guest>> Instantiate(const std::string& connector, wasm::HostCalls& host) {
  setenv("RAPIDBYTE_TRUST_UID", "all", 1);  // the build folder may be anybody's
  const std::string path = std::string(CONNECTOR_DIR) + "/" + connector + "/" + connector + ".wasm";
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  RB_ASSIGN(
      const auto module,
      wasm::AotModule::Load(connector, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, CACHE_DIR));
  return module->Instantiate(host);
}

}  // namespace

TestHost::TestHost(const std::string& connector, Runtime runtime, net::PostgresTarget server, Queue& queue)
    : target(std::move(server)), queue_(queue) {
  if (runtime == Runtime::kNative) {
    guest_ = wasm::MakeNativeGuest(connector == "source-postgres" ? SourcePostgresConnector() : DestPostgresConnector(),
                                   *this);
    return;
  }
  auto guest = Instantiate(connector, *this);
  if (!guest) {
    ADD_FAILURE() << guest.error().message;
    std::abort();
  }
  guest_ = std::move(*guest);
}

nlohmann::json TestHost::Run(abi::Export function, const nlohmann::json& request) {
  request_ = request.dump();
  answer_ = nullptr;
  const Result<int32_t> code = guest_->Call(function);
  EXPECT_TRUE(code) << code.error().message;
  EXPECT_TRUE(answer_.is_object()) << "no answer";
  EXPECT_EQ(code.value_or(-1), answer_.contains("error") ? 1 : 0) << answer_;
  return answer_;
}

wasm::HostCallOutcome TestHost::Call(wasm::GuestMemory memory, abi::HostFunction function, const uint64_t* args,
                                     int32_t* result) {
  memory_ = memory;
  *result = Serve(function, args);
  return wasm::HostCallOutcome::kReturned;
}

// Connectors under test are trusted to stay inside of their memory; one that does not fails the test.
uint8_t* TestHost::At(uint64_t address, uint64_t size) const {
  uint8_t* at = memory_.At(address, size);
  if (at == nullptr) {
    ADD_FAILURE() << "a pointer outside of the connector's memory";
    std::abort();
  }
  return at;
}

std::string TestHost::Text(uint64_t address, uint64_t size) const {
  return {reinterpret_cast<const char*>(At(address, size)), size};
}

int32_t TestHost::Serve(abi::HostFunction function, const uint64_t* args) {
  switch (function) {
    case abi::HostFunction::k_request:
      return CopyOut(request_, args[0], args[1]);
    case abi::HostFunction::k_respond:
      answer_ = nlohmann::json::parse(Text(args[0], args[1]));
      return 0;
    case abi::HostFunction::k_last_error:
      return CopyOut(last_error_, args[0], args[1]);
    case abi::HostFunction::k_log:
      logged.push_back(Text(args[1], args[2]));
      return 0;
    case abi::HostFunction::k_phase:
      EnterPhase(static_cast<abi::Phase>(args[0]));
      return 0;
    case abi::HostFunction::k_progress:
      progress_rows += args[0];
      return 0;
    case abi::HostFunction::k_emit_batch:
      queue_.messages.emplace_back(At(args[0], args[1]), At(args[0], args[1]) + args[1]);
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
      if (!Breaks(args[0]) || !keep_broken_connections) connections_.at(args[0]).reset();
      return 0;
  }
  return abi::kFailed;
}

void TestHost::EnterPhase(abi::Phase phase) {
  phases.push_back(phase);
  if (break_in_phase == phase) broken_below_ = connections_.size();
  if (on_phase) on_phase(phase);
}

void TestHost::Inject(const std::string& sql) {
  uint64_t wait_nanos = 0;
  pgwire::MessageBuilder message;
  ASSERT_TRUE(connections_.at(0)->Write(message.Query(sql).bytes(), &wait_nanos));
  // The answer ends with ReadyForQuery, of six bytes; it is short enough to come in one piece or two.
  std::vector<uint8_t> answer;
  while (answer.size() < 6 || answer[answer.size() - 6] != 'Z') {
    uint8_t bytes[4096];
    const auto size = connections_.at(0)->Read(bytes, &wait_nanos);
    ASSERT_TRUE(size && *size > 0);
    answer.insert(answer.end(), bytes, bytes + *size);
  }
}

int32_t TestHost::CopyOut(const std::string& text, uint64_t buffer, uint64_t capacity) {
  if (text.size() > capacity) return -static_cast<int32_t>(text.size());
  std::memcpy(At(buffer, text.size()), text.data(), text.size());
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
  std::memcpy(At(buffer, message.size()), message.data(), message.size());
  const auto size = static_cast<int32_t>(message.size());
  queue_.messages.pop_front();
  return size;
}

int32_t TestHost::Connect() {
  auto connection = net::ConnectPostgres(target, cancel_);
  if (!connection) return Failed(connection.error());
  connections_.push_back(std::move(*connection));
  return static_cast<int32_t>(connections_.size() - 1);
}

int32_t TestHost::Read(uint64_t connection, uint64_t buffer, uint64_t capacity) {
  if (Breaks(connection)) return 0;
  uint64_t wait_nanos = 0;
  const auto size = connections_.at(connection)->Read({At(buffer, capacity), capacity}, &wait_nanos);
  return size ? static_cast<int32_t>(*size) : Failed(size.error());
}

int32_t TestHost::Write(uint64_t connection, uint64_t bytes, uint64_t size) {
  if (Breaks(connection) && lose_writes_before_break) return 0;
  uint64_t wait_nanos = 0;
  const Status written = connections_.at(connection)->Write({At(bytes, size), size}, &wait_nanos);
  return written ? 0 : Failed(written.error());
}

int32_t TestHost::Failed(const Error& error) {
  last_error_ =
      nlohmann::json{{"category", "transient_network"}, {"message", error.message}, {"hint", error.hint}}.dump();
  return abi::kFailed;
}

}  // namespace rapidbyte::test
