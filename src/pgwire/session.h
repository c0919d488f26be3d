// One session with a PostgreSQL server, from the point where it is authenticated and idle.
//
// Speaks the simple query protocol, COPY in both directions, and pipelined execution of one prepared statement.
// Asynchronous messages (parameters, notices, notifications) are skipped wherever they come. After an error of the
// server the session is idle again; after an error of the transport it is of no more use. A server is believed within
// bounds: 16 MiB a message (COPY's rows have a limit of their own) and 128 MiB for all rows of a query. Wasm-safe, one
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pgwire/messages.h"
#include "pgwire/rows.h"

namespace rapidbyte::pgwire {

// The byte stream below; whoever implements it names the peer in its errors.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<size_t> Read(std::span<uint8_t> buffer) = 0;  // at least one byte; 0: the peer closed the stream
  virtual Status Write(std::span<const uint8_t> bytes) = 0;    // all of them
};

class Session {
 public:
  // `transport` must outlive the session.
  explicit Session(Transport& transport);

  // Runs SQL by the simple protocol: all rows of all its statements, in text form.
  Result<Rows> Query(std::string_view sql);
  // Likewise, for statements without rows: how many they have affected.
  Result<uint64_t> Execute(std::string_view sql);
  // What the last statement that ended well was: "COMMIT", "INSERT 0 5".
  const std::string& last_tag() const { return last_tag_; }

  // COPY … TO STDOUT. After Begin, Received() starts at a message; Consume() drops what was decoded and ReadMore()
  // waits until `needed` bytes (or more) are there. End() takes what follows the rows.
  Status BeginCopyOut(std::string_view sql);
  std::span<const uint8_t> Received() const { return std::span(buffer_).subspan(begin_, end_ - begin_); }
  void Consume(size_t bytes) {
    begin_ += bytes;
    if (bytes > kLargeBytes) GiveBackRoom();
  }
  Status ReadMore(size_t needed);
  // Drops the message that Received() starts with if it is an asynchronous one; false if it is not.
  Result<bool> SkipAsynchronous();
  Status EndCopyOut();

  // COPY … FROM STDIN. Write() takes whole CopyData messages. End() returns the server's count of rows.
  Status BeginCopyIn(std::string_view sql);
  Status WriteCopyData(std::span<const uint8_t> messages);
  Result<uint64_t> EndCopyIn();

  // Prepares the unnamed statement.
  Status Prepare(std::string_view sql, std::span<const uint32_t> parameter_oids);
  // Sends one execution (Bind, Execute, Sync; built by the caller) without waiting for its outcome.
  Status Send(std::span<const uint8_t> messages);
  // The outcome of the oldest execution sent: its count of rows.
  Result<uint64_t> FinishExecution();

 private:
  static constexpr size_t kLargeBytes = 16 << 20;
  // After a row far above the others, while its values are copied on.
  void GiveBackRoom();
  // The next message of any kind; its body is valid until the next read.
  Result<Message> TakeMessage();
  // The next one that is not asynchronous.
  Result<Message> NextMessage();
  // Takes messages up to ReadyForQuery, or up to `stop`; the first ErrorResponse is the result once idle.
  Result<char> RunUntil(char stop, Rows* rows, uint64_t* affected);
  // A write that failed because the server went away: what it said last explains more than the broken pipe.
  Status WriteOrExplain(std::span<const uint8_t> bytes);

  Transport& transport_;
  std::vector<uint8_t> buffer_;  // received bytes [begin_, end_)
  size_t begin_ = 0;
  size_t end_ = 0;
  MessageBuilder out_;
  std::string last_tag_;
};

}  // namespace rapidbyte::pgwire
