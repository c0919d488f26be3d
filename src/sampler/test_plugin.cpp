// A library that sampler_plugin_host opens while it is recorded: all its time is in a function of its own.
#include <cstdint>

namespace work {

volatile uint64_t plugin_sink;

__attribute__((noinline)) void PluginLeaf(int64_t steps) {
  uint64_t value = plugin_sink;
  for (int64_t i = 0; i < steps; ++i) value = value * 6364136223846793005u + 1442695040888963407u;
  plugin_sink = value;
}

}  // namespace work

extern "C" void PluginWork(int64_t steps) {
  for (int64_t done = 0; done < steps; done += 100'000) work::PluginLeaf(100'000);
}
