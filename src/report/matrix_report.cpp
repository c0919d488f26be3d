#include "report/matrix_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "analysis/campaign_rules.h"
#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "report/comparison_report.h"
#include "report/comparison_table.h"
#include "report/exploration_text.h"
#include "report/failed_runs.h"
#include "report/run_notes_text.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using record::Campaign;
using record::CellKey;
using record::Sample;

constexpr size_t kWidth = 80;
constexpr const char* kUnknown = "unknown";  // as a campaign outside of a repository says it
constexpr size_t kLongestName = 30;

struct CellRuns {
  CellKey key;
  std::vector<const Sample*> good;
  std::vector<const Sample*> failed;  // warm-up runs too
};

// In the order of the matrix: that of the values of each parameter.
std::vector<CellRuns> CellsOf(const Campaign& campaign, std::span<const Sample> samples) {
  std::map<CellKey, CellRuns> by_key;
  for (const Sample& sample : samples) {
    CellKey key = sample.cell;
    if (!sample.build.empty()) key.emplace("commit", record::ShortCommit(sample.build));
    CellRuns& cell = by_key[key];
    cell.key = key;
    if (sample.Counts()) cell.good.push_back(&sample);
    if (sample.outcome != record::Outcome::kOk) cell.failed.push_back(&sample);
  }
  std::vector<CellRuns> cells;
  for (auto& [key, cell] : by_key) cells.push_back(std::move(cell));
  const auto place = [&](const CellKey& key) {
    std::vector<std::ptrdiff_t> places;
    for (const std::string& parameter : JsonTexts(campaign.settings, "parameters")) {
      const nlohmann::json& order = JsonList(JsonMember(campaign.settings, "values"), parameter);
      const auto value = key.find(parameter);
      places.push_back(value == key.end() ? -1 : std::find(order.begin(), order.end(), value->second) - order.begin());
    }
    return places;
  };
  std::stable_sort(cells.begin(), cells.end(),
                   [&](const CellRuns& a, const CellRuns& b) { return place(a.key) < place(b.key); });
  return cells;
}

stats::Summary Summarize(const CellRuns& cell, const std::string& metric) {
  std::vector<double> values;
  for (const Sample* sample : cell.good) {
    if (const auto value = record::MetricOf(*sample, metric)) values.push_back(*value);
  }
  return stats::Summarize(std::move(values));
}

// Of the whole tree; of the largest process in samples from before that was kept.
double PeakMemory(const CellRuns& cell) {
  const stats::Summary tree = Summarize(cell, "tree_rss");
  return tree.n > 0 ? tree.median : Summarize(cell, "max_rss").median;
}

struct Line {
  std::string name, n, median, range, cpu, memory;
};

Line LineOf(const CellRuns& cell, const std::string& name, const analysis::MetricRule& rule) {
  const stats::Summary main = Summarize(cell, rule.name);
  Line line{name, std::to_string(main.n), "–", "", "", ""};
  if (!cell.failed.empty()) line.n += fmt::format(" ({} failed)", cell.failed.size());
  if (main.n == 0) return line;
  line.median = FormatValue(main.median, rule.unit);
  line.range = FormatValue(main.min, rule.unit) + "–" + FormatValue(main.max, rule.unit);
  line.cpu = FormatDuration(Summarize(cell, "cpu").median);
  line.memory = FormatBytes(PeakMemory(cell));
  return line;
}

std::string Table(const std::vector<Line>& lines) {
  std::vector<size_t> widths(6);
  const auto fields = [](const Line& line) {
    return std::vector<std::string>{line.name, line.n, line.median, line.range, line.cpu, line.memory};
  };
  for (const Line& line : lines) {
    const auto texts = fields(line);
    for (size_t i = 0; i < texts.size(); ++i) {
      if (i > 0 || DisplayWidth(texts[i]) <= kLongestName) widths[i] = std::max(widths[i], DisplayWidth(texts[i]));
    }
  }
  std::string table;
  for (const Line& line : lines) {
    const auto texts = fields(line);
    const bool own_line = DisplayWidth(texts[0]) > widths[0];
    table += own_line ? texts[0] + "\n" + std::string(widths[0], ' ') : PadRight(texts[0], widths[0]);
    for (size_t i = 1; i < texts.size(); ++i) table += "  " + PadLeft(texts[i], widths[i]);
    table += "\n";
  }
  return table;
}

std::string NamesHeading(const std::vector<std::string>& varying) {
  std::string heading;
  for (const std::string& name : varying) heading += (heading.empty() ? "" : "/") + name;
  return heading.empty() ? "cell" : heading;
}

std::string CellsTable(const std::vector<CellRuns>& cells, const analysis::MetricRule& rule) {
  std::vector<CellKey> keys;
  for (const CellRuns& cell : cells) keys.push_back(cell.key);
  const Parameters parameters = DivideParameters(keys);
  std::vector<Line> lines = {{NamesHeading(parameters.varying), "n", "median", "min–max", "CPU", "peak memory"}};
  for (const CellRuns& cell : cells) lines.push_back(LineOf(cell, CellName(cell.key, parameters.varying), rule));
  std::string constant;
  for (const auto& [name, value] : parameters.constant) constant += (constant.empty() ? "" : ", ") + name + " " + value;
  return (constant.empty() ? "" : Wrap("", "all cells: " + constant, kWidth)) + Table(lines);
}

std::string Heading(const Campaign& campaign, const analysis::MetricRule& rule) {
  const record::HostFingerprint& host = campaign.host;
  std::string text = Wrap("scenario  ", campaign.scenario, kWidth);
  if (!campaign.server.empty()) text += Wrap("server    ", campaign.server, kWidth);
  text += Wrap("host      ",
               fmt::format("{}: Linux {}, {}, {} CPUs, {} of memory", host.hostname, host.kernel, host.cpu_model,
                           host.cpus, FormatBytes(static_cast<double>(host.memory_bytes))),
               kWidth);
  text += Wrap("commit    ", CommitText(campaign), kWidth);
  text += Wrap("campaign  ", fmt::format("{}, started {}, seed {}", campaign.id, campaign.started_at, campaign.seed),
               kWidth);
  return text + Wrap("metric    ", rule.name, kWidth);
}

std::string FailureText(const Campaign& campaign, const CellRuns& cell, const FailedRuns& runs) {
  std::istringstream lines(runs.first->error);
  std::string line;
  std::getline(lines, line);
  std::string text = Wrap(
      fmt::format("  {}, ", runs.Blocks(campaign.warmup_blocks)),
      record::Label(cell.key) + ": " + std::string(record::OutcomeName(runs.first->outcome)) + ": " + Printable(line),
      kWidth);
  while (std::getline(lines, line)) text += Wrap("    ", Printable(line), kWidth);
  return text;
}

std::string Failures(const Campaign& campaign, const std::vector<CellRuns>& cells) {
  std::string text;
  for (const CellRuns& cell : cells) {
    for (const FailedRuns& runs : GroupFailures(cell.failed)) text += FailureText(campaign, cell, runs);
  }
  return text.empty() ? "" : "\nFailed runs\n" + text;
}

ComparisonNotes NotesOf(const analysis::Comparison& comparison, bool why, std::vector<CellCauses> causes) {
  ComparisonNotes notes;
  notes.why = why;
  notes.causes = std::move(causes);
  for (const std::string& column : comparison.columns)
    notes.column_names.push_back(comparison.dimension + " " + column);
  return notes;
}

}  // namespace

std::string CommitText(const Campaign& campaign) {
  if (campaign.git_sha.empty() || campaign.git_sha == kUnknown) return "unknown";
  std::string text = record::ShortCommit(campaign.git_sha);
  if (!campaign.git_branch.empty() && campaign.git_branch != kUnknown) text += " on " + campaign.git_branch;
  return text + (campaign.git_dirty ? ", with changes that are not committed" : "");
}

std::string MatrixText(const Campaign& campaign, std::span<const Sample> samples, bool why,
                       std::vector<CellCauses> causes) {
  const analysis::MetricRule rule = analysis::PrimaryRule(campaign);
  const std::vector<CellRuns> cells = CellsOf(campaign, samples);
  std::string text = Heading(campaign, rule) + "\n" + CellsTable(cells, rule) + Failures(campaign, cells);
  const auto comparison = analysis::CompareCampaign(campaign, samples, rule);
  if (comparison) {
    text += "\n" + ComparisonText(*comparison, NotesOf(*comparison, why, std::move(causes)));
    const std::string explored = ExplorationText(analysis::ExploreCampaign(campaign, samples, *comparison));
    if (!explored.empty()) text += "\n" + explored;
  }
  const std::string notes = NotesSection(analysis::NotesOfRun(samples, rule), campaign.warmup_blocks);
  return notes.empty() ? text : text + "\n" + notes;
}

std::string MatrixJson(const Campaign& campaign, std::span<const Sample> samples, std::vector<CellCauses> causes) {
  const analysis::MetricRule primary = analysis::PrimaryRule(campaign);
  nlohmann::json cells = nlohmann::json::array();
  for (const CellRuns& cell : CellsOf(campaign, samples)) {
    nlohmann::json metrics = nlohmann::json::object();
    for (const std::string_view name : record::BuiltInMetrics()) {
      const stats::Summary summary = Summarize(cell, std::string(name));
      if (summary.n == 0) continue;
      metrics[std::string(name)] = {
          {"n", summary.n}, {"median", summary.median}, {"min", summary.min}, {"max", summary.max}};
    }
    for (const analysis::MetricRule& rule : analysis::MetricRules(campaign)) {
      const stats::Summary summary = Summarize(cell, rule.name);
      if (summary.n == 0) continue;
      metrics[rule.name] = {{"n", summary.n}, {"median", summary.median}, {"min", summary.min}, {"max", summary.max}};
    }
    nlohmann::json failures = nlohmann::json::array();
    for (const Sample* sample : cell.failed) {
      failures.push_back({{"block", sample->block},
                          {"warmup", sample->warmup},
                          {"outcome", record::OutcomeName(sample->outcome)},
                          {"exit_code", sample->exit_code},
                          {"error", sample->error}});
    }
    cells.push_back({{"cell", cell.key}, {"metrics", metrics}, {"failures", failures}});
  }
  nlohmann::json document = {{"campaign", campaign.id},
                             {"scenario", campaign.scenario},
                             {"started_at", campaign.started_at},
                             {"git_sha", campaign.git_sha},
                             {"git_dirty", campaign.git_dirty},
                             {"seed", campaign.seed},
                             {"server", campaign.server},
                             {"host", campaign.host.hostname},
                             {"settings", campaign.settings},
                             {"metric", primary.name},
                             {"cells", cells},
                             {"notes", NoteSentences(analysis::NotesOfRun(samples, primary), campaign.warmup_blocks)},
                             {"comparison", nullptr}};
  if (const auto comparison = analysis::CompareCampaign(campaign, samples, primary)) {
    document["comparison"] = ComparisonDocument(*comparison, NotesOf(*comparison, false, std::move(causes)));
  }
  return DumpJson(document, 2) + "\n";
}

}  // namespace rapidbyte::report
