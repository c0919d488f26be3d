#include "report/run_summary.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/format.h"
#include "base/printable.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using abi::HostFunction;
using abi::Phase;
using record::HostFunctionStats;
using record::StageRecord;

const HostFunctionStats& Stats(const StageRecord& stage, HostFunction function) {
  return stage.functions[static_cast<size_t>(function)];
}

constexpr size_t kWidth = 80;

// A part of a stage's wall time.
struct Part {
  std::string_view name;
  uint64_t nanos = 0;
  std::string_view meaning;
};

std::string Line(const Part& part, const StageRecord& stage) {
  const double share = stage.total.wall_nanos == 0
                           ? 0
                           : 100.0 * static_cast<double>(part.nanos) / static_cast<double>(stage.total.wall_nanos);
  std::string line = fmt::format("    {:<14}", part.name);
  line += PadLeft(FormatDuration(NanosToSeconds(part.nanos)), 10);
  return line + fmt::format("{:>6.1f}%  {}\n", share, part.meaning);
}

// The parts, and what they leave of the stage's time.
std::string Lines(std::string_view name, const StageRecord& stage, const std::vector<Part>& parts) {
  std::string lines = fmt::format("  {:<16}", name);
  lines += PadLeft(FormatDuration(NanosToSeconds(stage.total.wall_nanos)), 10);
  lines += fmt::format("           of which {} on the CPU\n", FormatDuration(NanosToSeconds(stage.total.work_nanos)));
  uint64_t named = stage.UnattributedNanos();
  for (const Part& part : parts) {
    lines += Line(part, stage);
    named += part.nanos;
  }
  const uint64_t rest = stage.total.wall_nanos > named ? stage.total.wall_nanos - named : 0;
  return lines + Line({"other calls", rest, "of the host: queries of the catalog, logs"}, stage) +
         Line({"unattributed", stage.UnattributedNanos(), "nobody's, as far as we know"}, stage);
}

uint64_t ConnectNanos(const StageRecord& stage) { return Stats(stage, HostFunction::k_net_connect).time.wall_nanos; }

std::string Source(const StageRecord& stage) {
  const uint64_t full = Stats(stage, HostFunction::k_emit_batch).time.wait_nanos;
  return Lines("source", stage,
               {{"load", stage.hosting.wall_nanos, "making the connector ready, ending it"},
                {"connect", ConnectNanos(stage), "until the server is ready"},
                {"fetch", stage.fetch_nanos, "reading rows from the server, with waits"},
                {"connector", stage.guest.wall_nanos, "decoding rows, encoding Arrow"},
                {"compress", stage.compress_nanos, "or copy, into the channel"},
                {"channel full", full, "waiting for the destination"}});
}

std::string Destination(const StageRecord& stage) {
  const uint64_t empty = Stats(stage, HostFunction::k_next_batch).time.wait_nanos;
  return Lines("destination", stage,
               {{"load", stage.hosting.wall_nanos, "making the connector ready, ending it"},
                {"connect", ConnectNanos(stage), "until the server is ready"},
                {"channel empty", empty, "waiting for the source"},
                {"decompress", stage.decompress_nanos, "or copy, out of the channel"},
                {"connector", stage.guest.wall_nanos, "decoding Arrow, encoding rows"},
                {"flush", stage.flush_nanos, "handing rows to the server, with waits"},
                {"commit", stage.phase_nanos[static_cast<size_t>(Phase::kCommit)], "until the server has kept them"}});
}

// "1,000,000 rows, 98.9 MB in 1.53 s (655k rows/s, 64.6 MB/s)"
std::string Moved(const record::RunRecord& run) {
  const record::StreamRecord totals = run.Totals();
  const double secs = NanosToSeconds(run.duration_nanos);
  const auto rows = static_cast<double>(totals.records_written);
  const auto bytes = static_cast<double>(totals.bytes_read);
  std::string text = fmt::format("{} rows, {} in {}", FormatThousands(totals.records_written), FormatBytes(bytes),
                                 FormatDuration(secs));
  if (secs > 0) text += fmt::format(" ({}, {}/s)", FormatRate(rows / secs, "rows"), FormatBytes(bytes / secs));
  return text;
}

// What the connectors have to say, under the stream that it is about.
std::string Notes(const std::vector<record::StreamRecord>& streams) {
  std::string text;
  for (const record::StreamRecord& stream : streams) {
    if (!stream.notes.empty()) text += fmt::format("\n{}\n", Printable(stream.name));
    for (const std::string& note : stream.notes) text += Wrap("  note: ", Printable(note), kWidth);
  }
  return text;
}

}  // namespace

std::string RunSummary(const record::RunRecord& run) {
  std::string text = fmt::format("{}\n{}\n", Printable(run.pipeline), Moved(run));
  text += fmt::format("{} connectors, {}, {} batches, compression {}", run.runtime, run.load_method, run.batches,
                      run.compression);
  if (run.compression != "none") text += fmt::format(" to {}", FormatBytes(static_cast<double>(run.channel_bytes)));
  text += "\n" + Notes(run.streams);
  return text + "\nSource and destination run at the same time. Where the time of each went:\n" + Source(run.source) +
         Destination(run.destination);
}

}  // namespace rapidbyte::report
