// One segment of a series under the question: is there a step in it, and where? Each place of a step is fitted to the
// segment's normal scores by least squares after whitening (each score less `correlation` times the one before), and
// the place that explains most of the variation wins. Its p-value needs no permutations: under "no change" the scores
// are a point on a sphere with no preferred direction, near enough, and the maximum over all places has a known tail.
// Values are prepared once, in n log n; then every window of the segment costs its length. Immutable; any thread.
//
// Source: B. James, K. L. James and D. Siegmund, Biometrika 74 (1987); D. Siegmund, Sequential Analysis (1985).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

// A step needs this many points on either side. Less, and a few neighbouring outliers would be a step; more, and a
// change would be seen later.
inline constexpr size_t kMinSegment = 5;

struct Split {
  size_t index = 0;      // first point after the step, counted from the segment's first; 0 where there is none
  double explained = 0;  // see Explained
};

// What steps look like after whitening in windows of one length; shared by all windows of that length.
struct StepShapes {
  StepShapes(size_t length, double correlation);

  size_t length;
  double first_square;                 // weight of a window's first score, which has none before it
  double innovation;                   // what whitening leaves of a level
  std::vector<double> level_share;     // of each place for a step: how much of it a constant level explains
  std::vector<double> inverse_square;  // of each place: 1 / sum of squares of what that leaves
};

class ChangePointScan {
 public:
  // At least 2 * kMinSegment finite values; correlation of neighbours, 0 to less than 1.
  ChangePointScan(std::span<const double> values, double correlation);

  size_t size() const { return scores_.size(); }
  double correlation() const { return correlation_; }

  // The share (0 to 1) of the whole segment's variation that a step at `index` explains if only the window is looked at
  // that starts at `begin`. What ties hide counts as variation that nothing explains. The shapes are of the same
  // correlation.
  double Explained(const StepShapes& shapes, size_t begin, size_t index) const;

  // The best place for a step within a window.
  Split BestSplit(const StepShapes& shapes, size_t begin) const;

  // The probability that in a segment without change the best split of a window of `length` explains that much.
  double PValue(double explained, size_t length) const;

 private:
  std::vector<double> scores_;
  std::vector<double> sums_;  // of the whitened scores before each point
  double correlation_;
  double variation_ = 0;
};

}  // namespace rapidbyte::stats
