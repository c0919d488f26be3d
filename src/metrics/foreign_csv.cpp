#include "metrics/foreign_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "metrics/csv.h"
#include "metrics/metric_source.h"
#include "metrics/text.h"

namespace rapidbyte::metrics {
namespace {

constexpr double kFirstUnixTime = 1e9;  // September 2001

struct Column {
  std::string name;
  bool is_metric = false;
  bool is_dimension = false;
};

// The file taken apart, before anyone has said what its columns mean.
struct Sheet {
  std::string_view name;
  std::vector<Column> columns;
  std::vector<CsvRecord> records;

  std::optional<size_t> Find(std::string_view column) const {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name == column) return i;
    }
    return std::nullopt;
  }

  Result<size_t> Require(std::string_view column) const {
    if (const auto place = Find(column)) return *place;
    std::vector<std::string> names;
    for (const Column& there : columns) names.push_back(there.name);
    return Fail(ErrorCode::kConfiguration,
                fmt::format("{}: there is no column '{}'{}", name, column, Suggestion(column, names)));
  }

  bool HoldsNumbers(size_t column) const {
    bool any = false;
    for (const CsvRecord& record : records) {
      const std::string_view cell = Trim(record.fields[column]);
      if (cell.empty()) continue;
      if (!ParseNumber(cell)) return false;
      any = true;
    }
    return any;
  }
};

Result<Sheet> ReadSheet(std::string_view text, std::string_view name) {
  RB_ASSIGN(auto records, ReadCsv(text, DetectSeparator(text), name));
  if (records.empty()) return Fail(ErrorCode::kData, fmt::format("{}: the file is empty", name));
  Sheet sheet{name, {}, {}};
  std::set<std::string> names;
  for (const std::string& field : records[0].fields) {
    std::string column(Trim(field));
    if (column.empty()) column = fmt::format("column {}", sheet.columns.size() + 1);
    if (!names.insert(column).second) {
      return Fail(ErrorCode::kData,
                  fmt::format("{}: two columns are named '{}'", Place(name, records[0].line), column));
    }
    sheet.columns.push_back({column});
  }
  records.erase(records.begin());
  for (const CsvRecord& record : records) {
    if (record.fields.size() == sheet.columns.size()) continue;
    return Fail(ErrorCode::kData, fmt::format("{}: {} cells; the header has {}", Place(name, record.line),
                                              record.fields.size(), sheet.columns.size()));
  }
  if (records.empty()) return Fail(ErrorCode::kData, fmt::format("{}: there is a header but no rows", name));
  sheet.records = std::move(records);
  return sheet;
}

// The columns that place a row in history; they are neither metrics nor dimensions.
struct PlaceColumns {
  std::optional<size_t> time;
  std::optional<size_t> commit;
};

// Whether the column says when a row was measured, although nobody said so: its name does, and it holds dates, or
// numbers that may be seconds or milliseconds since 1970. Numbers in a column "time" are more likely durations.
bool SaysWhen(const Sheet& sheet, size_t column) {
  std::string name = sheet.columns[column].name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool may_be_numbers = name == "date" || name == "timestamp" || name == "datetime";
  if (!may_be_numbers && name != "time") return false;
  return std::all_of(sheet.records.begin(), sheet.records.end(), [&](const CsvRecord& record) {
    const std::string_view cell = Trim(record.fields[column]);
    const auto number = ParseNumber(cell);
    return number ? may_be_numbers && *number >= kFirstUnixTime : ParseIsoTime(cell).has_value();
  });
}

Result<PlaceColumns> FindPlaceColumns(const Sheet& sheet, const ForeignOptions& options) {
  PlaceColumns places;
  if (!options.time_column.empty()) {
    RB_ASSIGN(places.time, sheet.Require(options.time_column));
  }
  for (size_t i = 0; i < sheet.columns.size() && !places.time; ++i) {
    const auto& metrics = options.metrics;
    const bool is_metric = std::find(metrics.begin(), metrics.end(), sheet.columns[i].name) != metrics.end();
    if (!is_metric && SaysWhen(sheet, i)) places.time = i;
  }
  if (!options.commit_column.empty()) {
    RB_ASSIGN(places.commit, sheet.Require(options.commit_column));
    return places;
  }
  for (const char* name : {"commit", "sha", "git_sha"}) {
    if (!places.commit) places.commit = sheet.Find(name);
  }
  return places;
}

Status AssignRoles(Sheet& sheet, const PlaceColumns& places, const ForeignOptions& options) {
  for (const std::string& name : options.metrics) {
    RB_ASSIGN(const size_t column, sheet.Require(name));
    sheet.columns[column].is_metric = true;
  }
  for (const std::string& name : options.dimensions.value_or(std::vector<std::string>())) {
    RB_ASSIGN(const size_t column, sheet.Require(name));
    sheet.columns[column].is_dimension = !sheet.columns[column].is_metric;
  }
  for (size_t i = 0; i < sheet.columns.size(); ++i) {
    Column& column = sheet.columns[i];
    if (column.is_metric || column.is_dimension || i == places.time || i == places.commit) continue;
    if (sheet.HoldsNumbers(i)) {
      column.is_metric = options.metrics.empty();
    } else {
      column.is_dimension = !options.dimensions;
    }
  }
  const bool any = std::any_of(sheet.columns.begin(), sheet.columns.end(), [](const Column& c) { return c.is_metric; });
  if (any) return {};
  return Fail(ErrorCode::kData, fmt::format("{}: no column holds numbers only", sheet.name),
              "the first line names the columns; numbers have a decimal point, not a comma");
}

Result<std::vector<ForeignRow>> ReadRows(const Sheet& sheet, const PlaceColumns& places) {
  std::vector<ForeignRow> rows;
  for (const CsvRecord& record : sheet.records) {
    ForeignRow row{record.line, "", ""};
    if (places.time) row.time = Trim(record.fields[*places.time]);
    if (places.commit) row.commit = Trim(record.fields[*places.commit]);
    if (places.time && row.time.empty()) {
      return Fail(ErrorCode::kData, fmt::format("{}: the time in column '{}' is missing",
                                                Place(sheet.name, record.line), sheet.columns[*places.time].name));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Fills the table row by row.
class SeriesFiller {
 public:
  SeriesFiller(const Sheet& sheet, ForeignTable& table) : sheet_(sheet), table_(table) {}

  Status AddRow(size_t row) {
    const CsvRecord& record = sheet_.records[row];
    std::map<std::string, std::string> cell;
    for (size_t i = 0; i < sheet_.columns.size(); ++i) {
      if (sheet_.columns[i].is_dimension) cell[sheet_.columns[i].name] = Trim(record.fields[i]);
    }
    for (size_t i = 0; i < sheet_.columns.size(); ++i) {
      const std::string_view text = Trim(record.fields[i]);
      if (!sheet_.columns[i].is_metric || text.empty()) continue;
      const auto number = ParseNumber(text);
      if (!number) {
        return Fail(ErrorCode::kData, fmt::format("{}: '{}' in column '{}' is not a number",
                                                  Place(sheet_.name, record.line), text, sheet_.columns[i].name));
      }
      ForeignSeries& series = SeriesOf(i, cell);
      series.values.push_back(*number);
      series.rows.push_back(row);
    }
    return {};
  }

 private:
  ForeignSeries& SeriesOf(size_t column, const std::map<std::string, std::string>& cell) {
    const auto [place, is_new] = places_.try_emplace({column, cell}, table_.series.size());
    if (is_new) {
      const std::string& metric = sheet_.columns[column].name;
      const std::string unit = UnitOfColumn(metric);
      table_.series.push_back({cell, metric, unit, LowerIsBetter(metric, unit), {}, {}});
    }
    return table_.series[place->second];
  }

  const Sheet& sheet_;
  ForeignTable& table_;
  std::map<std::pair<size_t, std::map<std::string, std::string>>, size_t> places_;
};

}  // namespace

std::string UnitOfColumn(std::string_view column) {
  static const std::set<std::string_view> known = {"ns", "us",  "µs", "ms",  "s",  "B",
                                                   "kB", "KiB", "MB", "MiB", "GB", "GiB"};
  static const std::map<std::string_view, std::string> words = {
      {"sec", "s"}, {"secs", "s"}, {"seconds", "s"}, {"bytes", "B"}};
  for (const auto& [open, close] : {std::pair('(', ')'), std::pair('[', ']')}) {
    const size_t begin = column.rfind(open);
    if (begin != std::string_view::npos && column.ends_with(close)) {
      return std::string(column.substr(begin + 1, column.size() - begin - 2));
    }
  }
  const size_t underscore = column.rfind('_');
  const std::string_view last = underscore == std::string_view::npos ? column : column.substr(underscore + 1);
  if (column.ends_with("per_sec") || column.ends_with("per_second")) return "/s";
  if (const auto word = words.find(last); word != words.end()) return word->second;
  return underscore != std::string_view::npos && known.contains(last) ? std::string(last) : std::string();
}

Result<ForeignTable> ReadCsvTable(std::string_view text, std::string_view name, const ForeignOptions& options) {
  RB_ASSIGN(Sheet sheet, ReadSheet(text, name));
  RB_ASSIGN(const PlaceColumns places, FindPlaceColumns(sheet, options));
  RB_TRY(AssignRoles(sheet, places, options));
  ForeignTable table;
  RB_ASSIGN(table.rows, ReadRows(sheet, places));
  SeriesFiller filler(sheet, table);
  for (size_t row = 0; row < sheet.records.size(); ++row) RB_TRY(filler.AddRow(row));
  return table;
}

}  // namespace rapidbyte::metrics
