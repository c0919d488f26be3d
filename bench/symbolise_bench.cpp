// What making a profile costs after the program has ended: unwinding and naming, each on its own, for 100,000 samples
// of a real recording.
//
//   symbolise_bench [SAMPLES=100000] [COMMAND…]
//
// The command runs again and again until there are enough samples; without one it is the compiler over the standard
// library's headers. Prints the CPU time of both per 100,000 samples, to hold against the goal of 2 s together, and
// that of a second recording's, whose files are in the page cache.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "sampler/record.h"

namespace rapidbyte::bench {
namespace {

constexpr double kMostHz = 20'000;

int Main(int argc, char** argv) {
  const double wanted = argc > 1 ? std::strtod(argv[1], nullptr) : 100'000;
  sampler::RecordOptions options;
  options.argv.assign(argv + std::min(argc, 2), argv + argc);
  if (options.argv.empty()) {
    options.argv = {"sh", "-c",
                    "echo '#include <regex>\n#include <map>\nstd::regex r(\"a+\");' | "
                    "c++ -std=c++20 -O1 -x c++ -c -o /dev/null -"};
  }
  options.frequency_hz = kMostHz;
  options.off_cpu = false;
  for (double taken = 0; taken < wanted;) {
    const auto recording = sampler::Record(options);
    if (!recording || recording->assembly.stacks == 0) {
      std::fprintf(stderr, "no recording: %s\n", recording ? "no samples" : recording.error().message.c_str());
      return 1;
    }
    const sampler::Assembly& one = recording->assembly;
    const auto stacks = static_cast<double>(one.stacks);
    const double unwinding = static_cast<double>(one.unwinding_ns) * 1e-9;
    const double naming = static_cast<double>(one.naming_ns) * 1e-9;
    std::printf("%6.0f samples of %.1f frames, %.2f%% truncated: unwinding %.3f s, naming %.3f s; per 100,000 %.3f s\n",
                stacks, static_cast<double>(one.frames) / stacks,
                100 * static_cast<double>(recording->profile.truncated) / stacks, unwinding, naming,
                (unwinding + naming) * 1e5 / stacks);
    std::fflush(stdout);
    taken += stacks;
  }
  return 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
