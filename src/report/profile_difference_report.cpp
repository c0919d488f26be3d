#include "report/profile_difference_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "report/flamegraph_facts.h"
#include "report/flamegraph_text.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using nlohmann::ordered_json;
using profile::Basis;
using profile::Change;
using profile::Difference;
using profile::FunctionChange;

constexpr size_t kWidth = 80;
constexpr double kWorthShowing = 0.0005;  // of the whole, where it is not significant

std::string Amount(const Difference& difference, double amount) {
  if (difference.basis == Basis::kPerRun) return FormatValue(amount, difference.unit);
  return fmt::format("{:.2f}%", amount * 100);
}

std::string Signed(const Difference& difference, double amount) {
  return (amount < 0 ? "−" : "+") + Amount(difference, std::abs(amount));
}

double Before(const Difference& difference, const Change& change) {
  return difference.basis == Basis::kShare ? change.before_share : change.before;
}

double After(const Difference& difference, const Change& change) {
  return difference.basis == Basis::kShare ? change.after_share : change.after;
}

bool IsShown(const FunctionChange& function) {
  return function.self.significant || std::abs(function.self.share()) >= kWorthShowing;
}

std::string Row(const Difference& difference, const FunctionChange& function) {
  const Change& own = function.self;
  std::string interval = difference.decided ? "too rare" : "–";
  if (own.interval) {
    interval = Signed(difference, own.interval->lower) + " to " + Signed(difference, own.interval->upper);
  }
  const std::string line = fmt::format(
      "{} {} {} {}  {}  ", own.significant ? '*' : ' ', PadLeft(Amount(difference, Before(difference, own)), 8),
      PadLeft(Amount(difference, After(difference, own)), 8), PadLeft(Signed(difference, own.by(difference.basis)), 9),
      PadRight(interval, 20));
  const std::string name = CleanText(difference.stacks.Name(function.frame));
  return line + Shortened(name, kWidth - std::min(kWidth - 10, DisplayWidth(line))) + "\n";
}

ordered_json JsonOf(const Difference& difference, const Change& change) {
  ordered_json json = {{"before", change.before},
                       {"after", change.after},
                       {"before_share", change.before_share},
                       {"after_share", change.after_share},
                       {"change", change.by(difference.basis)}};
  if (change.interval) {
    json["interval"] = {change.interval->lower, change.interval->upper};
    json["p"] = change.p_value;
    json["significant"] = change.significant;
  }
  return json;
}

}  // namespace

std::string ProfileDifferenceText(const Difference& difference, size_t most) {
  std::string head =
      fmt::format("Own time of each function, {}: {} {} before, {} after.",
                  difference.basis == Basis::kShare ? "as a share of each run" : "per run", difference.before_runs,
                  difference.before_runs == 1 ? "run" : "runs", difference.after_runs);
  head += difference.decided
              ? " The changes marked * are more than noise (Welch's t; at most 5% of them falsely so)."
              : fmt::format(" Whether a change is more than noise is not known: it takes {} runs on each side.",
                            profile::kMinRunsForDecision);
  std::string text = Wrap("", head, kWidth);
  std::string rows;
  size_t shown = 0, left = 0;
  for (const FunctionChange& function : difference.functions) {
    if (!IsShown(function)) continue;
    if (shown == most) {
      ++left;
    } else {
      rows += Row(difference, function);
      ++shown;
    }
  }
  if (shown == 0) return text + "\nNo function's own time changed.\n";
  text += fmt::format("\n{}  {}\n{}", "    before    after    change  95% interval        ", "function", rows);
  if (left > 0) text += fmt::format("  and {} more: --format json has them all\n", left);
  return text;
}

std::string ProfileDifferenceJson(const Difference& difference) {
  ordered_json functions = ordered_json::array();
  for (const FunctionChange& function : difference.functions) {
    const profile::Frame& frame = difference.stacks.At(function.frame);
    functions.push_back({{"name", CleanText(difference.stacks.Text(frame.name), 10'000)},
                         {"image", CleanText(difference.stacks.Text(frame.image))},
                         {"origin", profile::OriginName(frame.origin)},
                         {"own", JsonOf(difference, function.self)},
                         {"total", JsonOf(difference, function.total)}});
  }
  const ordered_json json = {{"runs", {{"before", difference.before_runs}, {"after", difference.after_runs}}},
                             {"unit", difference.unit == profile::Unit::kNanoseconds ? "ns" : "samples"},
                             {"basis", difference.basis == Basis::kShare ? "share" : "run"},
                             {"decided", difference.decided},
                             {"functions", functions}};
  return DumpJson(json, 1) + "\n";
}

}  // namespace rapidbyte::report
