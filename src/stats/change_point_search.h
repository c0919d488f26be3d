// All level changes of a series, given the correlation of its noise: segments are divided as long as one of their
// windows, of half, a quarter... of their length, shows a step that chance would show in `false_alarm_rate` of segments
// without change. Ranks are taken anew in each segment, so that a large change does not hide the small ones beside it.
// Pure and deterministic; any thread.
//
// Source: windows as in S. Kovács et al., Biometrika 110 (2023); the narrowest window over the threshold first:
// R. Baranowski, Y. Chen and P. Fryzlewicz, JRSS B 81 (2019).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

// The first points after the changes, rising, at least kMinSegment from each other and from both ends. The values are
// finite. Correlation of neighbours: 0 to less than 1.
std::vector<size_t> SearchChanges(std::span<const double> series, double correlation, double false_alarm_rate);

}  // namespace rapidbyte::stats
