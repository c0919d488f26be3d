#include "cli/bench_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/format.h"
#include "base/printable.h"
#include "report/matrix_report.h"
#include "report/text_layout.h"

namespace rapidbyte::cli {
namespace {

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

void Append(std::string& list, const std::string& separator, const std::string& item) {
  if (!list.empty() && !item.empty()) list += separator;
  list += item;
}

}  // namespace

// The server's version alone: its settings are in the report.
std::string BenchHeader(const record::Campaign& campaign, size_t cells, size_t done) {
  const record::HostFingerprint& host = campaign.host;
  std::string text = fmt::format("scenario {}, {} {}\n", campaign.scenario, cells, cells == 1 ? "cell" : "cells");
  if (!campaign.server.empty()) text += "server   " + campaign.server.substr(0, campaign.server.find(',')) + "\n";
  text +=
      fmt::format("host     {}: {}, {} CPUs, {}\ncommit   {}\nseed     {}\n", host.hostname, host.cpu_model, host.cpus,
                  FormatBytes(static_cast<double>(host.memory_bytes)), report::CommitText(campaign), campaign.seed);
  if (done > 0)
    text += fmt::format("goes on  with {} after {} finished runs (--fresh begins anew)\n", campaign.id, done);
  return text;
}

void BenchProgress::Header(const record::Campaign& campaign, size_t cells, size_t done) {
  out_ << PrintableLines(BenchHeader(campaign, cells, done)) << std::flush;
}

// The values alone: their names are in the report.
std::string BenchProgress::CellText(const record::CellKey& cell, const std::string& build) const {
  std::string text;
  for (const auto& [name, value] : cell) {
    const bool is_told =
        !parameters_ || std::find(parameters_->begin(), parameters_->end(), name) != parameters_->end();
    if (is_told) text += (text.empty() ? "" : "/") + value;
  }
  if (!build.empty()) text += (text.empty() ? "" : "@") + build.substr(0, 8);
  return text.empty() ? "run" : text;
}

std::string BenchProgress::RunText(const record::Sample& sample) const {
  const std::string cell = CellText(sample.cell, sample.build);
  if (sample.outcome == record::Outcome::kOk) return fmt::format("{} {}", cell, FormatDuration(sample.wall_secs));
  std::string error = sample.error;
  for (size_t at = 0; (at = error.find('\n', at)) != std::string::npos;) error.replace(at, 1, " ");
  return fmt::format("{} failed ({})", cell, Printable(error));
}

Status BenchProgress::Step(const std::string& name, const std::function<Status()>& step) {
  out_ << Printable(name) << " … " << std::flush;
  const uint64_t start = MonotonicNanos();
  Status done = step();
  out_ << (done ? FormatDuration(NanosToSeconds(MonotonicNanos() - start)) : "failed") << '\n' << std::flush;
  return done;
}

void BenchProgress::OnRunStarted(const lab::CampaignProgress& progress) {
  std::string text = fmt::format("{}: {}", BlockName(progress), block_);
  Append(text, block_.empty() ? "" : ", ", CellText(progress.cell->key, progress.cell->build) + " …");
  Append(text, "; ", TimeLeft(progress));
  ShowLive(text);
}

// Failures stay on the screen; a block's line is printed where nothing can be rewritten.
void BenchProgress::OnRunFinished(const lab::CampaignProgress& progress, const record::Sample& sample) {
  if (live_ && sample.outcome != record::Outcome::kOk) {
    Clear();
    out_ << Printable(BlockName(progress) + ": " + RunText(sample)) << '\n';
  }
  Append(block_, ", ", RunText(sample));
  if (progress.position + 1 < progress.positions) return;
  if (!live_) {
    std::string text = BlockName(progress) + ": " + block_;
    Append(text, "; ", TimeLeft(progress));
    out_ << PrintableLines(text) << '\n' << std::flush;
  }
  block_.clear();
}

void BenchProgress::ShowLive(const std::string& text) {
  if (live_) out_ << "\r\033[K" << Printable(text) << std::flush;
}

void BenchProgress::Clear() { ShowLive(""); }

}  // namespace rapidbyte::cli
