#include "engine/host_functions.h"

#include <spdlog/spdlog.h>

#include <climits>
#include <utility>

#include "base/clock.h"
#include "base/json.h"
#include "base/printable.h"
#include "engine/error_document.h"
#include "engine/host_probes.h"
#include "net/wait.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;
using wasm::GuestMemory;
using wasm::HostCallOutcome;

constexpr uint64_t kMaxDocumentBytes = 16 << 20;
constexpr uint64_t kMaxLogBytes = 8 << 10;
// No Arrow message is shorter, and an empty one would look like the end of the stream.
constexpr uint64_t kMinMessageBytes = 8;
constexpr int32_t kDone = 0;
constexpr int32_t kBadAddress = INT32_MIN;  // for probes: the guest is ended

spdlog::level::level_enum LevelOf(uint64_t level) {
  switch (static_cast<abi::LogLevel>(level)) {
    case abi::LogLevel::kTrace:
      return spdlog::level::trace;
    case abi::LogLevel::kDebug:
      return spdlog::level::debug;
    case abi::LogLevel::kInfo:
      return spdlog::level::info;
    case abi::LogLevel::kWarn:
      return spdlog::level::warn;
    case abi::LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// "-N: a buffer of N bytes is needed."
int32_t Needs(size_t bytes) { return -static_cast<int32_t>(bytes); }

}  // namespace

HostFunctions::HostFunctions(Side side, std::string name, const PostgresConfig& server, Compression compression,
                             StopSwitch& stop, ConnectFunction connect)
    : side_(side),
      name_(std::move(name)),
      stop_(stop),
      codec_(MakeCodec(compression)),
      connections_(server, stop.token(), std::move(connect)),
      timer_(side) {}

void HostFunctions::UseChannel(Channel* channel) {
  channel_ = channel;
  pending_.reset();
  saw_end_ = false;
}

Result<json> HostFunctions::CallExport(wasm::Guest& guest, abi::Export function, const json& request) {
  request_ = DumpJson(request);
  response_.clear();
  if (function != abi::Export::kClose) export_ = Export::kRunning;
  timer_.EnterGuest();
  const Result<int32_t> outcome = guest.Call(function);
  timer_.LeaveGuest();
  Result<json> answer = AnswerOf(outcome);
  if (function != abi::Export::kClose) export_ = answer ? Export::kDone : Export::kFailed;
  return answer;
}

Result<json> HostFunctions::AnswerOf(const Result<int32_t>& outcome) const {
  if (!outcome) return Fail(Judged(outcome.error(), false));
  auto parsed = ParseJson(response_);
  if (!parsed || !parsed->is_object()) {
    const std::string message =
        name_ + " gave an answer that is no JSON object" + (parsed ? "" : ": " + parsed.error().message);
    return Fail(Judged(Fail(ErrorCode::kConnector, message).value(), false));
  }
  json& answer = *parsed;
  const auto error = answer.find("error");
  if (*outcome == 0 && error == answer.end()) return std::move(answer);
  const json document = error != answer.end() ? *error : json();
  return Fail(Judged(FromErrorDocument(document, side_), document.contains("commit")));
}

// What the host has seen goes before what the connector says or keeps to itself.
Error HostFunctions::Judged(Error error, bool says_outcome) const {
  if (commit_ == Commit::kRefused) error.commit = CommitState::kNotCommitted;
  if (commit_ == Commit::kUnderWay && !says_outcome) error.commit = CommitState::kUnknown;
  return error;
}

bool HostFunctions::EnterPhase(abi::Phase phase) {
  timer_.SetPhase(phase);
  if (phase != abi::Phase::kCommit) {
    if (commit_ == Commit::kUnderWay) stop_.EndCommit();
    commit_ = Commit::kNone;
  } else if (commit_ == Commit::kNone) {
    commit_ = stop_.BeginCommit() ? Commit::kUnderWay : Commit::kRefused;
  }
  return commit_ != Commit::kRefused;
}

HostCallOutcome HostFunctions::Call(GuestMemory memory, abi::HostFunction function, const uint64_t* args,
                                    int32_t* result) {
  timer_.EnterHost();
  wait_nanos_ = 0;
  wire_bytes_ = 0;
  const Answer answer = Guarded(memory, function, args);
  timer_.LeaveHost(function, wait_nanos_, wire_bytes_);
  if (!answer) return HostCallOutcome::kTrap;
  *result = *answer;
  return HostCallOutcome::kReturned;
}

// No exception may cross a sandboxed connector, which is C.
HostFunctions::Answer HostFunctions::Guarded(wasm::GuestMemory memory, abi::HostFunction function,
                                             const uint64_t* args) {
  try {
    return Dispatch(memory, function, args);
  } catch (const std::exception& error) {  // out of memory
    return Failed({ErrorCode::kInternal, std::string("the host failed: ") + error.what()});
  }
}

// One case of Dispatch: the host function between its two probes.
#define RB_HOST_CASE(name, size, call)                                                                 \
  case abi::HostFunction::k_##name: {                                                                  \
    RB_PROBE_ENTER(name, static_cast<int>(side_), size);                                               \
    const Answer answer = call;                                                                        \
    RB_PROBE_RETURN(name, static_cast<int>(side_), answer.value_or(kBadAddress), wait_nanos_, batch_); \
    return answer;                                                                                     \
  }

HostFunctions::Answer HostFunctions::Dispatch(GuestMemory memory, abi::HostFunction function, const uint64_t* args) {
  switch (function) {
    RB_HOST_CASE(request, args[1], CopyOut(memory, args, request_))
    RB_HOST_CASE(respond, args[1], Respond(memory, args))
    RB_HOST_CASE(last_error, args[1], CopyOut(memory, args, last_error_))
    RB_HOST_CASE(log, args[2], Log(memory, args))
    RB_HOST_CASE(phase, args[0], SetPhase(args))
    RB_HOST_CASE(progress, args[0], Progress(args))
    RB_HOST_CASE(emit_batch, args[1], EmitBatch(memory, args))
    RB_HOST_CASE(next_batch, args[1], NextBatch(memory, args))
    RB_HOST_CASE(net_connect, args[1], NetConnect(memory, args))
    RB_HOST_CASE(net_read, args[2], NetRead(memory, args))
    RB_HOST_CASE(net_write, args[2], NetWrite(memory, args))
    RB_HOST_CASE(net_close, args[0], NetClose(args))
  }
  return std::nullopt;
}
#undef RB_HOST_CASE

HostFunctions::Answer HostFunctions::Failed(const Error& error) {
  last_error_ = DumpJson(ToErrorDocument(error));
  return abi::kFailed;
}

HostFunctions::Answer HostFunctions::Misused(const std::string& what) {
  return Failed({ErrorCode::kConnector, name_ + " " + what});
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
  if (spdlog::should_log(LevelOf(args[0]))) spdlog::log(LevelOf(args[0]), "{}: {}", name_, Printable(line));
  return kDone;
}

HostFunctions::Answer HostFunctions::SetPhase(const uint64_t* args) {
  if (args[0] >= abi::kPhaseCount) return Misused("announced an unknown phase");
  if (!EnterPhase(static_cast<abi::Phase>(args[0]))) return Failed(net::InterruptedError());
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
  if (message == nullptr) return std::nullopt;
  if (side_ != Side::kSource || channel_ == nullptr) return Misused("emitted a batch outside of rb_run_read");
  if (args[1] < kMinMessageBytes || args[1] > INT32_MAX) return Misused("emitted what is no Arrow message");
  if (Status emitted = Emit({message, args[1]}, static_cast<uint32_t>(args[2])); !emitted) {
    return Failed(emitted.error());
  }
  return kDone;
}

Status HostFunctions::Emit(std::span<const uint8_t> message, uint32_t rows) {
  Frame frame{channel_->TakeBuffer(), static_cast<uint32_t>(message.size()), rows};
  const uint64_t start = MonotonicNanos();
  RB_TRY(codec_->Compress(message, frame.bytes));
  timer_.record().compress_nanos += MonotonicNanos() - start;
  const uint64_t compressed = frame.bytes.size();
  RB_TRY(channel_->Push(std::move(frame), &wait_nanos_));
  counts_.rows += rows;
  if (rows != 0) {
    counts_.bytes += message.size();
    counts_.batches += 1;
    CountBatch();
    counts_.channel_bytes += compressed;
  }
  return {};
}

HostFunctions::Answer HostFunctions::NextBatch(GuestMemory memory, const uint64_t* args) {
  uint8_t* buffer = memory.At(args[0], args[1]);
  if (buffer == nullptr) return std::nullopt;
  if (side_ != Side::kDestination || channel_ == nullptr) return Misused("asked for a batch outside of rb_run_write");
  if (Status taken = TakePending(); !taken) return Failed(taken.error());
  if (!pending_) return kDone;
  const uint32_t size = pending_->raw_size;
  if (size > args[1]) return Needs(size);
  const uint64_t start = MonotonicNanos();
  if (Status done = codec_->Decompress({pending_->bytes.data(), pending_->bytes.size()}, {buffer, size}); !done) {
    return Failed(done.error());
  }
  timer_.record().decompress_nanos += MonotonicNanos() - start;
  channel_->Recycle(std::move(pending_->bytes));
  pending_.reset();
  return static_cast<int32_t>(size);
}

void HostFunctions::CountBatch() {
  ++batch_;
  timer_.CountBatch();
}

// Leaves nothing pending at the stream's end, which is the end however often it is asked for.
Status HostFunctions::TakePending() {
  if (pending_ || saw_end_) return {};
  RB_ASSIGN(pending_, channel_->Pop(&wait_nanos_));
  saw_end_ = !pending_;
  if (pending_ && pending_->rows != 0) CountBatch();
  return {};
}

}  // namespace rapidbyte::engine
