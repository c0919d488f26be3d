// The host, as a connector sees it: each host function of the connector interface, with errors as values.
//
// docs/formats/connector_abi.md gives the meaning of each. Errors of the host keep their category and exit class on
// the way through the connector and back. Wasm-safe; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "abi/abi.h"
#include "base/result.h"
#include "pgwire/session.h"

namespace rapidbyte::sdk {

void Log(abi::LogLevel level, std::string_view text);
void EnterPhase(abi::Phase phase);
void Progress(uint64_t rows, uint64_t bytes);

// Puts one Arrow IPC message into the channel.
Status EmitBatch(std::span<const uint8_t> message, uint32_t rows);

// Takes the next message into `buffer`, which grows as needed; an empty span after the last one.
Result<std::span<const uint8_t>> NextBatch(std::vector<uint8_t>& buffer);

// A connection that the manifest names, opened by the host; closed with the object.
class Connection final : public pgwire::Transport {
 public:
  static Result<std::unique_ptr<Connection>> Open(std::string_view name);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<size_t> Read(std::span<uint8_t> buffer) override;
  Status Write(std::span<const uint8_t> bytes) override;

 private:
  explicit Connection(uint32_t number) : number_(number) {}
  uint32_t number_;
};

// The current call's request, and its answer.
Result<nlohmann::json> Request();
void Respond(const nlohmann::json& answer);
void RespondError(const Error& error);
// The error document of the connector interface.
nlohmann::json ErrorDocument(const Error& error);

}  // namespace rapidbyte::sdk
