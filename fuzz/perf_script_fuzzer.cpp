// perf script's text: where pieces end makes no difference.
#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "profile/folded.h"
#include "profile/perf_script.h"
#include "profile/read_profile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte::profile;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(KindOf(text, "input"));
  PerfScriptReader whole({}, "input"), pieces({}, "input");
  RB_CHECK(whole.Feed(text).has_value() || size > (1 << 20));
  const size_t step = size % 97 + 1;
  for (size_t at = 0; at < size; at += step) static_cast<void>(pieces.Feed(text.substr(at, step)));
  const auto one = whole.Finish();
  const auto other = pieces.Finish();
  RB_CHECK(one.has_value() == other.has_value());
  if (!one) {
    RB_CHECK(one.error().message == other.error().message);
    return 0;
  }
  const FoldedOptions options = {.root = FoldedRoot::kThreadTid, .mark_kernel = true, .mark_inlined = true};
  RB_CHECK(WriteFolded(*one, options) == WriteFolded(*other, options));
  RB_CHECK(one->missing == other->missing);
  return 0;
}
