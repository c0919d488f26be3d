// What the report of `bench cmd` says in words.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "report/command_report.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using stats::Decision;
using stats::Obstacle;
using stats::Verdict;

constexpr size_t kLongestQuote = 60;

// "1.23 times": a number near 1 with as many digits as show that it is none.
std::string Times(double ratio) {
  return ratio > 0.9 && ratio < 1.1 ? fmt::format("{:.3f}", ratio) : FormatDigits(ratio);
}

std::string Evidence(const stats::Interval& interval, size_t blocks, double level) {
  return fmt::format("({:.4g}% interval {} to {}, {} blocks)", level, Times(interval.lower), Times(interval.upper),
                     blocks);
}

double LevelOf(const Decision& decision) { return (1 - decision.criteria.alpha) * 100; }

std::string Evidence(const Decision& decision) {
  return Evidence(*decision.ratio->interval, decision.ratio->pairs, LevelOf(decision));
}

// What a ratio of medians is a ratio of.
std::string Measure(const analysis::MetricRule& rule) {
  if (rule.name == "cpu") return "CPU time";
  if (rule.name == "max_rss" || rule.name == "tree_rss") return "peak memory";
  if (rule.name == "user" || rule.name == "system") return rule.name + " time";
  return rule.name;
}

std::string LikeSentence(const std::string& one, const std::string& other, const analysis::MetricRule& rule,
                         const Decision& decision) {
  const std::string times = Times(decision.ratio->estimate);
  if (rule.name == "wall") return fmt::format("{} took {} times as long as {}", one, times, other);
  return fmt::format("the {} of {} was {} times that of {}", Measure(rule), one, times, other);
}

// Turned so that the number is above 1 and reads as "faster", whichever is the reference.
std::string ChangeSentence(const std::string& command, const std::string& reference, const analysis::MetricRule& rule,
                           const Decision& decision) {
  if (rule.name != "wall") {
    const char* verdict = decision.verdict == Verdict::kImproved ? "better" : "worse";
    return fmt::format("{}: {} {}.", verdict == std::string("better") ? "Better" : "Worse",
                       LikeSentence(command, reference, rule, decision), Evidence(decision));
  }
  const stats::Ratio& ratio = *decision.ratio;
  const bool is_faster = decision.verdict == Verdict::kImproved;
  const stats::Interval& interval = *ratio.interval;
  const stats::Interval turned = is_faster ? stats::Interval{1 / interval.upper, 1 / interval.lower} : interval;
  return fmt::format("{} was {} times as fast as {} {}.", is_faster ? command : reference,
                     Times(is_faster ? 1 / ratio.estimate : ratio.estimate), is_faster ? reference : command,
                     Evidence(turned, ratio.pairs, LevelOf(decision)));
}

std::string NoTestSentence(const std::string& command, const std::string& reference, const analysis::MetricRule& rule,
                           const Decision& decision) {
  if (decision.obstacle == Obstacle::kNoRatio) {
    return fmt::format("No ratio of {} to {}: {}.", command, reference, NoRatioReason(rule));
  }
  const auto enough = stats::BlocksToDecide(decision);
  const std::string like = decision.ratio ? ": " + LikeSentence(command, reference, rule, decision) : "";
  return fmt::format("Too few blocks to compare ({}){}{}", decision.ratio ? decision.ratio->pairs : 0, like,
                     enough ? fmt::format("; at least {} are needed (-r {}).", *enough, *enough) : ".");
}

std::string UndecidedSentence(const std::string& command, const std::string& reference,
                              const analysis::MetricRule& rule, const Decision& decision) {
  const stats::Interval& interval = *decision.ratio->interval;
  const bool is_likely = interval.lower > 1 || interval.upper < 1;
  const std::string what =
      decision.significant ? "There is a difference, but its size is not shown"
      : is_likely          ? fmt::format("A difference is likely, but not shown (p = {:.2g}, a verdict takes {:.2g})",
                                         decision.ratio->p_value, decision.criteria.FirstLevel(decision.family))
                           : "No difference is shown, and none is ruled out";
  const auto enough = stats::BlocksToDecide(decision);
  const std::string advice = enough ? fmt::format(" About {} blocks would decide (-r {}).", *enough, *enough)
                                    : std::string(" No sensible number of blocks would decide.");
  return fmt::format("{}: {} {}.{}", what, LikeSentence(command, reference, rule, decision), Evidence(decision),
                     advice);
}

std::string OutlierWarning(const CommandNumbers& numbers, uint32_t warmup_blocks) {
  const std::string name = QuotedCommand(numbers.command.name);
  const size_t count = numbers.outliers.size();
  const double median = numbers.Of("wall").median;
  const auto distance = [median](const record::Sample* run) { return std::abs(run->wall_secs - median); };
  const auto farthest =
      *std::max_element(numbers.outliers.begin(), numbers.outliers.end(),
                        [&](const record::Sample* a, const record::Sample* b) { return distance(a) < distance(b); });
  return fmt::format(
      "{} had {} {} among {} runs, the farthest {} in {}. They are in the numbers; a quieter machine would help.", name,
      count, count == 1 ? "outlier" : "outliers", numbers.runs.size(), FormatDuration(farthest->wall_secs),
      record::BlockName(*farthest, warmup_blocks));
}

}  // namespace

std::string QuotedCommand(std::string_view command) {
  std::string line = Printable(command);
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (DisplayWidth(line) > kLongestQuote) {
    size_t bytes = 0;
    for (size_t width = 0; width < kLongestQuote; ++bytes) width += IsContinuation(line[bytes]) ? 0 : 1;
    line = line.substr(0, bytes - 1) + "…";
  }
  return "'" + line + "'";
}

std::string NoRatioReason(const analysis::MetricRule& rule) {
  if (rule.name != "wall") return fmt::format("a run has a {} of zero", rule.name);
  return "a run took no longer than the shell's start-up, which is taken off (-N does without the shell)";
}

std::string CommandValue(double value, const std::string& unit, const CommandNotes& notes) {
  if (unit == "s" && notes.time_unit == TimeUnit::kSeconds) return FormatDigits(value) + " s";
  if (unit == "s" && notes.time_unit == TimeUnit::kMilliseconds) return FormatDigits(value * 1e3) + " ms";
  if (unit == "s" && notes.time_unit == TimeUnit::kMicroseconds) return FormatDigits(value * 1e6) + " µs";
  return FormatValue(value, unit);
}

std::string CommandSentence(const CommandAnalysis& analysis, size_t command) {
  const std::string name = QuotedCommand(analysis.commands[command].command.name);
  const std::string reference = QuotedCommand(analysis.commands[analysis.reference].command.name);
  const auto& decision = analysis.commands[command].decision;
  if (!decision) return fmt::format("No block has a successful run of both {} and {}.", name, reference);
  const analysis::MetricRule& rule = analysis.question.primary;
  if (decision->obstacle != Obstacle::kNone || !decision->ratio || !decision->ratio->interval) {
    return NoTestSentence(name, reference, rule, *decision);
  }
  if (stats::IsChange(decision->verdict)) return ChangeSentence(name, reference, rule, *decision);
  if (decision->verdict == Verdict::kInconclusive) return UndecidedSentence(name, reference, rule, *decision);
  return fmt::format("No difference of {:.4g}% or more: {} {}.", decision->threshold * 100,
                     LikeSentence(name, reference, rule, *decision), Evidence(*decision));
}

std::vector<std::string> CommandWarnings(const CommandAnalysis& analysis) {
  std::vector<std::string> warnings;
  for (const CommandNumbers& numbers : analysis.commands) {
    const std::string name = QuotedCommand(numbers.command.name);
    if (numbers.slow_start) {
      warnings.push_back(
          fmt::format("the first run of {} took {}, {} times its median: -w (--warmup) runs it before "
                      "it counts.",
                      name, FormatDuration(numbers.runs.front()->wall_secs),
                      FormatDigits(numbers.runs.front()->wall_secs / numbers.Of("wall").median)));
    } else if (!numbers.outliers.empty()) {
      warnings.push_back(OutlierWarning(numbers, analysis.warmup_blocks));
    }
    if (numbers.nonzero_exits > 0) {
      const auto first = std::find_if(numbers.runs.begin(), numbers.runs.end(),
                                      [](const record::Sample* run) { return run->exit_code != 0; });
      warnings.push_back(
          fmt::format("{} ended with an exit code other than 0 in {} of {} runs (first: {}), which -i "
                      "ignores.",
                      name, numbers.nonzero_exits, numbers.runs.size(), (*first)->exit_code));
    }
  }
  return warnings;
}

}  // namespace rapidbyte::report
