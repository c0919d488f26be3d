#include "cli/bench_bisect_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <set>

#include "analysis/bisection.h"
#include "analysis/campaign_rules.h"
#include "base/nearest_name.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "record/sample.h"
#include "scenario/axis_values.h"

namespace rapidbyte::cli {
namespace {

using report::BisectOutcome;
using report::BisectReport;

constexpr int kNotFound = 2;

// One of the scenario's metrics, or a built-in one.
Status CheckMetric(const scenario::Scenario& scenario, const std::string& name) {
  std::vector<std::string_view> known(record::BuiltInMetrics().begin(), record::BuiltInMetrics().end());
  for (const scenario::MetricSpec& metric : scenario.metrics) known.push_back(metric.name);
  if (std::find(known.begin(), known.end(), name) != known.end()) return {};
  const std::string_view nearest = NearestName(name, known);
  return Fail(ErrorCode::kUsage, fmt::format("--metric: the scenario has no metric \"{}\"", name),
              nearest.empty() ? "" : fmt::format("did you mean \"{}\"?", nearest));
}

// What the options say, where it is not what the scenario says.
Result<StopCriterion> StopCriterionOf(const BenchBisectOptions& options, const scenario::Scenario& scenario) {
  if (!options.metric.empty()) RB_TRY(CheckMetric(scenario, options.metric));
  if (options.threshold.empty()) return StopCriterion{options.metric, std::nullopt};
  const auto threshold = scenario::ParsePercentOrNumber(options.threshold);
  if (!threshold) return Fail(ErrorCode::kUsage, "--threshold: expected a percentage above 0%, up to 100%, as 3%");
  return StopCriterion{options.metric, threshold};
}

// As a ratio above 1 whichever direction is better; 1 where nothing is known.
double WorseningOf(const stats::Decision& decision) {
  if (!decision.ratio) return 1;
  const double ratio = decision.ratio->estimate;
  return decision.direction == stats::Direction::kLowerIsBetter ? ratio : 1 / ratio;
}

report::BisectCommit ToReport(const lab::CommitInfo& commit) {
  return {commit.sha, commit.subject, commit.author_date, commit.parents.size() > 1};
}

class Search {
 public:
  Search(const BenchBisectOptions& options, lab::GitRepository repository, PlannedScenario planned,
         StopCriterion criterion, store::SampleStore& store, const lab::Interrupt& interrupt, BenchProgress& progress,
         std::ostream& log)
      : options_(options),
        repository_(std::move(repository)),
        planned_(std::move(planned)),
        criterion_(std::move(criterion)),
        store_(store),
        interrupt_(interrupt),
        progress_(progress),
        log_(log) {}

  Result<BisectReport> Run() {
    RB_TRY(FindRange());
    RB_ASSIGN(const bool differ, MeasureEnds());
    if (!differ) return report_;
    analysis::Bisection bisection(commits_.size());
    while (const auto next = bisection.Next()) {
      RB_ASSIGN(const analysis::Side side, MeasureCandidate(*next));
      bisection.Mark(*next, side);
    }
    RB_TRY(Conclude(bisection));
    return report_;
  }

 private:
  Status FindRange() {
    RB_ASSIGN(good_, repository_.Resolve(options_.good));
    RB_ASSIGN(const std::string bad, repository_.Resolve(options_.bad));
    RB_ASSIGN(commits_, repository_.CommitsBetween(good_, bad));
    RB_ASSIGN(report_.good, Describe(good_));
    RB_ASSIGN(report_.bad, Describe(bad));
    report_.commits = commits_.size();
    // The ends, the looks, and the last comparison.
    const size_t campaigns = 1 + analysis::Bisection::MostLooks(commits_.size()) + (commits_.size() > 1 ? 1 : 0);
    level_share_ = 1 / static_cast<double>(campaigns);
    return {};
  }

  // Whether there is something to search for. Leaves the cell that got worst as the one to search by.
  Result<bool> MeasureEnds() {
    RB_ASSIGN(const analysis::Comparison ends, Measure({good_, commits_.back()}));
    report_.rule = rule_;
    const auto worst = std::max_element(ends.cells.begin(), ends.cells.end(), [](const auto& a, const auto& b) {
      return Badness(a.decision) < Badness(b.decision);
    });
    if (worst == ends.cells.end()) return Fail(ErrorCode::kInternal, "no cell of the two ends can be compared");
    if (planned_.cells.size() > 1) FollowCell(worst->row);
    Note({report_.bad, "ends", worst->decision, ""});
    if (worst->decision.verdict == stats::Verdict::kInconclusive) report_.outcome = BisectOutcome::kUndecided;
    if (worst->decision.verdict != stats::Verdict::kRegressed) return false;
    ends_ = worst->decision;
    // Half-way between the two on a logarithmic scale: where a commit like either is told from the other soonest.
    report_.step_threshold = options_.threshold.empty()
                                 ? std::max(report_.rule.threshold, std::sqrt(WorseningOf(ends_)) - 1)
                                 : report_.rule.threshold;
    return true;
  }

  // What regressed, the most first; then what is undecided.
  static double Badness(const stats::Decision& decision) {
    if (decision.verdict == stats::Verdict::kRegressed) return 1 + WorseningOf(decision);
    return decision.verdict == stats::Verdict::kInconclusive ? 1 : 0;
  }

  void FollowCell(const record::CellKey& row) {
    auto& cells = planned_.cells;
    std::erase_if(cells, [&](const scenario::PlannedCell& cell) { return !record::Matches(row, cell.key); });
    report_.cell = record::Label(cells.front().key);
  }

  Result<analysis::Side> MeasureCandidate(size_t index) {
    const std::string& sha = commits_[index];
    RB_ASSIGN(const report::BisectCommit commit, Describe(sha));
    const auto skip = [&](const Error& error) {
      Note({commit, "skipped", std::nullopt, error.message});
      return analysis::Side::kSkipped;
    };
    const auto built = BuildCommits({sha}, options_.measure, interrupt_, progress_);
    if (!built && built.error().code == ErrorCode::kConfiguration) return skip(built.error());
    if (!built) return Fail(built.error());
    criterion_.threshold = report_.step_threshold;
    const auto measured = Measure({good_, sha, commits_.back()});
    if (!measured && failed_builds_ == std::set{sha}) return skip(measured.error());
    if (!measured) return Fail(measured.error());
    const auto candidate = DecisionOf(*measured, 1);
    const auto control = DecisionOf(*measured, 2);
    const bool ends_differ = control && analysis::SideOf(*control) == analysis::Side::kBad;
    const analysis::Side side = candidate && ends_differ ? analysis::SideOf(*candidate) : analysis::Side::kUnknown;
    if (side == analysis::Side::kUnknown) {
      Note({commit, "undecided", candidate, ends_differ ? "" : "the ends do not differ this time"});
      return analysis::Side::kSkipped;
    }
    if (index == 0) first_ = candidate;
    Note({commit, side == analysis::Side::kBad ? "bad" : "good", candidate, ""});
    return side;
  }

  // Of the commits in column `column` against the first; nothing where one of them has no value.
  static std::optional<stats::Decision> DecisionOf(const analysis::Comparison& comparison, size_t column) {
    for (const analysis::ComparedCell& cell : comparison.cells) {
      if (cell.column == column) return cell.decision;
    }
    return std::nullopt;
  }

  Status Conclude(const analysis::Bisection& bisection) {
    for (const size_t suspect : bisection.Suspects()) {
      RB_ASSIGN(report_.suspects.emplace_back(), Describe(commits_[suspect]));
    }
    report_.outcome = BisectOutcome::kSeveralSuspects;
    if (report_.suspects.size() > 1) return {};
    return Confirm(bisection.first_bad());
  }

  // Side by side with the commit before it, unless the two were already.
  Status Confirm(size_t found) {
    RB_ASSIGN(report_.before, Describe(found == 0 ? good_ : commits_[found - 1]));
    if (found > 0) {
      criterion_.threshold = report_.rule.threshold;
      RB_ASSIGN(const analysis::Comparison last, Measure({commits_[found - 1], commits_[found]}));
      report_.change = DecisionOf(last, 1);
    } else {
      report_.change = commits_.size() == 1 ? ends_ : first_;
    }
    const bool is_confirmed = report_.change && analysis::SideOf(*report_.change) == analysis::Side::kBad;
    report_.outcome = is_confirmed ? BisectOutcome::kFound : BisectOutcome::kUnconfirmed;
    if (found > 0) Note({report_.suspects[0], is_confirmed ? "confirmed" : "unconfirmed", report_.change, ""});
    return {};
  }

  // One campaign of these commits. A run that fails is an error.
  Result<analysis::Comparison> Measure(const std::vector<std::string>& shas) {
    RB_ASSIGN(std::vector<Build> builds, BuildCommits(shas, options_.measure, interrupt_, progress_));
    CampaignRequest request{planned_.scenario, planned_.cells, std::move(builds), options_.measure.seed,
                            options_.measure.fresh};
    request.level_share = level_share_;
    request.criterion = criterion_;
    request.recipe = options_.measure.recipe;
    report_.error_bound += stats::Criteria().alpha * level_share_;
    RB_ASSIGN(const CampaignResult result, RunCampaign(request, store_, interrupt_, progress_));
    if (result.outcome.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted; what had ended was kept");
    RB_ASSIGN(const std::vector<record::Sample> samples, store_.Samples(result.campaign.id));
    failed_builds_.clear();
    for (const record::Sample& sample : samples) {
      if (sample.outcome != record::Outcome::kOk) failed_builds_.insert(sample.build);
    }
    if (result.outcome.cleanup) PrintWarning(result.outcome.cleanup->message);
    if (result.outcome.error) return Fail(*result.outcome.error);
    rule_ = analysis::StoppingRule(result.campaign);
    return analysis::CompareCampaign(result.campaign, samples, rule_);
  }

  Result<report::BisectCommit> Describe(const std::string& sha) const {
    RB_ASSIGN(const lab::CommitInfo commit, repository_.Describe(sha));
    return ToReport(commit);
  }

  void Note(report::BisectStep step) {
    log_ << "==> " << report::BisectStepText(step) << "\n\n" << std::flush;
    report_.steps.push_back(std::move(step));
  }

  const BenchBisectOptions& options_;
  lab::GitRepository repository_;
  PlannedScenario planned_;
  StopCriterion criterion_;  // of the next campaign
  store::SampleStore& store_;
  const lab::Interrupt& interrupt_;
  BenchProgress& progress_;
  std::ostream& log_;

  std::string good_;
  std::vector<std::string> commits_;  // after good_; the last is the bad end
  double level_share_ = 1;
  analysis::MetricRule rule_;             // of the last campaign
  std::set<std::string> failed_builds_;   // in it: commits with a failed run
  stats::Decision ends_;                  // of the bad end
  std::optional<stats::Decision> first_;  // of the first commit after good_, where it was measured
  BisectReport report_;
};

Result<PlannedScenario> PlanBisect(const BenchBisectOptions& options) {
  if (options.measure.overrides.iterations) {
    return Fail(ErrorCode::kUsage, "--iters: a search measures until it is decided", "--max-blocks bounds each step");
  }
  return PlanMeasurement(options.measure);
}

}  // namespace

Command AddBenchBisect(Command bench, BenchBisectOptions& options) {
  return bench.AddCommand("bisect", "Find the commit that made it slower", [&options](Command command) {
    command.Add("GOOD", options.good, "a commit from before").Required();
    command.Add("BAD", options.bad, "a later one that is slower").Required();
    AddMeasureOptions(command, options.measure);
    command.Add("--metric", options.metric, "what decides; the scenario's primary metric if not given");
    command.Add("--threshold", options.threshold, "the least change that matters, in per cent: 3%");
    command.AddFlag("--json", options.json, "print the result as JSON");
    command.Add("--store", options.store, "a file, or postgresql://…").ShowDefault();
  });
}

Result<BisectReport> Bisect(const BenchBisectOptions& options, store::SampleStore& store,
                            const lab::Interrupt& interrupt, BenchProgress& progress, std::ostream& log) {
  RB_ASSIGN(PlannedScenario planned, PlanBisect(options));
  RB_ASSIGN(StopCriterion criterion, StopCriterionOf(options, planned.scenario));
  RB_ASSIGN(lab::GitRepository repository, lab::GitRepository::Open(options.measure.repository, &interrupt));
  return Search(options, std::move(repository), std::move(planned), std::move(criterion), store, interrupt, progress,
                log)
      .Run();
}

int RunBisectCommand(const BenchBisectOptions& options) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  auto store = OpenStoreForMeasuring(options.store);
  if (!store) return PrintError(store.error());
  BenchProgress progress(std::cerr, isatty(STDERR_FILENO) == 1);
  const auto report = Bisect(options, *store, interrupt, progress, std::cerr);
  if (!report) return PrintError(report.error());
  PrintText(options.json ? report::BisectJson(*report) : report::BisectText(*report));
  return report->outcome == BisectOutcome::kFound ? 0 : kNotFound;
}

}  // namespace rapidbyte::cli
