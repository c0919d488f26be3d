#include "engine/stage.h"

#include <algorithm>

#include "base/clock.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "wasm/native_guest.h"

namespace rapidbyte::engine {

using nlohmann::json;

// Of one stream. A connector is not trusted to be brief.
constexpr size_t kMaxNotes = 100;
constexpr size_t kMaxNoteBytes = 1000;

std::string Note(const std::string& text) { return Printable(text.substr(0, kMaxNoteBytes)); }

const char* RoleName(Side side) { return side == Side::kSource ? "source" : "destination"; }

json StreamDocument(const StreamSpec& stream) {
  return {{"name", stream.name},
          {"columns", stream.columns.empty() ? json() : json(stream.columns)},
          {"only", stream.only}};
}

Stage::Stage(Side side, const Pipeline& pipeline, const RunOptions& options, StopSwitch& stop)
    : side_(side),
      pipeline_(pipeline),
      options_(options),
      host_(side, connector(), server(), pipeline.compression, stop) {}

const std::string& Stage::connector() const {
  return side_ == Side::kSource ? pipeline_.source_use : pipeline_.destination_use;
}

const PostgresConfig& Stage::server() const {
  return side_ == Side::kSource ? pipeline_.source : pipeline_.destination;
}

Status Stage::Begin() {
  host_.timer().Start();
  host_.timer().EnterHosting();
  const uint64_t load_start = MonotonicNanos();
  Status done = Load();
  const uint64_t setup_start = MonotonicNanos();
  record().module_load_nanos = setup_start - load_start;
  if (done) done = Instantiate();
  host_.timer().LeaveHosting();
  RB_TRY(done);
  RB_TRY(Ask(abi::Export::kOpen, OpenRequest()));
  record().vm_setup_nanos = MonotonicNanos() - setup_start;
  return {};
}

json Stage::OpenRequest() const {
  json request = {{"abi", abi::kVersion},
                  {"role", RoleName(side_)},
                  {"config",
                   {{"host", server().host},
                    {"port", server().port},
                    {"user", server().user},
                    {"database", server().database},
                    {"schema", server().schema},
                    {"lock_wait_timeout_ms", server().lock_wait_timeout_ms}}}};
  if (side_ == Side::kDestination) return request;
  request["config"]["row_security"] = Name(pipeline_.row_security);
  request["streams"] = json::array();
  for (const StreamSpec& stream : pipeline_.streams) request["streams"].push_back(StreamDocument(stream));
  return request;
}

Status Stage::Load() {
  if (pipeline_.runtime == Runtime::kNative) {
    for (const abi::NativeConnector* candidate : options_.native_connectors) {
      if (candidate->name == connector()) native_ = candidate;
    }
    if (native_ == nullptr) {
      return Fail(ErrorCode::kConnector, "the connector \"" + connector() + "\" is not linked into this program",
                  "use runtime: aot");
    }
    host_.connections().Grant({"postgres"});
    return {};
  }
  RB_ASSIGN(const ConnectorManifest manifest, FindConnector(options_.connector_dir, connector()));
  if (std::find(manifest.roles.begin(), manifest.roles.end(), RoleName(side_)) == manifest.roles.end()) {
    return Fail(ErrorCode::kConfiguration, "\"" + connector() + "\" cannot be used as a " + RoleName(side_),
                "see `rapidbyte connectors`");
  }
  RB_ASSIGN(const std::vector<uint8_t> bytes, ReadModule(manifest));
  RB_ASSIGN(module_, wasm::AotModule::Load(connector(), bytes, options_.cache_dir, options_.cancel->fd()));
  host_.connections().Grant(manifest.connections);
  return {};
}

Status Stage::Instantiate() {
  std::unique_ptr<wasm::Guest> guest;
  if (native_ != nullptr) {
    guest = wasm::MakeNativeGuest(*native_, host_);
  } else {
    RB_ASSIGN(guest, module_->Instantiate(host_));
  }
  const std::lock_guard lock(guest_mutex_);
  guest_ = std::move(guest);
  return {};
}

void Stage::StopGuest() {
  const std::lock_guard lock(guest_mutex_);
  if (guest_ != nullptr) guest_->Stop();
}

void Stage::Close() {
  // Whatever rb_close says, the outcome of the run is known by then.
  if (guest_ != nullptr) static_cast<void>(Ask(abi::Export::kClose, json::object()));
  host_.timer().EnterHosting();
  {
    const std::lock_guard lock(guest_mutex_);
    guest_.reset();
  }
  host_.CloseConnections();
  host_.timer().LeaveHosting();
  host_.timer().Stop();
}

Result<json> Stage::Ask(abi::Export function, const json& request) {
  Result<json> answer = host_.CallExport(*guest_, function, request);
  if (!answer) return Context(RoleName(side_), answer.error());
  return answer;
}

json Stage::StreamRequest(const StreamSpec& stream) const {
  if (side_ == Side::kSource) {
    return {{"stream", StreamDocument(stream)},
            {"max_batch_bytes", pipeline_.max_batch_bytes},
            {"max_batch_rows", pipeline_.max_batch_rows}};
  }
  return {{"stream", {{"name", stream.name}}},
          {"write_mode", Name(pipeline_.write_mode)},
          {"load_method", Name(pipeline_.load_method)},
          {"replace_by", Name(pipeline_.replace_by)}};
}

Status Stage::RunStream(const StreamSpec& stream, Channel& channel) {
  const uint64_t rows_before = host_.counts().rows;
  const uint64_t bytes_before = host_.counts().bytes;
  const auto function = side_ == Side::kSource ? abi::Export::kRunRead : abi::Export::kRunWrite;
  host_.UseChannel(&channel);
  RB_ASSIGN(const json answer, Ask(function, StreamRequest(stream)));
  host_.EnterPhase(abi::Phase::kSetup);
  const uint64_t rows = host_.counts().rows - rows_before;
  const uint64_t bytes = host_.counts().bytes - bytes_before;
  RB_TRY(CheckEnd(answer, rows));
  host_.UseChannel(nullptr);
  streams_.push_back(Moved(stream, answer, rows, bytes));
  host_.CountStream();
  return {};
}

record::StreamRecord Stage::Moved(const StreamSpec& stream, const json& answer, uint64_t rows, uint64_t bytes) const {
  record::StreamRecord moved;
  moved.name = stream.name;
  (side_ == Side::kSource ? moved.records_read : moved.records_written) = rows;
  (side_ == Side::kSource ? moved.bytes_read : moved.bytes_written) = bytes;
  if (side_ == Side::kDestination) moved.commit = CommitState::kCommitted;
  const auto notes = answer.find("notes");
  if (notes == answer.end() || !notes->is_array()) return moved;
  for (const json& note : *notes) {
    if (moved.notes.size() == kMaxNotes) break;
    if (note.is_string()) moved.notes.push_back(Note(note.get_ref<const std::string&>()));
  }
  return moved;
}

// A connector that says that it is done must have done what the host has seen.
Status Stage::CheckEnd(const json& answer, uint64_t rows) const {
  Error error;
  error.code = ErrorCode::kData;
  if (side_ == Side::kDestination) error.commit = CommitState::kUnknown;
  if (side_ == Side::kDestination && !host_.saw_end()) {
    error.message = connector() + " ended before its stream did";
    return Fail(std::move(error));
  }
  if (JsonMember(answer, "rows") != rows) {
    error.message = connector() + " moved " + std::to_string(rows) + " rows but says otherwise";
    return Fail(std::move(error));
  }
  return {};
}

Status Stage::RunStreams(Channel& channel) {
  for (const StreamSpec& stream : pipeline_.streams) {
    if (Status done = RunStream(stream, channel); !done) {
      return Context("stream \"" + stream.name + "\"", std::move(done.error()));
    }
    if (side_ == Side::kDestination) continue;
    host_.timer().EnterHosting();  // waking the other side may cost this one its place on the CPU
    channel.EndStream();
    host_.timer().LeaveHosting();
  }
  return {};
}

}  // namespace rapidbyte::engine
