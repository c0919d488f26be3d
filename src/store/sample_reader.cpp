#include "store/sample_reader.h"

#include <fmt/format.h>

#include "store/name_table.h"
#include "store/sample_rows.h"

namespace rapidbyte::store {
namespace {

void BindTexts(const std::vector<std::string>& texts, Statement& statement) {
  for (size_t i = 0; i < texts.size(); ++i) statement.Bind(static_cast<int>(i + 1), texts[i]);
}

std::string SelectOf(const SampleCondition& condition, const std::string& cells, bool with_runs) {
  return fmt::format(
      "SELECT {}, c.id, d.error, {} FROM samples s JOIN campaigns c ON c.number = s.campaign"
      " LEFT JOIN sample_documents d ON d.campaign = s.campaign AND d.block = s.block AND d.position = s.position"
      " WHERE {}{} ORDER BY c.started_at, c.id, s.campaign, s.block, s.position",
      Qualified(kSampleColumns, "s"), with_runs ? "d.run" : "NULL", condition.sql, cells);
}

}  // namespace

std::string CellCondition(const std::map<int64_t, record::CellKey>& cells, const record::CellKey& filter) {
  if (filter.empty()) return {};
  std::string numbers = "0";  // so that the list is not empty
  for (const auto& [number, cell] : cells) numbers += ", " + std::to_string(number);
  return fmt::format(" AND s.cell IN ({})", numbers);
}

Result<std::map<int64_t, record::CellKey>> SampleReader::Cells(const record::CellKey& filter) {
  RB_ASSIGN(const auto texts, NameTable(connection_, "cells", "cell").All());
  std::map<int64_t, record::CellKey> cells;
  for (const auto& [number, text] : texts) {
    auto cell = record::ParseCellKey(text);
    if (!cell)
      return Fail(ErrorCode::kInternal, fmt::format("{}: cell {} holds \"{}\"", connection_.name(), number, text));
    if (record::Matches(*cell, filter)) cells.emplace(number, *std::move(cell));
  }
  return cells;
}

Result<SampleReader::Metrics> SampleReader::MetricsOf(int64_t campaign) {
  RB_ASSIGN(const StatementHandle select,
            connection_.Prepare("SELECT m.block, m.position, n.name, m.value FROM sample_metrics m"
                                " JOIN metrics n ON n.id = m.metric WHERE m.campaign = $1"));
  select->Bind(1, campaign);
  Metrics metrics;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return metrics;
    const auto place = std::pair(static_cast<uint32_t>(select->Integer(0)), static_cast<uint32_t>(select->Integer(1)));
    metrics[place][select->Text(2)] = select->Real(3);
  }
}

Result<std::vector<record::Sample>> SampleReader::Read(const SampleCondition& condition, const record::CellKey& cell,
                                                       bool with_runs) {
  RB_ASSIGN(const auto cells, Cells(cell));
  RB_ASSIGN(const auto builds, NameTable(connection_, "builds", "git_sha").All());
  RB_ASSIGN(const StatementHandle select,
            connection_.Prepare(SelectOf(condition, CellCondition(cells, cell), with_runs)));
  BindTexts(condition.texts, *select);
  std::vector<record::Sample> samples;
  Metrics metrics;
  int64_t campaign = 0;
  while (true) {
    RB_ASSIGN(const bool row, select->Step());
    if (!row) return samples;
    RB_ASSIGN(SampleRow read, ReadSample(*select));
    if (read.campaign != campaign) {
      RB_ASSIGN(metrics, MetricsOf(read.campaign));
    }
    campaign = read.campaign;
    record::Sample& sample = samples.emplace_back(std::move(read.sample));
    sample.campaign_id = select->Text(kSampleColumnCount);
    sample.error = select->Text(kSampleColumnCount + 1);
    RB_ASSIGN(sample.run, ReadJson(*select, kSampleColumnCount + 2));
    if (const auto known = cells.find(read.cell); known != cells.end()) sample.cell = known->second;
    if (const auto known = builds.find(read.build); known != builds.end()) sample.build = known->second;
    const auto measured = metrics.find({sample.block, sample.position});
    if (measured != metrics.end()) sample.metrics = measured->second;
  }
}

}  // namespace rapidbyte::store
