// What `bench run` shows while it works: the header, then a live line on a terminal, or else a line for each block.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

#include "base/result.h"
#include "lab/campaign_runner.h"
#include "record/sample.h"

namespace rapidbyte::cli {

// Dataset with its rows, server, host, commit and seed; ends with a line feed.
std::string BenchHeader(const record::Campaign& campaign, uint64_t rows);

class BenchProgress : public lab::CampaignListener {
 public:
  // `out` must outlive it. `live`: the output is a terminal, and a line can be rewritten.
  BenchProgress(std::ostream& out, bool live) : out_(out), live_(live) {}

  // Names a step that takes a while, does it, and says how long it took.
  Status Step(const std::string& name, const std::function<Status()>& step);

  void OnRunStarted(const lab::CampaignProgress& progress) override;
  void OnRunFinished(const lab::CampaignProgress& progress, const record::Sample& sample) override;
  void Clear();  // takes the live line away

 private:
  void ShowLive(const std::string& text);

  std::ostream& out_;
  const bool live_;
  std::string block_;  // the runs of the current block, as they will be printed
};

}  // namespace rapidbyte::cli
