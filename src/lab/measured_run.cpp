#include "lab/measured_run.h"

#include <fmt/format.h>
#include <string.h>

#include <utility>

#include "base/clock.h"
#include "lab/fingerprint.h"
#include "lab/hooks.h"
#include "lab/last_lines.h"

namespace rapidbyte::lab {
namespace {

using record::Outcome;
using record::Sample;

constexpr int kNotStartedCode = 127;  // as a shell has it

// What went wrong, and what the command printed last: on the same line where that is one.
std::string WithLastLines(std::string what, const SubprocessResult& run) {
  const std::string lines = LastLines(run);
  if (lines.empty()) return what;
  return what + (lines.find('\n') == std::string::npos ? ": " : ":\n") + lines;
}

// "exit code 7", "killed by signal 11 (SIGSEGV)".
std::string HowItFailed(const SubprocessResult& run) {
  const char* name = sigabbrev_np(run.signal);
  std::string end = run.signal == 0   ? fmt::format("exit code {}", run.exit_code)
                    : name == nullptr ? fmt::format("killed by signal {}", run.signal)
                                      : fmt::format("killed by signal {} (SIG{})", run.signal, name);
  return WithLastLines(std::move(end), run);
}

void Spoil(Sample& sample, Outcome outcome, std::string error) {
  sample.outcome = outcome;
  sample.error = std::move(error);
}

void FillIn(const SubprocessResult& run, Sample& sample) {
  sample.exit_code = run.exit_code;
  sample.wall_secs = run.wall_secs;
  sample.user_secs = run.user_secs;
  sample.system_secs = run.system_secs;
  sample.max_rss_bytes = run.max_rss_bytes;
  sample.tree_rss_bytes = run.tree_rss_bytes;
  sample.read_bytes = run.read_bytes;
  sample.written_bytes = run.written_bytes;
  sample.voluntary_switches = run.voluntary_switches;
  sample.involuntary_switches = run.involuntary_switches;
}

Status ReadOutput(Subject& subject, const SubprocessResult& run, Sample& sample) {
  RB_ASSIGN(sample.run, subject.ReadMetrics(run));
  RB_ASSIGN(sample.metrics, subject.ExtractMetrics(run));
  return {};
}

Status Judge(Subject& subject, const SubprocessResult& run, Sample& sample) {
  if (run.timed_out) {
    Spoil(sample, Outcome::kTimeout, WithLastLines(fmt::format("killed after {:.3g} s", run.wall_secs), run));
    return {};
  }
  if (!subject.IsSuccess(run)) {
    Spoil(sample, Outcome::kFailed, HowItFailed(run));
    return {};
  }
  if (const Status read = ReadOutput(subject, run, sample); !read) {
    Spoil(sample, Outcome::kFailed, read.error().message);
    return {};
  }
  RB_ASSIGN(const auto difference, subject.Verify());
  if (difference) Spoil(sample, Outcome::kWrongRows, WithLastLines(*difference, run));
  return {};
}

}  // namespace

CampaignPorts SystemPorts(double timeout_secs, const Interrupt& interrupt) {
  SubprocessLimits limits;
  limits.timeout_secs = timeout_secs;
  limits.interrupt = &interrupt;
  return {[limits](const Command& command) { return RunSubprocess(command, limits); }, MonotonicNanos, UtcNow};
}

Result<Sample> MeasureOnce(const Cell& cell, const CampaignPorts& ports) {
  Subject& subject = *cell.subject;
  RB_TRY(subject.Prepare());
  RB_ASSIGN(const Command command, subject.NextCommand());
  Sample sample;
  sample.timestamp = ports.utc_now();
  sample.cell = cell.key;
  sample.build = cell.build;
  Result<SubprocessResult> run = ports.run(command);
  if (!run && run.error().code != ErrorCode::kConfiguration) return Fail(run.error());
  if (!run) {
    sample.exit_code = kNotStartedCode;
    Spoil(sample, Outcome::kFailed, run.error().message);
  } else if (run->interrupted) {
    return Fail(ErrorCode::kInterrupted, "interrupted");
  } else {
    subject.Correct(*run);
    FillIn(*run, sample);
    RB_TRY(Judge(subject, *run, sample));
  }
  const Status concluded = subject.Conclude();
  // What went wrong first is what a person has to know.
  const bool is_told = sample.outcome != Outcome::kOk && !concluded && IsHookFailure(concluded.error());
  if (!concluded && !is_told) return Fail(concluded.error());
  return sample;
}

Sample FailedByHook(const Cell& cell, const CampaignPorts& ports, const Error& failure) {
  Sample sample;
  sample.timestamp = ports.utc_now();
  sample.cell = cell.key;
  sample.build = cell.build;
  sample.exit_code = kNotStartedCode;
  Spoil(sample, Outcome::kFailed, failure.message);
  return sample;
}

}  // namespace rapidbyte::lab
