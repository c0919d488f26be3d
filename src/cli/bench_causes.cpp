#include "cli/bench_causes.h"

#include <algorithm>

#include "cli/bench_sides.h"

namespace rapidbyte::cli {
namespace {

// Says of one sample after the other whether it is one of a cell's, without making texts or maps: most are not.
class CellMatch {
 public:
  CellMatch(const Selection& selection, const analysis::Projection& projection, const record::CellKey& row,
            size_t column)
      : selection_(selection), projection_(projection), row_(row), value_(projection.columns[column]) {}

  bool Has(const Side& side) const {
    if (projection_.column == kSideDimension) return side.column == value_;
    return !analysis::IsRowDimension(projection_, kSideDimension) || Agrees(kSideDimension, side.column);
  }

  bool Has(const Side& side, const record::Sample& sample) const {
    size_t agreed = 0;
    for (const auto& [name, value] : sample.cell) {
      if (name == projection_.column) {
        if (value != value_) return false;
      } else if (analysis::IsRowDimension(projection_, name)) {
        if (!Agrees(name, value)) return false;
        ++agreed;
      }
    }
    const std::string scenario = ScenarioOf(side, sample);
    const std::string name(analysis::kScenarioDimension);
    if (analysis::IsRowDimension(projection_, name)) {
      if (!Agrees(name, scenario)) return false;
      ++agreed;
    }
    if (projection_.column != kSideDimension && analysis::IsRowDimension(projection_, kSideDimension)) ++agreed;
    return agreed == row_.size() && PassesFilters(sample, scenario);
  }

 private:
  bool Agrees(const std::string& name, const std::string& value) const {
    const auto entry = row_.find(name);
    return entry != row_.end() && entry->second == value;
  }

  static std::string ScenarioOf(const Side& side, const record::Sample& sample) {
    for (const record::Campaign& campaign : side.campaigns) {
      if (campaign.id == sample.campaign_id) return campaign.scenario;
    }
    return {};
  }

  bool PassesFilters(const record::Sample& sample, const std::string& scenario) const {
    return std::all_of(selection_.filters.begin(), selection_.filters.end(), [&](const KeptValues& filter) {
      const bool is_scenario = filter.parameter == analysis::kScenarioDimension;
      const std::string value = is_scenario ? scenario : record::ParameterOf(sample.cell, filter.parameter);
      return std::find(filter.values.begin(), filter.values.end(), value) != filter.values.end();
    });
  }

  const Selection& selection_;
  const analysis::Projection& projection_;
  const record::CellKey& row_;
  const std::string& value_;
};

}  // namespace

std::vector<const record::Sample*> SamplesOfCell(const Selection& selection, const analysis::Projection& projection,
                                                 const record::CellKey& row, size_t column) {
  std::vector<const record::Sample*> samples;
  const CellMatch match(selection, projection, row, column);
  for (const Side& side : *selection.sides) {
    if (!match.Has(side)) continue;
    for (const record::Sample& sample : side.samples) {
      if (sample.Counts() && match.Has(side, sample)) samples.push_back(&sample);
    }
  }
  return samples;
}

analysis::Explanation ExplainCell(const Selection& selection, const analysis::Projection& projection,
                                  const analysis::ComparedCell& cell) {
  const auto before = SamplesOfCell(selection, projection, cell.row, 0);
  const auto after = SamplesOfCell(selection, projection, cell.row, cell.column);
  return analysis::Explain(before, after, {projection.column, 0.95});
}

std::vector<report::CellCauses> CausesOfRegressions(const Selection& selection, const analysis::Projection& projection,
                                                    const analysis::Comparison& comparison) {
  std::vector<report::CellCauses> causes;
  for (const analysis::ComparedCell& cell : comparison.cells) {
    if (cell.decision.verdict != stats::Verdict::kRegressed) continue;
    analysis::Explanation explanation = ExplainCell(selection, projection, cell);
    if (!explanation.parts.empty()) causes.push_back({cell.row, cell.column, std::move(explanation)});
  }
  return causes;
}

}  // namespace rapidbyte::cli
