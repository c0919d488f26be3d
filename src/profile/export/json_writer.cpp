#include "profile/export/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/json_text.h"

namespace rapidbyte::profile {
namespace {

constexpr size_t kBufferBytes = size_t{64} << 10;

double Finite(double value) {
  if (std::isnan(value)) return 0;
  return std::clamp(value, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
}

}  // namespace

void JsonWriter::Flush() {
  out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

void JsonWriter::Separate() {
  if (buffer_.size() >= kBufferBytes) Flush();
  if (follows_) buffer_ += ',';
  follows_ = true;
}

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  buffer_ += bracket;
  follows_ = false;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  buffer_ += bracket;
  follows_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  Separate();
  AppendJsonText(name, buffer_);
  buffer_ += ':';
  follows_ = false;
  return *this;
}

JsonWriter& JsonWriter::Line() {
  if (follows_) buffer_ += ',';
  buffer_ += '\n';
  follows_ = false;
  return *this;
}

JsonWriter& JsonWriter::Text(std::string_view value) {
  Separate();
  AppendJsonText(value, buffer_);
  return *this;
}

JsonWriter& JsonWriter::Number(double value) {
  Separate();
  fmt::format_to(std::back_inserter(buffer_), "{}", Finite(value));
  return *this;
}

JsonWriter& JsonWriter::Integer(int64_t value) {
  Separate();
  fmt::format_to(std::back_inserter(buffer_), "{}", value);
  return *this;
}

JsonWriter& JsonWriter::Literal(std::string_view text) {
  Separate();
  buffer_ += text;
  return *this;
}

JsonWriter& JsonWriter::Decimal(int64_t value, int digits) {
  Separate();
  uint64_t rest = value < 0 ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  uint64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  if (value < 0) buffer_ += '-';
  fmt::format_to(std::back_inserter(buffer_), "{}", rest / scale);
  rest %= scale;
  if (rest == 0) return *this;
  for (; rest % 10 == 0; --digits) rest /= 10;
  fmt::format_to(std::back_inserter(buffer_), ".{:0{}}", rest, digits);
  return *this;
}

}  // namespace rapidbyte::profile
