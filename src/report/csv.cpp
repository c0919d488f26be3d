#include "report/csv.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/json.h"
#include "base/printable.h"
#include "record/run_record.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;

bool IsScalar(const json& value) { return value.is_number() || value.is_string() || value.is_boolean(); }

bool IsHarmlessNumber(std::string_view text) { return text.find_first_not_of("0123456789.eE+-%") == std::string::npos; }

// A spreadsheet takes a text that begins so for a formula, and runs it.
bool IsFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos && !IsHarmlessNumber(text);
}

// Line by line: a field may have several.
std::string Clean(std::string_view text) {
  std::string clean;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    clean += Printable(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return clean + Printable(text);
}

void AppendField(std::string_view text, std::string& record) {
  const std::string clean = Clean(text);
  const std::string field = IsFormula(clean) ? "'" + clean : clean;
  if (field.find_first_of(",\"\n") == std::string::npos) {
    record += field;
    return;
  }
  record += '"';
  for (const char c : field) {
    if (c == '"') record += '"';
    record += c;
  }
  record += '"';
}

}  // namespace

void AddCsvColumns(const json& line, std::set<std::string>& columns) {
  for (const auto& [key, value] : line.items()) {
    if (IsScalar(value)) columns.insert(key);
  }
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string record;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) record += ',';
    AppendField(fields[i], record);
  }
  return record + "\r\n";
}

std::string CsvHeader(const std::set<std::string>& columns) { return CsvLine({columns.begin(), columns.end()}); }

std::string CsvRecord(const json& line, const std::set<std::string>& columns) {
  std::vector<std::string> fields;
  fields.reserve(columns.size());
  for (const std::string& column : columns) {
    const auto value = line.find(column);
    const bool is_scalar = value != line.end() && IsScalar(*value);
    fields.push_back(!is_scalar ? "" : value->is_string() ? value->get_ref<const std::string&>() : DumpJson(*value));
  }
  return CsvLine(fields);
}

}  // namespace rapidbyte::report
