// A host for tests of connectors: runs one natively, connects it to a real server, and keeps batches in a queue where
// the engine has its channel. Nothing runs at the same time: a source fills the queue, then a destination empties it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "abi/native_host.h"
#include "net/connection.h"

namespace rapidbyte::test {

// What the queue holds between source and destination, and what the source says at its end.
struct Queue {
  std::deque<std::vector<uint8_t>> messages;
  std::optional<nlohmann::json> failure;  // the error document that ends the stream
};

class TestHost final : public abi::NativeHost {
 public:
  TestHost(const abi::NativeConnector& connector, net::PostgresTarget target, Queue& queue);
  ~TestHost() override;

  // Runs one export on `request`; the answer, which holds "error" where it failed.
  nlohmann::json Run(abi::Export function, const nlohmann::json& request);

  int32_t Call(abi::HostFunction function, const uint64_t* args) override;

  uint64_t progress_rows = 0;
  uint64_t emitted_rows = 0;
  size_t emitted_batches = 0;                // without the schema
  std::vector<abi::Phase> phases;            // as announced
  std::optional<abi::Phase> break_in_phase;  // the connection is at its end from the first read in this phase on

 private:
  int32_t CopyOut(const std::string& text, uint64_t buffer, uint64_t capacity);
  int32_t NextBatch(uint64_t buffer, uint64_t capacity);
  int32_t Connect();
  int32_t Read(uint64_t connection, uint64_t buffer, uint64_t capacity);
  int32_t Write(uint64_t connection, uint64_t bytes, uint64_t size);
  int32_t Failed(const Error& error);

  const abi::NativeConnector& connector_;
  net::PostgresTarget target_;
  Queue& queue_;
  net::CancelToken cancel_;
  void* instance_;
  std::string request_;
  nlohmann::json answer_;
  std::string last_error_;
  std::vector<std::unique_ptr<net::Connection>> connections_;
};

}  // namespace rapidbyte::test
