#include "lab/campaign_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "lab/block_plan.h"
#include "lab/fingerprint.h"
#include "lab/time_estimate.h"

namespace rapidbyte::lab {
namespace {

using record::Outcome;
using record::Sample;

// A program that ends with one of our own codes tells its class; everything else is a defect.
ErrorCode CodeOf(const Sample& sample) {
  if (sample.outcome == Outcome::kWrongRows) return ErrorCode::kVerification;
  for (const ErrorCode code :
       {ErrorCode::kUsage, ErrorCode::kConfiguration, ErrorCode::kConnection, ErrorCode::kSource,
        ErrorCode::kDestination, ErrorCode::kData, ErrorCode::kConnector, ErrorCode::kVerification}) {
    if (sample.exit_code == static_cast<int>(code)) return code;
  }
  return ErrorCode::kInternal;
}

// The greater, the worse. Wrong rows before all else; then what counts before what was warm-up.
int Badness(const Sample& sample) {
  if (sample.outcome == Outcome::kOk) return 0;
  return 1 + (sample.warmup ? 0 : 1) + (sample.outcome == Outcome::kWrongRows ? 2 : 0);
}

std::string HowItFailed(const SubprocessResult& run) {
  const std::string line = LastLine(run);
  if (run.signal == 0) return line.empty() ? fmt::format("exit code {}", run.exit_code) : line;
  return fmt::format("killed by signal {}{}{}", run.signal, line.empty() ? "" : ": ", line);
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
        estimate_(std::vector<size_t>(cells.size(), plan.warmup_blocks + plan.blocks)) {}

  Result<CampaignOutcome> Run() {
    progress_.blocks = plan_.warmup_blocks + plan_.blocks;
    progress_.warmup_blocks = plan_.warmup_blocks;
    progress_.positions = static_cast<uint32_t>(cells_.size());
    const auto orders = PlanBlocks(plan_.seed, progress_.blocks, cells_.size());
    for (progress_.block = 0; progress_.block < progress_.blocks; ++progress_.block) {
      progress_.warmup = progress_.block < plan_.warmup_blocks;
      for (progress_.position = 0; progress_.position < progress_.positions; ++progress_.position) {
        const Status done = RunCell(orders[progress_.block][progress_.position]);
        if (WasInterrupted(done)) {
          outcome_.interrupted = true;
          return Finish();
        }
        RB_TRY(done);
      }
    }
    return Finish();
  }

 private:
  bool WasInterrupted(const Status& done) const {
    return !done && (done.error().code == ErrorCode::kInterrupted || interrupt_.triggered());
  }

  Status RunCell(size_t index) {
    if (interrupt_.triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
    const Cell& cell = cells_[index];
    progress_.cell = &cell;
    progress_.remaining_secs = estimate_.RemainingSecs();
    listener_.OnRunStarted(progress_);
    const uint64_t start = ports_.monotonic_nanos();
    RB_ASSIGN(const Sample sample, Measure(cell));
    RB_TRY(sink_.Append(sample));
    Count(sample);
    estimate_.Add(index, NanosToSeconds(ports_.monotonic_nanos() - start));
    progress_.remaining_secs = estimate_.RemainingSecs();
    listener_.OnRunFinished(progress_, sample);
    return {};
  }

  Result<Sample> Measure(const Cell& cell) {
    RB_TRY(cell.subject->Prepare());
    RB_ASSIGN(const Command command, cell.subject->NextCommand());
    Sample sample = EmptySample(cell);
    const auto run = ports_.run(command);
    if (!run) return Fail(run.error());
    if (run->interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
    sample.exit_code = run->exit_code;
    sample.wall_secs = run->wall_secs;
    sample.user_secs = run->user_secs;
    sample.system_secs = run->system_secs;
    sample.max_rss_bytes = run->max_rss_bytes;
    sample.read_bytes = run->read_bytes;
    sample.written_bytes = run->written_bytes;
    sample.voluntary_switches = run->voluntary_switches;
    sample.involuntary_switches = run->involuntary_switches;
    RB_TRY(Judge(cell, *run, sample));
    return sample;
  }

  Sample EmptySample(const Cell& cell) const {
    Sample sample;
    sample.campaign_id = plan_.campaign_id;
    sample.block = progress_.block;
    sample.position = progress_.position;
    sample.warmup = progress_.warmup;
    sample.timestamp = ports_.utc_now();
    sample.cell = cell.key;
    return sample;
  }

  Status Judge(const Cell& cell, const SubprocessResult& run, Sample& sample) {
    if (run.timed_out) {
      Spoil(sample, Outcome::kTimeout, fmt::format("killed after {} s", plan_.timeout_secs));
      return {};
    }
    if (run.exit_code != 0) {
      Spoil(sample, Outcome::kFailed, HowItFailed(run));
      return {};
    }
    auto metrics = cell.subject->ReadMetrics(run);
    if (!metrics) {
      Spoil(sample, Outcome::kFailed, metrics.error().message);
      return {};
    }
    sample.run = *std::move(metrics);
    RB_ASSIGN(const auto difference, cell.subject->Verify());
    if (difference) Spoil(sample, Outcome::kWrongRows, *difference);
    return {};
  }

  static void Spoil(Sample& sample, Outcome outcome, std::string error) {
    sample.outcome = outcome;
    sample.error = std::move(error);
  }

  void Count(const Sample& sample) {
    ++outcome_.samples;
    if (sample.outcome == Outcome::kOk) return;
    ++outcome_.failures;
    if (!worst_ || Badness(sample) > Badness(*worst_)) worst_ = sample;
  }

  CampaignOutcome Finish() {
    if (worst_) {
      outcome_.error = Error{CodeOf(*worst_),
                             fmt::format("{} of {} runs failed; {} in block {}: {}", outcome_.failures,
                                         outcome_.samples, record::ModeOf(worst_->cell), worst_->block, worst_->error),
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
  CampaignOutcome outcome_;
  std::optional<Sample> worst_;
};

}  // namespace

CampaignPorts SystemPorts(double timeout_secs, const Interrupt& interrupt) {
  SubprocessLimits limits;
  limits.timeout_secs = timeout_secs;
  limits.interrupt = &interrupt;
  return {[limits](const Command& command) { return RunSubprocess(command, limits); }, MonotonicNanos, UtcNow};
}

Result<CampaignOutcome> RunCampaign(const CampaignPlan& plan, const std::vector<Cell>& cells,
                                    const CampaignPorts& ports, const Interrupt& interrupt, SampleSink& sink,
                                    CampaignListener& listener) {
  return Runner(plan, cells, ports, interrupt, sink, listener).Run();
}

}  // namespace rapidbyte::lab
