// One stage of a run: a connector, its host functions, and the calls that carry it through the streams.
//
// Opened and run on one thread of its own; Prepare may be called on another before.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/channel.h"
#include "engine/host_functions.h"
#include "engine/pipeline.h"
#include "engine/runner.h"
#include "wasm/aot_module.h"

namespace rapidbyte::engine {

class Stage {
 public:
  Stage(Side side, const Pipeline& pipeline, const RunOptions& options);

  // Finds the connector and loads its code.
  Status Load();
  // Instantiates it and calls rb_open; rb_close.
  Status Open();
  void Close();

  // Runs all streams, the i-th through channels[i]. When one fails, its channel and all later ones are aborted.
  Status RunStreams(const std::vector<std::unique_ptr<Channel>>& channels);

  Result<nlohmann::json> Ask(abi::Export function, const nlohmann::json& request);

  HostFunctions& host() { return host_; }
  Side side() const { return side_; }
  const std::vector<record::StreamRecord>& streams() const { return streams_; }

 private:
  nlohmann::json StreamRequest(const StreamSpec& stream) const;
  Status RunStream(const StreamSpec& stream, Channel& channel);
  const std::string& connector() const;

  const Side side_;
  const Pipeline& pipeline_;
  const RunOptions& options_;
  HostFunctions host_;
  std::shared_ptr<const wasm::AotModule> module_;  // shared with its instances
  const abi::NativeConnector* native_ = nullptr;
  std::unique_ptr<wasm::Guest> guest_;
  std::vector<record::StreamRecord> streams_;
};

}  // namespace rapidbyte::engine
