// How often real runs of one and the same program are said to differ: campaigns of 54 cells in which "before" and
// "after" are the same command, measured as `bench run` measures, decided as `compare` decides.
//
//   aa_bench [CAMPAIGNS] [BLOCKS] [SEED]   (default 80 campaigns of 13 blocks, seed 1; runs with one seed share their
//                                          coins, so that only runs with different ones add up)
//
// Each block runs the command 108 times, in a shuffled order: once before and once after for each cell. One run is like
// any other, so cell and side are no more than names that the shuffle gives to a place in the block. Which of a pair is
// "before" is a fair coin of its own, whatever the machine did meanwhile: comparisons of pairs are independent, and
// their intervals are exact. Campaigns share no run. Rules that do not pair are held against the same runs, and against
// runs as most people take them: one campaign before, the next one after. What one campaign's cells say by such a rule
// is not independent, and the interval of its single comparisons is too short.
//
// Ctrl-C or a SIGTERM ends it early, with the campaigns that have ended: how fast runs are has no say in which of them
// is "before".
//
// PASS, OPEN and FAIL as in verdict_bench, at 5% of the matrices and 1% of the single comparisons. The exit code is 1
// for a FAIL.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "lab/block_plan.h"
#include "lab/interrupt.h"
#include "lab/subprocess.h"
#include "share_table.h"
#include "stats/summary.h"
#include "verdict_bench_rules.h"

namespace rapidbyte::bench {
namespace {

constexpr size_t kCells = 54;
constexpr double kNoThreshold = 1e-12;
constexpr uint32_t kSteps = 200'000;  // about half a millisecond

// What is measured: a little work in registers, by this program itself.
int Work() {
  uint64_t state = 1;
  for (uint32_t i = 0; i < kSteps; ++i) state = state * 6364136223846793005u + 1442695040888963407u;
  volatile uint64_t sink = state;
  return sink == 0 ? 1 : 0;
}

using Runs = std::vector<CellRuns>;

double RunOnce(const lab::Interrupt& interrupt) {
  static const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  lab::Command command;
  command.argv = {program, "work"};
  command.output = lab::OutputTo::kNull;
  lab::SubprocessLimits limits;
  limits.interrupt = &interrupt;
  const auto run = lab::RunSubprocess(command, limits);
  if (interrupt.triggered()) return 0;
  if (!run || run->exit_code != 0) {
    fmt::print(stderr, "aa_bench: {}\n", run ? lab::LastLine(*run) : run.error().message);
    std::exit(1);
  }
  return run->wall_secs;
}

// Nothing where it was interrupted: half a campaign is no case.
std::optional<Runs> MeasureCampaign(uint64_t seed, size_t blocks, const lab::Interrupt& interrupt) {
  Runs cells(kCells, {std::vector<double>(blocks), std::vector<double>(blocks)});
  const auto plan = lab::PlanBlocks(seed, blocks, 2 * kCells);
  for (size_t block = 0; block < blocks; ++block) {
    for (const size_t place : plan[block]) {
      CellRuns& cell = cells[place / 2];
      (place % 2 == 0 ? cell.before : cell.after)[block] = RunOnce(interrupt);
      if (interrupt.triggered()) return std::nullopt;
    }
  }
  return cells;
}

// The same cells of two campaigns: all that was before in the one, and all that was after in the next.
Runs OneAfterTheOther(const Runs& first, const Runs& second) {
  Runs cells;
  for (size_t i = 0; i < kCells; ++i) cells.push_back({first[i].before, second[i].after});
  return cells;
}

// What Holm and the tests allow by themselves: the threshold hides nothing.
Outcome JudgeWithoutThreshold(const Runs& cells) {
  const size_t blocks = cells.front().before.size();
  std::vector<stats::Comparison> comparisons = Comparisons(cells, blocks, stats::Design::kPaired);
  for (stats::Comparison& comparison : comparisons) comparison.threshold = kNoThreshold;
  return OutcomeOf(stats::Decide(comparisons), blocks);
}

// A single comparison, with nothing to correct for.
template <stats::Design design, bool with_threshold = true>
Outcome JudgeEachAlone(const Runs& cells) {
  return JudgeEach(cells, [](const CellRuns& cell) {
    stats::Comparison alone{.before = cell.before, .after = cell.after, .design = design};
    if (!with_threshold) alone.threshold = kNoThreshold;
    return stats::IsChange(stats::Decide(std::span(&alone, 1)).front().verdict);
  });
}

struct Row {
  const char* runs;
  const char* rule;
  const std::vector<Runs>& campaigns;
  Outcome (*matrix)(const Runs&);
  Outcome (*single)(const Runs&);
  bool bounded = false;
};

Shown PrintShare(const Row& row, const char* what, size_t hits, size_t n, Bound bound) {
  const stats::Interval interval = ClopperPearson(hits, n);
  const Shown shown = HeldAgainst(bound, interval);
  const std::string promise = bound.at_most ? fmt::format("at most {:g}%", *bound.at_most * 100) : "";
  fmt::print("{:<16} {:<24} {:<11} {:6} {:6} {:6.2f}% {:6.2f} to {:6.2f}%  {:<10} {}\n", row.runs, row.rule, what, hits,
             n, static_cast<double>(hits) / static_cast<double>(n) * 100, interval.lower * 100, interval.upper * 100,
             promise, WordOf(shown));
  return shown;
}

// How many bounds were shown, left open and broken.
struct Count {
  size_t of[4] = {};  // by Shown
};

void Report(const Row& row, Count& count) {
  size_t matrices = 0, singles = 0;
  for (const Runs& campaign : row.campaigns) {
    const auto changes = [](const Outcome& outcome) {
      return static_cast<size_t>(std::count_if(outcome.verdicts.begin(), outcome.verdicts.end(), stats::IsChange));
    };
    matrices += changes(row.matrix(campaign)) > 0;
    singles += changes(row.single(campaign));
  }
  const size_t n = row.campaigns.size();
  const Bound of_matrices{row.bounded ? std::optional(0.05) : std::nullopt, {}};
  const Bound of_singles{row.bounded ? std::optional(0.01) : std::nullopt, {}};
  ++count.of[static_cast<size_t>(PrintShare(row, "matrices", matrices, n, of_matrices))];
  ++count.of[static_cast<size_t>(PrintShare(row, "comparisons", singles, n * kCells, of_singles))];
}

void PrintNoise(const std::vector<Runs>& campaigns, double secs) {
  std::vector<double> times, pairs;
  for (const Runs& cells : campaigns) {
    for (const CellRuns& cell : cells) {
      times.insert(times.end(), cell.before.begin(), cell.before.end());
      for (size_t i = 0; i < cell.before.size(); ++i)
        pairs.push_back(std::abs(std::log(cell.after[i] / cell.before[i])));
    }
  }
  const stats::Summary time = stats::Summarize(times);
  fmt::print("{} campaigns of {} blocks in {:.0f} s; a run took {:.2f} ms (quartiles {:.2f} to {:.2f}, most {:.1f})\n",
             campaigns.size(), campaigns.front().front().before.size(), secs, time.median * 1e3,
             time.lower_quartile * 1e3, time.upper_quartile * 1e3, time.max * 1e3);
  fmt::print("log ratio of a pair: robust sd {:.1f}%\n\n", 148.26 * stats::Summarize(pairs).median);
}

int Main(size_t count, size_t blocks, uint64_t seed) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  std::vector<Runs> campaigns, successive;
  const uint64_t start = MonotonicNanos();
  while (campaigns.size() < count) {
    auto campaign = MeasureCampaign((seed << 32) + campaigns.size(), blocks, interrupt);
    if (!campaign) break;
    campaigns.push_back(*std::move(campaign));
  }
  if (campaigns.size() < 2) {
    fmt::print(stderr, "aa_bench: interrupted before two campaigns had ended\n");
    return 1;
  }
  PrintNoise(campaigns, NanosToSeconds(MonotonicNanos() - start));
  for (size_t i = 0; i + 1 < campaigns.size(); i += 2)
    successive.push_back(OneAfterTheOther(campaigns[i], campaigns[i + 1]));
  fmt::print("{:<16} {:<24} {:<11} {:>6} {:>6} {:>7} {:>17}  {:<10}\n", "runs", "rule", "of", "false", "n", "share",
             "95% interval", "bound");
  const Row rows[] = {
      {"interleaved", kFixed.name, campaigns, kFixed.judge, JudgeEachAlone<stats::Design::kPaired>, true},
      {"interleaved", "ours, without threshold", campaigns, JudgeWithoutThreshold,
       JudgeEachAlone<stats::Design::kPaired, false>, true},
      {"interleaved", kMannWhitney.name, campaigns, kMannWhitney.judge, kMannWhitney.judge},
      {"interleaved", kMean.name, campaigns, kMean.judge, kMean.judge},
      {"one after other", kUnpaired.name, successive, kUnpaired.judge, JudgeEachAlone<stats::Design::kUnpaired>},
      {"one after other", kMannWhitney.name, successive, kMannWhitney.judge, kMannWhitney.judge},
      {"one after other", kMean.name, successive, kMean.judge, kMean.judge},
  };
  Count counted;
  for (const Row& row : rows) Report(row, counted);
  const auto of = [&counted](Shown shown) { return counted.of[static_cast<size_t>(shown)]; };
  fmt::print("{} bounds shown, {} open, {} broken\n", of(Shown::kPass), of(Shown::kOpen), of(Shown::kFail));
  return of(Shown::kFail) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "work") return rapidbyte::bench::Work();
  const size_t campaigns = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 80;
  const size_t blocks = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 13;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  if (campaigns < 2 || blocks < 8) {
    fmt::print(stderr, "aa_bench [CAMPAIGNS] [BLOCKS] [SEED]: at least 2 campaigns of 8 blocks\n");
    return 2;
  }
  return rapidbyte::bench::Main(campaigns, blocks, seed);
}
