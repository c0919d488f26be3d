#include "base/json.h"
#include "report/bench_analysis.h"
#include "report/bench_report.h"
#include "report/bench_sentences.h"

namespace rapidbyte::report {
namespace {

using nlohmann::ordered_json;
using record::Campaign;
using record::Sample;

constexpr int kFormatVersion = 1;

ordered_json CampaignJson(const Campaign& campaign, uint64_t rows) {
  const record::HostFingerprint& host = campaign.host;
  return {
      {"id", campaign.id},
      {"started_at", campaign.started_at},
      {"git_sha", campaign.git_sha},
      {"git_branch", campaign.git_branch},
      {"git_dirty", campaign.git_dirty},
      {"seed", campaign.seed},
      {"dataset", campaign.dataset},
      {"bench_rows", rows},
      {"server", campaign.server},
      {"host",
       {{"hash", host.Hash()},
        {"name", host.hostname},
        {"kernel", host.kernel},
        {"cpu_model", host.cpu_model},
        {"cpus", host.cpus},
        {"memory_bytes", host.memory_bytes}}},
      {"settings", campaign.settings},
  };
}

ordered_json CellJson(const Cell& cell) {
  ordered_json samples = ordered_json::array();
  for (const auto& [block, sample] : cell.runs) samples.push_back(SampleId(*sample));
  return {{"name", cell.name}, {"mode", cell.mode}, {"aot", cell.aot}, {"samples", samples}};
}

ordered_json SummaryJson(const std::string& cell, const stats::Summary& summary) {
  if (summary.n == 0) return {{"cell", cell}, {"n", 0}};
  return {{"cell", cell},
          {"n", summary.n},
          {"min", summary.min},
          {"lower_quartile", summary.lower_quartile},
          {"median", summary.median},
          {"upper_quartile", summary.upper_quartile},
          {"max", summary.max}};
}

ordered_json RatioJson(const std::string& cell, const std::string& baseline, const stats::PairedRatio& ratio) {
  ordered_json interval = nullptr;
  if (ratio.interval) interval = {{"lower", ratio.interval->lower}, {"upper", ratio.interval->upper}};
  return {{"cell", cell},         {"baseline", baseline},    {"pairs", ratio.pairs}, {"estimate", ratio.estimate},
          {"interval", interval}, {"p_value", ratio.p_value}};
}

ordered_json RowJson(const BenchAnalysis& analysis, const MetricRow& row) {
  ordered_json cells = ordered_json::array();
  ordered_json ratios = ordered_json::array();
  for (size_t i = 0; i < analysis.cells.size(); ++i) {
    cells.push_back(SummaryJson(analysis.cells[i].name, row.cells[i]));
    if (row.ratios[i]) {
      ratios.push_back(RatioJson(analysis.cells[i].name, analysis.cells[0].name, *row.ratios[i]));
    }
  }
  return {{"key", row.metric.key},
          {"group", row.metric.group},
          {"label", row.metric.label},
          {"unit", UnitName(row.metric.quantity)},
          {"cells", cells},
          {"ratios", ratios}};
}

ordered_json FailureJson(const Sample& sample) {
  return {{"sample", SampleId(sample)},
          {"mode", record::ModeOf(sample.cell)},
          {"aot", record::IsAot(sample.cell)},
          {"warmup", sample.warmup},
          {"outcome", record::OutcomeName(sample.outcome)},
          {"exit_code", sample.exit_code},
          {"error", sample.error}};
}

ordered_json OutlierJson(const BenchAnalysis& analysis, const Outlier& outlier) {
  return {{"sample", SampleId(*outlier.sample)},
          {"cell", analysis.cells[outlier.cell].name},
          {"wall_secs", outlier.sample->wall_secs},
          {"median_secs", outlier.median_secs},
          {"is_first", outlier.is_first}};
}

}  // namespace

std::string BenchReportJson(const Campaign& campaign, std::span<const Sample> samples) {
  const BenchAnalysis analysis = Analyze(campaign, samples);
  ordered_json report = {{"format", "rapidbyte-bench-report"}, {"version", kFormatVersion}};
  report["campaign"] = CampaignJson(campaign, analysis.rows);
  report["blocks"] = analysis.blocks;
  report["warmup_blocks"] = analysis.warmup_blocks;
  for (const char* list : {"cells", "metrics", "host_functions", "outliers", "failures"}) {
    report[list] = ordered_json::array();
  }
  for (const Cell& cell : analysis.cells) report["cells"].push_back(CellJson(cell));
  for (const MetricRow& row : analysis.metrics) report["metrics"].push_back(RowJson(analysis, row));
  for (const HostFunctionRow& function : analysis.host_functions) {
    for (const MetricRow& row : function.measures) report["host_functions"].push_back(RowJson(analysis, row));
  }
  for (const Outlier& outlier : analysis.outliers) report["outliers"].push_back(OutlierJson(analysis, outlier));
  for (const Sample* sample : analysis.failures) report["failures"].push_back(FailureJson(*sample));
  report["where_time_goes"] = WhereTimeGoes(analysis);
  report["notes"] = Notes(analysis);
  report["conclusions"] = Conclusions(analysis);
  return DumpJson(report, 2) + "\n";
}

}  // namespace rapidbyte::report
