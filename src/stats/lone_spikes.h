// Points of a series that stand out alone: one slow night, one cold cache. A search for lasting changes leaves them
// out, so that it shows nothing that the rest of the series does not.
//
// A lone spike is further above or below its four nearest neighbours than these are from each other, and further than
// two deviations of the series' differences; and within ten places no other point stands out half as far. So the first
// points after a step are none, and few outliers are where these are ordinary: heavy tails and a second mode widen the
// deviation and have company. Pure and deterministic; n log n; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

// The indexes of all points but the lone spikes, rising. What is none before the others are out may be one after. The
// values are finite, and so are their differences.
std::vector<size_t> WithoutLoneSpikes(std::span<const double> values);

}  // namespace rapidbyte::stats
