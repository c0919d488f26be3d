// How long a flamegraph takes to draw and how big it is: 10 million samples over 100,000 distinct stacks. With the path
// of Perl's flamegraph.pl also the ratio to it, in shuffled pairs from the same folded stacks, with its interval.
//
//   flamegraph_bench [FLAMEGRAPH.PL] [STACKS=100000] [PAIRS=8] [SEED=1]
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "lab/block_plan.h"
#include "lab/subprocess.h"
#include "os/temporary_folder.h"
#include "profile/folded.h"
#include "report/flamegraph.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"

namespace rapidbyte::bench {
namespace {

constexpr uint64_t kSamples = 10'000'000;

template <typename T>
T Must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "error: %s\n", result.error().message.c_str());
  std::exit(1);
}

// A program's calls: of each function a few are frequent. Depths from 10 to 40, as in a server's stacks.
profile::Profile Generated(size_t stacks, uint64_t seed) {
  constexpr size_t kFunctions = 5'000;
  std::mt19937_64 random(seed);
  profile::Profile profile;
  profile.unit = profile::Unit::kSamples;
  profile.threads.resize(1);
  std::vector<profile::FrameId> functions;
  for (size_t i = 0; i < kFunctions; ++i) {
    profile::Frame frame;
    frame.name = profile.stacks.Intern("space::Class" + std::to_string(i % 700) + "::Method" + std::to_string(i) +
                                       "(int, std::string const&)");
    functions.push_back(profile.stacks.Intern(frame));
  }
  std::vector<bool> seen;
  while (profile.samples.size() < stacks) {
    profile::StackId stack = profile::kRoot;
    uint64_t function = 0;
    for (uint64_t depth = 10 + random() % 31; depth > 0; --depth) {
      const uint64_t turn = random() % 100;
      const uint64_t callee = turn < 60 ? 0 : turn < 85 ? 1 : turn < 95 ? 2 : random() % 12;
      function = (function * 12 + callee + 1) * 0x9E3779B97F4A7C15u >> 16;
      function = random() % 50 == 0 ? function % 40 : function % kFunctions;
      stack = profile.stacks.Push(stack, functions[function]);
    }
    seen.resize(std::max(seen.size(), profile.stacks.stack_count()));
    if (seen[profile::Index(stack)]) continue;
    seen[profile::Index(stack)] = true;
    profile::Sample sample;
    sample.stack = stack;
    profile.samples.push_back(sample);
  }
  // A few stacks have most of the samples.
  uint64_t left = kSamples - profile.samples.size();
  for (size_t i = 0; left > 0; i = (i + 1) % profile.samples.size()) {
    const auto more = static_cast<uint32_t>(std::min(left, random() % (2 * kSamples / (i + 20) / 10 + 2)));
    profile.samples[i].count += more;
    left -= more;
  }
  for (profile::Sample& sample : profile.samples) sample.value = sample.count;
  return profile;
}

// The same as single samples, as a recorder has them.
profile::Profile Singles(profile::Profile sums) {
  std::vector<profile::Sample> singles;
  singles.reserve(kSamples);
  for (profile::Sample sample : sums.samples) {
    const uint32_t count = sample.count;
    sample.count = 1;
    sample.value = 1;
    singles.insert(singles.end(), count, sample);
  }
  sums.samples = std::move(singles);
  return sums;
}

void PrintDrawing(const char* what, const profile::Profile& profile) {
  std::vector<double> secs;
  size_t bytes = 0;
  for (int run = 0; run < 5; ++run) {
    const uint64_t start = MonotonicNanos();
    bytes = report::Flamegraph(profile, {}).size();
    secs.push_back(NanosToSeconds(MonotonicNanos() - start));
  }
  std::printf("%-40s %.3f s (min %.3f), %.2f MB\n", what, stats::Summarize(secs).median, stats::Summarize(secs).min,
              static_cast<double>(bytes) / 1e6);
}

void ComparePairs(const std::string& script, const std::filesystem::path& folder, size_t pairs, uint64_t seed) {
  const std::string folded = folder / "stacks.folded";
  lab::Command ours, perl;
  ours.argv = {RAPIDBYTE_BINARY, "profile", "draw", folded, "-o", folder / "ours.svg"};
  perl.argv = {"perl", script, folded};
  perl.output = lab::OutputTo::kFile;
  perl.output_file = folder / "perl.svg";
  std::vector<double> our_secs, perl_secs;
  const auto blocks = lab::PlanBlocks(seed, pairs + 1, 2);
  for (size_t block = 0; block < blocks.size(); ++block) {
    for (const size_t which : blocks[block]) {
      const lab::SubprocessResult run = Must(lab::RunSuccessfully(which == 0 ? ours : perl));
      if (block > 0) (which == 0 ? our_secs : perl_secs).push_back(run.wall_secs);  // the first one warms up
    }
  }
  for (const auto& [name, secs, file] : {std::tuple("rapidbyte profile draw", &our_secs, "ours.svg"),
                                         std::tuple("flamegraph.pl", &perl_secs, "perl.svg")}) {
    const stats::Summary summary = stats::Summarize(*secs);
    std::printf("%-24s median %.3f s, min %.3f s, max %.3f s, %.2f MB\n", name, summary.median, summary.min,
                summary.max, static_cast<double>(std::filesystem::file_size(folder / file)) / 1e6);
  }
  const auto ratio = stats::ComparePairs(perl_secs, our_secs);
  if (ratio && ratio->interval) {
    std::printf("flamegraph.pl takes %.1f times as long (95%% interval %.1f to %.1f), %zu shuffled pairs\n",
                ratio->estimate, ratio->interval->lower, ratio->interval->upper, pairs);
  } else {
    std::printf("an interval needs %zu pairs\n", stats::kMinPairsForInterval);
  }
}

int Main(int argc, char** argv) {
  const std::string script = argc > 1 ? argv[1] : "";
  const size_t stacks = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
  const size_t pairs = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 8;
  const uint64_t seed = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1;

  const profile::Profile profile = Generated(stacks, seed);
  std::printf("%zu distinct stacks, 10 million samples, seed %llu\n", stacks, static_cast<unsigned long long>(seed));
  PrintDrawing("drawn in memory, from sums", profile);
  const os::TemporaryFolder folder = Must(os::TemporaryFolder::Make(std::filesystem::temp_directory_path()));
  std::ofstream(folder.path() / "stacks.folded", std::ios::binary) << profile::WriteFolded(profile);
  PrintDrawing("drawn in memory, from single samples", Singles(Generated(stacks, seed)));
  if (!script.empty()) ComparePairs(script, folder.path(), pairs, seed);
  return 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
