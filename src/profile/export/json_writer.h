// JSON written front to back into a stream, so that a document larger than memory can be made.
//
// What comes out is valid whatever the values are: bytes that are no UTF-8 become U+FFFD, and a number that is not
// finite becomes the largest one. The caller keeps objects and arrays balanced and gives each value of an object its
// key. One thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace rapidbyte::profile {

class JsonWriter {
 public:
  explicit JsonWriter(std::ostream& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  ~JsonWriter() { Flush(); }

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view name);

  JsonWriter& Text(std::string_view value);
  JsonWriter& Number(double value);
  JsonWriter& Number(std::integral auto value) { return Integer(static_cast<int64_t>(value)); }
  // value / 10^digits, every digit of it: nanoseconds as micro- or milliseconds.
  JsonWriter& Decimal(int64_t value, int digits);
  JsonWriter& Bool(bool value) { return Literal(value ? "true" : "false"); }
  JsonWriter& Null() { return Literal("null"); }

  JsonWriter& Line();  // the next value stands on a line of its own, for people with grep

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  JsonWriter& Integer(int64_t value);
  JsonWriter& Literal(std::string_view text);
  void Separate();
  void Flush();

  std::ostream& out_;
  std::string buffer_;
  bool follows_ = false;  // another value of the same object or array stands before
};

// One array with `value(i)` written for each i below `length`: a column of a table.
template <typename Value>
void WriteColumn(JsonWriter& json, std::string_view key, size_t length, const Value& value) {
  json.Key(key).BeginArray();
  for (size_t i = 0; i < length; ++i) value(i);
  json.EndArray();
}

}  // namespace rapidbyte::profile
