// What each way of replacing a table costs against TRUNCATE: a run over a table that holds the same rows and a primary
// key, in shuffled blocks on one server, rows verified after each run, ratios with their intervals.
//
//   replace_bench [ROWS=1000000] [BLOCKS=8] [SEED=1]
#include <array>
#include <cstdio>
#include <vector>

#include "lab/block_plan.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"
#include "table_move.h"

namespace rapidbyte::bench {
namespace {

constexpr std::array kWays = {"truncate", "staged", "delete", "swap"};

void Print(const char* way, const std::vector<double>& secs, const std::vector<double>& truncate) {
  const stats::Summary summary = stats::Summarize(secs);
  std::printf("%-9s median %.3f s, min %.3f s, max %.3f s", way, summary.median, summary.min, summary.max);
  const auto ratio = stats::ComparePairs(secs, truncate);
  if (&secs != &truncate && ratio && ratio->interval) {
    std::printf(", ratio %.3f (95%% interval %.3f to %.3f)", ratio->estimate, ratio->interval->lower,
                ratio->interval->upper);
  }
  std::printf("\n");
}

int Main(int argc, char** argv) {
  const uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const size_t block_count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 8;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;

  TableMove move(rows);
  std::vector<std::unique_ptr<lab::Subject>> pipelines;
  for (const char* way : kWays) {
    pipelines.push_back(move.Pipeline(way, {{"destination.write_mode", "replace"}, {"destination.replace_by", way}}));
  }
  std::array<std::vector<double>, kWays.size()> secs;
  const auto blocks = lab::PlanBlocks(seed, block_count + 1, kWays.size());
  for (size_t block = 0; block < blocks.size(); ++block) {
    for (const size_t way : blocks[block]) {
      move.Fill();
      const lab::SubprocessResult run = move.Run(Must(pipelines[way]->NextCommand()));
      if (block != 0) secs[way].push_back(run.wall_secs);  // the first one warms up
    }
  }

  std::printf("%llu rows, %zu shuffled blocks, seed %llu\n%s\n", static_cast<unsigned long long>(rows), block_count,
              static_cast<unsigned long long>(seed), move.server().c_str());
  for (size_t way = 0; way < kWays.size(); ++way) Print(kWays[way], secs[way], secs[0]);
  return 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
