#include "metrics/json_path.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/json.h"
#include "metrics/text.h"

namespace rapidbyte::metrics {
namespace {

using nlohmann::json;

bool IsKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Takes a path apart from left to right.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  bool Take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool AtKey() const { return !at_end() && IsKeyCharacter(text_[at_]); }

  Result<std::string> Key() {
    const size_t begin = at_;
    while (AtKey()) ++at_;
    if (at_ == begin) return Wrong("a key");
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<std::string> QuotedKey(char quote) {
    std::string key;
    while (!Take(quote)) {
      Take('\\');
      if (at_end()) return Wrong("the closing quote");
      key += text_[at_++];
    }
    return key;
  }

  Result<int64_t> Index() {
    int64_t index = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), index);
    if (error != std::errc()) return Wrong("a number or a quoted key");
    at_ = static_cast<size_t>(end - text_.data());
    return index;
  }

  tl::unexpected<Error> Wrong(std::string_view expected) const {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("JSON path '{}', column {}: expected {}", text_, at_ + 1, expected),
                "a path looks like $.results[0].mean or $['a key'].value");
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

std::string Text(const std::variant<std::string, int64_t>& step) {
  if (const auto* index = std::get_if<int64_t>(&step)) return fmt::format("[{}]", *index);
  return fmt::format("['{}']", std::get<std::string>(step));
}

std::vector<std::string> KeysOf(const json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

Result<const json*> Child(const json& value, const std::string& key, const std::string& at) {
  if (!value.is_object()) return Fail(ErrorCode::kData, fmt::format("{} is no object but {}", at, value.type_name()));
  if (const auto found = value.find(key); found != value.end()) return &*found;
  return Fail(ErrorCode::kData, fmt::format("{} has no key '{}'{}", at, key, Suggestion(key, KeysOf(value))));
}

Result<const json*> Child(const json& value, int64_t index, const std::string& at) {
  if (!value.is_array()) return Fail(ErrorCode::kData, fmt::format("{} is no array but {}", at, value.type_name()));
  const auto size = static_cast<int64_t>(value.size());
  const int64_t place = index < 0 ? index + size : index;
  if (place >= 0 && place < size) return &value[static_cast<size_t>(place)];
  return Fail(ErrorCode::kData, fmt::format("{} has {} elements, none at [{}]", at, size, index));
}

}  // namespace

Result<JsonPath> JsonPath::Parse(std::string_view text) {
  PathReader reader(text);
  JsonPath path;
  if (!reader.Take('$')) {
    RB_ASSIGN(std::string key, reader.Key());
    path.steps_.emplace_back(std::move(key));
  }
  while (!reader.at_end()) {
    if (reader.Take('.')) {
      RB_ASSIGN(std::string key, reader.Key());
      path.steps_.emplace_back(std::move(key));
      continue;
    }
    if (!reader.Take('[')) return reader.Wrong("'.' or '['");
    if (const char quote = reader.Take('\'') ? '\'' : reader.Take('"') ? '"' : '\0'; quote != '\0') {
      RB_ASSIGN(std::string key, reader.QuotedKey(quote));
      path.steps_.emplace_back(std::move(key));
    } else {
      RB_ASSIGN(const int64_t index, reader.Index());
      path.steps_.emplace_back(index);
    }
    if (!reader.Take(']')) return reader.Wrong("']'");
  }
  return path;
}

Result<const json*> JsonPath::Find(const json& document) const {
  const json* value = &document;
  std::string at = "$";
  for (const Step& step : steps_) {
    RB_ASSIGN(value, std::visit([&](const auto& key) { return Child(*value, key, at); }, step));
    at += Text(step);
  }
  return value;
}

Result<double> NumberAt(const json& value, std::string_view path) {
  if (value.is_number() && std::isfinite(value.get<double>())) return value.get<double>();
  if (value.is_string()) {
    if (const auto number = ParseNumber(value.get_ref<const std::string&>())) return *number;
  }
  std::string shown = value.is_structured() ? std::string(value.type_name()) : DumpJson(value);
  if (shown.size() > 60) shown = shown.substr(0, 60) + "…";
  return Fail(ErrorCode::kData, fmt::format("{} is {}, not a number", path, shown));
}

}  // namespace rapidbyte::metrics
