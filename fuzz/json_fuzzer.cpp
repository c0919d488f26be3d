// Documents, and texts that may hold an address: what is read can be written, and reads the same again.
#include <string_view>

#include "base/check.h"
#include "base/json.h"
#include "base/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(RedactPasswords(text));
  const auto document = ParseJson(text);
  if (!document) {
    RB_CHECK(document.error().offset <= size);
    return 0;
  }
  const auto again = ParseJson(DumpJson(*document));
  RB_CHECK(again.has_value());
  RB_CHECK(DumpJson(*again) == DumpJson(*document));
  return 0;
}
