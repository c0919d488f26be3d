// What the launcher costs: the wall time it reports for a short program against the time that a bare posix_spawn and
// wait4 take for it, in shuffled blocks; and how long one whole RunSubprocess takes.
//
//   launcher_bench [RUNS=1000] [PROGRAM=/bin/true]
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/clock.h"
#include "lab/block_plan.h"
#include "lab/subprocess.h"
#include "stats/summary.h"

extern char** environ;

namespace rapidbyte::bench {
namespace {

struct Variant {
  const char* name;
  std::vector<double> reported_secs;  // what is said of the program
  std::vector<double> whole_secs;     // until we can go on
};

double Spawn(const char* program) {
  const uint64_t start = MonotonicNanos();
  char* arguments[] = {const_cast<char*>(program), nullptr};
  pid_t pid = 0;
  if (posix_spawn(&pid, program, nullptr, nullptr, arguments, environ) != 0) std::abort();
  int status = 0;
  struct rusage usage {};
  wait4(pid, &status, 0, &usage);
  return NanosToSeconds(MonotonicNanos() - start);
}

double Launch(const char* program, lab::Leftovers leftovers) {
  lab::Command command;
  command.argv = {program};
  command.leftovers = leftovers;
  const auto run = lab::RunSubprocess(command);
  if (!run) std::abort();
  return run->wall_secs;
}

int Main(int argc, char** argv) {
  const uint32_t runs = argc > 1 ? static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10)) : 1000;
  const char* program = argc > 2 ? argv[2] : "/bin/true";
  Variant variants[] = {{"posix_spawn", {}, {}}, {"launcher, group", {}, {}}, {"launcher, tree", {}, {}}};
  for (const auto& block : lab::PlanBlocks(1, runs, 3)) {
    for (const size_t which : block) {
      const uint64_t start = MonotonicNanos();
      const double reported =
          which == 0 ? Spawn(program)
                     : Launch(program, which == 1 ? lab::Leftovers::kKillGroup : lab::Leftovers::kKillTree);
      variants[which].reported_secs.push_back(reported);
      variants[which].whole_secs.push_back(NanosToSeconds(MonotonicNanos() - start));
    }
  }
  std::printf("%s, %u runs of each in shuffled blocks\n", program, runs);
  for (const Variant& variant : variants) {
    const stats::Summary reported = stats::Summarize(variant.reported_secs),
                         whole = stats::Summarize(variant.whole_secs);
    std::printf("%-16s reported: median %7.1f us, min %7.1f us   whole: median %7.1f us, %4.0f runs/s\n", variant.name,
                reported.median * 1e6, reported.min * 1e6, whole.median * 1e6, 1 / whole.median);
  }
  return 0;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) { return rapidbyte::bench::Main(argc, argv); }
