#include "cli/bench_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/clock.h"
#include "base/format.h"

namespace rapidbyte::cli {
namespace {

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

// "warm-up block 1" or "block 3 of 10": people count from one, and blocks that count apart from those that do not.
std::string BlockName(const lab::CampaignProgress& progress) {
  if (progress.warmup) return fmt::format("warm-up block {}", progress.block + 1);
  return fmt::format("block {} of {}", progress.block + 1 - progress.warmup_blocks,
                     progress.blocks - progress.warmup_blocks);
}

// In whole seconds: it is an estimate.
std::string TimeLeft(const lab::CampaignProgress& progress) {
  const double secs = std::round(progress.remaining_secs.value_or(0));
  if (secs <= 0) return "";
  return fmt::format("about {} left", secs < 120 ? fmt::format("{:.0f} s", secs) : FormatDuration(secs));
}

std::string RunText(const record::Sample& sample) {
  const std::string mode = Upper(record::ModeOf(sample.cell));
  if (sample.outcome == record::Outcome::kOk) return fmt::format("{} {}", mode, FormatDuration(sample.wall_secs));
  return fmt::format("{} failed ({})", mode, sample.error);
}

void Append(std::string& list, const std::string& separator, const std::string& item) {
  if (!list.empty() && !item.empty()) list += separator;
  list += item;
}

}  // namespace

// The server's version alone: its settings are in the report.
std::string BenchHeader(const record::Campaign& campaign, uint64_t rows) {
  const record::HostFingerprint& host = campaign.host;
  const std::string version = campaign.server.substr(0, campaign.server.find(','));
  return fmt::format(
      "dataset  {}, {} rows\nserver   {}\nhost     {}: {}, {} CPUs, {}\ncommit   {} on {}{}\nseed     {}\n",
      campaign.dataset, FormatThousands(rows), version, host.hostname, host.cpu_model, host.cpus,
      FormatBytes(static_cast<double>(host.memory_bytes)), campaign.git_sha.substr(0, 10), campaign.git_branch,
      campaign.git_dirty ? ", with changes" : "", campaign.seed);
}

Status BenchProgress::Step(const std::string& name, const std::function<Status()>& step) {
  out_ << name << " … " << std::flush;
  const uint64_t start = MonotonicNanos();
  Status done = step();
  out_ << (done ? FormatDuration(NanosToSeconds(MonotonicNanos() - start)) : "failed") << '\n' << std::flush;
  return done;
}

void BenchProgress::OnRunStarted(const lab::CampaignProgress& progress) {
  std::string text = fmt::format("{}: {}", BlockName(progress), block_);
  Append(text, block_.empty() ? "" : ", ", Upper(record::ModeOf(progress.cell->key)) + " …");
  Append(text, "; ", TimeLeft(progress));
  ShowLive(text);
}

// Failures stay on the screen; a block's line is printed where nothing can be rewritten.
void BenchProgress::OnRunFinished(const lab::CampaignProgress& progress, const record::Sample& sample) {
  if (live_ && sample.outcome != record::Outcome::kOk) {
    Clear();
    out_ << BlockName(progress) << ": " << RunText(sample) << '\n';
  }
  Append(block_, ", ", RunText(sample));
  if (progress.position + 1 < progress.positions) return;
  if (!live_) {
    std::string text = BlockName(progress) + ": " + block_;
    Append(text, "; ", TimeLeft(progress));
    out_ << text << '\n' << std::flush;
  }
  block_.clear();
}

void BenchProgress::ShowLive(const std::string& text) {
  if (live_) out_ << "\r\033[K" << text << std::flush;
}

void BenchProgress::Clear() { ShowLive(""); }

}  // namespace rapidbyte::cli
