// Profile files: what is read can be written, and reads the same again.
#include <string_view>

#include "base/check.h"
#include "profile/folded.h"
#include "profile/profile_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte::profile;
  const auto profile = ReadProfileFile({reinterpret_cast<const char*>(data), size}, "input");
  if (!profile) return 0;
  static_cast<void>(WriteFolded(*profile));
  const std::string text = WriteProfile(*profile);
  const auto again = ReadProfileFile(text, "written");
  RB_CHECK(again.has_value());
  RB_CHECK(WriteProfile(*again) == text);
  return 0;
}
