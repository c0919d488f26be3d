// Folded stacks: what is read can be written, and reads the same again.
#include <string_view>

#include "base/check.h"
#include "profile/folded.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte::profile;
  const auto profile = ReadFolded({reinterpret_cast<const char*>(data), size}, "input");
  if (!profile) return 0;
  const FoldedOptions all = {
      .states = {true, true, true}, .mark_states = true, .mark_kernel = true, .mark_jit = true, .mark_inlined = true};
  const std::string text = WriteFolded(*profile, all);
  if (static_cast<unsigned char>(text[0]) >= 0xef) return 0;  // a name that reads as a byte order mark
  const auto again = ReadFolded(text, "written");
  RB_CHECK(again.has_value());
  RB_CHECK(WriteFolded(*again, all) == text);
  return 0;
}
