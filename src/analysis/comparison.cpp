#include "analysis/comparison.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "analysis/row_join.h"
#include "base/nearest_name.h"
#include "stats/sequential.h"

namespace rapidbyte::analysis {
namespace {

// Where a value stands among those that it was interleaved with.
using Place = std::pair<std::string, uint32_t>;  // run, block
// By their ignored dimensions, as text: those of the same text are partners.
using PooledValues = std::multimap<std::string, double>;
using Values = std::map<Place, PooledValues>;
using Table = std::map<record::CellKey, std::map<std::string, Values>>;  // row, column

std::set<std::string> DimensionsOf(std::span<const Observation> observations) {
  std::set<std::string> names;
  for (const Observation& observation : observations) {
    for (const auto& [name, value] : observation.dimensions) names.insert(name);
  }
  return names;
}

Status CheckDimension(const std::set<std::string>& known, const std::string& name) {
  if (known.count(name) != 0) return {};
  const std::vector<std::string_view> names(known.begin(), known.end());
  std::string message = "no sample has a parameter \"" + name + "\"";
  std::string all;
  for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
  const std::string_view nearest = NearestName(name, names);
  return Fail(ErrorCode::kConfiguration, message,
              nearest.empty() ? "there are: " + all : "did you mean \"" + std::string(nearest) + "\"?");
}

Status CheckProjection(std::span<const Observation> observations, const Projection& projection) {
  const std::set<std::string> known = DimensionsOf(observations);
  if (!observations.empty()) RB_TRY(CheckDimension(known, projection.column));
  if (projection.columns.size() < 2) {
    return Fail(ErrorCode::kUsage, "there is one side only, and nothing to compare it with",
                "measure another commit, or name two sides");
  }
  for (const std::string& name : projection.rows) RB_TRY(CheckDimension(known, name));
  for (const std::string& name : projection.ignore) RB_TRY(CheckDimension(known, name));
  return {};
}

Table Arrange(std::span<const Observation> observations, const Projection& projection) {
  Table table;
  for (const Observation& observation : observations) {
    record::CellKey row;
    record::CellKey pooled;
    std::string column;
    for (const auto& [name, value] : observation.dimensions) {
      if (name == projection.column) {
        column = value;
      } else {
        (IsRowDimension(projection, name) ? row : pooled).emplace(name, value);
      }
    }
    table[row][column][{observation.run, observation.block}].emplace(record::CanonicalText(pooled), observation.value);
  }
  return table;
}

std::vector<double> AllOf(const Values& values) {
  std::vector<double> all;
  for (const auto& [place, here] : values) {
    for (const auto& [pooled, value] : here) all.push_back(value);
  }
  return all;
}

// One value per run: the median of its own.
std::vector<double> MediansByRun(const Values& values) {
  std::map<std::string, std::vector<double>> by_run;
  for (const auto& [place, here] : values) {
    for (const auto& [pooled, value] : here) by_run[place.first].push_back(value);
  }
  std::vector<double> medians;
  medians.reserve(by_run.size());
  for (auto& [run, all] : by_run) medians.push_back(stats::Summarize(std::move(all)).median);
  return medians;
}

std::set<std::string> RunsOf(const Values& values) {
  std::set<std::string> runs;
  for (const auto& [place, here] : values) runs.insert(place.first);
  return runs;
}

// What stats::Comparison refers to, for as long as the decisions are made.
struct Sides {
  std::vector<double> before, after;
  stats::Design design = stats::Design::kPaired;
  size_t unpaired = 0;  // values
};

using Pairs = std::vector<std::pair<double, double>>;

Pairs PairsOf(const PooledValues& before, const PooledValues& after) {
  // One value each: partners, also where an ignored parameter exists on one side only.
  if (before.size() == 1 && after.size() == 1) return {{before.begin()->second, after.begin()->second}};
  Pairs pairs;
  for (auto one = before.begin(), other = after.begin(); one != before.end() && other != after.end();) {
    if (one->first == other->first) {
      pairs.emplace_back((one++)->second, (other++)->second);
    } else {
      ++(one->first < other->first ? one : other);
    }
  }
  return pairs;
}

// What pairs of one block share is no new evidence, so that they count as one: their mean, of the ratios where there
// are any.
std::pair<double, double> MeanOf(const Pairs& pairs) {
  if (pairs.size() == 1) return pairs.front();
  const auto count = static_cast<double>(pairs.size());
  const bool have_ratios =
      std::all_of(pairs.begin(), pairs.end(), [](const auto& pair) { return pair.first > 0 && pair.second > 0; });
  std::pair<double, double> mean;
  for (const auto& [before, after] : pairs) {
    mean.first += (have_ratios ? std::log(before) : before) / count;
    mean.second += (have_ratios ? std::log(after) : after) / count;
  }
  return have_ratios ? std::pair(std::exp(mean.first), std::exp(mean.second)) : mean;
}

Sides PairUp(const Values& before, const Values& after) {
  Sides sides;
  size_t paired = 0;
  for (const auto& [place, values] : before) {
    const auto partner = after.find(place);
    const Pairs pairs = partner == after.end() ? Pairs() : PairsOf(values, partner->second);
    if (pairs.empty()) continue;
    const auto mean = MeanOf(pairs);
    sides.before.push_back(mean.first);
    sides.after.push_back(mean.second);
    paired += pairs.size();
  }
  sides.unpaired = AllOf(before).size() + AllOf(after).size() - 2 * paired;
  return sides;
}

Sides SidesOf(const Values& before, const Values& after) {
  Sides paired = PairUp(before, after);
  if (!paired.before.empty()) return paired;
  return {MediansByRun(before), MediansByRun(after), stats::Design::kUnpaired, 0};
}

// The rows that a column has, each with its values at the same place.
struct ColumnCells {
  std::vector<record::CellKey> rows;
  std::vector<const Values*> values;
};

ColumnCells CellsOf(const Table& table, const std::string& column) {
  ColumnCells cells;
  for (const auto& [row, columns] : table) {
    const auto here = columns.find(column);
    if (here == columns.end()) continue;
    cells.rows.push_back(row);
    cells.values.push_back(&here->second);
  }
  return cells;
}

// The cells of all columns, undecided yet, and what they are to be decided on.
void Collect(const Table& table, const Projection& projection, const RuleOf& rule, Comparison& result,
             std::vector<Sides>& sides) {
  const RowsMeet meet = projection.column == kSubjectDimension ? RowsMeet::kWhereAgreed : RowsMeet::kWhereEqual;
  const ColumnCells first = CellsOf(table, projection.columns[0]);
  for (size_t column = 1; column < projection.columns.size(); ++column) {
    const ColumnCells other = CellsOf(table, projection.columns[column]);
    const RowJoin join = JoinRows(first.rows, other.rows, meet);
    for (const JoinedRow& joined : join.rows) {
      const Values& before = *first.values[joined.before];
      const Values& after = *other.values[joined.after];
      ComparedCell cell;
      cell.row = joined.row;
      cell.rule = rule(joined.row);
      cell.column = column;
      cell.before = stats::Summarize(AllOf(before));
      cell.after = stats::Summarize(AllOf(after));
      cell.runs_before = RunsOf(before).size();
      cell.runs_after = RunsOf(after).size();
      sides.push_back(SidesOf(before, after));
      cell.unpaired = sides.back().unpaired;
      result.cells.push_back(std::move(cell));
    }
    for (const size_t row : join.only_before) result.only_before.push_back(first.rows[row]);
    for (const size_t row : join.only_after) result.only_after.push_back(other.rows[row]);
  }
}

std::vector<stats::Comparison> ComparisonsOf(const std::vector<Sides>& sides, const Comparison& result) {
  std::vector<stats::Comparison> comparisons;
  comparisons.reserve(sides.size());
  for (size_t i = 0; i < sides.size(); ++i) {
    const MetricRule& rule = result.cells[i].rule;
    comparisons.push_back({sides[i].before, sides[i].after, sides[i].design, rule.direction, rule.threshold});
  }
  return comparisons;
}

std::vector<Observation> Before(std::span<const Observation> observations, uint32_t block) {
  std::vector<Observation> earlier;
  std::copy_if(observations.begin(), observations.end(), std::back_inserter(earlier),
               [block](const Observation& observation) { return observation.block < block; });
  return earlier;
}

// The looks that the campaign took, one after the other.
std::vector<stats::Look> LooksOf(const Stopping& stopping, size_t cells) {
  const stats::LookPlan plan{cells, stopping.most_blocks, stopping.criteria};
  std::vector<stats::Look> looks;
  for (const stats::Look& look : stats::PlanLooks(plan)) {
    if (look.blocks <= stopping.blocks) looks.push_back(look);
  }
  const bool is_late = looks.empty() || looks.back().blocks < stopping.blocks;
  if (stopping.ended_by_time && is_late) looks.push_back(stats::ClosingLook(plan, stopping.blocks));
  return looks;
}

Comparison CompareAtLooks(std::span<const Observation> observations, const Projection& projection, const RuleOf& rule,
                          const Stopping& stopping, Comparison result) {
  std::vector<stats::Decision> decisions;
  for (const stats::Look& look : LooksOf(stopping, result.cells.size())) {
    const auto earlier = Before(observations, stopping.first_block + static_cast<uint32_t>(look.blocks));
    Comparison at_look;
    std::vector<Sides> sides;
    Collect(Arrange(earlier, projection), projection, rule, at_look, sides);
    if (sides.size() != result.cells.size()) continue;  // a cell that has no value yet
    const auto comparisons = ComparisonsOf(sides, at_look);
    decisions = stats::DecideAtLook(look, comparisons, decisions, stopping.criteria);
    if (stats::AllDecided(decisions)) break;
  }
  for (size_t i = 0; i < decisions.size(); ++i) result.cells[i].decision = decisions[i];
  return result;
}

}  // namespace

bool IsRowDimension(const Projection& projection, const std::string& name) {
  if (name == projection.column || projection.ignore.count(name) != 0) return false;
  return projection.rows.empty() || std::count(projection.rows.begin(), projection.rows.end(), name) != 0;
}

stats::GeometricMean Comparison::Mean(size_t column) const {
  std::vector<stats::Decision> decisions;
  for (const ComparedCell& cell : cells) {
    if (cell.column == column) decisions.push_back(cell.decision);
  }
  return stats::GeometricMeanOf(decisions);
}

size_t Comparison::Count(stats::Verdict verdict) const {
  return static_cast<size_t>(std::count_if(cells.begin(), cells.end(),
                                           [&](const ComparedCell& cell) { return cell.decision.verdict == verdict; }));
}

std::vector<std::string> Comparison::Metrics() const {
  std::vector<std::string> metrics;
  for (const ComparedCell& cell : cells) {
    if (std::find(metrics.begin(), metrics.end(), cell.rule.name) == metrics.end()) metrics.push_back(cell.rule.name);
  }
  return metrics;
}

Result<Comparison> Compare(std::span<const Observation> observations, const Projection& projection,
                           const MetricRule& rule, const std::optional<Stopping>& stopping) {
  return Compare(
      observations, projection, [&rule](const record::CellKey&) { return rule; }, stopping);
}

bool AllDecided(const Comparison& comparison) { return comparison.Count(stats::Verdict::kInconclusive) == 0; }

Result<Comparison> Compare(std::span<const Observation> observations, const Projection& projection, const RuleOf& rule,
                           const std::optional<Stopping>& stopping) {
  RB_TRY(CheckProjection(observations, projection));
  Comparison result;
  result.dimension = projection.column;
  result.columns = projection.columns;
  std::vector<Sides> sides;
  Collect(Arrange(observations, projection), projection, rule, result, sides);
  if (result.cells.empty()) {
    return Fail(ErrorCode::kUsage, "the two sides have no cell in common", "their parameters differ; see --ignore");
  }
  if (stopping) return CompareAtLooks(observations, projection, rule, *stopping, std::move(result));
  const std::vector<stats::Decision> decisions = stats::Decide(ComparisonsOf(sides, result));
  for (size_t i = 0; i < decisions.size(); ++i) result.cells[i].decision = decisions[i];
  return result;
}

}  // namespace rapidbyte::analysis
