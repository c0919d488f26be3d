// Ours against `psql COPY BINARY | psql COPY BINARY`: shuffled pairs on one server, rows verified after each run, the
// ratio with its interval.
//
//   psql_pipe_bench [ROWS=1000000] [PAIRS=12] [SEED=1]
#include <cstdio>
#include <vector>

#include "lab/block_plan.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"
#include "table_move.h"

namespace rapidbyte::bench {
namespace {

int Main(int argc, char** argv) {
  const uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const size_t pairs = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 12;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;

  TableMove move(rows);
  const auto pipeline = move.Pipeline();
  std::vector<double> ours;
  std::vector<double> psql;
  const auto blocks = lab::PlanBlocks(seed, pairs + 1, 2);
  for (size_t block = 0; block < blocks.size(); ++block) {
    for (const size_t which : blocks[block]) {
      move.Clean();
      const lab::SubprocessResult run = move.Run(which == 0 ? Must(pipeline->NextCommand()) : move.PsqlPipe());
      if (block == 0) continue;  // warm-up
      (which == 0 ? ours : psql).push_back(run.wall_secs);
    }
  }

  std::printf("%llu rows, %zu shuffled pairs, seed %llu\n%s\n", static_cast<unsigned long long>(rows), pairs,
              static_cast<unsigned long long>(seed), move.server().c_str());
  for (const auto& [name, secs] : {std::pair("rapidbyte run", &ours), std::pair("psql | psql", &psql)}) {
    const stats::Summary summary = stats::Summarize(*secs);
    std::printf("%-14s median %.3f s, min %.3f s, max %.3f s\n", name, summary.median, summary.min, summary.max);
  }
  const auto ratio = stats::ComparePairs(ours, psql);
  if (ratio && ratio->interval) {
    std::printf("ratio %.3f (95%% interval %.3f to %.3f)\n", ratio->estimate, ratio->interval->lower,
                ratio->interval->upper);
  } else {
    std::printf("an interval needs 6 pairs\n");
  }
  return 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
