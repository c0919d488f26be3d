#include "cli/bench_causes.h"

#include <algorithm>

#include "analysis/campaign_rules.h"
#include "analysis/row_join.h"
#include "cli/bench_explain_profiles.h"
#include "cli/bench_sides.h"

namespace rapidbyte::cli {
namespace {

// Only what the wall time is made of is known; another metric's change has other causes.
bool HasCauses(const analysis::ComparedCell& cell) {
  return cell.decision.verdict == stats::Verdict::kRegressed && cell.rule.name == "wall";
}

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
    // A subject may lack parameters that its partner has.
    const bool is_of_row = agreed == row_.size() || projection_.column == analysis::kSubjectDimension;
    return is_of_row && PassesFilters(sample, scenario);
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
    record::CellKey parameters = sample.cell;
    parameters[std::string(analysis::kScenarioDimension)] = scenario;
    return Keeps(selection_.filters, parameters);
  }

  const Selection& selection_;
  const analysis::Projection& projection_;
  const record::CellKey& row_;
  const std::string& value_;
};

// Those of a campaign that are in a row of its comparison, with this value of what it compares.
std::vector<const record::Sample*> SamplesOfRow(const record::Campaign& campaign,
                                                const std::vector<record::Sample>& samples,
                                                const analysis::ComparedCell& cell, const std::string& dimension,
                                                const std::string& value) {
  std::vector<const record::Sample*> found;
  for (const record::Sample& sample : samples) {
    auto observation = analysis::ObservationOf(sample, campaign, cell.rule.name);
    if (!observation) continue;
    const auto column = observation->dimensions.extract(dimension);
    if (column && column.mapped() == value && record::Matches(cell.row, observation->dimensions))
      found.push_back(&sample);
  }
  return found;
}

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

Result<report::CellCauses> CausesOfCell(const Selection& selection, const analysis::Projection& projection,
                                        const analysis::ComparedCell& cell, const NamedProfiles& profiles) {
  const auto name = [&](size_t column) {
    const bool by_side = projection.column == selection.dimension;
    return by_side ? selection.names[column] : projection.column + " " + projection.columns[column];
  };
  const ProfiledSide before{name(0), SamplesOfCell(selection, projection, cell.row, 0), profiles.before};
  const ProfiledSide after{name(cell.column), SamplesOfCell(selection, projection, cell.row, cell.column),
                           profiles.after};
  report::CellCauses causes{cell.row, cell.column,
                            analysis::Explain(before.samples, after.samples, {projection.column, 0.95})};
  if (causes.explanation.parts.empty()) return causes;
  std::vector<record::Campaign> campaigns;
  for (const Side& side : *selection.sides) {
    campaigns.insert(campaigns.end(), side.campaigns.begin(), side.campaigns.end());
  }
  RB_ASSIGN(causes.frames, FramesOfCell(before, after, campaigns, selection.store));
  return causes;
}

std::vector<report::CellCauses> CausesOfRegressions(const Selection& selection, const analysis::Projection& projection,
                                                    const analysis::Comparison& comparison) {
  std::vector<report::CellCauses> causes;
  for (const analysis::ComparedCell& cell : comparison.cells) {
    if (!HasCauses(cell)) continue;
    auto found = CausesOfCell(selection, projection, cell);
    if (found && !found->explanation.parts.empty()) causes.push_back(*std::move(found));
  }
  return causes;
}

std::vector<report::CellCauses> CausesOfCampaign(const record::Campaign& campaign,
                                                 const std::vector<record::Sample>& samples) {
  std::vector<report::CellCauses> causes;
  const auto comparison = analysis::CompareCampaign(campaign, samples, analysis::PrimaryRule(campaign));
  if (!comparison) return causes;
  const std::string& dimension = comparison->dimension;
  for (const analysis::ComparedCell& cell : comparison->cells) {
    if (!HasCauses(cell)) continue;
    const auto side = [&](size_t column) {
      const std::string& value = comparison->columns[column];
      return ProfiledSide{dimension + " " + value, SamplesOfRow(campaign, samples, cell, dimension, value), {}};
    };
    const ProfiledSide before = side(0);
    const ProfiledSide after = side(cell.column);
    auto explanation = analysis::Explain(before.samples, after.samples, {dimension, 0.95});
    if (explanation.parts.empty()) continue;
    causes.push_back({cell.row, cell.column, std::move(explanation)});
    auto frames = FramesOfCell(before, after, {&campaign, 1}, SelectionOptions().store);
    if (frames) causes.back().frames.changes = std::move(frames->changes);
  }
  return causes;
}

}  // namespace rapidbyte::cli
