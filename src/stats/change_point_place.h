// Where exactly a change lies that is known to be there: detection by ranks is deaf to how far a large step goes, which
// is just what makes its place certain. So the place is decided by the values: by least squares of what they differ
// from the medians of both sides, whitened, in units of a robust scale and cut off at three of it, so that an outlier
// cannot move the place. Where the medians differ by less than that scale, ranks know more, and decide.
// Pure and deterministic; any thread.
#pragma once

#include <cstddef>
#include <span>

namespace rapidbyte::stats {

struct ChangePlace {
  size_t index = 0;  // the first point after the change
  size_t first = 0;  // about 95% of the likelihood of all places is within [first, last]
  size_t last = 0;
};

// The segment holds one change, about at `index`; all places at least kMinSegment from its ends are considered. Indexes
// count from the segment's first point. Correlation of neighbours: 0 to less than 1.
ChangePlace PlaceChange(std::span<const double> segment, double correlation, size_t index);

}  // namespace rapidbyte::stats
