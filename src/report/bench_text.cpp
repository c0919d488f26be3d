#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/format.h"
#include "base/printable.h"
#include "report/bench_analysis.h"
#include "report/bench_report.h"
#include "report/bench_sentences.h"
#include "report/bench_tables.h"
#include "report/failed_runs.h"
#include "report/matrix_report.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using record::Campaign;
using record::Sample;

// A number or a text of the run's own line, taken from the first run that has it.
const nlohmann::json* FromFirstRun(const BenchAnalysis& analysis, const char* key) {
  for (const Cell& cell : analysis.cells) {
    for (const auto& [block, sample] : cell.runs) {
      const auto entry = sample->run.is_object() ? sample->run.find(key) : sample->run.end();
      if (sample->run.is_object() && entry != sample->run.end()) return &*entry;
    }
  }
  return nullptr;
}

std::string Title(const Campaign& campaign, const BenchAnalysis& analysis) {
  std::string text = fmt::format("Benchmark of {}: {} rows", campaign.dataset, FormatThousands(analysis.rows));
  const auto* bytes = FromFirstRun(analysis, "bytes_read");
  if (bytes != nullptr && bytes->is_number()) text += ", " + FormatBytes(bytes->get<double>()) + " as Arrow";
  return text;
}

std::string HostText(const record::HostFingerprint& host) {
  return fmt::format("{}: Linux {}, {}, {} CPU{}, {} of memory", host.hostname, host.kernel, host.cpu_model, host.cpus,
                     host.cpus == 1 ? "" : "s", FormatBytes(static_cast<double>(host.memory_bytes)));
}

std::string CellNames(const BenchAnalysis& analysis) {
  std::string names;
  for (size_t i = 0; i < analysis.cells.size(); ++i) {
    if (i > 0) names += i + 1 == analysis.cells.size() ? " and " : ", ";
    names += analysis.cells[i].name;
  }
  return names;
}

bool HasBothRuntimes(const BenchAnalysis& analysis) {
  return std::any_of(analysis.cells.begin(), analysis.cells.end(),
                     [&](const Cell& cell) { return cell.aot != analysis.cells.front().aot; });
}

std::string RunsText(const Campaign& campaign, const BenchAnalysis& analysis) {
  std::string text = fmt::format("{} block{} of {}", analysis.blocks, analysis.blocks == 1 ? "" : "s",
                                 analysis.cells.empty() ? "no runs" : CellNames(analysis));
  const bool is_in_names = HasBothRuntimes(analysis);
  for (const char* key : {"runtime", "compression"}) {
    if (is_in_names && std::string_view(key) == "runtime") continue;
    const auto* value = FromFirstRun(analysis, key);
    if (value != nullptr && value->is_string()) text += fmt::format(", {} {}", key, value->get<std::string>());
  }
  const size_t failures = analysis.failures.size();
  return text + fmt::format("; warm-up blocks: {}; seed {}; {}", analysis.warmup_blocks, campaign.seed,
                            failures == 0   ? "no failures"
                            : failures == 1 ? "1 failure"
                                            : fmt::format("{} failures", failures));
}

std::string Heading(const Campaign& campaign, const BenchAnalysis& analysis) {
  std::string text = Wrap("", Title(campaign, analysis), kPageWidth) + "\n";
  text += Wrap("server    ", campaign.server, kPageWidth);
  text += Wrap("host      ", HostText(campaign.host), kPageWidth);
  text += Wrap("commit    ", CommitText(campaign), kPageWidth);
  text += Wrap("runs      ", RunsText(campaign, analysis), kPageWidth);
  return text + Wrap("campaign  ", fmt::format("{}, started {}", campaign.id, campaign.started_at), kPageWidth);
}

std::string Tables(const BenchAnalysis& analysis) {
  if (analysis.cells.size() == 1) return "\n" + MetricTable(analysis);
  std::string text;
  for (size_t other = 1; other < analysis.cells.size(); ++other) text += "\n" + MetricTable(analysis, other);
  return text;
}

std::string HostFunctions(const BenchAnalysis& analysis) {
  if (analysis.host_functions.empty()) return {};
  std::string text = "\nHost functions: calls, and milliseconds of a run (medians)\n";
  for (size_t cell = 0; cell < analysis.cells.size(); cell += 2) {
    std::vector<size_t> columns = {cell};
    if (cell + 1 < analysis.cells.size()) columns.push_back(cell + 1);
    text += HostFunctionTable(analysis, columns);
  }
  return text;
}

// What became of a failed run: the lines that say something.
std::vector<std::string> LinesOf(const std::string& error) {
  std::vector<std::string> lines;
  size_t begin = 0;
  while (begin <= error.size()) {
    const size_t end = std::min(error.find('\n', begin), error.size());
    std::string line = Printable(error.substr(begin, end - begin));
    if (line.find_first_not_of(' ') != std::string::npos) lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

std::string OutcomeText(const Sample& sample) {
  switch (sample.outcome) {
    case record::Outcome::kWrongRows:
      return "wrote rows that are not the source's";
    case record::Outcome::kTimeout:
      return "took too long and was ended";
    default:
      return "failed";
  }
}

std::string Failures(const Campaign& campaign, const BenchAnalysis& analysis) {
  if (analysis.failures.empty()) return {};
  std::string text = "\nFailures (in no statistic)\n";
  for (const FailedRuns& runs : GroupFailures(analysis.failures)) {
    text += fmt::format("  {}, {}: {}\n", runs.Blocks(campaign.warmup_blocks), CellName(*runs.first, false),
                        OutcomeText(*runs.first));
    for (const std::string& line : LinesOf(runs.first->error)) text += Wrap("    ", line, kPageWidth);
  }
  return text;
}

std::string List(std::string_view heading, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  std::string text = fmt::format("\n{}\n", heading);
  for (const std::string& sentence : sentences) text += Wrap("  ", sentence, kPageWidth);
  return text;
}

}  // namespace

std::string BenchReportText(const Campaign& campaign, std::span<const Sample> samples) {
  const BenchAnalysis analysis = Analyze(campaign, samples);
  std::string text = Heading(campaign, analysis);
  const bool any_run = FromFirstRun(analysis, "duration_secs") != nullptr;
  if (any_run) text += Tables(analysis) + HostFunctions(analysis);
  text += List("Where the time goes (both sides run at once, so that shares overlap)", WhereTimeGoes(analysis));
  text += Failures(campaign, analysis);
  text += List("Notes", Notes(analysis)) + "\n";
  for (const std::string& sentence : Conclusions(analysis)) text += Wrap("", sentence, kPageWidth);
  return text;
}

}  // namespace rapidbyte::report
