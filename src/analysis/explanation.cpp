#include "analysis/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "analysis/run_rows.h"
#include "stats/holm.h"
#include "stats/signed_rank.h"

namespace rapidbyte::analysis {
namespace {

constexpr double kLevelOfMarks = 0.05;
constexpr size_t kMinCampaignsASide = 4;  // as the rank test of independent runs needs them for an interval
constexpr double kClockSecs = 1e-9;       // that the runs' clocks resolve
constexpr double kSmallestCause = 0.01;   // of the wall's change
constexpr double kSmallShare = 0.001;     // of the wall: smaller parts are shown as one
constexpr double kErrorsOfWeight = 2;     // below so many standard errors the waits' levels decide about the path

SampleRefs ThoseThatCount(std::span<const record::Sample* const> all) {
  SampleRefs counted;
  std::copy_if(all.begin(), all.end(), std::back_inserter(counted),
               [](const record::Sample* sample) { return sample->Counts(); });
  return counted;
}

// The parts of every sample, read once; each is asked for again when rows are arranged.
struct PartValues {
  std::map<const record::Sample*, std::vector<double>> of;
  bool any_has_stages = false;
  bool all_have_stages = true;

  void Read(const SampleRefs& samples) {
    for (const record::Sample* sample : samples) {
      auto values = PipelineValues(*sample);
      (values ? any_has_stages : all_have_stages) = values.has_value();
      if (values) of[sample] = *std::move(values);
    }
  }
};

bool TestsAreKnown(const RowsOfSides& sides) {
  if (sides.design == stats::Design::kPaired) return sides.before.size() >= stats::kMinPairsForInterval;
  return sides.before.size() >= kMinCampaignsASide && sides.after.size() >= kMinCampaignsASide;
}

stats::MeanChange ChangeOf(const std::vector<double>& before, const std::vector<double>& after,
                           const RowsOfSides& sides, double level) {
  stats::MeanChange change = sides.design == stats::Design::kPaired ? stats::PairedMeanChange(before, after, level)
                                                                    : stats::WelchMeanChange(before, after, level);
  if (!TestsAreKnown(sides)) {
    change.interval.reset();
    change.p_value = 1;
  }
  return change;
}

void AddTo(std::vector<double>& sum, const std::vector<double>& values, double factor = 1) {
  sum.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) sum[i] += factor * values[i];
}

// The part of the path that the source has. The path goes through the source where the destination waits for it, and
// the other way round. A change moves along with it: what the source's own work adds to the wall, the destination waits
// longer; what it adds and the wall does not show, the source waits less. So the share is the one under which waits for
// each other explain nothing; where they changed too little to tell, the one that their lengths give.
double SourceShare(const RowsOfSides& sides, std::span<const RunPart> parts) {
  std::vector<double> before;  // the destination's waits less the source's, by row
  std::vector<double> after;
  double of_source = 0;
  double of_destination = 0;
  double change_of_destination = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].nature != Nature::kMirror) continue;
    const bool is_source = parts[i].place == Place::kSource;
    AddTo(before, sides.before.parts[i], is_source ? -1 : 1);
    AddTo(after, sides.after.parts[i], is_source ? -1 : 1);
    const stats::MeanChange change = ChangeOf(sides.before.parts[i], sides.after.parts[i], sides, 0.95);
    (is_source ? of_source : of_destination) += change.before + change.after;
    if (!is_source) change_of_destination += change.change;
  }
  const double both = of_source + of_destination;
  const double by_length = both > 0 ? std::clamp(of_destination / both, 0.0, 1.0) : 0.5;
  const stats::MeanChange apart = ChangeOf(before, after, sides, 0.95);
  const double doubt = kErrorsOfWeight * kErrorsOfWeight * apart.error * apart.error;
  const double weight = apart.change * apart.change + doubt;
  if (weight <= 0) return by_length;
  return std::clamp((change_of_destination * apart.change + doubt * by_length) / weight, 0.0, 1.0);
}

double ShareOf(Place place, double source_share) {
  if (place == Place::kWhole) return 1;
  return place == Place::kSource ? source_share : 1 - source_share;
}

std::vector<ExplainedPart> PartsOf(const RowsOfSides& sides, std::span<const RunPart> parts,
                                   const Explanation& explanation, double level) {
  const double small = kSmallShare * std::max(explanation.wall.before, explanation.wall.after);
  std::vector<ExplainedPart> explained;
  for (const Place place : {Place::kWhole, Place::kSource, Place::kDestination}) {
    std::vector<double> rest_before;  // of what is small
    std::vector<double> rest_after;
    const auto add = [&](const RunPart& part, const stats::MeanChange& time) {
      explained.push_back({part, time, time.change * ShareOf(place, explanation.source_share), 1, false});
    };
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].place != place) continue;
      const stats::MeanChange time = ChangeOf(sides.before.parts[i], sides.after.parts[i], sides, level);
      const double largest = std::max(std::abs(time.before), std::abs(time.after));
      const bool is_mirror = parts[i].nature == Nature::kMirror;
      if (is_mirror && largest == 0) continue;  // a function that the stage has no use for
      if (largest < small && place != Place::kWhole && !is_mirror) {
        AddTo(rest_before, sides.before.parts[i]);
        AddTo(rest_after, sides.after.parts[i]);
      } else {
        add(parts[i], time);
      }
    }
    if (rest_before.empty()) continue;
    const stats::MeanChange rest = ChangeOf(rest_before, rest_after, sides, level);
    if (rest.before == 0 && rest.after == 0) continue;
    add({std::string(PlaceName(place)) + ".small", "small parts", place, Nature::kMixed}, rest);
  }
  return explained;
}

void MarkSignificant(std::vector<ExplainedPart>& parts) {
  std::vector<double> p_values;
  for (const ExplainedPart& part : parts) {
    if (part.part.nature != Nature::kMirror) p_values.push_back(part.time.p_value);
  }
  const std::vector<double> adjusted = stats::HolmAdjust(p_values);
  size_t at = 0;
  for (ExplainedPart& part : parts) {
    if (part.part.nature == Nature::kMirror) continue;
    part.adjusted_p = adjusted[at++];
    const bool is_tick = std::abs(part.time.change) < kClockSecs;  // what rounding leaves of equal values
    part.significant = part.time.interval.has_value() && part.adjusted_p <= kLevelOfMarks && !is_tick;
  }
}

bool MovesTheWall(const ExplainedPart& part, const Explanation& explanation) {
  return part.on_path != 0 && (part.on_path > 0) == (explanation.wall.change > 0);
}

void Sort(Explanation& explanation) {
  const auto rank = [&](const ExplainedPart& part) {
    if (part.part.nature == Nature::kMirror) return 3;
    if (!part.significant) return 2;
    return MovesTheWall(part, explanation) ? 0 : 1;
  };
  std::stable_sort(explanation.parts.begin(), explanation.parts.end(),
                   [&](const ExplainedPart& a, const ExplainedPart& b) {
                     if (rank(a) != rank(b)) return rank(a) < rank(b);
                     if (std::abs(a.on_path) != std::abs(b.on_path)) return std::abs(a.on_path) > std::abs(b.on_path);
                     return std::abs(a.time.change) > std::abs(b.time.change);
                   });
}

void AddNotes(const RowsOfSides& sides, bool mixed, Explanation& explanation) {
  const bool paired = sides.design == stats::Design::kPaired;
  if (!TestsAreKnown(sides)) {
    explanation.notes.push_back(
        paired ? fmt::format("{} {}: parts have no intervals, and none is significant; that needs {} blocks",
                             sides.before.size(), sides.before.size() == 1 ? "block" : "blocks",
                             stats::kMinPairsForInterval)
               : fmt::format("the sides did not run in the same blocks, so each campaign counts once ({} before, {} "
                             "after): parts have no intervals, which need {} campaigns a side",
                             sides.before.size(), sides.after.size(), kMinCampaignsASide));
  }
  if (sides.left_out > 0) {
    explanation.notes.push_back(fmt::format("{} of {} blocks {} left out: their wall time changed far out of line",
                                            sides.left_out, sides.left_out + sides.before.size(),
                                            sides.left_out == 1 ? "is" : "are"));
  }
  if (mixed) {
    explanation.notes.push_back(
        "some runs have no line of their own that splits their time: only CPU time is known of all");
  }
  if (explanation.has_stages) return;
  const auto waits = std::find_if(explanation.parts.begin(), explanation.parts.end(),
                                  [](const ExplainedPart& part) { return part.part.key == "waiting"; });
  if (std::min(waits->time.before, waits->time.after) < 0) {
    explanation.notes.push_back(
        "more CPU time than wall time: several threads ran at once, so that \"waiting\" is less "
        "by what they did side by side");
  }
}

}  // namespace

Explanation Explain(std::span<const record::Sample* const> before, std::span<const record::Sample* const> after,
                    const ExplanationOptions& options) {
  const SampleRefs one = ThoseThatCount(before);
  const SampleRefs other = ThoseThatCount(after);
  Explanation explanation;
  if (one.empty() || other.empty()) {
    explanation.notes.push_back("a side has no run that counts");
    return explanation;
  }
  PartValues read;
  read.Read(one);
  read.Read(other);
  explanation.has_stages = read.all_have_stages;
  const bool mixed = read.any_has_stages && !read.all_have_stages;
  const std::span<const RunPart> parts = explanation.has_stages ? PipelineParts() : CommandParts();
  const ValuesOf values = [&](const record::Sample& sample) {
    return explanation.has_stages ? read.of.at(&sample) : CommandValues(sample);
  };
  const RowsOfSides sides = ArrangeRows(one, other, options.column, values, parts.size());
  explanation.design = sides.design;
  explanation.runs_before = sides.before.size();
  explanation.runs_after = sides.after.size();
  explanation.left_out = sides.left_out;
  explanation.wall = ChangeOf(sides.before.wall, sides.after.wall, sides, options.level);
  explanation.source_share = explanation.has_stages ? SourceShare(sides, parts) : 0.5;
  explanation.parts = PartsOf(sides, parts, explanation, options.level);
  MarkSignificant(explanation.parts);
  Sort(explanation);
  AddNotes(sides, mixed, explanation);
  return explanation;
}

std::vector<ExplainedPart> CausesOf(const Explanation& explanation, size_t most) {
  std::vector<ExplainedPart> causes;
  for (const ExplainedPart& part : explanation.parts) {
    const bool matters = std::abs(part.on_path) >= kSmallestCause * std::abs(explanation.wall.change);
    const bool is_cause = part.significant && matters && MovesTheWall(part, explanation);
    if (is_cause && causes.size() < most) causes.push_back(part);
  }
  return causes;
}

}  // namespace rapidbyte::analysis
