#include "report/csv.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "record/run_record.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;

bool IsScalar(const json& value) { return value.is_number() || value.is_string() || value.is_boolean(); }

void AppendField(std::string_view text, std::string& record) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    record += text;
    return;
  }
  record += '"';
  for (const char c : text) {
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

std::string CsvHeader(const std::set<std::string>& columns) {
  std::string record;
  for (const std::string& column : columns) {
    if (!record.empty()) record += ',';
    AppendField(column, record);
  }
  return record + "\r\n";
}

std::string CsvRecord(const json& line, const std::set<std::string>& columns) {
  std::string record;
  bool is_first = true;
  for (const std::string& column : columns) {
    if (!is_first) record += ',';
    is_first = false;
    const auto value = line.find(column);
    if (value == line.end() || !IsScalar(*value)) continue;
    AppendField(value->is_string() ? value->get_ref<const std::string&>() : record::DumpLine(*value), record);
  }
  return record + "\r\n";
}

}  // namespace rapidbyte::report
