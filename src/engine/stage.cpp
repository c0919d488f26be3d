#include "engine/stage.h"

#include "base/clock.h"
#include "engine/connector_catalog.h"
#include "wasm/native_guest.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

const char* RoleName(Side side) { return side == Side::kSource ? "source" : "destination"; }

}  // namespace

Stage::Stage(Side side, const Pipeline& pipeline, const RunOptions& options)
    : side_(side),
      pipeline_(pipeline),
      options_(options),
      host_(side, side == Side::kSource ? pipeline.source_use : pipeline.destination_use,
            side == Side::kSource ? pipeline.source : pipeline.destination, pipeline.compression, *options.cancel) {}

const std::string& Stage::connector() const {
  return side_ == Side::kSource ? pipeline_.source_use : pipeline_.destination_use;
}

Status Stage::Load() {
  const uint64_t start = MonotonicNanos();
  if (pipeline_.runtime == Runtime::kNative) {
    for (const abi::NativeConnector* candidate : options_.native_connectors) {
      if (candidate->name == connector()) native_ = candidate;
    }
    if (native_ == nullptr) {
      return Fail(ErrorCode::kConnector, "the connector \"" + connector() + "\" is not linked into this program",
                  "use runtime: aot");
    }
  } else {
    RB_ASSIGN(const ConnectorManifest manifest, FindConnector(options_.connector_dir, connector()));
    if (std::find(manifest.roles.begin(), manifest.roles.end(), RoleName(side_)) == manifest.roles.end()) {
      return Fail(ErrorCode::kConfiguration, "\"" + connector() + "\" cannot be used as a " + RoleName(side_));
    }
    RB_ASSIGN(const std::vector<uint8_t> bytes, ReadModule(manifest));
    RB_ASSIGN(module_, wasm::AotModule::Load(connector(), bytes, options_.cache_dir));
  }
  host_.timer().record().module_load_nanos = MonotonicNanos() - start;
  return {};
}

Status Stage::Open() {
  const uint64_t start = MonotonicNanos();
  if (native_ != nullptr) {
    guest_ = wasm::MakeNativeGuest(*native_, host_);
  } else {
    RB_ASSIGN(guest_, module_->Instantiate(host_));
  }
  host_.timer().Start();
  const PostgresConfig& config = side_ == Side::kSource ? pipeline_.source : pipeline_.destination;
  const json request = {{"abi", abi::kVersion},
                        {"role", RoleName(side_)},
                        {"config",
                         {{"host", config.host},
                          {"port", config.port},
                          {"user", config.user},
                          {"database", config.database},
                          {"schema", config.schema}}}};
  RB_TRY(Ask(abi::Export::kOpen, request));
  host_.timer().record().vm_setup_nanos = MonotonicNanos() - start;
  return {};
}

void Stage::Close() {
  // Whatever close says, the outcome of the run is known by then; the connection ends with the guest.
  if (guest_ != nullptr) static_cast<void>(Ask(abi::Export::kClose, json::object()));
  host_.timer().Stop();
}

Result<json> Stage::Ask(abi::Export function, const json& request) {
  Result<json> answer = host_.CallExport(*guest_, function, request);
  if (!answer) return Context(RoleName(side_), answer.error());
  return answer;
}

json Stage::StreamRequest(const StreamSpec& stream) const {
  if (side_ == Side::kSource) {
    return {{"stream", {{"name", stream.name}, {"columns", stream.columns.empty() ? json() : json(stream.columns)}}},
            {"max_batch_bytes", pipeline_.max_batch_bytes},
            {"max_batch_rows", pipeline_.max_batch_rows}};
  }
  return {{"stream", {{"name", stream.name}}},
          {"write_mode", std::string(Name(pipeline_.write_mode))},
          {"load_method", std::string(Name(pipeline_.load_method))}};
}

Status Stage::RunStream(const StreamSpec& stream, Channel& channel) {
  const uint64_t rows_before = host_.counts().rows;
  const uint64_t bytes_before = host_.counts().bytes;
  host_.UseChannel(&channel);
  const Result<json> answer = host_.CallExport(
      *guest_, side_ == Side::kSource ? abi::Export::kRunRead : abi::Export::kRunWrite, StreamRequest(stream));
  host_.UseChannel(nullptr);
  if (!answer) {
    return Context("stream \"" + stream.name + "\": " + RoleName(side_), answer.error());
  }
  const uint64_t rows = host_.counts().rows - rows_before;
  if (answer->value("rows", json()) != rows) {
    return Fail(ErrorCode::kData, "stream \"" + stream.name + "\": " + connector() + " moved " + std::to_string(rows) +
                                      " rows but says otherwise");
  }
  const uint64_t bytes = host_.counts().bytes - bytes_before;
  record::StreamRecord moved;
  moved.name = stream.name;
  (side_ == Side::kSource ? moved.records_read : moved.records_written) = rows;
  (side_ == Side::kSource ? moved.bytes_read : moved.bytes_written) = bytes;
  streams_.push_back(std::move(moved));
  return {};
}

Status Stage::RunStreams(const std::vector<std::unique_ptr<Channel>>& channels) {
  for (size_t i = 0; i < channels.size(); ++i) {
    Status done = RunStream(pipeline_.streams[i], *channels[i]);
    if (!done) {
      for (size_t rest = i; rest < channels.size(); ++rest) channels[rest]->Abort(done.error());
      return done;
    }
    if (side_ == Side::kSource) channels[i]->Finish();
  }
  return {};
}

}  // namespace rapidbyte::engine
