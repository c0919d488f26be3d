// Messages of PostgreSQL's protocol 3: frontend messages are built here, backend messages taken apart.
// https://www.postgresql.org/docs/15/protocol-message-formats.html. Wasm-safe. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace rapidbyte::pgwire {

// How long a whole message is: its type, and as many bytes as the word after it says, which counts itself. Nothing
// where that is impossible or more than `most`. The one place that calculates with a length from outside: in 32 bits,
// one more than the largest is nothing.
template <typename Size = size_t>
constexpr std::optional<Size> MessageBytes(uint32_t length, std::type_identity_t<Size> most) {
  if (length < 4 || length >= most) return std::nullopt;
  return static_cast<Size>(length) + 1;
}

// One backend message: its type and its content without the length word.
struct Message {
  char type = 0;
  std::span<const uint8_t> body;
};

// Builds frontend messages one after the other into one buffer.
class MessageBuilder {
 public:
  std::span<const uint8_t> bytes() const { return bytes_; }
  void Clear() { bytes_.clear(); }
  // Room for `bytes` in all, at once: growing by and by takes up to three times as much.
  void Reserve(size_t bytes) { bytes_.reserve(bytes); }

  MessageBuilder& Query(std::string_view sql);
  // An unnamed portal of an unnamed statement whose parameters have the types `oids`.
  MessageBuilder& Parse(std::string_view sql, std::span<const uint32_t> oids);
  // Starts a Bind of `parameters` binary values; each follows by BindValue. No result columns are asked for.
  MessageBuilder& BeginBind(uint16_t parameters);
  template <typename Append>
  MessageBuilder& BindValue(const Append& append) {
    const size_t at = bytes_.size();
    Int32(0);
    append(bytes_);
    PatchLength(at, 4);
    return *this;
  }
  MessageBuilder& EndBind();
  MessageBuilder& Execute();
  MessageBuilder& Sync();
  MessageBuilder& CopyDone();

 private:
  void Begin(char type);
  void End();
  void Int16(uint16_t value);
  void Int32(uint32_t value);
  void CString(std::string_view text);
  void PatchLength(size_t at, size_t excluded);

  std::vector<uint8_t> bytes_;
  size_t length_at_ = 0;
};

// An ErrorResponse as an Error: the server's message and detail, its hint, and a category from the SQLSTATE.
// Errors of the code kSource mean "the server refused": the host knows which of the two servers it was.
Error ErrorFromServer(std::span<const uint8_t> body);

// A CommandComplete's tag ("COPY 5", "INSERT 0 5", "COMMIT"), and the number of rows in one; 0 where it names none.
std::string_view CommandTag(std::span<const uint8_t> body);
uint64_t RowsOfCommandTag(std::string_view tag);

// SQL quoting: "a""b", 'a''b'.
std::string QuoteIdentifier(std::string_view name);
std::string QuoteLiteral(std::string_view text);

}  // namespace rapidbyte::pgwire
