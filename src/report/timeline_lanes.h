// A timeline laid out: which lanes there are, what stands in each of them at a given resolution, and the sentence that
// says who waits for whom. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "record/timeline.h"

namespace rapidbyte::report {

enum class TimelineSide { kSource, kDestination };

struct Lane {
  TimelineSide side = TimelineSide::kSource;
  record::StageActivity activity = record::StageActivity::kPrepare;
  std::string name;  // "decode", "wait for destination"
  uint64_t total_nanos = 0;
  double share = 0;                 // of the run
  std::vector<record::Span> spans;  // by their start
};

// The lanes that have anything in them, from the source's server to the destination's. Spans of a lane
// with a gap shorter than `pixel_nanos` are put together, to four times that; what each was busy with is kept.
std::vector<Lane> LanesOf(const record::Timeline& timeline, uint64_t pixel_nanos);

// Before either stage does anything: the whole run where none did.
uint64_t StartUpNanos(const record::Timeline& timeline);

// "The destination waits for its server most, 48% of the run; …": two or three sentences.
std::vector<std::string> WhoWaits(const record::Timeline& timeline);

// "48%", "<1%", "0%".
std::string PercentOf(double share);

}  // namespace rapidbyte::report
