#include "profile/profile_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <variant>

#include "profile/text.h"

namespace rapidbyte::profile {
namespace {

using nlohmann::json;

using Sink = std::variant<std::monostate, std::vector<int64_t>*, std::vector<double>*, std::vector<std::string>*>;

std::map<std::string, Sink, std::less<>> SinksOf(ProfileColumns& c) {
  return {{"format", &c.format},
          {"unit", &c.unit},
          {"event", &c.event},
          {"command", &c.command},
          {"commit", &c.commit},
          {"missing", &c.missing},
          {"strings", &c.strings},
          {"origins", &c.origins},
          {"states", &c.states},
          {"version", &c.version},
          {"start_ns", &c.start_ns},
          {"duration_ns", &c.duration_ns},
          {"records", &c.records},
          {"lost_records", &c.lost_records},
          {"truncated", &c.truncated},
          {"frequency_hz", &c.frequency_hz},
          {"frames.name", &c.frame_name},
          {"frames.image", &c.frame_image},
          {"frames.file", &c.frame_file},
          {"frames.line", &c.frame_line},
          {"frames.origin", &c.frame_origin},
          {"frames.inlined", &c.frame_inlined},
          {"stacks.parent", &c.stack_parent},
          {"stacks.frame", &c.stack_frame},
          {"threads.pid", &c.pid},
          {"threads.tid", &c.tid},
          {"threads.name", &c.thread_name},
          {"threads.process", &c.process},
          {"threads.start_ns", &c.thread_start},
          {"threads.end_ns", &c.thread_end},
          {"threads.running_ns", &c.running},
          {"threads.blocked_ns", &c.blocked},
          {"threads.preempted_ns", &c.preempted},
          {"samples.time_ns", &c.time},
          {"samples.thread", &c.sample_thread},
          {"samples.stack", &c.sample_stack},
          {"samples.state", &c.sample_state},
          {"samples.count", &c.sample_count},
          {"samples.value", &c.value}};
}

// Takes the document's values as they come by; no tree of it is ever made. A function that returns false ends the
// parsing.
class ColumnReader : public nlohmann::json_sax<json> {
 public:
  explicit ColumnReader(ProfileColumns& columns) : sinks_(SinksOf(columns)) {}

  const std::string& problem() const { return problem_; }
  size_t position() const { return position_; }  // of bytes, where it is no JSON

  bool null() override { return Passed() || Wrong("null"); }
  bool boolean(bool) override { return Passed() || Wrong("true or false"); }
  bool binary(json::binary_t&) override { return Wrong("bytes"); }
  bool number_integer(json::number_integer_t value) override {
    if (auto* ints = SinkOf<int64_t>()) return Put(*ints, value);
    if (auto* doubles = SinkOf<double>()) return Put(*doubles, static_cast<double>(value));
    return Passed() || Wrong("a number");
  }
  bool number_unsigned(json::number_unsigned_t value) override {
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return number_float(static_cast<double>(value), {});
    }
    return number_integer(static_cast<int64_t>(value));
  }
  bool number_float(json::number_float_t value, const json::string_t&) override {
    if (auto* doubles = SinkOf<double>()) return Put(*doubles, value + 0.0);  // no negative zero
    return Passed() || Wrong("a number with a fraction, or one too large");
  }
  bool string(json::string_t& value) override {
    if (auto* strings = SinkOf<std::string>()) return Put(*strings, std::move(value));
    return Passed() || Wrong("a text");
  }
  bool start_object(size_t) override {
    ++depth_;
    if (depth_ > 1 && !std::holds_alternative<std::monostate>(sink_)) return Wrong("an object");
    return Descend();
  }
  bool end_object() override {
    if (--depth_ == 1) group_.clear();
    sink_ = {};
    return true;
  }
  bool start_array(size_t) override {
    ++depth_;
    return depth_ > 1 ? Descend() : Wrong("a list");
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool key(json::string_t& name) override {
    if (depth_ == 1) group_ = name;
    path_ = depth_ == 1 ? name : group_ + "." + name;
    const auto found = sinks_.find(path_);
    sink_ = found == sinks_.end() || depth_ > 2 ? Sink() : found->second;
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    position_ = position;
    problem_ = "this is no JSON, or the file ends too early";
    return false;
  }

 private:
  static constexpr int kDeepest = 64;

  template <typename T>
  std::vector<T>* SinkOf() const {
    const auto* sink = std::get_if<std::vector<T>*>(&sink_);
    return sink == nullptr ? nullptr : *sink;
  }
  template <typename T>
  static bool Put(std::vector<T>& column, T value) {
    column.push_back(std::move(value));
    return true;
  }
  bool Passed() const { return depth_ > 0 && std::holds_alternative<std::monostate>(sink_); }
  bool Descend() { return depth_ <= kDeepest || Wrong("lists this deep in each other"); }
  bool Wrong(std::string_view what) {
    problem_ = fmt::format("{} cannot be {}", path_.empty() ? "a profile" : path_, what);
    return false;
  }

  std::map<std::string, Sink, std::less<>> sinks_;
  Sink sink_;
  int depth_ = 0;
  std::string group_, path_;
  std::string problem_;
  size_t position_ = 0;
};

}  // namespace

Result<ProfileColumns> ReadColumns(std::string_view text, const std::string& name) {
  ProfileColumns columns;
  ColumnReader reader(columns);
  if (json::sax_parse(text, &reader)) return columns;
  if (reader.position() == 0) return Fail(ErrorCode::kData, fmt::format("{}: {}", name, reader.problem()));
  const auto end = text.begin() + static_cast<ptrdiff_t>(std::min(reader.position(), text.size()));
  const auto line = static_cast<size_t>(std::count(text.begin(), end, '\n')) + 1;
  return Fail(ErrorCode::kData, fmt::format("{}: {}", Place(name, line), reader.problem()));
}

}  // namespace rapidbyte::profile
