// One stage of a run: a connector, its host functions, and the calls that carry it through the streams.
//
// Used by the thread that its time is accounted to, from Begin to Close; results are read after that thread has ended.
#pragma once

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/channel.h"
#include "engine/connector_catalog.h"
#include "engine/host_functions.h"
#include "engine/pipeline.h"
#include "engine/runner.h"
#include "wasm/aot_module.h"

namespace rapidbyte::engine {

// "source" or "destination".
const char* RoleName(Side side);

// A stream as a source's connector is told of it.
nlohmann::json StreamDocument(const StreamSpec& stream);

class Stage {
 public:
  // All must outlive the stage. `stop` ends its waits for a server.
  Stage(Side side, const Pipeline& pipeline, const RunOptions& options, StopSwitch& stop);

  // Before Begin: keeps spans of all that follows, as StageTimer does.
  void KeepSpans(uint64_t origin_nanos) { host_.timer().KeepSpans(origin_nanos); }
  // Starts the clock, loads the connector, makes an instance and calls rb_open.
  Status Begin();
  // Moves all streams through the channel, one after the other.
  Status RunStreams(Channel& channel);
  Result<nlohmann::json> Ask(abi::Export function, const nlohmann::json& request);
  // Calls rb_close, ends the instance and its connections, stops the clock. After Begin, whether it succeeded or not.
  // What servers still do for a stage that was stopped is cancelled.
  void Close();
  // From any thread, again and again until the stage has ended: wasm::Guest::Stop, where there is a guest.
  void StopGuest();

  const HostFunctions& host() const { return host_; }
  record::StageRecord& record() { return host_.timer().record(); }
  // What it moved, one of each stream that is through.
  const std::vector<record::StreamRecord>& streams() const { return streams_; }

 private:
  const std::string& connector() const;
  const PostgresConfig& server() const;
  Status Load();
  Status Instantiate();
  nlohmann::json OpenRequest() const;
  nlohmann::json StreamRequest(const StreamSpec& stream) const;
  Status RunStream(const StreamSpec& stream, Channel& channel);
  record::StreamRecord Moved(const StreamSpec& stream, const nlohmann::json& answer, uint64_t rows,
                             uint64_t bytes) const;
  Status CheckEnd(const nlohmann::json& answer, uint64_t rows) const;

  const Side side_;
  const Pipeline& pipeline_;
  const RunOptions& options_;
  HostFunctions host_;
  std::shared_ptr<const wasm::AotModule> module_;  // shared with its instances
  const abi::NativeConnector* native_ = nullptr;
  std::mutex guest_mutex_;  // around the guest's coming and going, for who stops it
  std::unique_ptr<wasm::Guest> guest_;
  std::vector<record::StreamRecord> streams_;
};

}  // namespace rapidbyte::engine
