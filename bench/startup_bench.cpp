// What every command pays before and after its work: the wall time of `rapidbyte --version`, and of a run that moves an
// empty table with cached modules on a throwaway server. With another binary both run in shuffled pairs, and the ratio
// is told with its interval.
//
//   startup_bench [RUNS=200] [OTHER_BINARY] [SEED=1]
#include <cstdio>
#include <string>
#include <vector>

#include "lab/block_plan.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"
#include "table_move.h"

namespace rapidbyte::bench {
namespace {

struct Binary {
  std::string path;
  std::vector<double> wall_secs;
};

void Print(const char* what, const std::vector<Binary>& binaries) {
  std::printf("%s\n", what);
  for (const Binary& binary : binaries) {
    const stats::Summary summary = stats::Summarize(binary.wall_secs);
    std::printf("  %-50s median %7.2f ms, min %7.2f ms\n", binary.path.c_str(), summary.median * 1e3,
                summary.min * 1e3);
  }
  if (binaries.size() < 2) return;
  const auto ratio = stats::ComparePairs(binaries[0].wall_secs, binaries[1].wall_secs);
  if (!ratio || !ratio->interval) return;
  std::printf("  ratio %.3f (95%% interval %.3f to %.3f)\n", ratio->estimate, ratio->interval->lower,
              ratio->interval->upper);
}

// `run` measures one run of the binary at the path it is given.
template <typename Run>
void Measure(const char* what, std::vector<Binary> binaries, uint64_t seed, uint32_t runs, const Run& run) {
  const auto blocks = lab::PlanBlocks(seed, runs + 1, binaries.size());
  for (size_t block = 0; block < blocks.size(); ++block) {
    for (const size_t which : blocks[block]) {
      const double wall_secs = run(binaries[which].path);
      if (block > 0) binaries[which].wall_secs.push_back(wall_secs);  // the first block warms up
    }
  }
  Print(what, binaries);
}

int Main(int argc, char** argv) {
  const uint32_t runs = argc > 1 ? static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10)) : 200;
  std::vector<Binary> binaries = {{RAPIDBYTE_BINARY, {}}};
  if (argc > 2) binaries.push_back({argv[2], {}});
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;

  Measure("rapidbyte --version", binaries, seed, runs, [](const std::string& binary) {
    lab::Command command;
    command.argv = {binary, "--version"};
    return Must(lab::RunSuccessfully(command)).wall_secs;
  });

  TableMove move(0);
  const auto pipeline = move.Pipeline();
  Measure("rapidbyte run, an empty table", binaries, seed, runs, [&](const std::string& binary) {
    move.Clean();
    lab::Command command = Must(pipeline->NextCommand());
    command.argv.front() = binary;
    return move.Run(command).wall_secs;
  });
  return 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
