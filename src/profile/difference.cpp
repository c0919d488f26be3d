#include "profile/difference.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "profile/merge.h"
#include "stats/false_discovery.h"
#include "stats/welch.h"

namespace rapidbyte::profile {
namespace {

// One run's values by place, or by function.
struct RunValues {
  std::vector<double> self, total;
  double whole = 0;
  double records = 0;
};

class Comparison {
 public:
  Comparison(std::span<const Profile* const> before, std::span<const Profile* const> after,
             const DifferenceOptions& options)
      : options_(options), before_runs_(before.size()) {
    std::vector<const Profile*> profiles(before.begin(), before.end());
    profiles.insert(profiles.end(), after.begin(), after.end());
    Merger merger(profiles);
    std::vector<std::vector<StackId>> merged;
    for (const Profile* profile : profiles) merged.push_back(merger.Add(*profile));
    result_.stacks = merger.Take();
    for (size_t i = 0; i < profiles.size(); ++i) runs_.push_back(Sum(*profiles[i], merged[i]));
    result_.before_runs = before.size();
    result_.after_runs = after.size();
    result_.decided = std::min(before.size(), after.size()) >= kMinRunsForDecision;
    result_.unit = before[0]->unit;
    result_.basis = options.basis;
  }

  Difference Compare() && {
    const size_t places = result_.stacks.stack_count();
    result_.self = Changes(
        places, [](const RunValues& run) -> const auto& { return run.self; }, runs_);
    result_.total = Changes(
        places, [](const RunValues& run) -> const auto& { return run.total; }, runs_);
    CompareFunctions();
    return std::move(result_);
  }

 private:
  RunValues Sum(const Profile& profile, const std::vector<StackId>& merged) const {
    RunValues run;
    run.self.assign(result_.stacks.stack_count(), 0);
    for (const Sample& sample : profile.samples) {
      if (!options_.states[static_cast<size_t>(sample.state)]) continue;
      run.self[Index(merged[Index(sample.stack)])] += sample.value;
      run.whole += sample.value;
      run.records += sample.count;
    }
    run.total = run.self;
    for (size_t i = run.total.size(); i-- > 1;) run.total[Index(ParentOf(i))] += run.total[i];
    return run;
  }

  StackId ParentOf(size_t stack) const { return result_.stacks.Parent(StackId{static_cast<uint32_t>(stack)}); }
  FrameId LeafOf(size_t stack) const { return result_.stacks.Leaf(StackId{static_cast<uint32_t>(stack)}); }

  // Whether the stack's leaf calls itself from further up.
  bool IsRecursive(size_t stack) const {
    for (StackId up = ParentOf(stack); up != kRoot; up = result_.stacks.Parent(up)) {
      if (result_.stacks.Leaf(up) == LeafOf(stack)) return true;
    }
    return false;
  }

  void CompareFunctions() {
    const size_t frames = result_.stacks.frame_count();
    std::vector<RunValues> by_function;
    for (const RunValues& run : runs_) {
      by_function.push_back({std::vector<double>(frames), std::vector<double>(frames), run.whole, run.records});
    }
    for (size_t stack = 1; stack < result_.stacks.stack_count(); ++stack) {
      const size_t frame = Index(LeafOf(stack));
      const bool recursive = IsRecursive(stack);
      for (size_t i = 0; i < runs_.size(); ++i) {
        by_function[i].self[frame] += runs_[i].self[stack];
        if (!recursive) by_function[i].total[frame] += runs_[i].total[stack];
      }
    }
    const auto self = Changes(
        frames, [](const RunValues& run) -> const auto& { return run.self; }, by_function);
    const auto total = Changes(
        frames, [](const RunValues& run) -> const auto& { return run.total; }, by_function);
    for (size_t i = 0; i < frames; ++i) {
      result_.functions.push_back({FrameId{static_cast<uint32_t>(i)}, self[i], total[i]});
    }
    std::stable_sort(result_.functions.begin(), result_.functions.end(),
                     [&](const FunctionChange& a, const FunctionChange& b) {
                       if (a.self.significant != b.self.significant) return a.self.significant;
                       return std::fabs(a.self.by(options_.basis)) > std::fabs(b.self.by(options_.basis));
                     });
  }

  // The column of each run is what `column_of` says of it.
  template <typename ColumnOf>
  std::vector<Change> Changes(size_t count, const ColumnOf& column_of, const std::vector<RunValues>& runs) const {
    std::vector<Change> changes(count);
    std::vector<size_t> tested;
    std::vector<double> p_values;
    for (size_t i = 0; i < count; ++i) {
      std::vector<double> values, shares;
      for (const RunValues& run : runs) {
        values.push_back(column_of(run)[i]);
        shares.push_back(run.whole > 0 ? values.back() / run.whole : 0);
      }
      changes[i] = Means(values, shares);
      if (!result_.decided || changes[i].before_share + changes[i].after_share < 2 * options_.least_share) continue;
      tested.push_back(i);
      p_values.push_back(Test(options_.basis == Basis::kShare ? shares : values, changes[i]));
    }
    const std::vector<double> adjusted = stats::FalseDiscoveryAdjust(p_values);
    for (size_t i = 0; i < tested.size(); ++i) {
      changes[tested[i]].p_value = adjusted[i];
      changes[tested[i]].significant = adjusted[i] <= options_.false_discovery_rate;
    }
    return changes;
  }

  Change Means(std::span<const double> values, std::span<const double> shares) const {
    const auto before = static_cast<std::ptrdiff_t>(before_runs_);
    const auto mean = [](std::span<const double> of) { return stats::MeanAndVarianceOf(of).mean; };
    return {.before = mean(values.first(before)),
            .after = mean(values.subspan(before)),
            .before_share = mean(shares.first(before)),
            .after_share = mean(shares.subspan(before))};
  }

  // Fills the interval; returns p, not corrected.
  double Test(std::span<const double> values, Change& change) const {
    stats::MeanAndVariance before = stats::MeanAndVarianceOf(values.first(before_runs_));
    stats::MeanAndVariance after = stats::MeanAndVarianceOf(values.subspan(before_runs_));
    const double least = CountingVariance(values);
    before.variance = std::max(before.variance, least);
    after.variance = std::max(after.variance, least);
    const stats::MeanDifference difference = stats::CompareMeans(before, after);
    change.interval = difference.interval;
    return difference.p_value;
  }

  // Of a run's value where both sides are the same and samples fall at random: the mean number of samples (Poisson)
  // times the square of what one stands for. By share, what is in every sample does not vary at all (binomial).
  double CountingVariance(std::span<const double> values) const {
    double whole = 0, records = 0;
    for (const RunValues& run : runs_) {
      whole += options_.basis == Basis::kShare ? (run.whole > 0 ? 1 : 0) : run.whole;
      records += run.records;
    }
    if (records == 0 || whole == 0) return 0;
    const double mean = stats::MeanAndVarianceOf(values).mean;
    const double per_record = whole / records;
    const double others = 1 - mean * static_cast<double>(values.size()) / whole;
    return per_record * mean * (options_.basis == Basis::kShare ? std::max(0.0, others) : 1);
  }

  const DifferenceOptions& options_;
  size_t before_runs_;
  std::vector<RunValues> runs_;
  Difference result_;
};

}  // namespace

Difference Compare(std::span<const Profile* const> before, std::span<const Profile* const> after,
                   const DifferenceOptions& options) {
  RB_CHECK(!before.empty() && !after.empty());
  return Comparison(before, after, options).Compare();
}

}  // namespace rapidbyte::profile
