#include "record/cell_key.h"

#include <charconv>

#include "base/json.h"

namespace rapidbyte::record {

using nlohmann::json;

std::string CanonicalText(const CellKey& cell) { return DumpJson(json(cell)); }

Result<CellKey> ParseCellKey(std::string_view text) {
  const auto document = ParseJson(text);
  if (!document) return Fail(ErrorCode::kConfiguration, "a cell: " + document.error().message);
  return ReadCellKey(*document);
}

Result<CellKey> ReadCellKey(const json& document) {
  if (!document.is_object()) return Fail(ErrorCode::kConfiguration, "a cell must be a JSON object");
  CellKey cell;
  for (const auto& [name, value] : document.items()) {
    if (value.is_null() || value.is_structured()) {
      return Fail(ErrorCode::kConfiguration, "cell: '" + name + "' must be a text, a number or a flag");
    }
    cell[name] = value.is_string() ? value.get<std::string>() : DumpJson(value);
  }
  return cell;
}

std::string ShortCommit(std::string_view commit) {
  constexpr size_t kWhole = 40;  // or more
  constexpr size_t kShown = 10;
  const bool is_sha = commit.size() >= kWhole && commit.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return std::string(is_sha ? commit.substr(0, kShown) : commit);
}

std::string ShownValue(std::string_view name, std::string_view value) {
  return name == "commit" ? ShortCommit(value) : std::string(value);
}

std::string Label(const CellKey& cell) {
  std::string label;
  for (const auto& [name, value] : cell) {
    label.append(label.empty() ? "" : " ").append(name).append("=").append(ShownValue(name, value));
  }
  return label.empty() ? "all" : label;
}

std::string ParameterOf(const CellKey& cell, const std::string& name) {
  const auto found = cell.find(name);
  return found == cell.end() ? std::string() : found->second;
}

bool Matches(const CellKey& cell, const CellKey& filter) {
  for (const auto& [name, value] : filter) {
    const auto found = cell.find(name);
    if (found == cell.end() || found->second != value) return false;
  }
  return true;
}

std::string ModeOf(const CellKey& cell) {
  const std::string load_method = ParameterOf(cell, "load_method");
  return load_method.empty() ? Label(cell) : load_method;
}

bool IsAot(const CellKey& cell) {
  const std::string runtime = ParameterOf(cell, "runtime");
  return runtime.empty() || runtime == "aot";
}

std::optional<uint64_t> RowsOf(const CellKey& cell) {
  const std::string rows = ParameterOf(cell, "rows");
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(rows.data(), rows.data() + rows.size(), count);
  if (error == std::errc() && end == rows.data() + rows.size()) return count;
  return std::nullopt;
}

}  // namespace rapidbyte::record
