#include "cli/run_command.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "engine/pipeline.h"
#include "engine/runner.h"
#include "os/write_file.h"
#include "record/run_record.h"
#include "report/run_summary.h"
#include "store/run_state.h"

namespace rapidbyte::cli {
namespace {

// A line that is rewritten in place, on a terminal only.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) == 1), start_(MonotonicNanos()) {}
  ~ProgressLine() {
    if (printed_) std::cerr << "\r\033[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Update(uint64_t rows, uint64_t bytes) {
    const double secs = NanosToSeconds(MonotonicNanos() - start_);
    if (!shown_ || secs < 1) return;
    printed_ = true;
    std::cerr << "\r\033[K" << FormatThousands(rows) << " rows, " << FormatBytes(static_cast<double>(bytes)) << ", "
              << FormatDuration(secs) << std::flush;
  }

 private:
  const bool shown_;
  const uint64_t start_;
  bool printed_ = false;
};

engine::RunOutcome RunWithProgress(const engine::Pipeline& pipeline, const RunCommandOptions& run,
                                   uint64_t start_nanos) {
  ProgressLine progress(!run.quiet && !run.json);
  engine::RunOptions options = DefaultRunOptions(CancelOnSignals());
  options.start_nanos = start_nanos;
  options.timeline = !run.timeline.empty();
  options.on_progress = [&progress](uint64_t rows, uint64_t bytes) { progress.Update(rows, bytes); };
  return engine::Run(pipeline, options);
}

// Without a place to write down what happened, nothing is to happen.
tl::unexpected<Error> NoState(const engine::Pipeline& pipeline, Error error) {
  error.code = ErrorCode::kConfiguration;
  return Context(fmt::format("{}: state.connection", pipeline.path.string()), std::move(error));
}

struct StartedRun {
  store::RunState state;
  int64_t id = 0;
};

Result<StartedRun> RecordStart(const engine::Pipeline& pipeline) {
  auto state = store::RunState::Open(pipeline.state_path);
  if (!state) return NoState(pipeline, std::move(state.error()));
  const auto id = state->RecordRunStart(pipeline.name);
  if (!id) return NoState(pipeline, id.error());
  return StartedRun{std::move(*state), *id};
}

store::RunEnd EndOf(const engine::RunOutcome& outcome) {
  store::RunEnd end;
  end.streams = outcome.record.streams;
  if (!outcome.error) return end;
  end.outcome =
      outcome.error->code == ErrorCode::kInterrupted ? store::RunOutcome::kInterrupted : store::RunOutcome::kFailed;
  end.exit_code = static_cast<int>(outcome.error->code);
  end.error = outcome.error->message;
  return end;
}

// Told before rows are moved for what cannot be written.
Status CheckTimeline(const RunCommandOptions& options) {
  return options.timeline.empty() ? Status() : os::CheckWritable(options.timeline);
}

// Also of a run that has failed: that is when one wants to see it.
Status WriteTimeline(const engine::RunOutcome& outcome, const RunCommandOptions& options) {
  return outcome.timeline ? os::WriteFile(options.timeline, record::ToTraceJson(*outcome.timeline)) : Status();
}

void Print(const record::RunRecord& record, const RunCommandOptions& options, std::ostream& out) {
  const nlohmann::json document = record::ToJson(record);
  if (options.json) {
    out << DumpJson(document, 2) << '\n';
    return;
  }
  if (!options.quiet) out << PrintableLines(report::RunSummary(record));
  out << record::kBenchLinePrefix << DumpJson(document) << '\n';
}

// All that is left to do when the rows are committed. Whoever reads of a failure here must not run it again.
Status Finish(const engine::RunOutcome& outcome, const Status& recorded, const RunCommandOptions& options) {
  const auto add_outcome = [](Error error) {
    error.hint = "the rows are there: with append, another run would bring them a second time";
    error.message = "all streams were committed, but " + error.message;
    return Fail(std::move(error));
  };
  const Status printed = WriteOutput("-", [&](std::ostream& out) { Print(outcome.record, options, out); });
  if (!printed) return add_outcome(printed.error());
  if (!recorded) return add_outcome(recorded.error());
  if (const Status timeline = WriteTimeline(outcome, options); !timeline) return add_outcome(timeline.error());
  return {};
}

}  // namespace

Command AddRun(Command app, RunCommandOptions& options) {
  return app.AddCommand("run", "Move the streams of a pipeline", [&options](Command run) {
    run.Add("PIPELINE", options.pipeline, "the pipeline document (docs/pipeline.md)").Required();
    run.Add("--log-level", options.log_level, "what is logged to stderr")
        .OneOf({"trace", "debug", "info", "warn", "error", "off"})
        .ShowDefault();
    run.AddFlag("--quiet", options.quiet, "print the @@BENCH_JSON@@ line only");
    run.Add("--timeline", options.timeline, "write what both stages did when, as a Chrome/Perfetto trace").Type("FILE");
    run.AddFlag("--json", options.json, "print the result as JSON only");
  });
}

int RunPipelineCommand(const RunCommandOptions& options) {
  const uint64_t start_nanos = MonotonicNanos();
  LogToStderr(options.log_level);
  CancelOnSignals();  // what comes before the first row may be interrupted as well
  const std::jthread loading(engine::LoadLibraries);
  const auto pipeline = engine::LoadPipeline(options.pipeline, engine::ProcessEnvironment());
  if (!pipeline) return PrintError(pipeline.error());
  if (const Status writable = CheckTimeline(options); !writable) return PrintError(writable.error());
  auto run = RecordStart(*pipeline);
  if (!run) return PrintError(run.error());

  const engine::RunOutcome outcome = RunWithProgress(*pipeline, options, start_nanos);
  const Status recorded = run->state.RecordRunEnd(run->id, EndOf(outcome));
  if (!outcome.error) {
    const Status finished = Finish(outcome, recorded, options);
    return finished ? 0 : PrintError(finished.error());
  }
  if (!recorded) PrintWarning(recorded.error().message);
  if (const Status timeline = WriteTimeline(outcome, options); !timeline) PrintWarning(timeline.error().message);
  return PrintError(*outcome.error);
}

}  // namespace rapidbyte::cli
