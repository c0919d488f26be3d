#include "sdk/host.h"

#include "base/commit_name.h"
#include "base/json.h"
#include "sdk/imports.h"
#include "sdk/json.h"

namespace rapidbyte::sdk {
namespace {

using nlohmann::json;

rb_ptr Address(const void* pointer) { return reinterpret_cast<rb_ptr>(pointer); }

// Calls function(buffer, capacity) until the buffer is large enough.
template <typename Function>
Result<size_t> Fill(std::vector<uint8_t>& buffer, Function function) {
  for (;;) {
    const int32_t result = function(Address(buffer.data()), static_cast<uint32_t>(buffer.size()));
    if (result >= 0) return static_cast<size_t>(result);
    if (result == abi::kFailed) return Fail(ErrorCode::kInternal, "a host function failed");
    std::vector<uint8_t>().swap(buffer);  // first, so that both need not fit
    buffer.resize(static_cast<size_t>(-static_cast<int64_t>(result)));
  }
}

// null where the text is no document.
json Parse(const std::vector<uint8_t>& buffer, size_t size) {
  return ParseJson({reinterpret_cast<const char*>(buffer.data()), size}).value_or(json());
}

// What last_error says, as an Error.
Error LastError() {
  Error error;
  error.message = "a host function failed without saying why";
  std::vector<uint8_t> buffer(1024);
  const Result<size_t> size = Fill(buffer, rb_host_last_error);
  if (!size) return error;
  const json document = Parse(buffer, *size);
  if (!document.is_object()) return error;
  error.message = JsonText(document, "message");
  error.hint = JsonText(document, "hint");
  error.category = JsonText(document, "category");
  error.sqlstate = JsonText(document, "sqlstate");
  if (const auto code = JsonCount(document, "code")) error.code = static_cast<ErrorCode>(*code);
  error.retryable = JsonFlag(document, "retryable");
  return error;
}

Status Done(int32_t result) {
  if (result == abi::kFailed) return Fail(LastError());
  return {};
}

// For errors that come without a word for it.
const char* CategoryOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kConfiguration:
      return "config";
    case ErrorCode::kConnection:
      return "transient_network";
    case ErrorCode::kData:
      return "data";
    default:
      return "internal";
  }
}

}  // namespace

void Log(abi::LogLevel level, std::string_view text) {
  rb_host_log(static_cast<uint32_t>(level), Address(text.data()), static_cast<uint32_t>(text.size()));
}

void EnterPhase(abi::Phase phase) { rb_host_phase(static_cast<uint32_t>(phase)); }

void Progress(uint64_t rows, uint64_t bytes) { rb_host_progress(rows, bytes); }

Status EmitBatch(std::span<const uint8_t> message, uint32_t rows) {
  return Done(rb_host_emit_batch(Address(message.data()), static_cast<uint32_t>(message.size()), rows));
}

Result<std::span<const uint8_t>> NextBatch(std::vector<uint8_t>& buffer) {
  const Result<size_t> size = Fill(buffer, rb_host_next_batch);
  if (!size) return Fail(LastError());
  return std::span<const uint8_t>(buffer.data(), *size);
}

Result<std::unique_ptr<Connection>> Connection::Open(std::string_view name) {
  const int32_t number = rb_host_net_connect(Address(name.data()), static_cast<uint32_t>(name.size()));
  if (number < 0) return Fail(LastError());
  return std::unique_ptr<Connection>(new Connection(static_cast<uint32_t>(number)));
}

Connection::~Connection() { rb_host_net_close(number_); }

Result<size_t> Connection::Read(std::span<uint8_t> buffer) {
  const int32_t size = rb_host_net_read(number_, Address(buffer.data()), static_cast<uint32_t>(buffer.size()));
  if (size < 0) return Fail(LastError());
  return static_cast<size_t>(size);
}

Status Connection::Write(std::span<const uint8_t> bytes) {
  return Done(rb_host_net_write(number_, Address(bytes.data()), static_cast<uint32_t>(bytes.size())));
}

Result<json> Request() {
  std::vector<uint8_t> buffer(4096);
  RB_ASSIGN(const size_t size, Fill(buffer, rb_host_request));
  json request = Parse(buffer, size);
  if (!request.is_object()) return Fail(ErrorCode::kInternal, "the host's request is not a JSON object");
  return request;
}

void Respond(const json& answer) {
  const std::string text = DumpJson(answer);
  rb_host_respond(Address(text.data()), static_cast<uint32_t>(text.size()));
}

json ErrorDocument(const Error& error) {
  return {{"category", error.category.empty() ? CategoryOf(error.code) : error.category},
          {"code", static_cast<int>(error.code)},
          {"message", error.message},
          {"hint", error.hint},
          {"retryable", error.retryable},
          {"commit", CommitName(error.commit)},
          {"sqlstate", error.sqlstate}};
}

void RespondError(const Error& error) { Respond({{"error", ErrorDocument(error)}}); }

}  // namespace rapidbyte::sdk
