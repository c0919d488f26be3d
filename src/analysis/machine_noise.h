// What a machine can resolve: from repeated times of one piece of fixed work to the smallest difference that a
// comparison of two versions of such work would find on it.
//
// The work never changes, so all that varies is the machine. A paired comparison sees what differs between runs that
// lie close to each other; that is estimated from neighbouring blocks, by the measure that verdicts use
// (stats::NoiseSeenBy). Slow drifts are therefore in `spread` and not in `pair_noise`. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace rapidbyte::analysis {

// The smallest change that so many blocks show with 90% power, as a ratio above 1; nothing where they are too few for
// any.
struct Resolution {
  size_t blocks = 0;
  size_t cells = 1;
  std::optional<double> ratio;
};

struct MachineNoise {
  size_t blocks = 0;
  double median_secs = 0;
  double spread = 0;                 // robust sd of the logarithms: 1.4826 times their median absolute deviation
  std::optional<double> pair_noise;  // sd of the log ratio of neighbouring blocks; nothing for fewer than 5 blocks
  double drift = 1;                  // Theil–Sen: from the first to the last block, as a ratio
  double drift_p = 1;                // Kendall
  double correlation = 0;            // of neighbouring blocks (lag 1), of logarithms cut off at three spreads
  std::vector<Resolution> resolution;

  // Both at 1%, or beyond two and a half standard errors.
  bool Drifts() const;
  bool NeighboursResemble() const;
};

// For how many blocks and cells `resolution` is given.
inline constexpr size_t kResolvedBlocks[] = {10, 20, 50};
inline constexpr size_t kResolvedCells[] = {1, 54};

// One time per block, in their order; all positive and finite.
MachineNoise NoiseOf(std::span<const double> secs);

}  // namespace rapidbyte::analysis
