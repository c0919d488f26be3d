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

#include "engine/channel.h"
#include "engine/codec.h"
#include "engine/connection_table.h"
#include "engine/pipeline.h"
#include "engine/stage_timer.h"
#include "engine/stop_switch.h"
#include "wasm/guest.h"

namespace rapidbyte::engine {

// Rows and Arrow bytes of one stage so far: emitted by a source, handed to its server by a destination.
struct StageCounts {
  std::atomic<uint64_t> rows{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> batches{0};
  std::atomic<uint64_t> channel_bytes{0};
  std::atomic<uint64_t> streams{0};  // that are through
};

class HostFunctions final : public wasm::HostCalls {
 public:
  // `name` is the connector's, for messages. `stop` must outlive this. Tests give a `connect` of their own.
  HostFunctions(Side side, std::string name, const PostgresConfig& server, Compression compression, StopSwitch& stop,
                ConnectFunction connect = net::ConnectPostgres);

  // The next stream's channel, for the call of rb_run_read or rb_run_write; must outlive it. Null: no stream.
  void UseChannel(Channel* channel);
  // Whether the destination was told that the stream has ended.
  bool saw_end() const { return saw_end_; }

  // Runs one export with `request`; its answer. Errors: as FromErrorDocument for what the connector says went wrong,
  // kConnector for a trap and for an answer that is none. Their commit state is what is known: "unknown" where COMMIT
  // may have been sent and the connector does not say more.
  Result<nlohmann::json> CallExport(wasm::Guest& guest, abi::Export function, const nlohmann::json& request);

  wasm::HostCallOutcome Call(wasm::GuestMemory memory, abi::HostFunction function, const uint64_t* args,
                             int32_t* result) override;

  // The connector's announcement of a phase, or the host's own. False: a commit, but the stage was stopped.
  bool EnterPhase(abi::Phase phase);
  void CountStream() { counts_.streams += 1; }
  // Closes what the connector has left open.
  void CloseConnections();

  ConnectionTable& connections() { return connections_; }
  StageTimer& timer() { return timer_; }
  const StageTimer& timer() const { return timer_; }
  const StageCounts& counts() const { return counts_; }

 private:
  // Each returns the result for the guest, or nothing where the guest passed a bad address.
  using Answer = std::optional<int32_t>;
  Answer Guarded(wasm::GuestMemory memory, abi::HostFunction function, const uint64_t* args);
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

  void CloseConnection(uint64_t number);
  Result<nlohmann::json> AnswerOf(const Result<int32_t>& outcome) const;
  Error Judged(Error error, bool says_outcome) const;
  Status Emit(std::span<const uint8_t> message, uint32_t rows);
  Status TakePending();
  void CountBatch();
  Answer Failed(const Error& error);
  Answer Misused(const std::string& what);
  Answer NetFailed(Error error);

  // Of the stream's transaction, as far as the host can tell.
  enum class Commit { kNone, kUnderWay, kRefused };

  const Side side_;
  const std::string name_;
  StopSwitch& stop_;
  Commit commit_ = Commit::kNone;
  // The last export that was called, rb_close apart.
  enum class Export { kNone, kRunning, kDone, kFailed };
  Export export_ = Export::kNone;
  std::unique_ptr<Codec> codec_;
  ConnectionTable connections_;
  Channel* channel_ = nullptr;
  std::optional<Frame> pending_;  // taken from the channel, not yet by the guest: its buffer was too small
  bool saw_end_ = false;
  std::string request_;
  std::string response_;
  std::string last_error_;
  StageTimer timer_;
  StageCounts counts_;
  uint64_t wait_nanos_ = 0;  // of the current call
  uint64_t wire_bytes_ = 0;
  uint64_t batch_ = 0;  // of rows, handed over so far
};

}  // namespace rapidbyte::engine
