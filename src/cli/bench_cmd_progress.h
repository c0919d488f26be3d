// What `bench cmd` shows while it measures: on a terminal a line for each command with the current estimate of its
// median, and a bar below them; elsewhere a line every few seconds. Drawn between runs, at most ten times a second.
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "cli/bench_cmd_plan.h"
#include "lab/campaign_runner.h"

namespace rapidbyte::cli {

// How far a campaign is that ends by time as well as by blocks.
struct CommandPace {
  uint32_t min_runs = 0;
  uint32_t max_runs = 0;
  double min_secs = 0;  // 0: the number of blocks alone ends it
};

// From 0 to 1, after `blocks` that count in `secs`.
double ShareDone(const CommandPace& pace, double blocks, double secs);

class CommandProgress : public lab::CampaignListener {
 public:
  struct Screen {
    bool live = false;  // a terminal, whose lines can be rewritten
    size_t width = 80;
    size_t height = 24;
  };

  // `out` and `commands` must outlive it. `now_secs` is a monotonic clock.
  CommandProgress(std::ostream& out, const Screen& screen, const std::vector<PlannedCommand>& commands,
                  const analysis::MetricRule& metric, const CommandPace& pace, std::function<double()> now_secs)
      : out_(out),
        screen_(screen),
        commands_(commands),
        metric_(metric),
        pace_(pace),
        now_secs_(std::move(now_secs)),
        values_(commands.size()) {}

  void OnRunStarted(const lab::CampaignProgress& progress) override;
  void OnRunFinished(const lab::CampaignProgress& progress, const record::Sample& sample) override;
  void Clear();  // takes the live lines away

 private:
  void Draw(const lab::CampaignProgress& progress);
  std::string CommandLine(size_t index) const;
  std::string BarLine(const lab::CampaignProgress& progress) const;
  std::string EstimateOf(size_t index) const;

  std::ostream& out_;
  const Screen screen_;
  const std::vector<PlannedCommand>& commands_;
  const analysis::MetricRule metric_;
  const CommandPace pace_;
  std::function<double()> now_secs_;
  std::vector<std::vector<double>> values_;  // of each command, so far
  double counting_since_ = -1;               // the first block that counts began; below 0: not yet
  double drawn_at_ = -1e9;
  size_t lines_ = 0;  // on the screen
};

}  // namespace rapidbyte::cli
