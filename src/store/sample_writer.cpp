#include "store/sample_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "base/json.h"
#include "record/run_record.h"
#include "store/sample_rows.h"

namespace rapidbyte::store {
namespace {

constexpr size_t kMostHeld = 1000;  // samples; a document has some kilobytes
constexpr std::string_view kMetricColumns = "campaign, block, position, metric, cell, build, is_counted, value";
constexpr std::string_view kDocumentColumns = "campaign, block, position, error, run";

// "id = excluded.id, …": all of the columns but the first.
std::string Updates(std::string_view columns) {
  std::string updates;
  for (const std::string& name : SplitColumns(columns.substr(columns.find(", ") + 2))) {
    updates += fmt::format("{}{} = excluded.{}", updates.empty() ? "" : ", ", name, name);
  }
  return updates;
}

Statement& BindPlace(const record::Sample& sample, int64_t campaign, Statement& statement) {
  return statement.Bind(1, campaign).Bind(2, int64_t{sample.block}).Bind(3, int64_t{sample.position});
}

}  // namespace

SampleWriter::SampleWriter(Connection& connection, Pace pace)
    : connection_(connection),
      pace_(pace),
      cells_(connection, "cells", "cell"),
      builds_(connection, "builds", "git_sha"),
      metrics_(connection, "metrics", "name") {}

// Not INSERT OR REPLACE: that deletes the row first, and its samples with it.
Result<int64_t> SampleWriter::PutCampaign(const record::Campaign& campaign) {
  RB_ASSIGN(const StatementHandle insert,
            connection_.Prepare(fmt::format("INSERT INTO campaigns ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}"
                                            " RETURNING number",
                                            kCampaignColumns, Placeholders(SplitColumns(kCampaignColumns).size()),
                                            Updates(kCampaignColumns))));
  BindCampaign(campaign, *insert);
  RB_TRY(insert->Step());
  const int64_t number = insert->Integer(0);
  RB_TRY(insert->Run());  // to its end: only then is it in the database
  return number;
}

Result<int64_t> SampleWriter::NumberOf(const std::string& campaign_id) {
  RB_ASSIGN(const StatementHandle select, connection_.Prepare("SELECT number FROM campaigns WHERE id = $1"));
  RB_ASSIGN(const bool found, select->Bind(1, campaign_id).Step());
  return found ? select->Integer(0) : 0;
}

Status SampleWriter::PutNames(const record::Sample& sample) {
  RB_TRY(cells_.NumberOf(record::CanonicalText(sample.cell)));
  if (!sample.build.empty()) RB_TRY(builds_.NumberOf(sample.build));
  for (const auto& [name, value] : sample.metrics) RB_TRY(metrics_.NumberOf(name));
  return {};
}

Result<Statement*> SampleWriter::Ready(StatementHandle& statement, const char* table, std::string_view columns) {
  if (statement) return statement.get();
  const std::vector<std::string> names = SplitColumns(columns);
  if (pace_ == Pace::kMany) {
    RB_ASSIGN(statement, connection_.PrepareInsert(table, names));
  } else {
    RB_ASSIGN(statement, connection_.Prepare(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns,
                                                         Placeholders(names.size()))));
  }
  return statement.get();
}

Status SampleWriter::Insert(const record::Sample& sample, int64_t campaign) {
  RB_ASSIGN(const int64_t cell, cells_.NumberOf(record::CanonicalText(sample.cell)));
  int64_t build = 0;
  if (!sample.build.empty()) {
    RB_ASSIGN(build, builds_.NumberOf(sample.build));
  }
  RB_ASSIGN(Statement * row, Ready(sample_, "samples", kSampleColumns));
  BindSample(sample, campaign, cell, build, *row);
  RB_TRY(row->Run());
  for (const auto& [name, value] : sample.metrics) {
    if (!std::isfinite(value)) continue;
    RB_ASSIGN(const int64_t metric, metrics_.NumberOf(name));
    RB_ASSIGN(row, Ready(metric_, "sample_metrics", kMetricColumns));
    RB_TRY(BindPlace(sample, campaign, *row)
               .Bind(4, metric)
               .Bind(5, cell)
               .Bind(6, build)
               .Bind(7, int64_t{sample.Counts()})
               .Bind(8, value)
               .Run());
  }
  if (!sample.error.empty() || !sample.run.is_null()) RB_TRY(InsertDocument(sample, campaign));
  return ++held_ < kMostHeld ? Status() : Flush();
}

Status SampleWriter::InsertDocument(const record::Sample& sample, int64_t campaign) {
  RB_ASSIGN(Statement * row, Ready(document_, "sample_documents", kDocumentColumns));
  BindPlace(sample, campaign, *row).Bind(4, sample.error);
  if (sample.run.is_null()) {
    row->BindNull(5);
  } else {
    row->Bind(5, DumpJson(sample.run));
  }
  return row->Run();
}

Status SampleWriter::Remove(const record::Sample& sample, int64_t campaign) {
  for (const char* table : {"sample_documents", "sample_metrics", "samples"}) {
    RB_ASSIGN(
        const StatementHandle remove,
        connection_.Prepare(fmt::format("DELETE FROM {} WHERE campaign = $1 AND block = $2 AND position = $3", table)));
    RB_TRY(BindPlace(sample, campaign, *remove).Run());
  }
  return {};
}

// The samples first: the others refer to them.
Status SampleWriter::Flush() {
  held_ = 0;
  for (const StatementHandle* statement : {&sample_, &metric_, &document_}) {
    if (*statement) RB_TRY((*statement)->Flush());
  }
  return {};
}

}  // namespace rapidbyte::store
