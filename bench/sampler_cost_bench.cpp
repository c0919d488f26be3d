// What sampling costs: the CPU time of a CPU-bound program plus the sampler's while it records, against that of the
// same program alone, in shuffled blocks.
//
//   sampler_cost_bench [PAIRS=20] [STEPS=2000000000]
//
// The program is this one, doing a fixed number of steps. Goals: at most 1%, 2% and 3% more at 99, 499 and 999 Hz. What
// unwinding and naming take after the program has ended is shown beside; it delays nobody that is measured.
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "lab/block_plan.h"
#include "sampler/record.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"

extern char** environ;

namespace rapidbyte::bench {
namespace {

volatile uint64_t sink;

__attribute__((noinline)) void Step(uint64_t steps) {
  uint64_t value = sink;
  for (uint64_t i = 0; i < steps; ++i) value = value * 6364136223846793005u + 1442695040888963407u;
  sink = value;
}

int Work(uint64_t steps) {
  for (uint64_t done = 0; done < steps; done += 10'000) Step(10'000);
  return 0;
}

double Secs(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; }
double CpuSecs(int who) {
  struct rusage usage {};
  getrusage(who, &usage);
  return Secs(usage.ru_utime) + Secs(usage.ru_stime);
}

struct Cost {
  double recording_secs = 0;  // the program's and, while it ran, the sampler's
  double assembly_secs = 0;
};

Cost Alone(const std::vector<std::string>& argv) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const double before = CpuSecs(RUSAGE_CHILDREN);
  pid_t pid = 0;
  if (posix_spawn(&pid, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0) std::abort();
  waitpid(pid, nullptr, 0);
  return {CpuSecs(RUSAGE_CHILDREN) - before, 0};
}

Cost Sampled(const std::vector<std::string>& argv, double frequency_hz) {
  sampler::RecordOptions options;
  options.argv = argv;
  options.frequency_hz = frequency_hz;
  const double children = CpuSecs(RUSAGE_CHILDREN), self = CpuSecs(RUSAGE_SELF);
  const auto recording = sampler::Record(options);
  if (!recording) {
    std::fprintf(stderr, "%s\n", recording.error().message.c_str());
    std::exit(1);
  }
  const double all = CpuSecs(RUSAGE_CHILDREN) - children + CpuSecs(RUSAGE_SELF) - self;
  const double assembly = static_cast<double>(recording->assembly.whole_cpu_ns) * 1e-9;
  return {all - assembly, assembly};
}

int Main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--work") == 0) return Work(std::strtoull(argv[2], nullptr, 10));
  const size_t pairs = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20;
  const std::vector<std::string> work = {"/proc/self/exe", "--work", argc > 2 ? argv[2] : "2000000000"};
  constexpr double kHz[] = {99, 499, 999};
  constexpr double kGoals[] = {1.01, 1.02, 1.03};
  std::vector<double> alone;
  std::vector<double> sampled[3], assembly[3];
  for (const auto& block : lab::PlanBlocks(1, pairs, 4)) {
    for (const size_t which : block) {
      const Cost cost = which == 3 ? Alone(work) : Sampled(work, kHz[which]);
      (which == 3 ? alone : sampled[which]).push_back(cost.recording_secs);
      if (which != 3) assembly[which].push_back(cost.assembly_secs);
    }
  }
  std::printf("%zu runs of each in shuffled blocks, %.3f s of CPU time alone\n", pairs, stats::Summarize(alone).median);
  for (size_t i = 0; i < 3; ++i) {
    const auto ratio = stats::ComparePairs(sampled[i], alone);
    if (!ratio) return 1;
    const auto interval = ratio->interval.value_or(stats::Interval{0, 0});
    std::printf("%4.0f Hz: %.4fx [%.4f, %.4f], goal %.2fx; unwinding and naming afterwards %.3f s\n", kHz[i],
                ratio->estimate, interval.lower, interval.upper, kGoals[i], stats::Summarize(assembly[i]).median);
  }
  return 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
