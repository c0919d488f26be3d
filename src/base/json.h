// JSON documents: the one place that parses and prints them, and how members of a foreign one are read.
//
// Parsing never throws and bounds depth and size: documents are copied and printed by recursive code, which a hostile
// one would otherwise run out of stack. Printing never throws either; each byte that is not UTF-8 becomes U+FFFD.
// tools/check_style.py refuses the library's own calls elsewhere. Wasm-safe: nlohmann's JSON without exceptions and
// streams in a sandbox; in the host its settings must be those of the whole program. Pure; any thread.
#pragma once

#ifdef __wasm__
#define JSON_NOEXCEPTION
#define JSON_NO_IO
#endif
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace rapidbyte {

struct JsonLimits {
  size_t depth = 256;  // arrays and objects within each other
  size_t bytes = size_t{64} << 20;
};

struct JsonError {
  enum class Kind { kNotJson, kEndsEarly, kTooDeep, kTooLarge };
  Kind kind = Kind::kNotJson;
  size_t offset = 0;    // of the first byte that is wrong, from 0
  std::string message;  // one line without the text's name: "this is not JSON"
};

[[nodiscard]] tl::expected<nlohmann::json, JsonError> ParseJson(std::string_view text, const JsonLimits& limits = {});

// On one line without an indent. Holds nothing that a terminal would obey: what JSON does not escape itself is escaped.
std::string DumpJson(const nlohmann::json& document, int indent = -1);
std::string DumpJson(const nlohmann::ordered_json& document, int indent = -1);

// Members of a document that came from outside. What is missing, or not of the type asked for, counts as not said; so
// does every member of a value that is not an object.
const nlohmann::json& JsonMember(const nlohmann::json& object, std::string_view key);  // null: not said
std::string JsonText(const nlohmann::json& object, std::string_view key, std::string_view otherwise = {});
bool JsonFlag(const nlohmann::json& object, std::string_view key, bool otherwise = false);
std::optional<uint64_t> JsonCount(const nlohmann::json& object, std::string_view key);  // whole, not negative
std::optional<double> JsonNumber(const nlohmann::json& object, std::string_view key);
// The member where it is an array; an empty array otherwise.
const nlohmann::json& JsonList(const nlohmann::json& object, std::string_view key);
// The texts among the elements of an array.
std::vector<std::string> JsonTexts(const nlohmann::json& object, std::string_view key);

}  // namespace rapidbyte
