// The samples of a profile, thread by thread, each in a place on a time axis.
//
// A sample on the CPU stands for the time before it, one off the CPU for the time after it (profile.h). Places of a
// thread never overlap and come in order; where the values say more than there is room for (waits that were thinned),
// a place is shorter than its value. A thread with a sample that has no time holds sums: they are laid end to end from
// 0 in the order of the profile, and the axis is no clock. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "profile/profile.h"

namespace rapidbyte::profile {

struct Place {
  uint32_t sample = 0;  // index into Profile::samples
  int64_t start_ns = 0;
  int64_t end_ns = 0;  // at least start_ns
};

struct ThreadTimeline {
  std::vector<Place> places;
  bool has_times = false;  // false: sums laid end to end
};

// The time from one sample of a running thread to the next: as was asked for, or the median of what was seen, or 1 ms.
double SamplingIntervalNs(const Profile& profile);

// The indices of each thread's samples, in order of time; those without a time keep their order, before the others.
std::vector<std::vector<uint32_t>> SamplesByThread(const Profile& profile);

// `samples` as SamplesByThread gives them for one thread.
ThreadTimeline LayOut(const Profile& profile, const std::vector<uint32_t>& samples, double interval_ns);

// One place for each `step_ns` of the axis or what is longer: that of the longest of the places in it, which takes it
// all.
std::vector<Place> InSteps(const std::vector<Place>& places, int64_t step_ns);

}  // namespace rapidbyte::profile
