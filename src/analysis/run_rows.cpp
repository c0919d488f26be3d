#include "analysis/run_rows.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "record/cell_key.h"
#include "stats/summary.h"

namespace rapidbyte::analysis {
namespace {

constexpr size_t kMinPairsToTrim = 10;
constexpr double kFarOut = 5;         // interquartile ranges outside of the quartiles; docs/statistics.md says why
constexpr double kLeastRange = 1e-3;  // of the wall time: a smaller range is no measure of noise

// What pairs up: one campaign, one block, and the same cell but for the parameter that is compared.
using Place = std::tuple<std::string, uint32_t, std::string>;

std::map<Place, const record::Sample*> ByPlace(const SampleRefs& samples, const std::string& column, bool with_cell) {
  std::map<Place, const record::Sample*> places;
  for (const record::Sample* sample : samples) {
    record::CellKey cell = with_cell ? sample->cell : record::CellKey();
    cell.erase(column);
    places.emplace(Place(sample->campaign_id, sample->block, record::CanonicalText(cell)), sample);
  }
  return places;
}

struct Pairs {
  SampleRefs before, after;
};

Pairs PairUp(const SampleRefs& before, const SampleRefs& after, const std::string& column) {
  auto one = ByPlace(before, column, false);
  auto other = ByPlace(after, column, false);
  // Several runs a block: partners agree in all else. One each are partners also where a parameter exists on one side
  // only.
  if (one.size() < before.size() || other.size() < after.size()) {
    one = ByPlace(before, column, true);
    other = ByPlace(after, column, true);
  }
  Pairs pairs;
  for (const auto& [place, sample] : one) {
    const auto partner = other.find(place);
    if (partner == other.end()) continue;
    pairs.before.push_back(sample);
    pairs.after.push_back(partner->second);
  }
  return pairs;
}

RunRows RowsOf(const SampleRefs& samples, const ValuesOf& values_of, size_t parts) {
  RunRows rows;
  rows.parts.resize(parts);
  for (const record::Sample* sample : samples) {
    const std::vector<double> values = values_of(*sample);
    rows.wall.push_back(sample->wall_secs);
    for (size_t i = 0; i < parts; ++i) rows.parts[i].push_back(values[i]);
  }
  return rows;
}

RunRows ByCampaign(const SampleRefs& samples, const RunRows& rows) {
  std::map<std::string, std::vector<size_t>> campaigns;
  for (size_t i = 0; i < samples.size(); ++i) campaigns[samples[i]->campaign_id].push_back(i);
  RunRows means;
  means.parts.resize(rows.parts.size());
  for (const auto& [id, runs] : campaigns) {
    const auto mean = [&runs = runs](const std::vector<double>& values) {
      double sum = 0;
      for (const size_t run : runs) sum += values[run];
      return sum / static_cast<double>(runs.size());
    };
    means.wall.push_back(mean(rows.wall));
    for (size_t i = 0; i < rows.parts.size(); ++i) means.parts[i].push_back(mean(rows.parts[i]));
  }
  return means;
}

void Keep(const std::vector<bool>& kept, RunRows& rows) {
  const auto filter = [&kept](std::vector<double>& values) {
    size_t at = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      if (kept[i]) values[at++] = values[i];
    }
    values.resize(at);
  };
  filter(rows.wall);
  for (std::vector<double>& values : rows.parts) filter(values);
}

void LeaveOutFarOut(RowsOfSides& sides) {
  if (sides.before.size() < kMinPairsToTrim) return;
  std::vector<double> differences;
  for (size_t i = 0; i < sides.before.size(); ++i) differences.push_back(sides.after.wall[i] - sides.before.wall[i]);
  const stats::Summary all = stats::Summarize(differences);
  const double range =
      std::max(all.upper_quartile - all.lower_quartile, kLeastRange * stats::Summarize(sides.before.wall).median);
  std::vector<bool> kept;
  for (const double change : differences) {
    kept.push_back(change >= all.lower_quartile - kFarOut * range && change <= all.upper_quartile + kFarOut * range);
  }
  sides.left_out = static_cast<size_t>(std::count(kept.begin(), kept.end(), false));
  if (sides.left_out == 0) return;
  Keep(kept, sides.before);
  Keep(kept, sides.after);
}

}  // namespace

RowsOfSides ArrangeRows(const SampleRefs& before, const SampleRefs& after, const std::string& column,
                        const ValuesOf& values, size_t parts) {
  RowsOfSides sides;
  const Pairs pairs = PairUp(before, after, column);
  if (!pairs.before.empty()) {
    sides.before = RowsOf(pairs.before, values, parts);
    sides.after = RowsOf(pairs.after, values, parts);
    LeaveOutFarOut(sides);
    return sides;
  }
  sides.design = stats::Design::kUnpaired;
  sides.before = ByCampaign(before, RowsOf(before, values, parts));
  sides.after = ByCampaign(after, RowsOf(after, values, parts));
  return sides;
}

}  // namespace rapidbyte::analysis
