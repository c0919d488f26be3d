// How often the verdicts are wrong, and how often they find what is there: by simulation, with the bounds that the
// documentation promises.
//
//   verdict_bench [MATRICES] [SEED]   (default 2000 matrices of 54 cells, or more or fewer as a line needs; seed 1)
//
// PASS: the whole Clopper-Pearson 95% interval lies on the right side of the bound. FAIL: all of it lies on the wrong
// side; the exit code is then 1. OPEN: it takes more matrices to say. Lines without a bound are there to compare. The
// same arguments give the same table on any number of processors.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "share_table.h"
#include "verdict_bench_rules.h"
#include "verdict_bench_worlds.h"

namespace rapidbyte::bench {
namespace {

using stats::Verdict;

constexpr size_t kMostBlocks = 40;  // of a campaign that runs until all is decided

// An event, counted in simulations of one world under one rule.
struct Row {
  std::string question;
  Rule rule;
  World world;
  bool (*happened)(const Outcome&);
  size_t simulations;
  std::optional<double> at_most = {}, at_least = {};
};

struct Tally {
  size_t hits = 0;
  size_t blocks = 0;
};

bool AnyChange(const Outcome& outcome) {
  return std::any_of(outcome.verdicts.begin(), outcome.verdicts.end(), stats::IsChange);
}
bool FirstRegressed(const Outcome& outcome) { return outcome.verdicts.front() == Verdict::kRegressed; }
bool FirstUnchanged(const Outcome& outcome) { return outcome.verdicts.front() == Verdict::kUnchanged; }

uint64_t SeedOf(uint64_t seed, uint64_t simulation) { return (seed << 40) + simulation; }

// Simulation i has its own seed, so that threads may share them out in any way.
Tally Run(const Row& row, uint64_t seed) {
  const size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::future<Tally>> parts;
  for (size_t thread = 0; thread < threads; ++thread) {
    parts.push_back(std::async(std::launch::async, [&row, seed, thread, threads] {
      Tally tally;
      for (size_t i = thread; i < row.simulations; i += threads) {
        const Outcome outcome = row.rule.judge(Simulate(row.world, row.rule.campaign, SeedOf(seed, i)));
        tally.hits += row.happened(outcome);
        tally.blocks += outcome.blocks;
      }
      return tally;
    }));
  }
  Tally sum;
  for (auto& part : parts) {
    const Tally tally = part.get();
    sum.hits += tally.hits;
    sum.blocks += tally.blocks;
  }
  return sum;
}

Shown Report(const Row& row, const Tally& tally) {
  const stats::Interval interval = ClopperPearson(tally.hits, row.simulations);
  const Shown shown = HeldAgainst({row.at_most, row.at_least}, interval);
  const std::string bound = row.at_most    ? fmt::format("at most {:g}%", *row.at_most * 100)
                            : row.at_least ? fmt::format("at least {:g}%", *row.at_least * 100)
                                           : "";
  const auto n = static_cast<double>(row.simulations);
  fmt::print("{:<34} {:<22} {:<11} {:3.0f}% {:6.1f} {:7} {:6.2f}% {:6.2f} to {:6.2f}%  {:<12} {}\n", row.question,
             row.rule.name, NameOf(row.world.noise), row.world.sd * 100, static_cast<double>(tally.blocks) / n,
             row.simulations, static_cast<double>(tally.hits) / n * 100, interval.lower * 100, interval.upper * 100,
             bound, WordOf(shown));
  std::fflush(stdout);
  return shown;
}

World Longer(World world, size_t blocks) {
  world.blocks = blocks;
  return world;
}

// Nothing has changed: any change that is found is false.
void AddFalseChanges(std::vector<Row>& rows, size_t n) {
  for (const Noise noise : kAllNoises) {
    const World matrix{.noise = noise};
    const std::string any = "false change in 54 cells";
    rows.push_back({any, kFixed, matrix, AnyChange, 2 * n, 0.05});
    rows.push_back({any, kUntilDecided, Longer(matrix, kMostBlocks), AnyChange, n * 3 / 8, 0.05});
    rows.push_back({any, kUnpaired, matrix, AnyChange, n, 0.05});
    rows.push_back({any, kMannWhitney, matrix, AnyChange, n / 8});
    rows.push_back({any, kMean, matrix, AnyChange, n / 4});
    const World single{.noise = noise, .cells = 1};
    const std::string one = "false change in one cell";
    rows.push_back({one, kFixed, single, AnyChange, 20 * n, 0.01});
    rows.push_back({one, kUntilDecided, Longer(single, kMostBlocks), AnyChange, 5 * n, 0.01});
    rows.push_back({one, kUnpaired, single, AnyChange, 10 * n, 0.01});
    rows.push_back({one, kMannWhitney, single, AnyChange, 10 * n});
  }
}

// In so much noise every estimate lies beyond the threshold: what remains is what Holm and the tests promise.
void AddFalseChangesWithoutThreshold(std::vector<Row>& rows, size_t n) {
  const World matrix{.sd = 0.1};
  const World single{.sd = 0.1, .cells = 1};
  rows.push_back({"false change in 54 cells", kFixed, matrix, AnyChange, 10 * n, 0.05});
  rows.push_back({"false change in 54 cells", kUntilDecided, Longer(matrix, kMostBlocks), AnyChange, n * 3 / 8, 0.05});
  rows.push_back({"false change in one cell", kFixed, single, AnyChange, 100 * n, 0.01});
  rows.push_back({"false change in one cell", kUntilDecided, Longer(single, kMostBlocks), AnyChange, 10 * n, 0.01});
}

// A machine that gets slower and faster: pairs do not see it, two campaigns one after the other do.
void AddDrift(std::vector<Row>& rows, size_t n) {
  const World drifting{.drift = 0.01};
  const std::string any = "the same, drift of 1% a block";
  rows.push_back({any, kFixed, drifting, AnyChange, n, 0.05});
  rows.push_back({any, kUntilDecided, Longer(drifting, kMostBlocks), AnyChange, n / 4, 0.05});
  rows.push_back({any, kUnpaired, drifting, AnyChange, n / 8});
  rows.push_back({any, kMannWhitney, drifting, AnyChange, n / 8});
  rows.push_back({any, kMean, drifting, AnyChange, n / 4});
}

void AddPower(std::vector<Row>& rows, size_t n) {
  World slower{.first_cell = 1.03};
  const std::string found = "one cell of 54 is 3% slower: found";
  rows.push_back({found, kFixed, slower, FirstRegressed, n / 2, {}, 0.95});
  rows.push_back({found, kUntilDecided, Longer(slower, kMostBlocks), FirstRegressed, n / 4, {}, 0.95});
  rows.push_back({found, kUnpaired, slower, FirstRegressed, n / 4});
  rows.push_back({found, kMannWhitney, slower, FirstRegressed, n / 4});
  rows.push_back({found, kMean, slower, FirstRegressed, n / 4});
  slower.drift = 0.01;
  rows.push_back({"the same, drift of 1% a block", kFixed, slower, FirstRegressed, n / 2, {}, 0.95});
  rows.push_back({"the same, drift of 1% a block", kUnpaired, slower, FirstRegressed, n / 4});
}

// "Unchanged" must not be claimed lightly either: a cell that is slower by exactly the threshold is not.
void AddEquivalence(std::vector<Row>& rows, size_t n) {
  for (const Noise noise : kAllNoises) {
    const World at_threshold{.noise = noise, .cells = 1, .first_cell = 1 + stats::kDefaultThreshold};
    rows.push_back({"1.5% slower, called unchanged", kFixed, at_threshold, FirstUnchanged, 30 * n, 0.05});
    rows.push_back(
        {"1.5% slower, called unchanged", kUntilDecided, Longer(at_threshold, kMostBlocks), FirstUnchanged, n, 0.05});
    World same = at_threshold;
    same.first_cell = 1;
    rows.push_back({"not slower, called unchanged", kFixed, same, FirstUnchanged, n});
    rows.push_back({"not slower, called unchanged", kUntilDecided, Longer(same, kMostBlocks), FirstUnchanged, n});
  }
}

int Main(size_t simulations, uint64_t seed) {
  std::vector<Row> rows;
  AddFalseChanges(rows, simulations);
  AddFalseChangesWithoutThreshold(rows, simulations);
  AddDrift(rows, simulations);
  AddPower(rows, simulations);
  AddEquivalence(rows, simulations);
  fmt::print("{:<34} {:<22} {:<11} {:>4} {:>6} {:>7} {:>7} {:>17}  {:<12}\n", "what is counted", "rule", "noise", "sd",
             "blocks", "n", "share", "95% interval", "bound");
  size_t passed = 0, open = 0, failed = 0;
  for (const Row& row : rows) {
    const Shown shown = Report(row, Run(row, seed));
    passed += shown == Shown::kPass;
    open += shown == Shown::kOpen;
    failed += shown == Shown::kFail;
  }
  fmt::print("{}: {} bounds shown, {} open, {} broken\n", failed == 0 ? "PASS" : "FAIL", passed, open, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace rapidbyte::bench

int main(int argc, char** argv) {
  const size_t simulations = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  if (simulations < 8) {
    fmt::print(stderr, "verdict_bench [MATRICES] [SEED]: at least 8 matrices\n");
    return 2;
  }
  return rapidbyte::bench::Main(simulations, seed);
}
