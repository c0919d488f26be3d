// `rapidbyte profile collapse` against stackcollapse-perf.pl on the same text of perf script: shuffled pairs, outputs
// compared byte by byte after each, the ratio with its interval, and our peak memory.
//
//   collapse_bench SCRIPT.pl [MEGABYTES=1000] [PAIRS=6] [SEED=1]    on text made here
//   collapse_bench SCRIPT.pl FILE... --equal                        no times: are the outputs of all options the same
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "lab/block_plan.h"
#include "lab/subprocess.h"
#include "os/temporary_folder.h"
#include "perf_text.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"

namespace rapidbyte::bench {
namespace {

namespace fs = std::filesystem;

void WriteText(const fs::path& file, uint64_t bytes, uint64_t seed) {
  std::ofstream out(file, std::ios::binary);
  PerfText generator(seed);
  std::string text;
  for (uint64_t written = 0; written < bytes; written += text.size()) {
    text.clear();
    while (text.size() < (size_t{1} << 20)) generator.Append(text);
    out << text;
  }
  if (!out) std::exit(1);
}

class Peers {
 public:
  explicit Peers(std::string script) : script_(std::move(script)) {}

  lab::SubprocessResult Run(size_t which, const std::string& file, const std::vector<std::string>& options = {}) {
    lab::Command command;
    if (which == 0) {
      command.argv = {RAPIDBYTE_BINARY, "profile", "collapse"};
    } else {
      command.argv = {"perl", script_};
    }
    command.argv.insert(command.argv.end(), options.begin(), options.end());
    command.argv.push_back(file);
    command.output = lab::OutputTo::kFile;
    command.output_file = Output(which);
    const auto run = lab::RunSuccessfully(command);
    if (run) return *run;
    std::fprintf(stderr, "%s\n", run.error().message.c_str());
    std::exit(1);
  }

  bool Equal() const {
    lab::Command command;
    command.argv = {"cmp", Output(0), Output(1)};
    const auto run = lab::RunSubprocess(command);
    return run && run->exit_code == 0;
  }

  const fs::path& folder() const { return folder_.path(); }

 private:
  std::string Output(size_t which) const { return folder_.path() / (which == 0 ? "ours" : "script"); }

  std::string script_;
  os::TemporaryFolder folder_ = os::TemporaryFolder::Make().value();
};

int Compare(Peers& peers, const std::vector<std::string>& files) {
  const std::vector<std::vector<std::string>> all_options = {
      {}, {"--pid"}, {"--tid"}, {"--kernel"}, {"--jit"}, {"--all"}, {"--addrs"}, {"--all", "--tid", "--addrs"}};
  int differing = 0;
  for (const std::string& file : files) {
    for (const std::vector<std::string>& options : all_options) {
      std::string shown;
      for (const std::string& option : options) shown += " " + option;
      peers.Run(0, file, options);
      peers.Run(1, file, options);
      const bool equal = peers.Equal();
      std::printf("%s %s%s\n", equal ? "same  " : "DIFFER", file.c_str(), shown.c_str());
      differing += !equal;
    }
  }
  return differing == 0 ? 0 : 1;
}

int Measure(Peers& peers, uint64_t megabytes, size_t pairs, uint64_t seed) {
  const std::string file = peers.folder() / "perf.txt";
  WriteText(file, megabytes * 1'000'000, seed);
  std::vector<double> ours, script;
  uint64_t peak = 0;
  for (const auto& block : lab::PlanBlocks(seed, pairs, 2)) {
    for (const size_t which : block) {
      const lab::SubprocessResult run = peers.Run(which, file);
      (which == 0 ? ours : script).push_back(run.wall_secs);
      if (which == 0) peak = std::max(peak, run.max_rss_bytes);
    }
    if (peers.Equal()) continue;
    std::fprintf(stderr, "the outputs differ\n");
    return 1;
  }
  std::printf("%llu MB of perf script text, %zu shuffled pairs, seed %llu; outputs the same\n",
              static_cast<unsigned long long>(megabytes), pairs, static_cast<unsigned long long>(seed));
  for (const auto& [name, secs] : {std::pair("rapidbyte", &ours), std::pair("perl script", &script)}) {
    const stats::Summary summary = stats::Summarize(*secs);
    std::printf("%-12s median %.3f s, min %.3f s, max %.3f s\n", name, summary.median, summary.min, summary.max);
  }
  const auto ratio = stats::ComparePairs(script, ours);
  std::printf("script / rapidbyte %.1f", ratio ? ratio->estimate : 0);
  if (ratio && ratio->interval) {
    std::printf(" (95%% interval %.1f to %.1f)\n", ratio->interval->lower, ratio->interval->upper);
  } else {
    std::printf(" (an interval needs %zu pairs)\n", stats::kMinPairsForInterval);
  }
  std::printf("our peak memory %.1f MB\n", static_cast<double>(peak) * 1e-6);
  return 0;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "collapse_bench SCRIPT.pl [MEGABYTES] [PAIRS] [SEED], or SCRIPT.pl FILE... --equal\n");
    return 10;
  }
  Peers peers(argv[1]);
  if (std::strcmp(argv[argc - 1], "--equal") == 0) return Compare(peers, {argv + 2, argv + argc - 1});
  const auto number = [&](int at, uint64_t otherwise) {
    return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise;
  };
  return Measure(peers, number(2, 1000), number(3, 6), number(4, 1));
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
