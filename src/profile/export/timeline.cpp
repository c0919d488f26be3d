#include "profile/export/timeline.h"

#include <algorithm>
#include <limits>

namespace rapidbyte::profile {
namespace {

constexpr double kDefaultIntervalNs = 1e6;
constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

bool HasTime(const Sample& sample) { return sample.time_ns >= 0; }

int64_t Later(int64_t time, int64_t by) { return by > kLast - time ? kLast : time + by; }

int64_t DurationNs(const Profile& profile, const Sample& sample, double interval_ns) {
  const double ns = profile.unit == Unit::kNanoseconds ? sample.value : sample.value * interval_ns;
  if (!(ns > 0)) return 0;
  return ns >= 0x1p62 ? int64_t{1} << 62 : static_cast<int64_t>(ns);
}

std::vector<Place> LaidEndToEnd(const Profile& profile, const std::vector<uint32_t>& samples, double interval_ns) {
  std::vector<Place> places;
  places.reserve(samples.size());
  int64_t now = 0;
  for (const uint32_t index : samples) {
    const int64_t end = Later(now, DurationNs(profile, profile.samples[index], interval_ns));
    places.push_back({index, now, end});
    now = end;
  }
  return places;
}

// A gap shorter than the sampling interval before a sample on the CPU is jitter: it belongs to the sample.
std::vector<Place> AtTheirTimes(const Profile& profile, const std::vector<uint32_t>& samples, double interval_ns) {
  std::vector<Place> places;
  places.reserve(samples.size());
  int64_t free_from = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = profile.samples[samples[i]];
    const int64_t duration = DurationNs(profile, sample, interval_ns);
    Place place{samples[i], sample.time_ns, sample.time_ns};
    if (sample.state == State::kRunning) {
      place.start_ns = std::max<int64_t>(0, sample.time_ns - duration);
      const bool jitter = !places.empty() && static_cast<double>(place.start_ns - free_from) <= interval_ns;
      if (jitter) place.start_ns = free_from;
    } else {
      place.end_ns = Later(sample.time_ns, duration);
      if (i + 1 < samples.size()) place.end_ns = std::min(place.end_ns, profile.samples[samples[i + 1]].time_ns);
    }
    place.start_ns = std::max(place.start_ns, free_from);
    place.end_ns = std::max(place.end_ns, place.start_ns);
    free_from = place.end_ns;
    places.push_back(place);
  }
  return places;
}

}  // namespace

double SamplingIntervalNs(const Profile& profile) {
  if (profile.frequency_hz > 0) return 1e9 / profile.frequency_hz;
  std::vector<int64_t> gaps;
  std::vector<int64_t> previous(profile.threads.size(), kNoTime);
  for (const Sample& sample : profile.samples) {
    if (!HasTime(sample) || sample.state != State::kRunning) continue;
    int64_t& last = previous[sample.thread];
    if (last != kNoTime && sample.time_ns > last) gaps.push_back(sample.time_ns - last);
    last = sample.time_ns;
  }
  if (gaps.empty()) return kDefaultIntervalNs;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return static_cast<double>(*middle);
}

std::vector<std::vector<uint32_t>> SamplesByThread(const Profile& profile) {
  std::vector<std::vector<uint32_t>> threads(profile.threads.size());
  for (uint32_t i = 0; i < profile.samples.size(); ++i) threads[profile.samples[i].thread].push_back(i);
  for (std::vector<uint32_t>& samples : threads) {
    std::stable_sort(samples.begin(), samples.end(), [&](uint32_t a, uint32_t b) {
      return std::max(kNoTime, profile.samples[a].time_ns) < std::max(kNoTime, profile.samples[b].time_ns);
    });
  }
  return threads;
}

ThreadTimeline LayOut(const Profile& profile, const std::vector<uint32_t>& samples, double interval_ns) {
  ThreadTimeline timeline;
  timeline.has_times =
      std::all_of(samples.begin(), samples.end(), [&](uint32_t index) { return HasTime(profile.samples[index]); });
  timeline.places =
      timeline.has_times ? AtTheirTimes(profile, samples, interval_ns) : LaidEndToEnd(profile, samples, interval_ns);
  return timeline;
}

std::vector<Place> InSteps(const std::vector<Place>& places, int64_t step_ns) {
  std::vector<Place> steps;
  int64_t longest_ns = 0;  // of the places of the last step
  for (const Place& place : places) {
    const int64_t length_ns = place.end_ns - place.start_ns;
    if (steps.empty() || place.end_ns - steps.back().start_ns > step_ns) {
      steps.push_back(place);
      longest_ns = length_ns;
      continue;
    }
    if (length_ns > longest_ns) steps.back().sample = place.sample;
    longest_ns = std::max(longest_ns, length_ns);
    steps.back().end_ns = place.end_ns;
  }
  return steps;
}

}  // namespace rapidbyte::profile
