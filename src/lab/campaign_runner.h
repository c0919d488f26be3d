// Runs a campaign: every cell once in each block, every sample handed on before the next run starts.
//
// What happens to a program is a sample too: a crash, a timeout, wrong rows, a hook that fails around it; after a
// failing set-up, every run of its cell. The campaign goes on. It ends early where nothing can be measured any more
// (the server is gone, the disk is full) or on an interrupt; a run that was cut short by it is no sample. What was set
// up is cleaned up in any case. The runner reaches processes and clocks through its ports and prints nothing. One
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"
#include "lab/measured_run.h"
#include "lab/subject.h"
#include "record/sample.h"

namespace rapidbyte::lab {

// Keeps samples. Append returns once the sample would survive a kill -9.
class SampleSink {
 public:
  virtual ~SampleSink() = default;
  virtual Status Append(const record::Sample& sample) = 0;
};

// Where a campaign stands, as its listener gets it.
struct CampaignProgress {
  uint32_t block = 0;   // from 0, warm-up blocks included
  uint32_t blocks = 0;  // of the whole campaign
  uint32_t warmup_blocks = 0;
  bool warmup = false;
  uint32_t position = 0;  // of the run within its block
  uint32_t positions = 0;
  const Cell* cell = nullptr;
  std::optional<double> remaining_secs;  // an estimate; nothing before the first run has ended
};

class CampaignListener {
 public:
  virtual ~CampaignListener() = default;
  virtual void OnRunStarted(const CampaignProgress& progress) = 0;
  virtual void OnRunFinished(const CampaignProgress& progress, const record::Sample& sample) = 0;
};

// A run's place in a campaign.
struct Place {
  uint32_t block = 0;
  uint32_t position = 0;
  auto operator<=>(const Place&) const = default;
};

struct CampaignPlan {
  std::string campaign_id;
  uint64_t seed = 0;
  uint32_t warmup_blocks = 1;
  uint32_t blocks = 10;  // after the warm-up; the most, where `enough` may end the campaign before
  // What an earlier process has measured of the same plan: it is not measured again. Where the warm-up is among it,
  // every cell runs once without being kept, since the surroundings are cold again.
  std::set<Place> done = {};
  std::vector<record::Sample> earlier_failures = {};  // among `done`: they count for the outcome
  // Asked after each block that counts, with their number so far; empty: never.
  std::function<Result<bool>(uint32_t blocks)> enough = {};
  bool ends_with_hook = false;  // a hook that fails before or after a run ends the campaign
};

// The first failed sample that is not of a warm-up block, or else of one, decides the error: kVerification where any
// run left wrong rows, otherwise the class that the program's exit code names.
struct CampaignOutcome {
  uint32_t samples = 0;
  uint32_t failures = 0;
  uint32_t blocks = 0;  // that count and are complete
  bool interrupted = false;
  std::optional<Error> error;    // of the worst failure
  std::optional<Error> cleanup;  // of the first cell that was not cleaned up
};

// Errors: those that end a campaign, with the samples so far in the sink.
Result<CampaignOutcome> RunCampaign(const CampaignPlan& plan, const std::vector<Cell>& cells,
                                    const CampaignPorts& ports, const Interrupt& interrupt, SampleSink& sink,
                                    CampaignListener& listener);

}  // namespace rapidbyte::lab
