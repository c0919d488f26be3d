// `rapidbyte bench run`: brings up a server, seeds the bench table, measures each way of loading it in shuffled blocks,
// and reports.
//
// What people watch (header, progress) goes to stderr, the report to stdout and into report.txt beside the store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace rapidbyte::cli {

struct BenchRunOptions {
  uint64_t rows = 100'000;
  uint32_t iters = 10;
  uint32_t warmup = 1;
  std::vector<std::string> modes = {"insert", "copy"};
  std::string runtime = "aot";
  std::string compression = "none";
  std::string dsn;               // empty: a throwaway server
  std::optional<uint64_t> seed;  // nothing: a random one
  bool json = false;
  std::string store = "target/bench_results/results.db";  // a file or a PostgreSQL server
  double timeout_secs = 600;                              // of one run
};

// Adds `run` with its options to the command line's `bench`; parsing fills `options`, which must outlive it.
CLI::App* AddBenchRun(CLI::App& bench, BenchRunOptions& options);

// The exit code: that of the worst run where one failed, 130 after Ctrl-C.
int RunBenchCommand(const BenchRunOptions& options);

}  // namespace rapidbyte::cli
