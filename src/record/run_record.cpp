#include "record/run_record.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/commit_name.h"

namespace rapidbyte::record {
namespace {

using nlohmann::json;

constexpr double kBytesPerMegabyte = 1e6;

double NanosToMillis(uint64_t nanos) { return static_cast<double>(nanos) * 1e-6; }

// Zero where no time has passed, so that a rate is always a finite number.
double PerSecond(double amount, uint64_t nanos) { return nanos == 0 ? 0 : amount / NanosToSeconds(nanos); }

const HostFunctionStats& Function(const StageRecord& stage, abi::HostFunction function) {
  return stage.functions[static_cast<size_t>(function)];
}

uint64_t PhaseNanos(const std::array<uint64_t, abi::kPhaseCount>& phases, abi::Phase phase) {
  return phases[static_cast<size_t>(phase)];
}

json HistogramToJson(const HostFunctionStats& stats) {
  json buckets = json::array();
  for (size_t i = 0; i < stats.histogram.size(); ++i) {
    if (stats.histogram[i] != 0) buckets.push_back({i, stats.histogram[i]});
  }
  return buckets;
}

json FunctionsToJson(const StageRecord& stage) {
  json functions = json::object();
  for (size_t i = 0; i < stage.functions.size(); ++i) {
    const HostFunctionStats& stats = stage.functions[i];
    if (stats.count == 0) continue;
    functions[std::string(abi::kHostFunctionNames[i])] = {
        {"count", stats.count},
        {"total_nanos", stats.time.wall_nanos},
        {"work_nanos", stats.time.work_nanos},
        {"wait_nanos", stats.time.wait_nanos},
        {"stall_nanos", stats.time.StallNanos()},
        {"max_nanos", stats.max_nanos},
        {"histogram", HistogramToJson(stats)},
    };
  }
  return functions;
}

json StreamsToJson(const std::vector<StreamRecord>& streams) {
  json list = json::array();
  for (const StreamRecord& stream : streams) {
    list.push_back({{"name", stream.name},
                    {"records_read", stream.records_read},
                    {"records_written", stream.records_written},
                    {"bytes_read", stream.bytes_read},
                    {"bytes_written", stream.bytes_written},
                    {"commit", CommitName(stream.commit)},
                    {"notes", stream.notes}});
  }
  return list;
}

// What is said of both stages alike: where the time of the stage's thread went.
void AddStage(const std::string& side, const StageRecord& stage, json& line) {
  line[side + "_duration_secs"] = NanosToSeconds(stage.total.wall_nanos);
  line[side + "_cpu_secs"] = NanosToSeconds(stage.total.work_nanos);
  line[side + "_wait_secs"] = NanosToSeconds(stage.total.wait_nanos);
  line[side + "_stall_secs"] = NanosToSeconds(stage.total.StallNanos());
  line[side + "_guest_secs"] = NanosToSeconds(stage.guest.wall_nanos);
  line[side + "_guest_work_secs"] = NanosToSeconds(stage.guest.work_nanos);
  line[side + "_hosting_secs"] = NanosToSeconds(stage.hosting.wall_nanos);
  line[side + "_hosting_work_secs"] = NanosToSeconds(stage.hosting.work_nanos);
  line[side + "_unattributed_secs"] = NanosToSeconds(stage.UnattributedNanos());
  for (size_t i = 0; i < abi::kPhaseCount; ++i) {
    line[side + "_phase_" + std::string(abi::kPhaseNames[i]) + "_secs"] = NanosToSeconds(stage.phase_nanos[i]);
  }
  line[side + "_connect_secs"] = NanosToSeconds(Function(stage, abi::HostFunction::k_net_connect).time.wall_nanos);
  line[side + "_module_load_ms"] = NanosToMillis(stage.module_load_nanos);
  line[side + "_vm_setup_secs"] = NanosToSeconds(stage.vm_setup_nanos);
  line[side + "_wire_bytes"] = stage.wire_bytes;
}

void AddSource(const StageRecord& source, json& line) {
  const HostFunctionStats& emit = Function(source, abi::HostFunction::k_emit_batch);
  line["source_query_secs"] = NanosToSeconds(source.query_nanos);
  line["source_fetch_secs"] = NanosToSeconds(source.fetch_nanos);
  line["source_arrow_encode_secs"] = NanosToSeconds(PhaseNanos(source.guest_phase_nanos, abi::Phase::kTransfer));
  line["source_emit_nanos"] = emit.time.wall_nanos;
  line["source_emit_wait_nanos"] = emit.time.wait_nanos;
  line["source_emit_count"] = emit.count;
  line["source_compress_nanos"] = source.compress_nanos;
}

void AddDestination(const StageRecord& destination, json& line) {
  const HostFunctionStats& next = Function(destination, abi::HostFunction::k_next_batch);
  line["dest_recv_secs"] = NanosToSeconds(next.time.wall_nanos);
  line["dest_recv_nanos"] = next.time.wall_nanos;
  line["dest_recv_wait_nanos"] = next.time.wait_nanos;
  line["dest_recv_count"] = next.count;
  line["dest_decompress_nanos"] = destination.decompress_nanos;
  line["dest_arrow_decode_secs"] = NanosToSeconds(PhaseNanos(destination.guest_phase_nanos, abi::Phase::kTransfer));
  line["dest_flush_secs"] = NanosToSeconds(destination.flush_nanos);
  line["dest_finish_secs"] = NanosToSeconds(PhaseNanos(destination.phase_nanos, abi::Phase::kFinish));
  line["dest_commit_secs"] = NanosToSeconds(PhaseNanos(destination.phase_nanos, abi::Phase::kCommit));
}

void AddTotals(const RunRecord& run, json& line) {
  const StreamRecord totals = run.Totals();
  line["records_read"] = totals.records_read;
  line["records_written"] = totals.records_written;
  line["bytes_read"] = totals.bytes_read;
  line["bytes_written"] = totals.bytes_written;
  line["duration_secs"] = NanosToSeconds(run.duration_nanos);
  line["rows_per_sec"] = PerSecond(static_cast<double>(totals.records_written), run.duration_nanos);
  line["mb_per_sec"] = PerSecond(static_cast<double>(totals.bytes_read) / kBytesPerMegabyte, run.duration_nanos);
}

}  // namespace

void HostFunctionStats::Add(const TimeSplit& call) {
  ++count;
  time += call;
  max_nanos = std::max(max_nanos, call.wall_nanos);
  const auto bucket = static_cast<size_t>(std::bit_width(call.wall_nanos | 1) - 1);
  ++histogram[std::min(bucket, kHistogramBuckets - 1)];
}

uint64_t StageRecord::UnattributedNanos() const {
  uint64_t attributed = guest.wall_nanos + hosting.wall_nanos;
  for (const HostFunctionStats& function : functions) attributed += function.time.wall_nanos;
  return total.wall_nanos > attributed ? total.wall_nanos - attributed : 0;
}

StreamRecord RunRecord::Totals() const {
  StreamRecord totals;
  for (const StreamRecord& stream : streams) {
    totals.records_read += stream.records_read;
    totals.records_written += stream.records_written;
    totals.bytes_read += stream.bytes_read;
    totals.bytes_written += stream.bytes_written;
  }
  return totals;
}

json ToJson(const RunRecord& run) {
  json line = {
      {"pipeline", run.pipeline},
      {"runtime", run.runtime},
      {"load_method", run.load_method},
      {"compression", run.compression},
      {"streams", StreamsToJson(run.streams)},
      {"batches", run.batches},
      {"channel_bytes", run.channel_bytes},
      {"retry_count", run.retry_count},
      // No connector transforms rows yet: these three are zero by definition, not by measurement.
      {"transform_count", 0},
      {"transform_duration_secs", 0.0},
      {"transform_module_load_ms", 0.0},
      {"host_functions", {{"source", FunctionsToJson(run.source)}, {"destination", FunctionsToJson(run.destination)}}},
  };
  AddTotals(run, line);
  AddStage("source", run.source, line);
  AddStage("dest", run.destination, line);
  AddSource(run.source, line);
  AddDestination(run.destination, line);
  line["wasm_overhead_secs"] = NanosToSeconds(run.source.module_load_nanos + run.source.vm_setup_nanos +
                                              run.destination.module_load_nanos + run.destination.vm_setup_nanos);
  return line;
}

}  // namespace rapidbyte::record
