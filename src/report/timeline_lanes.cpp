#include "report/timeline_lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace rapidbyte::report {
namespace {

using record::Span;
using record::StageActivity;
using record::StageTimeline;
using record::Timeline;

// As rows flow: what is next to each other hands over to each other.
constexpr std::array kSourceOrder = {StageActivity::kPrepare, StageActivity::kWaitServer, StageActivity::kFetch,
                                     StageActivity::kDecode,  StageActivity::kEmit,       StageActivity::kWaitStage};
constexpr std::array kDestinationOrder = {StageActivity::kWaitStage, StageActivity::kReceive,    StageActivity::kEncode,
                                          StageActivity::kFlush,     StageActivity::kWaitServer, StageActivity::kCommit,
                                          StageActivity::kPrepare};
// So that a long run still shows when much was going on, and when little.
constexpr uint64_t kWidestInPixels = 4;
constexpr double kWorthAWord = 0.05;

std::string LaneName(TimelineSide side, StageActivity activity) {
  if (activity != StageActivity::kWaitStage) return std::string(record::ActivityName(activity));
  return side == TimelineSide::kSource ? "wait for destination" : "wait for source";
}

std::vector<Span> PutTogether(const StageTimeline& stage, StageActivity activity, uint64_t pixel_nanos) {
  std::vector<Span> spans;
  for (const Span& span : stage.spans) {
    if (span.activity != activity) continue;
    const bool joins = !spans.empty() && span.start_nanos < spans.back().end_nanos + pixel_nanos &&
                       span.end_nanos - spans.back().start_nanos < kWidestInPixels * pixel_nanos;
    if (!joins) {
      spans.push_back(span);
      continue;
    }
    Span& before = spans.back();
    before.end_nanos = std::max(before.end_nanos, span.end_nanos);
    before.busy_nanos += span.busy_nanos;
    before.last_batch = std::max(before.last_batch, span.last_batch);
    before.parts += span.parts;
  }
  return spans;
}

double ShareOf(uint64_t nanos, const Timeline& timeline) {
  return timeline.duration_nanos == 0 ? 0 : static_cast<double>(nanos) / static_cast<double>(timeline.duration_nanos);
}

struct Wait {
  const char* who;
  const char* whom;
  double share;
};

std::array<Wait, 5> WaitsOf(const Timeline& timeline) {
  const auto source = timeline.source.Totals();
  const auto destination = timeline.destination.Totals();
  const auto of = [&](const auto& totals, StageActivity activity) {
    return ShareOf(totals[static_cast<size_t>(activity)], timeline);
  };
  return {Wait{"source", "its server", of(source, StageActivity::kWaitServer)},
          Wait{"source", "the destination", of(source, StageActivity::kWaitStage)},
          Wait{"destination", "the source", of(destination, StageActivity::kWaitStage)},
          Wait{"destination", "its server", of(destination, StageActivity::kWaitServer)},
          Wait{"destination", "COMMIT", of(destination, StageActivity::kCommit)}};
}

std::string Busiest(const Timeline& timeline) {
  double most = 0;
  std::string what;
  for (const Lane& lane : LanesOf(timeline, 0)) {
    const bool moves_rows = !record::IsWait(lane.activity) && lane.activity != StageActivity::kPrepare &&
                            lane.activity != StageActivity::kCommit;
    if (!moves_rows || lane.share <= most) continue;
    most = lane.share;
    what = fmt::format("{} ({})", lane.name, lane.side == TimelineSide::kSource ? "source" : "destination");
  }
  return what.empty() ? "No rows moved." : fmt::format("The most work is {}: {}.", what, PercentOf(most));
}

}  // namespace

std::string PercentOf(double share) {
  if (share > 0 && share < 0.01) return "<1%";
  return fmt::format("{:.0f}%", 100 * share);
}

std::vector<Lane> LanesOf(const Timeline& timeline, uint64_t pixel_nanos) {
  std::vector<Lane> lanes;
  const auto add = [&](TimelineSide side, const StageTimeline& stage, const auto& order) {
    const auto totals = stage.Totals();
    for (const StageActivity activity : order) {
      const uint64_t total = totals[static_cast<size_t>(activity)];
      if (total == 0) continue;
      lanes.push_back({side, activity, LaneName(side, activity), total, ShareOf(total, timeline),
                       PutTogether(stage, activity, pixel_nanos)});
    }
  };
  add(TimelineSide::kSource, timeline.source, kSourceOrder);
  add(TimelineSide::kDestination, timeline.destination, kDestinationOrder);
  return lanes;
}

uint64_t StartUpNanos(const Timeline& timeline) {
  uint64_t start = timeline.duration_nanos;
  for (const StageTimeline* stage : {&timeline.source, &timeline.destination}) {
    if (!stage->spans.empty()) start = std::min(start, stage->spans.front().start_nanos);
  }
  return start;
}

std::vector<std::string> WhoWaits(const Timeline& timeline) {
  std::array<Wait, 5> waits = WaitsOf(timeline);
  std::stable_sort(waits.begin(), waits.end(), [](const Wait& a, const Wait& b) { return a.share > b.share; });
  std::vector<std::string> sentences;
  if (waits[0].share < kWorthAWord) {
    sentences.emplace_back("Neither stage waits for more than 5% of the run.");
  } else {
    sentences.push_back(fmt::format("The {} waits for {} most: {} of the run.", waits[0].who, waits[0].whom,
                                    PercentOf(waits[0].share)));
    std::string others;
    for (size_t i = 1; i < waits.size(); ++i) {
      if (waits[i].share < kWorthAWord) continue;
      others += fmt::format("{}the {} waits for {}: {}", others.empty() ? "" : "; ", waits[i].who, waits[i].whom,
                            PercentOf(waits[i].share));
    }
    sentences.push_back(others.empty() ? "No other wait takes 5%." : "Besides, " + others + ".");
  }
  sentences.push_back(Busiest(timeline));
  return sentences;
}

}  // namespace rapidbyte::report
