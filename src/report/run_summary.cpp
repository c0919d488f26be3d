#include "report/run_summary.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/format.h"

namespace rapidbyte::report {
namespace {

using abi::HostFunction;
using abi::Phase;
using record::HostFunctionStats;
using record::StageRecord;

const HostFunctionStats& Stats(const StageRecord& stage, HostFunction function) {
  return stage.functions[static_cast<size_t>(function)];
}

// One line of a stage: a part of its wall time, with its share.
std::string Part(const char* name, uint64_t nanos, const StageRecord& stage, const char* meaning) {
  const double share = stage.total.wall_nanos == 0
                           ? 0
                           : 100.0 * static_cast<double>(nanos) / static_cast<double>(stage.total.wall_nanos);
  return fmt::format("    {:<14}{:>10}{:>6.0f}%   {}\n", name, FormatDuration(NanosToSeconds(nanos)), share, meaning);
}

std::string Heading(const char* name, const StageRecord& stage) {
  return fmt::format("  {:<16}{:>10}         {} CPU\n", name, FormatDuration(NanosToSeconds(stage.total.wall_nanos)),
                     FormatDuration(NanosToSeconds(stage.total.work_nanos)));
}

std::string Source(const StageRecord& stage) {
  const HostFunctionStats& emit = Stats(stage, HostFunction::k_emit_batch);
  return Heading("source", stage) +
         Part("connect", Stats(stage, HostFunction::k_net_connect).time.wall_nanos, stage, "until the server is ready") +
         Part("fetch", stage.fetch_nanos, stage, "reading rows from the server") +
         Part("connector", stage.guest.wall_nanos, stage, "decoding rows, encoding Arrow") +
         Part("compress", stage.compress_nanos, stage, "or copy, into the channel") +
         Part("channel full", emit.time.wait_nanos, stage, "waiting for the destination") +
         Part("unattributed", stage.UnattributedNanos(), stage, "");
}

std::string Destination(const StageRecord& stage) {
  const HostFunctionStats& next = Stats(stage, HostFunction::k_next_batch);
  return Heading("destination", stage) +
         Part("connect", Stats(stage, HostFunction::k_net_connect).time.wall_nanos, stage, "until the server is ready") +
         Part("channel empty", next.time.wait_nanos, stage, "waiting for the source") +
         Part("decompress", stage.decompress_nanos, stage, "or copy, out of the channel") +
         Part("connector", stage.guest.wall_nanos, stage, "decoding Arrow, encoding rows") +
         Part("flush", stage.flush_nanos, stage, "handing rows to the server") +
         Part("commit", stage.phase_nanos[static_cast<size_t>(Phase::kCommit)], stage, "") +
         Part("unattributed", stage.UnattributedNanos(), stage, "");
}

}  // namespace

std::string RunSummary(const record::RunRecord& run) {
  const record::StreamRecord totals = run.Totals();
  const double secs = NanosToSeconds(run.duration_nanos);
  std::string text = fmt::format("{}: {} rows, {} in {} ({} rows/s)\n", run.pipeline,
                                 FormatThousands(totals.records_written), FormatBytes(static_cast<double>(totals.bytes_read)),
                                 FormatDuration(secs),
                                 FormatThousands(static_cast<uint64_t>(
                                     secs > 0 ? static_cast<double>(totals.records_written) / secs : 0)));
  text += fmt::format("  {} connectors, {}, {} batches, compression {}", run.runtime, run.load_method, run.batches,
                      run.compression);
  if (run.compression != "none") text += fmt::format(" to {}", FormatBytes(static_cast<double>(run.channel_bytes)));
  text += "\n";
  return text + Source(run.source) + Destination(run.destination);
}

}  // namespace rapidbyte::report
