// One run of one cell, from its preparation to what came of it: a sample that lacks only its place in a campaign.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "lab/interrupt.h"
#include "lab/subject.h"
#include "lab/subprocess.h"
#include "record/sample.h"

namespace rapidbyte::lab {

// What a campaign needs of the outside world.
struct CampaignPorts {
  std::function<Result<SubprocessResult>(const Command&)> run;  // with the campaign's timeout and the interrupt
  std::function<uint64_t()> monotonic_nanos;
  std::function<std::string()> utc_now;  // ISO 8601
};

// The real ones. `interrupt` must outlive them.
CampaignPorts SystemPorts(double timeout_secs, const Interrupt& interrupt);

// A crash, a timeout, wrong rows and a missing program are samples with that outcome. Errors: kInterrupted for a run
// that was cut short; a hook failure (lab/hooks.h), but not of `conclude` after a run that failed by itself; and what
// ends a campaign: a subject that cannot be prepared, a system that starts no process.
Result<record::Sample> MeasureOnce(const Cell& cell, const CampaignPorts& ports);

// The sample of a run that a hook's failure did away with.
record::Sample FailedByHook(const Cell& cell, const CampaignPorts& ports, const Error& failure);

}  // namespace rapidbyte::lab
