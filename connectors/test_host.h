// A host for tests of connectors: runs one, sandboxed or native, connects it to a real server, and keeps batches in a
// queue where the engine has its channel. Nothing runs at the same time: a source fills the queue, then a destination
// empties it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "net/connection.h"
#include "wasm/guest.h"

namespace rapidbyte::test {

// What the queue holds between source and destination, and what the source says at its end.
struct Queue {
  std::deque<std::vector<uint8_t>> messages;
  std::optional<nlohmann::json> failure;  // the error document that ends the stream
};

enum class Runtime { kNative, kAot };

class TestHost final : public wasm::HostCalls {
 public:
  // `connector`: "source-postgres" or "dest-postgres". Ends the program where it cannot be loaded.
  TestHost(const std::string& connector, Runtime runtime, net::PostgresTarget server, Queue& queue);

  // Runs one export on `request`; the answer, which holds "error" where it failed.
  nlohmann::json Run(abi::Export function, const nlohmann::json& request);

  wasm::HostCallOutcome Call(wasm::GuestMemory memory, abi::HostFunction function, const uint64_t* args,
                             int32_t* result) override;

  uint64_t progress_rows = 0;
  uint64_t emitted_rows = 0;
  size_t emitted_batches = 0;                // without the schema
  std::vector<abi::Phase> phases;            // as announced
  std::vector<std::string> logged;           // lines
  std::function<void(abi::Phase)> on_phase;  // called with each
  // From the first read in this phase on, the connections that were open when it began are at their end.
  std::optional<abi::Phase> break_in_phase;
  bool lose_writes_before_break = false;  // what is sent in that phase does not arrive
  bool keep_broken_connections = false;   // the server does not notice until the host's end
  net::PostgresTarget target;             // of the connections to come

  // Runs SQL on the connector's first connection, behind its back.
  void Inject(const std::string& sql);

 private:
  int32_t Serve(abi::HostFunction function, const uint64_t* args);
  uint8_t* At(uint64_t address, uint64_t size) const;
  std::string Text(uint64_t address, uint64_t size) const;
  void EnterPhase(abi::Phase phase);
  int32_t CopyOut(const std::string& text, uint64_t buffer, uint64_t capacity);
  int32_t NextBatch(uint64_t buffer, uint64_t capacity);
  int32_t Connect();
  int32_t Read(uint64_t connection, uint64_t buffer, uint64_t capacity);
  int32_t Write(uint64_t connection, uint64_t bytes, uint64_t size);
  int32_t Failed(const Error& error);

  bool Breaks(uint64_t connection) const { return connection < broken_below_; }

  Queue& queue_;
  uint64_t broken_below_ = 0;
  net::CancelToken cancel_;
  wasm::GuestMemory memory_;  // during a host call
  std::string request_;
  nlohmann::json answer_;
  std::string last_error_;
  std::vector<std::unique_ptr<net::Connection>> connections_;
  std::unique_ptr<wasm::Guest> guest_;  // last: the host outlives it
};

}  // namespace rapidbyte::test
