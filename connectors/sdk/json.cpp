#include "sdk/json.h"

namespace rapidbyte::sdk {

using nlohmann::json;

tl::unexpected<Error> BadRequest(std::string_view key, std::string_view expected) {
  return Fail(ErrorCode::kInternal, "the request's \"" + std::string(key) + "\": expected " + std::string(expected));
}

Result<std::string> RequiredText(const json& object, std::string_view key) {
  std::string text = JsonText(object, key);
  if (text.empty()) return BadRequest(key, "a text that is not empty");
  return text;
}

Result<uint64_t> RequiredCount(const json& object, std::string_view key, uint64_t most) {
  const auto count = JsonCount(object, key);
  if (!count || *count == 0 || *count > most) return BadRequest(key, "a number from 1 to " + std::to_string(most));
  return *count;
}

}  // namespace rapidbyte::sdk
