#include "base/json.h"

#include <algorithm>

#include "base/printable.h"
#include "base/utf8.h"

namespace rapidbyte {
namespace {

using nlohmann::json;
using Kind = JsonError::Kind;

// Where the text first opens more arrays and objects than are allowed.
std::optional<size_t> TooDeepAt(std::string_view text, size_t most) {
  if (text.size() <= most) return std::nullopt;
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > most) return i;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

// Notes where and why the text stops being JSON, and makes no document.
class FaultFinder : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(int64_t /*value*/) override { return true; }
  bool number_unsigned(uint64_t /*value*/) override { return true; }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return true; }
  bool string(std::string& /*value*/) override { return true; }
  bool binary(json::binary_t& /*value*/) override { return true; }
  bool start_object(size_t /*size*/) override { return true; }
  bool key(std::string& /*value*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t /*size*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t position, const std::string& /*token*/, const nlohmann::detail::exception& error) override {
    offset = position == 0 ? 0 : position - 1;
    is_number = error.id == 406;  // out of range
    return false;
  }
  size_t offset = 0;
  bool is_number = false;
};

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

JsonError FaultOf(std::string_view text) {
  FaultFinder finder;
  json::sax_parse(text, &finder);
  const size_t offset = std::min(finder.offset, text.size());
  if (IsBlank(text)) return {Kind::kEndsEarly, offset, "there is no text"};
  if (finder.is_number) return {Kind::kNotJson, offset, "the JSON has a number that is too large"};
  if (IsBlank(text.substr(offset))) return {Kind::kEndsEarly, offset, "the JSON ends too early"};
  return {Kind::kNotJson, offset, "this is not JSON"};
}

// Printed on a terminal, a document must not be obeyed either; JSON itself escapes no more than what is below a blank.
std::string EscapeUnprintable(std::string text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x7f; };
  if (std::all_of(text.begin(), text.end(), is_ascii)) return text;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string escaped;
  escaped.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const size_t length = std::max<size_t>(CharacterLength(rest), 1);
    const char32_t c = length == 1 && !is_ascii(rest[0]) ? U'\x7f' : CodePoint(rest.substr(0, length));
    if (c == '\n' || MayBeShown(c) || c > 0xffff) {
      escaped.append(rest, 0, length);
    } else {
      escaped += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) escaped += kDigits[c >> shift & 15];
    }
    rest.remove_prefix(length);
  }
  return escaped;
}

template <typename Json>
std::string Dump(const Json& document, int indent) {
  return EscapeUnprintable(document.dump(indent, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

tl::expected<json, JsonError> ParseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return tl::unexpected(JsonError{Kind::kTooLarge, limits.bytes,
                                    "the JSON is larger than " + std::to_string(limits.bytes >> 20) + " MiB"});
  }
  if (const auto deep = TooDeepAt(text, limits.depth)) {
    return tl::unexpected(
        JsonError{Kind::kTooDeep, *deep, "the JSON nests deeper than " + std::to_string(limits.depth) + " levels"});
  }
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return tl::unexpected(FaultOf(text));
  return document;
}

std::string DumpJson(const json& document, int indent) { return Dump(document, indent); }
std::string DumpJson(const nlohmann::ordered_json& document, int indent) { return Dump(document, indent); }

const json& JsonMember(const json& object, std::string_view key) {
  static const json missing;
  const auto found = object.find(key);
  return found == object.end() ? missing : *found;
}

std::string JsonText(const json& object, std::string_view key, std::string_view otherwise) {
  const json& member = JsonMember(object, key);
  return member.is_string() ? member.get<std::string>() : std::string(otherwise);
}

bool JsonFlag(const json& object, std::string_view key, bool otherwise) {
  const json& member = JsonMember(object, key);
  return member.is_boolean() ? member.get<bool>() : otherwise;
}

std::optional<uint64_t> JsonCount(const json& object, std::string_view key) {
  const json& member = JsonMember(object, key);
  if (!member.is_number_integer() || (!member.is_number_unsigned() && member.get<int64_t>() < 0)) return std::nullopt;
  return member.get<uint64_t>();
}

std::optional<double> JsonNumber(const json& object, std::string_view key) {
  const json& member = JsonMember(object, key);
  return member.is_number() ? std::optional(member.get<double>()) : std::nullopt;
}

const json& JsonList(const json& object, std::string_view key) {
  static const json empty = json::array();
  const json& member = JsonMember(object, key);
  return member.is_array() ? member : empty;
}

std::vector<std::string> JsonTexts(const json& object, std::string_view key) {
  std::vector<std::string> texts;
  for (const json& element : JsonList(object, key)) {
    if (element.is_string()) texts.push_back(element.get<std::string>());
  }
  return texts;
}

}  // namespace rapidbyte
