// The host functions of one stage: what docs/formats/connector_abi.md promises to a connector.
//
// Trusts nothing: every guest address passes one check, and a bad one ends the guest. Belongs to the stage's thread,
// but for the counts, which the progress display reads.
#pragma once

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/channel.h"
#include "engine/codec.h"
#include "engine/pipeline.h"
#include "engine/stage_timer.h"
#include "net/connection.h"
#include "wasm/guest.h"

namespace rapidbyte::engine {

// Rows and Arrow bytes of one stage so far: emitted by a source, handed to its server by a destination.
struct StageCounts {
  std::atomic<uint64_t> rows{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> batches{0};
  std::atomic<uint64_t> channel_bytes{0};
};

class HostFunctions final : public wasm::HostCalls {
 public:
  // `name` is the connector's, for logs. `cancel` must outlive this.
  HostFunctions(Side side, std::string name, const PostgresConfig& server, Compression compression,
                const net::CancelToken& cancel);

  // The stream's channel, for the calls of rb_run_read or rb_run_write; must outlive them.
  void UseChannel(Channel* channel);

  // Runs one export with `request`; the answer, or what the connector said went wrong. Errors as FromErrorDocument,
  // and kConnector for a trap.
  Result<nlohmann::json> CallExport(wasm::Guest& guest, abi::Export function, const nlohmann::json& request);

  wasm::HostCallOutcome Call(wasm::GuestMemory memory, abi::HostFunction function, const uint64_t* args,
                             int32_t* result) override;

  StageTimer& timer() { return timer_; }
  const StageCounts& counts() const { return counts_; }

 private:
  // Each returns the result for the guest, or nothing where the guest passed a bad address.
  using Answer = std::optional<int32_t>;
  Answer Dispatch(wasm::GuestMemory memory, abi::HostFunction function, const uint64_t* args);
  Answer CopyOut(wasm::GuestMemory memory, const uint64_t* args, const std::string& text);
  Answer Respond(wasm::GuestMemory memory, const uint64_t* args);
  Answer Log(wasm::GuestMemory memory, const uint64_t* args);
  Answer SetPhase(const uint64_t* args);
  Answer Progress(const uint64_t* args);
  Answer EmitBatch(wasm::GuestMemory memory, const uint64_t* args);
  Answer NextBatch(wasm::GuestMemory memory, const uint64_t* args);
  Answer NetConnect(wasm::GuestMemory memory, const uint64_t* args);
  Answer NetRead(wasm::GuestMemory memory, const uint64_t* args);
  Answer NetWrite(wasm::GuestMemory memory, const uint64_t* args);
  Answer NetClose(const uint64_t* args);

  Answer Failed(Error error);
  Answer NetFailed(Error error);
  net::Connection* FindConnection(uint64_t number);

  const Side side_;
  const std::string name_;
  const net::PostgresTarget target_;
  const net::CancelToken& cancel_;
  std::unique_ptr<Codec> codec_;
  Channel* channel_ = nullptr;
  std::optional<Frame> pending_;  // taken from the channel, not yet by the guest: its buffer was too small
  std::vector<std::unique_ptr<net::Connection>> connections_;
  std::string request_;
  std::string response_;
  std::string last_error_;
  StageTimer timer_;
  StageCounts counts_;
  uint64_t wait_nanos_ = 0;  // of the current call
  uint64_t wire_bytes_ = 0;
};

}  // namespace rapidbyte::engine
