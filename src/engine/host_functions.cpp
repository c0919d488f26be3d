#include "engine/host_functions.h"

#include <spdlog/spdlog.h>

#include <climits>
#include <utility>

#include "base/clock.h"
#include "engine/error_document.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;
using wasm::GuestMemory;
using wasm::HostCallOutcome;

constexpr size_t kMaxConnections = 16;
constexpr uint64_t kMaxDocumentBytes = 16 << 20;
constexpr uint64_t kMaxLogBytes = 8 << 10;
constexpr int32_t kDone = 0;

net::PostgresTarget TargetOf(const PostgresConfig& config) {
  net::PostgresTarget target;
  target.host = config.host;
  target.port = config.port;
  target.user = config.user;
  target.password = config.password;
  target.database = config.database;
  return target;
}

spdlog::level::level_enum LevelOf(uint64_t level) {
  switch (static_cast<abi::LogLevel>(level)) {
    case abi::LogLevel::kTrace: return spdlog::level::trace;
    case abi::LogLevel::kDebug: return spdlog::level::debug;
    case abi::LogLevel::kInfo: return spdlog::level::info;
    case abi::LogLevel::kWarn: return spdlog::level::warn;
    case abi::LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// "-N: N bytes are needed."
int32_t Needs(size_t bytes) { return -static_cast<int32_t>(bytes); }

}  // namespace

HostFunctions::HostFunctions(Side side, std::string name, const PostgresConfig& server, Compression compression,
                             const net::CancelToken& cancel)
    : side_(side),
      name_(std::move(name)),
      target_(TargetOf(server)),
      cancel_(cancel),
      codec_(MakeCodec(compression)),
      timer_(side) {}

void HostFunctions::UseChannel(Channel* channel) {
  channel_ = channel;
  pending_.reset();
}

Result<json> HostFunctions::CallExport(wasm::Guest& guest, abi::Export function, const json& request) {
  request_ = request.dump();
  response_.clear();
  timer_.EnterGuest();
  const Result<int32_t> outcome = guest.Call(function);
  timer_.LeaveGuest();
  if (!outcome) return Fail(outcome.error());
  json answer = json::parse(response_, nullptr, false);
  if (*outcome == 0 && answer.is_object() && !answer.contains("error")) return answer;
  const auto error = answer.is_object() ? answer.find("error") : answer.end();
  return Fail(FromErrorDocument(error != answer.end() ? *error : json(), side_));
}

HostCallOutcome HostFunctions::Call(GuestMemory memory, abi::HostFunction function, const uint64_t* args,
                                    int32_t* result) {
  timer_.EnterHost();
  wait_nanos_ = 0;
  wire_bytes_ = 0;
  const Answer answer = Dispatch(memory, function, args);
  timer_.LeaveHost(function, wait_nanos_, wire_bytes_);
  if (!answer) return HostCallOutcome::kTrap;
  *result = *answer;
  return HostCallOutcome::kReturned;
}

HostFunctions::Answer HostFunctions::Dispatch(GuestMemory memory, abi::HostFunction function, const uint64_t* args) {
  switch (function) {
    case abi::HostFunction::k_request: return CopyOut(memory, args, request_);
    case abi::HostFunction::k_respond: return Respond(memory, args);
    case abi::HostFunction::k_last_error: return CopyOut(memory, args, last_error_);
    case abi::HostFunction::k_log: return Log(memory, args);
    case abi::HostFunction::k_phase: return SetPhase(args);
    case abi::HostFunction::k_progress: return Progress(args);
    case abi::HostFunction::k_emit_batch: return EmitBatch(memory, args);
    case abi::HostFunction::k_next_batch: return NextBatch(memory, args);
    case abi::HostFunction::k_net_connect: return NetConnect(memory, args);
    case abi::HostFunction::k_net_read: return NetRead(memory, args);
    case abi::HostFunction::k_net_write: return NetWrite(memory, args);
    case abi::HostFunction::k_net_close: return NetClose(args);
  }
  return std::nullopt;
}

HostFunctions::Answer HostFunctions::Failed(Error error) {
  last_error_ = ToErrorDocument(error).dump(-1, ' ', false, json::error_handler_t::replace);
  return abi::kFailed;
}

// A connection that breaks once it is open is a matter of this side's server, not of connecting.
HostFunctions::Answer HostFunctions::NetFailed(Error error) {
  if (error.code == ErrorCode::kConnection) {
    error.code = side_ == Side::kSource ? ErrorCode::kSource : ErrorCode::kDestination;
    error.category = "transient_network";
    error.retryable = true;
  }
  return Failed(std::move(error));
}

HostFunctions::Answer HostFunctions::CopyOut(GuestMemory memory, const uint64_t* args, const std::string& text) {
  uint8_t* buffer = memory.At(args[0], args[1]);
  if (buffer == nullptr) return std::nullopt;
  if (args[1] < text.size()) return Needs(text.size());
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int32_t>(text.size());
}

HostFunctions::Answer HostFunctions::Respond(GuestMemory memory, const uint64_t* args) {
  const uint8_t* document = memory.At(args[0], args[1]);
  if (document == nullptr || args[1] > kMaxDocumentBytes) return std::nullopt;
  response_.assign(reinterpret_cast<const char*>(document), args[1]);
  return kDone;
}

HostFunctions::Answer HostFunctions::Log(GuestMemory memory, const uint64_t* args) {
  const uint8_t* text = memory.At(args[1], args[2]);
  if (text == nullptr) return std::nullopt;
  const std::string_view line(reinterpret_cast<const char*>(text), std::min(args[2], kMaxLogBytes));
  spdlog::log(LevelOf(args[0]), "{}: {}", name_, line);
  return kDone;
}

HostFunctions::Answer HostFunctions::SetPhase(const uint64_t* args) {
  if (args[0] >= abi::kPhaseCount) return Failed({ErrorCode::kConnector, name_ + " announced an unknown phase"});
  timer_.SetPhase(static_cast<abi::Phase>(args[0]));
  return kDone;
}

HostFunctions::Answer HostFunctions::Progress(const uint64_t* args) {
  if (side_ == Side::kDestination) {
    counts_.rows += args[0];
    counts_.bytes += args[1];
  }
  return kDone;
}

HostFunctions::Answer HostFunctions::EmitBatch(GuestMemory memory, const uint64_t* args) {
  const uint8_t* message = memory.At(args[0], args[1]);
  if (message == nullptr || args[1] > INT32_MAX) return std::nullopt;
  if (side_ != Side::kSource || channel_ == nullptr) {
    return Failed({ErrorCode::kConnector, name_ + " emitted a batch outside of rb_run_read"});
  }
  Frame frame;
  frame.raw_size = static_cast<uint32_t>(args[1]);
  frame.rows = static_cast<uint32_t>(args[2]);
  frame.bytes = channel_->TakeBuffer();
  const uint64_t start = MonotonicNanos();
  if (Status done = codec_->Compress(std::span(message, args[1]), frame.bytes); !done) return Failed(done.error());
  timer_.record().compress_nanos += MonotonicNanos() - start;
  const uint64_t compressed = frame.bytes.size();
  if (Status pushed = channel_->Push(std::move(frame), &wait_nanos_); !pushed) return Failed(pushed.error());
  counts_.rows += args[2];
  if (args[2] != 0) {
    counts_.bytes += args[1];
    counts_.batches += 1;
    counts_.channel_bytes += compressed;
  }
  return kDone;
}

HostFunctions::Answer HostFunctions::NextBatch(GuestMemory memory, const uint64_t* args) {
  uint8_t* buffer = memory.At(args[0], args[1]);
  if (buffer == nullptr) return std::nullopt;
  if (side_ != Side::kDestination || channel_ == nullptr) {
    return Failed({ErrorCode::kConnector, name_ + " asked for a batch outside of rb_run_write"});
  }
  if (!pending_) {
    Result<std::optional<Frame>> frame = channel_->Pop(&wait_nanos_);
    if (!frame) return Failed(frame.error());
    if (!*frame) return kDone;
    pending_ = std::move(*frame);
  }
  if (pending_->raw_size > args[1]) return Needs(pending_->raw_size);
  const uint64_t start = MonotonicNanos();
  Status done = codec_->Decompress({pending_->bytes.data(), pending_->bytes.size()}, {buffer, pending_->raw_size});
  if (!done) return Failed(done.error());
  timer_.record().decompress_nanos += MonotonicNanos() - start;
  const auto size = static_cast<int32_t>(pending_->raw_size);
  channel_->Recycle(std::move(pending_->bytes));
  pending_.reset();
  return size;
}

HostFunctions::Answer HostFunctions::NetConnect(GuestMemory memory, const uint64_t* args) {
  const uint8_t* text = memory.At(args[0], args[1]);
  if (text == nullptr) return std::nullopt;
  const std::string_view name(reinterpret_cast<const char*>(text), args[1]);
  if (name != "postgres" || connections_.size() >= kMaxConnections) {
    return Failed({ErrorCode::kConnector, name_ + " asked for a connection that it may not have"});
  }
  const uint64_t start = MonotonicNanos();
  const uint64_t cpu_start = ThreadCpuNanos();
  Result<std::unique_ptr<net::Connection>> connection = net::ConnectPostgres(target_, cancel_);
  // Connecting waits for the server all the way; what was not work was waiting.
  const uint64_t wall = MonotonicNanos() - start;
  const uint64_t cpu = ThreadCpuNanos() - cpu_start;
  wait_nanos_ += wall > cpu ? wall - cpu : 0;
  if (!connection) return Failed(connection.error());
  connections_.push_back(std::move(*connection));
  return static_cast<int32_t>(connections_.size() - 1);
}

net::Connection* HostFunctions::FindConnection(uint64_t number) {
  return number < connections_.size() ? connections_[number].get() : nullptr;
}

HostFunctions::Answer HostFunctions::NetRead(GuestMemory memory, const uint64_t* args) {
  uint8_t* buffer = memory.At(args[1], args[2]);
  if (buffer == nullptr || args[2] > INT32_MAX) return std::nullopt;
  net::Connection* connection = FindConnection(args[0]);
  if (connection == nullptr) return Failed({ErrorCode::kConnector, name_ + " read from a connection that is not open"});
  const Result<size_t> size = connection->Read({buffer, args[2]}, &wait_nanos_);
  if (!size) return NetFailed(size.error());
  wire_bytes_ = *size;
  return static_cast<int32_t>(*size);
}

HostFunctions::Answer HostFunctions::NetWrite(GuestMemory memory, const uint64_t* args) {
  const uint8_t* bytes = memory.At(args[1], args[2]);
  if (bytes == nullptr) return std::nullopt;
  net::Connection* connection = FindConnection(args[0]);
  if (connection == nullptr) return Failed({ErrorCode::kConnector, name_ + " wrote to a connection that is not open"});
  if (Status written = connection->Write({bytes, args[2]}, &wait_nanos_); !written) return NetFailed(written.error());
  wire_bytes_ = args[2];
  return kDone;
}

HostFunctions::Answer HostFunctions::NetClose(const uint64_t* args) {
  if (FindConnection(args[0]) == nullptr) {
    return Failed({ErrorCode::kConnector, name_ + " closed a connection that is not open"});
  }
  connections_[args[0]].reset();
  return kDone;
}

}  // namespace rapidbyte::engine
