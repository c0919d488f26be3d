// Scenario documents: a matrix that can be planned, or an error.
#include <string>

#include "base/check.h"
#include "scenario/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rapidbyte;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto scenario = scenario::ParseScenario(text, "input.yaml", {});
  RB_CHECK(scenario || !scenario.error().message.empty());
  return 0;
}
