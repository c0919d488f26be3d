// Pipeline documents: one that was read, or an error that says why not.
#include <string>

#include "base/check.h"
#include "engine/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto pipeline = engine::ParsePipeline(text, "input.yaml",
                                              [](const std::string& name) { return std::optional<std::string>(name); });
  RB_CHECK(pipeline || !pipeline.error().message.empty());
  return 0;
}
