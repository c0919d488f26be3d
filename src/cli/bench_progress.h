// What `bench run` shows while it works: the header, then a live line on a terminal, or else a line for each block.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/campaign_runner.h"
#include "record/sample.h"

namespace rapidbyte::cli {

// Scenario, server, host, commit and seed; ends with a line feed.
std::string BenchHeader(const record::Campaign& campaign, size_t cells, size_t done);

class BenchProgress : public lab::CampaignListener {
 public:
  // `out` must outlive it. `live`: the output is a terminal, and a line can be rewritten.
  BenchProgress(std::ostream& out, bool live) : out_(out), live_(live) {}

  // What tells the cells apart in a line; all of their parameters otherwise.
  void NameCellsBy(std::vector<std::string> parameters) { parameters_ = std::move(parameters); }
  // `done`: samples that an earlier process has measured.
  void Header(const record::Campaign& campaign, size_t cells, size_t done);
  // Names a step that takes a while, does it, and says how long it took.
  Status Step(const std::string& name, const std::function<Status()>& step);

  void OnRunStarted(const lab::CampaignProgress& progress) override;
  void OnRunFinished(const lab::CampaignProgress& progress, const record::Sample& sample) override;
  void Clear();  // takes the live line away

 private:
  void ShowLive(const std::string& text);
  std::string CellText(const record::CellKey& cell, const std::string& build) const;
  std::string RunText(const record::Sample& sample) const;

  std::ostream& out_;
  const bool live_;
  std::optional<std::vector<std::string>> parameters_;
  std::string block_;  // the runs of the current block, as they will be printed
};

}  // namespace rapidbyte::cli
