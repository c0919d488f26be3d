#include "cli/bench_cmd_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "base/printable.h"
#include "report/command_report.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"
#include "stats/summary.h"

namespace rapidbyte::cli {
namespace {

constexpr double kLivePeriodSecs = 0.1;
constexpr double kPlainPeriodSecs = 10;
constexpr size_t kBarWidth = 30;
constexpr size_t kEstimateWidth = 24;

std::string Bar(double share) {
  const auto full = static_cast<size_t>(std::clamp(share, 0.0, 1.0) * kBarWidth);
  std::string bar;
  for (size_t i = 0; i < kBarWidth; ++i) bar += i < full ? "█" : "░";
  return bar;
}

// At most `width` columns of it.
std::string Cut(const std::string& text, size_t width) {
  std::string line = Printable(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (report::DisplayWidth(line) <= width) return line;
  while (!line.empty() && report::DisplayWidth(line) >= width) line.pop_back();
  return line + "…";
}

}  // namespace

double ShareDone(const CommandPace& pace, double blocks, double secs) {
  const double by_most = pace.max_runs > 0 ? blocks / pace.max_runs : 1;
  if (pace.min_secs <= 0) return std::min(by_most, 1.0);
  const double by_fewest = pace.min_runs > 0 ? blocks / pace.min_runs : 1;
  return std::min(1.0, std::max(by_most, std::min(by_fewest, secs / pace.min_secs)));
}

std::string CommandProgress::EstimateOf(size_t index) const {
  if (values_[index].empty()) return "…";
  return report::FormatValue(stats::Summarize(values_[index]).median, metric_.unit);
}

std::string CommandProgress::CommandLine(size_t index) const {
  const size_t runs = values_[index].size();
  const std::string estimate = report::PadLeft(EstimateOf(index), 9) +
                               report::PadLeft(fmt::format("{} {}", runs, runs == 1 ? "run" : "runs"), 11);
  const size_t width = screen_.width > kEstimateWidth + 10 ? screen_.width - kEstimateWidth : 10;
  return report::PadRight(Cut(commands_[index].name, width), std::min<size_t>(width, 40)) + "  " + estimate;
}

std::string CommandProgress::BarLine(const lab::CampaignProgress& progress) const {
  if (progress.warmup) return fmt::format("warming up, block {} of {}", progress.block + 1, progress.warmup_blocks);
  const double secs = counting_since_ < 0 ? 0 : now_secs_() - counting_since_;
  const double blocks = progress.block - progress.warmup_blocks + double(progress.position) / progress.positions;
  const double share = ShareDone(pace_, blocks, secs);
  const double left = share > 0 ? secs * (1 - share) / share : 0;
  const std::string eta = share > 0 && secs > 0.5 ? fmt::format("  {} left", FormatDuration(std::round(left))) : "";
  return fmt::format("{} {:3.0f}%{}", Bar(share), share * 100, eta);
}

void CommandProgress::Draw(const lab::CampaignProgress& progress) {
  const bool fits = commands_.size() + 2 <= screen_.height;
  Clear();
  if (fits) {
    for (size_t i = 0; i < commands_.size(); ++i) out_ << CommandLine(i) << '\n';
    lines_ = commands_.size();
  }
  out_ << BarLine(progress) << std::flush;
  ++lines_;
}

void CommandProgress::Clear() {
  if (!screen_.live || lines_ == 0) return;
  out_ << '\r';
  if (lines_ > 1) out_ << fmt::format("\033[{}A", lines_ - 1);
  out_ << "\033[J" << std::flush;
  lines_ = 0;
}

void CommandProgress::OnRunStarted(const lab::CampaignProgress& progress) {
  const double now = now_secs_();
  if (!progress.warmup && counting_since_ < 0) counting_since_ = now;
  if (screen_.live) {
    if (now - drawn_at_ < kLivePeriodSecs) return;
    Draw(progress);
  } else {
    if (drawn_at_ < 0) drawn_at_ = now;
    if (now - drawn_at_ < kPlainPeriodSecs) return;
    std::string medians;
    for (size_t i = 0; i < commands_.size(); ++i) {
      medians += (i == 0 ? "" : ", ") + report::QuotedCommand(commands_[i].name) + " " + EstimateOf(i);
    }
    out_ << "block " << progress.block + 1 << ": " << medians << std::endl;
  }
  drawn_at_ = now;
}

void CommandProgress::OnRunFinished(const lab::CampaignProgress&, const record::Sample& sample) {
  const auto value = record::MetricOf(sample, metric_.name);
  if (!value || !sample.Counts()) return;
  for (size_t i = 0; i < commands_.size(); ++i) {
    if (commands_[i].key == sample.cell) values_[i].push_back(*value);
  }
}

}  // namespace rapidbyte::cli
