// Where the level of a benchmark's history changed, by how much, and how sure the place is.
//
// Ranks decide whether, values decide where: heavy-tailed and bimodal noise raise no more false alarms than normal
// noise, and values of either sign are welcome. Lone spikes (lone_spikes.h) are left out, so that no change is owed to
// one. Where neighbouring values resemble each other, more is asked for. Of series of independent noise, less than 2%
// show a change. A level must have lasted for 5 points, spikes not counted. Pure and deterministic: no random numbers.
// Time n log n. Any thread.
//
// docs/statistics.md, "Change points", says how and why, with sources and the figures that change_point_bench measured.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

struct ChangePoint {
  size_t index = 0;   // the first point after the change
  size_t first = 0;   // the change lies within [first, last] with about 95% confidence; index is within, too
  size_t last = 0;    // inclusive
  double before = 0;  // median from the change before (or the first point) to this one, in the series' unit
  double after = 0;   // median from here to the next change (or the last point)
  double change = 0;  // RelativeChange(before, after)
};

// The changes of the series in rising order of index, at least 5 points apart and that far from both ends;
// none for a series of less than 10 points. Every value must be finite: callers leave out others.
std::vector<ChangePoint> FindChangePoints(std::span<const double> series);

// (after - before) / |before|, which is after / before - 1 for positive values and has the sign of the change for all.
// From 0: 0 where after is 0, too, and otherwise an infinity with the sign of after.
double RelativeChange(double before, double after);

}  // namespace rapidbyte::stats
