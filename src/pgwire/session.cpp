#include "pgwire/session.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace rapidbyte::pgwire {
namespace {

// What one read asks the host for. Larger reads make reader and server take turns instead of working at once.
constexpr size_t kReadBytes = 256 << 10;
constexpr size_t kFrameBytes = 5;  // type and length
constexpr size_t kMaxMessageBytes = 16 << 20;
constexpr size_t kMaxRowsBytes = 128 << 20;  // of all rows of a query
constexpr int kMostLastMessages = 10'000;    // that a server which takes no more is listened to for
constexpr size_t kMaxReadBytes = 512 << 20;  // at once: no row is longer

Error Malformed(const std::string& what) {
  Error error;
  error.code = ErrorCode::kSource;
  error.category = "internal";
  error.message = "the server sent what no PostgreSQL server sends: " + what;
  return error;
}

// What may come between a request and the end of its answer, but for the message that is waited for.
bool MayCome(char type) { return std::string_view("CDEITZcdnst123").find(type) != std::string_view::npos; }

bool IsAsynchronous(char type) { return type == 'S' || type == 'N' || type == 'A'; }

Result<Row> ParseDataRow(std::span<const uint8_t> body) {
  if (body.size() < 2) return Fail(Malformed("a short row"));
  const uint16_t columns = LoadBigEndian<uint16_t>(body.data());
  size_t at = 2;
  std::vector<Value> row;
  for (uint16_t i = 0; i < columns; ++i) {
    if (body.size() - at < 4) return Fail(Malformed("a short row"));
    const auto length = LoadBigEndian<int32_t>(body.data() + at);
    at += 4;
    if (length < 0) {
      row.emplace_back();
      continue;
    }
    if (static_cast<size_t>(length) > body.size() - at) return Fail(Malformed("a value longer than its row"));
    row.emplace_back(std::string(reinterpret_cast<const char*>(body.data()) + at, static_cast<size_t>(length)));
    at += static_cast<size_t>(length);
  }
  if (at != body.size()) return Fail(Malformed("a row longer than its values"));
  return Row(std::move(row));
}

}  // namespace

Session::Session(Transport& transport) : transport_(transport), buffer_(kReadBytes) {}

Status Session::ReadMore(size_t needed) {
  if (needed > kMaxReadBytes) return Fail(Malformed("a message above 512 MiB"));
  if (begin_ != 0 && (begin_ == end_ || buffer_.size() - begin_ < needed || buffer_.size() == end_)) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < needed) buffer_.resize(needed + kReadBytes);
  do {
    RB_ASSIGN(const size_t bytes, transport_.Read(std::span(buffer_).subspan(end_)));
    if (bytes == 0) {
      Error error;
      error.code = ErrorCode::kSource;
      error.category = "transient_network";
      error.message = "the server closed the connection";
      error.hint = "see the server's log for the reason";
      error.retryable = true;
      return Fail(std::move(error));
    }
    end_ += bytes;
  } while (end_ - begin_ < needed);
  return {};
}

void Session::GiveBackRoom() {
  std::vector<uint8_t> buffer(std::max(kReadBytes, end_ - begin_));
  std::memcpy(buffer.data(), buffer_.data() + begin_, end_ - begin_);
  buffer_ = std::move(buffer);
  end_ -= begin_;
  begin_ = 0;
}

Result<Message> Session::TakeMessage() {
  if (end_ - begin_ < kFrameBytes) RB_TRY(ReadMore(kFrameBytes));
  const uint32_t length = LoadBigEndian<uint32_t>(buffer_.data() + begin_ + 1);
  const std::optional<size_t> whole = MessageBytes(length, kMaxMessageBytes);
  if (!whole) return Fail(Malformed("a message of " + std::to_string(length) + " bytes"));
  if (end_ - begin_ < *whole) RB_TRY(ReadMore(*whole));
  const Message message{static_cast<char>(buffer_[begin_]),
                        std::span(buffer_).subspan(begin_ + kFrameBytes, *whole - kFrameBytes)};
  begin_ += *whole;
  return message;
}

Result<Message> Session::NextMessage() {
  for (;;) {
    RB_ASSIGN(const Message message, TakeMessage());
    if (!IsAsynchronous(message.type)) return message;
  }
}

Result<bool> Session::SkipAsynchronous() {
  if (begin_ == end_ || !IsAsynchronous(static_cast<char>(buffer_[begin_]))) return false;
  RB_TRY(TakeMessage());
  return true;
}

Result<char> Session::RunUntil(char stop, Rows* rows, uint64_t* affected) {
  std::optional<Error> failed;
  size_t rows_bytes = 0;
  for (;;) {
    Result<Message> message = NextMessage();
    if (!message) return Fail(failed ? std::move(*failed) : std::move(message.error()));
    if (message->type != stop && !MayCome(message->type)) {
      return Fail(Malformed("a message of the type " + std::to_string(static_cast<unsigned char>(message->type))));
    }
    if (message->type == 'E' && !failed) failed = ErrorFromServer(message->body);
    if (message->type == 'C') {
      last_tag_ = CommandTag(message->body);
      if (affected != nullptr) *affected += RowsOfCommandTag(last_tag_);
    }
    if (message->type == 'D' && rows != nullptr) {
      RB_ASSIGN(Row row, ParseDataRow(message->body));
      rows_bytes += message->body.size() + sizeof(Row) + row.size() * sizeof(Value);
      if (rows_bytes > kMaxRowsBytes) return Fail(Malformed("more than 128 MiB of rows for one query"));
      rows->Add(std::move(row));
    }
    if (message->type == 'Z' && failed) return Fail(std::move(*failed));
    if (message->type == stop || message->type == 'Z') return message->type;
  }
}

Status Session::WriteOrExplain(std::span<const uint8_t> bytes) {
  Status written = transport_.Write(bytes);
  if (written) return written;
  for (int messages = 0; messages < kMostLastMessages; ++messages) {
    const Result<Message> message = TakeMessage();
    if (!message) break;
    if (message->type == 'E') return Fail(ErrorFromServer(message->body));
  }
  return written;
}

Result<Rows> Session::Query(std::string_view sql) {
  out_.Clear();
  RB_TRY(WriteOrExplain(out_.Query(sql).bytes()));
  Rows rows;
  RB_TRY(RunUntil('Z', &rows, nullptr));
  return rows;
}

Result<uint64_t> Session::Execute(std::string_view sql) {
  out_.Clear();
  RB_TRY(WriteOrExplain(out_.Query(sql).bytes()));
  uint64_t affected = 0;
  RB_TRY(RunUntil('Z', nullptr, &affected));
  return affected;
}

Status Session::BeginCopyOut(std::string_view sql) {
  out_.Clear();
  RB_TRY(WriteOrExplain(out_.Query(sql).bytes()));
  RB_ASSIGN(const char type, RunUntil('H', nullptr, nullptr));
  if (type != 'H') return Fail(Malformed("no answer to COPY … TO STDOUT"));
  return {};
}

Status Session::EndCopyOut() {
  RB_TRY(RunUntil('Z', nullptr, nullptr));
  return {};
}

Status Session::BeginCopyIn(std::string_view sql) {
  out_.Clear();
  RB_TRY(WriteOrExplain(out_.Query(sql).bytes()));
  RB_ASSIGN(const char type, RunUntil('G', nullptr, nullptr));
  if (type != 'G') return Fail(Malformed("no answer to COPY … FROM STDIN"));
  return {};
}

Status Session::WriteCopyData(std::span<const uint8_t> messages) { return WriteOrExplain(messages); }

Result<uint64_t> Session::EndCopyIn() {
  out_.Clear();
  RB_TRY(WriteOrExplain(out_.CopyDone().bytes()));
  uint64_t rows = 0;
  RB_TRY(RunUntil('Z', nullptr, &rows));
  return rows;
}

Status Session::Prepare(std::string_view sql, std::span<const uint32_t> parameter_oids) {
  out_.Clear();
  RB_TRY(WriteOrExplain(out_.Parse(sql, parameter_oids).Sync().bytes()));
  RB_TRY(RunUntil('Z', nullptr, nullptr));
  return {};
}

Status Session::Send(std::span<const uint8_t> messages) { return WriteOrExplain(messages); }

Result<uint64_t> Session::FinishExecution() {
  uint64_t rows = 0;
  RB_TRY(RunUntil('Z', nullptr, &rows));
  return rows;
}

}  // namespace rapidbyte::pgwire
