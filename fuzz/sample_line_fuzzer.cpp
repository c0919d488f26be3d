// Lines of results.jsonl: what is read can be written, and reads the same again.
#include <string_view>

#include "base/check.h"
#include "base/json.h"
#include "record/sample_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte::record;
  const auto line = ParseLine({reinterpret_cast<const char*>(data), size});
  if (!line) return 0;
  const std::string text = rapidbyte::DumpJson(ToJson(line->sample, line->campaign));
  const auto again = ParseLine(text);
  RB_CHECK(again.has_value());
  RB_CHECK(rapidbyte::DumpJson(ToJson(again->sample, again->campaign)) == text);
  return 0;
}
