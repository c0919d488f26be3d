// Peak memory of `rapidbyte run` (wait4) as tables grow: it has to be flat. Rows are verified after each run.
//
//   memory_bench [ROWS…]   (default 100000 1000000 10000000)
#include <cstdio>
#include <vector>

#include "table_move.h"

namespace rapidbyte::bench {
namespace {

void Measure(uint64_t rows) {
  TableMove move(rows);
  const auto pipeline = move.Pipeline();
  move.Clean();
  const lab::SubprocessResult run = move.Run(Must(pipeline->NextCommand()));
  std::printf("%10llu rows: peak %5.1f MB, wall %7.3f s, CPU %6.3f s\n", static_cast<unsigned long long>(rows),
              static_cast<double>(run.max_rss_bytes) / 1e6, run.wall_secs, run.user_secs + run.system_secs);
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) {
  std::vector<uint64_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {100'000, 1'000'000, 10'000'000};
  for (const uint64_t rows : sizes) rapidbyte::bench::Measure(rows);
  return 0;
}
