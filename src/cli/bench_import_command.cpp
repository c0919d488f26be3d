#include "cli/bench_import_command.h"

#include <fmt/format.h>

#include "base/format.h"
#include "base/printable.h"
#include "base/redact.h"
#include "store/import_lines.h"
#include "store/migrations.h"

namespace rapidbyte::cli {
namespace {

std::string Counted(size_t count, const char* what) {
  return fmt::format("{} {}{}", FormatThousands(count), what, count == 1 ? "" : "s");
}

// `files` counts those that are in the store.
Status Import(const BenchImportOptions& options, std::ostream& out, size_t& files) {
  RB_ASSIGN(auto samples, store::SampleStore::OpenWithoutLines(options.store, store::OpenMode::kCreate));
  for (const std::filesystem::path& file : options.files) {
    RB_ASSIGN(const store::ImportResult result, store::ImportLines(samples, file));
    for (const std::string& warning : result.warnings)
      out << "warning: " << Printable(RedactPasswords(warning)) << '\n';
    out << PrintableLines(fmt::format("{}: {} of {} imported into {}; {} already there\n", file.string(),
                                      Counted(result.imported, "sample"), Counted(result.campaigns, "new campaign"),
                                      samples.name(), FormatThousands(result.skipped)));
    ++files;
  }
  return {};
}

}  // namespace

Command AddBenchImport(Command bench, BenchImportOptions& options) {
  return bench.AddCommand("import", "Read files of JSON lines into a store", [&options](Command import) {
    import.Add("files", options.files, "as bench run and bench export write them").Required().Type("FILE");
    import.Add("--store", options.store, "a file, or postgresql://…").ShowDefault();
  });
}

Status ImportSamples(const BenchImportOptions& options, std::ostream& out) {
  const std::filesystem::path database = store::SqliteFile(options.store);
  std::error_code ignored;
  const bool is_new = !store::IsPostgres(options.store) && !std::filesystem::exists(database, ignored);
  size_t files = 0;
  Status done = Import(options, out, files);
  if (!done && is_new && files == 0) std::filesystem::remove(database, ignored);  // it would be empty
  return done;
}

}  // namespace rapidbyte::cli
