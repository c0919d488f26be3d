#include "lab/campaign_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "lab/block_plan.h"
#include "lab/hooks.h"
#include "lab/time_estimate.h"

namespace rapidbyte::lab {
namespace {

using record::Outcome;
using record::Sample;

constexpr int kFirstSignalCode = 128;

// A program with our own codes tells its class by them, and its crash is a defect of ours.
ErrorCode CodeOf(const Sample& sample, bool has_our_codes) {
  if (sample.outcome == Outcome::kWrongRows) return ErrorCode::kVerification;
  if (sample.outcome == Outcome::kTimeout) return ErrorCode::kConfiguration;
  if (sample.exit_code == 0) return ErrorCode::kData;  // it did not print what was to be read
  if (!has_our_codes) return ErrorCode::kConfiguration;
  for (const ErrorCode code :
       {ErrorCode::kUsage, ErrorCode::kConnection, ErrorCode::kSource, ErrorCode::kDestination, ErrorCode::kData,
        ErrorCode::kConnector, ErrorCode::kVerification, ErrorCode::kInternal}) {
    if (sample.exit_code == static_cast<int>(code)) return code;
  }
  return sample.exit_code >= kFirstSignalCode ? ErrorCode::kInternal : ErrorCode::kConfiguration;
}

// The greater, the worse. Wrong rows before all else; then what counts before what was warm-up.
int Badness(const Sample& sample) {
  if (sample.outcome == Outcome::kOk) return 0;
  return 1 + (sample.warmup ? 0 : 1) + (sample.outcome == Outcome::kWrongRows ? 2 : 0);
}

// Of each cell.
std::vector<size_t> RunsToCome(const CampaignPlan& plan, size_t cells) {
  std::vector<size_t> runs(cells, plan.warmup_blocks + plan.blocks);
  if (plan.done.empty()) return runs;
  const auto orders = PlanBlocks(plan.seed, plan.warmup_blocks + plan.blocks, cells);
  for (const Place& place : plan.done) {
    if (place.block < orders.size() && place.position < cells) --runs[orders[place.block][place.position]];
  }
  return runs;
}

class Runner {
 public:
  Runner(const CampaignPlan& plan, const std::vector<Cell>& cells, const CampaignPorts& ports,
         const Interrupt& interrupt, SampleSink& sink, CampaignListener& listener)
      : plan_(plan),
        cells_(cells),
        ports_(ports),
        interrupt_(interrupt),
        sink_(sink),
        listener_(listener),
        estimate_(RunsToCome(plan, cells.size())) {}

  Result<CampaignOutcome> Run() {
    for (const Sample& failure : plan_.earlier_failures) Count(failure);
    Status done = SetUp();
    if (done) done = RunBlocks();
    CleanUp();
    if (!done && !WasInterrupted(done)) return tl::unexpected(done.error());
    outcome_.interrupted = !done;
    return Finish();
  }

 private:
  bool WasInterrupted(const Status& done) const {
    return done.error().code == ErrorCode::kInterrupted || interrupt_.triggered();
  }

  Status SetUp() {
    for (const Cell& cell : cells_) {
      // Also where it fails: half a set-up is cleaned up as well.
      set_up_.push_back(cell.subject->Setup());
      if (!set_up_.back() && !IsFailedRun(set_up_.back().error())) return set_up_.back();
    }
    return {};
  }

  void CleanUp() {
    for (size_t i = 0; i < set_up_.size(); ++i) {
      const Status done = cells_[i].subject->Cleanup();
      if (!done && !outcome_.cleanup) outcome_.cleanup = done.error();
    }
  }

  bool IsFailedRun(const Error& error) const { return IsHookFailure(error) && !plan_.ends_with_hook; }

  Result<Sample> RunOnce(size_t index) {
    const Cell& cell = cells_[index];
    if (!set_up_[index]) return FailedByHook(cell, ports_, set_up_[index].error());
    Result<Sample> sample = MeasureOnce(cell, ports_);
    if (!sample && IsFailedRun(sample.error())) return FailedByHook(cell, ports_, sample.error());
    return sample;
  }

  Status RunBlocks() {
    progress_.blocks = plan_.warmup_blocks + plan_.blocks;
    progress_.warmup_blocks = plan_.warmup_blocks;
    progress_.positions = static_cast<uint32_t>(cells_.size());
    const auto orders = PlanBlocks(plan_.seed, progress_.blocks, cells_.size());
    RB_TRY(WarmUpAgain());
    for (progress_.block = 0; progress_.block < progress_.blocks; ++progress_.block) {
      progress_.warmup = progress_.block < plan_.warmup_blocks;
      RB_TRY(RunBlock(orders[progress_.block]));
      if (progress_.warmup) continue;
      ++outcome_.blocks;
      if (!plan_.enough) continue;
      RB_ASSIGN(const bool enough, plan_.enough(outcome_.blocks));
      if (enough) return {};
    }
    return {};
  }

  Status WarmUpAgain() {
    if (plan_.warmup_blocks == 0 || !plan_.done.contains({plan_.warmup_blocks - 1, 0})) return {};
    if (plan_.done.size() == size_t{progress_.blocks} * progress_.positions) return {};
    for (size_t index = 0; index < cells_.size(); ++index) {
      if (interrupt_.triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
      RB_TRY(RunOnce(index));
    }
    return {};
  }

  Status RunBlock(const std::vector<size_t>& order) {
    for (progress_.position = 0; progress_.position < progress_.positions; ++progress_.position) {
      if (!plan_.done.contains({progress_.block, progress_.position})) RB_TRY(RunCell(order[progress_.position]));
    }
    return {};
  }

  Status RunCell(size_t index) {
    if (interrupt_.triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
    const Cell& cell = cells_[index];
    progress_.cell = &cell;
    progress_.remaining_secs = estimate_.RemainingSecs();
    listener_.OnRunStarted(progress_);
    const uint64_t start = ports_.monotonic_nanos();
    RB_ASSIGN(Sample sample, RunOnce(index));
    sample.campaign_id = plan_.campaign_id;
    sample.block = progress_.block;
    sample.position = progress_.position;
    sample.warmup = progress_.warmup;
    RB_TRY(sink_.Append(sample));
    Count(sample);
    estimate_.Add(index, NanosToSeconds(ports_.monotonic_nanos() - start));
    progress_.remaining_secs = estimate_.RemainingSecs();
    listener_.OnRunFinished(progress_, sample);
    return {};
  }

  void Count(const Sample& sample) {
    ++outcome_.samples;
    if (sample.outcome == Outcome::kOk) return;
    ++outcome_.failures;
    if (!worst_ || Badness(sample) > Badness(*worst_)) worst_ = sample;
  }

  bool HasOurExitCodes(const Sample& sample) const {
    const auto cell = std::find_if(cells_.begin(), cells_.end(), [&](const Cell& candidate) {
      return candidate.key == sample.cell && candidate.build == sample.build;
    });
    return cell != cells_.end() && cell->subject->HasOurExitCodes();
  }

  CampaignOutcome Finish() {
    if (worst_) {
      outcome_.error = Error{CodeOf(*worst_, HasOurExitCodes(*worst_)),
                             fmt::format("{} of {} runs failed; {} in {}: {}", outcome_.failures, outcome_.samples,
                                         worst_->cell.empty() ? "one" : record::Label(worst_->cell),
                                         record::BlockName(*worst_, plan_.warmup_blocks), worst_->error),
                             ""};
    }
    return outcome_;
  }

  const CampaignPlan& plan_;
  const std::vector<Cell>& cells_;
  const CampaignPorts& ports_;
  const Interrupt& interrupt_;
  SampleSink& sink_;
  CampaignListener& listener_;
  CampaignProgress progress_;
  TimeEstimate estimate_;
  std::vector<Status> set_up_;  // of the cells, from the first
  CampaignOutcome outcome_;
  std::optional<Sample> worst_;
};

}  // namespace

Result<CampaignOutcome> RunCampaign(const CampaignPlan& plan, const std::vector<Cell>& cells,
                                    const CampaignPorts& ports, const Interrupt& interrupt, SampleSink& sink,
                                    CampaignListener& listener) {
  return Runner(plan, cells, ports, interrupt, sink, listener).Run();
}

}  // namespace rapidbyte::lab
