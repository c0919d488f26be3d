#include "cli/bench_export_command.h"

#include <fmt/format.h>

#include <map>
#include <ostream>
#include <set>
#include <system_error>

#include "base/json.h"
#include "os/write_file.h"
#include "record/run_record.h"
#include "record/sample_json.h"
#include "report/csv.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {
namespace {

using record::Campaign;
using record::Sample;
using store::SampleStore;

Status CheckCampaign(SampleStore& store, const BenchExportOptions& options) {
  if (!options.campaign) return {};
  RB_ASSIGN(const auto campaign, store.FindCampaign(*options.campaign));
  if (campaign) return {};
  RB_ASSIGN(const auto campaigns, store.Campaigns());
  return Fail(ErrorCode::kUsage, fmt::format("{}: no campaign \"{}\"", store.name(), *options.campaign),
              campaigns.empty() ? "the store has no campaign yet: rapidbyte bench run"
                                : fmt::format("the newest is {}", campaigns.front().id));
}

// A full disk or a closed pipe ends the export at once instead of at its end.
Status CheckWritten(const std::ostream& out) {
  if (out) return {};
  return Fail(ErrorCode::kConfiguration, "cannot write the samples: the output is closed or its disk is full");
}

Result<size_t> ExportJsonLines(SampleStore& store, const BenchExportOptions& options, std::ostream& out) {
  size_t count = 0;
  RB_TRY(store.ForEachSample(options.campaign, [&](const Sample& sample, const Campaign& campaign) -> Status {
    out << DumpJson(record::ToJson(sample, campaign)) << '\n';
    ++count;
    return CheckWritten(out);
  }));
  return count;
}

// Twice through the samples: all of them decide which columns there are.
Result<size_t> ExportCsv(SampleStore& store, const BenchExportOptions& options, std::ostream& out) {
  std::set<std::string> columns;
  RB_TRY(store.ForEachSample(options.campaign, [&](const Sample& sample, const Campaign& campaign) -> Status {
    report::AddCsvColumns(record::ToJson(sample, campaign), columns);
    return {};
  }));
  out << report::CsvHeader(columns);
  size_t count = 0;
  RB_TRY(store.ForEachSample(options.campaign, [&](const Sample& sample, const Campaign& campaign) -> Status {
    out << report::CsvRecord(record::ToJson(sample, campaign), columns);
    ++count;
    return CheckWritten(out);
  }));
  return count;
}

Result<size_t> Export(SampleStore& store, const BenchExportOptions& options, std::ostream& out) {
  RB_ASSIGN(const size_t count, options.format == ExportFormat::kCsv ? ExportCsv(store, options, out)
                                                                     : ExportJsonLines(store, options, out));
  out.flush();
  RB_TRY(CheckWritten(out));
  return count;
}

Result<size_t> ExportToFile(SampleStore& store, const BenchExportOptions& options) {
  Result<size_t> count = 0;
  Status written = os::WriteFile(options.output, [&](std::ostream& out) {
    count = Export(store, options, out);
    if (!count) out.setstate(std::ios::failbit);  // what there is of it is not put in place
  });
  if (!count) return Context(options.output.string(), count.error());
  if (!written) return Fail(std::move(written.error()));
  return count;
}

}  // namespace

Command AddBenchExport(Command bench, BenchExportOptions& options) {
  static const std::map<std::string, ExportFormat> formats = {{"jsonl", ExportFormat::kJsonLines},
                                                              {"csv", ExportFormat::kCsv}};
  return bench.AddCommand(
      "export", "Write the samples that were taken as JSON lines or CSV", [&options](Command command) {
        command.AddChoice("--format", options.format, formats, "jsonl (all there is) or csv (numbers and texts)")
            .Required();
        command.Add("--campaign", options.campaign, "The id of one campaign; otherwise all");
        command.Add("--store", options.store, "The database").ShowDefault();
        command.Add("-o,--output", options.output, "A file; otherwise standard output");
      });
}

Result<size_t> ExportSamples(const BenchExportOptions& options, std::ostream& out) {
  RB_ASSIGN(SampleStore store, SampleStore::OpenExisting(options.store));
  RB_TRY(CheckCampaign(store, options));
  return options.output.empty() ? Export(store, options, out) : ExportToFile(store, options);
}

}  // namespace rapidbyte::cli
