// A path to one value inside a JSON document: a subset of JSONPath (RFC 9535) that can only ever name one value.
//
//   $                the document
//   .name            a key of letters, digits, '_' and '-'
//   ['any key']      a key in single or double quotes; \' \" and \\ stand for themselves
//   [2]  [-1]        an element, counted from the start or from the end
//
// A path without '$' begins with a key: "latency.p99" is "$.latency.p99". Pure; any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace rapidbyte::metrics {

class JsonPath {
 public:
  // Errors: kConfiguration, with the column of what is wrong.
  static Result<JsonPath> Parse(std::string_view text);

  // The value, which lives as long as `document`. Errors: kData, with the part of the path that led nowhere and the
  // nearest key there is.
  Result<const nlohmann::json*> Find(const nlohmann::json& document) const;

 private:
  using Step = std::variant<std::string, int64_t>;  // a key or an index
  std::vector<Step> steps_;
};

// A number, or a text that is one: "12.5". `path` is for the error. Errors: kData.
Result<double> NumberAt(const nlohmann::json& value, std::string_view path);

}  // namespace rapidbyte::metrics
