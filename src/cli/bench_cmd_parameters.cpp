#include "cli/bench_cmd_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "scenario/axis_values.h"

namespace rapidbyte::cli {
namespace {

constexpr int kMostDecimals = 9;

// A decimal number as a whole one: value / 10^decimals.
struct Decimal {
  int64_t value = 0;
  int decimals = 0;
};

std::optional<Decimal> ParseDecimal(std::string_view text) {
  const size_t dot = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, dot));
  Decimal number;
  if (dot < text.size()) {
    digits += text.substr(dot + 1);
    number.decimals = static_cast<int>(text.size() - dot - 1);
    if (number.decimals == 0 || number.decimals > kMostDecimals) return std::nullopt;
  }
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number.value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (std::abs(number.value) > 1'000'000'000) return std::nullopt;  // so that no sum below overflows
  return number;
}

Decimal Rescaled(Decimal number, int decimals) {
  for (; number.decimals < decimals; ++number.decimals) number.value *= 10;
  return number;
}

std::string Text(const Decimal& number) {
  const int64_t scale = Rescaled({1, 0}, number.decimals).value;
  const int64_t size = std::abs(number.value);
  const char* sign = number.value < 0 ? "-" : "";
  if (scale == 1) return fmt::format("{}{}", sign, size);
  return fmt::format("{}{}.{:0{}}", sign, size / scale, size % scale, number.decimals);
}

Status CheckName(const std::string& name) {
  if (!name.empty() && name.find_first_of("{}") == std::string::npos) return {};
  return Fail(ErrorCode::kUsage, fmt::format("\"{}\" cannot be the name of a parameter", name));
}

// The placeholder of a known parameter that `text` begins with, or the end of `values`.
record::CellKey::const_iterator PlaceholderAt(std::string_view text, const record::CellKey& values) {
  const size_t close = text.find('}');
  if (!text.starts_with('{') || close == std::string_view::npos) return values.end();
  return values.find(std::string(text.substr(1, close - 1)));
}

}  // namespace

Result<CommandParameter> ParseParameterList(const std::string& name, std::string_view values) {
  RB_TRY(CheckName(name));
  CommandParameter parameter{name, {""}};
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == ',') {
      parameter.values.emplace_back();
      continue;
    }
    if (values[i] == '\\' && i + 1 < values.size() && values[i + 1] == ',') ++i;
    parameter.values.back() += values[i];
  }
  for (auto value = parameter.values.begin(); value != parameter.values.end(); ++value) {
    if (std::find(parameter.values.begin(), value, *value) == value) continue;
    return Fail(ErrorCode::kUsage, fmt::format("parameter {}: \"{}\" is listed twice", name, *value));
  }
  return parameter;
}

Result<CommandParameter> ParseParameterScan(const std::string& name, std::string_view first, std::string_view last,
                                            std::string_view step) {
  RB_TRY(CheckName(name));
  const auto from = ParseDecimal(first);
  const auto to = ParseDecimal(last);
  const auto by = ParseDecimal(step.empty() ? "1" : step);
  if (!from || !to || !by) {
    return Fail(ErrorCode::kUsage,
                fmt::format("parameter {}: expected numbers, found {} {} {}", name, first, last, step));
  }
  if (by->value == 0) return Fail(ErrorCode::kUsage, fmt::format("parameter {}: the step is zero", name));
  if (step.empty() && from->decimals + to->decimals > 0) {
    return Fail(ErrorCode::kUsage, fmt::format("parameter {}: decimal numbers need a step", name),
                "-D 0.1 (--parameter-step-size)");
  }
  const int decimals = std::max({from->decimals, to->decimals, by->decimals});
  Decimal value = Rescaled(*from, decimals);
  const int64_t end = Rescaled(*to, decimals).value;
  const int64_t stride = std::abs(Rescaled(*by, decimals).value) * (end < value.value ? -1 : 1);
  if (static_cast<size_t>((end - value.value) / stride) >= scenario::kMaxCells) {
    return Fail(ErrorCode::kUsage, fmt::format("parameter {}: more than {} values", name, scenario::kMaxCells));
  }
  CommandParameter parameter{name, {}};
  for (; stride > 0 ? value.value <= end : value.value >= end; value.value += stride) {
    parameter.values.push_back(Text(value));
  }
  return parameter;
}

bool UsesParameter(std::string_view text, const std::string& name) {
  return text.find(fmt::format("{{{}}}", name)) != std::string_view::npos;
}

std::string ReplaceParameters(std::string_view text, const record::CellKey& values) {
  std::string replaced;
  while (!text.empty()) {
    const auto found = PlaceholderAt(text, values);
    if (found != values.end()) {
      replaced += found->second;
      text.remove_prefix(found->first.size() + 2);
    } else {
      replaced += text.front();
      text.remove_prefix(1);
    }
  }
  return replaced;
}

std::vector<record::CellKey> Combinations(const std::vector<CommandParameter>& parameters) {
  std::vector<record::CellKey> combinations = {{}};
  for (const CommandParameter& parameter : parameters) {
    std::vector<record::CellKey> longer;
    for (const record::CellKey& combination : combinations) {
      for (const std::string& value : parameter.values) {
        longer.push_back(combination);
        longer.back()[parameter.name] = value;
      }
    }
    combinations = std::move(longer);
  }
  return combinations;
}

}  // namespace rapidbyte::cli
