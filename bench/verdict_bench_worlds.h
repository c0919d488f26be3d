// The simulated machines of verdict_bench: what a run's time looks like where nothing, or one cell, has changed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace rapidbyte::bench {

enum class Noise { kNormal, kHeavyTails, kSkewed, kBimodal };
inline constexpr Noise kAllNoises[] = {Noise::kNormal, Noise::kHeavyTails, Noise::kSkewed, Noise::kBimodal};

inline const char* NameOf(Noise noise) {
  switch (noise) {
    case Noise::kNormal:
      return "normal";
    case Noise::kHeavyTails:
      return "heavy tails";
    case Noise::kSkewed:
      return "skewed";
    case Noise::kBimodal:
      return "bimodal";
  }
  return "";
}

struct World {
  Noise noise = Noise::kNormal;
  double sd = 0.02;  // of a pair's log ratio for normal noise; the others have the same scale in their middle
  size_t cells = 54;
  size_t blocks = 20;
  double first_cell = 1;  // the true ratio of the first cell; the others have not changed
  double drift = 0;       // sd of the machine's step from one block to the next, the same for all cells
};

enum class Campaign { kInterleaved, kOneSideAfterTheOther };

struct CellRuns {
  std::vector<double> before, after;
};

// The logarithm of one run's time.
inline double RunNoise(Noise noise, double scale, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  switch (noise) {
    case Noise::kNormal:
      return scale * normal(random);
    case Noise::kHeavyTails:
      return scale * std::student_t_distribution<double>(2)(random);
    case Noise::kSkewed:
      return std::log1p(scale * std::exp(1.25 * normal(random)));  // what disturbs only delays
    case Noise::kBimodal:
      return scale * (0.5 * normal(random) + (std::bernoulli_distribution(0.3)(random) ? 2.5 : 0));
  }
  return 0;
}

inline std::vector<CellRuns> Simulate(const World& world, Campaign campaign, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<CellRuns> cells(world.cells);
  const double scale = world.sd / std::sqrt(2.0);
  double level = 0;
  const bool interleaved = campaign == Campaign::kInterleaved;
  for (size_t block = 0; block < (interleaved ? 1 : 2) * world.blocks; ++block) {
    level += world.drift * normal(random);
    for (CellRuns& cell : cells) {
      const double ratio = &cell == &cells.front() ? world.first_cell : 1;
      if (interleaved || block < world.blocks) {
        cell.before.push_back(std::exp(level + RunNoise(world.noise, scale, random)));
      }
      if (interleaved || block >= world.blocks) {
        cell.after.push_back(ratio * std::exp(level + RunNoise(world.noise, scale, random)));
      }
    }
  }
  return cells;
}

}  // namespace rapidbyte::bench
