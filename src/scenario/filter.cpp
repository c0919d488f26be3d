#include "scenario/filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/axis_values.h"
#include "scenario/bindings.h"
#include "yaml/wording.h"

namespace rapidbyte::scenario {
namespace {

Result<Filter> ParseFilter(const Scenario& scenario, const std::string& text) {
  const auto refuse = [&](const std::string& what) {
    return Fail(ErrorCode::kUsage, fmt::format("--filter {}: {}", text, what));
  };
  auto cut = CutAtEquals(text);
  Filter filter;
  if (cut && cut->key.ends_with('!')) {
    filter.keeps = false;
    cut->key.pop_back();
  }
  if (!cut || cut->key.empty()) return refuse("expected key=value[,value] or key!=value[,value]");
  filter.parameter = cut->key;
  const std::vector<std::string> parameters = ParametersOf(scenario);
  const std::vector<std::string_view> names(parameters.begin(), parameters.end());
  if (std::find(names.begin(), names.end(), filter.parameter) == names.end()) {
    const std::string meant = yaml::DidYouMean(filter.parameter, names);
    return refuse(fmt::format("no parameter of this matrix{}",
                              meant.empty() ? "; expected " + yaml::Alternatives(names) : meant));
  }
  auto values = ParseValueList(cut->value);
  if (!values) return refuse(values.error().message);
  filter.values = std::move(*values);
  const std::vector<std::string> known = ValuesOf(scenario, filter.parameter);
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  for (const std::string& value : filter.values) {
    if (std::find(known.begin(), known.end(), value) != known.end()) continue;
    return refuse(fmt::format("no cell has {}{}", yaml::Quoted(value), yaml::DidYouMean(value, candidates)));
  }
  return filter;
}

}  // namespace

Result<std::vector<Filter>> ParseFilters(const Scenario& scenario, const std::vector<std::string>& texts) {
  std::vector<Filter> filters;
  for (const std::string& text : texts) {
    RB_ASSIGN(Filter filter, ParseFilter(scenario, text));
    filters.push_back(std::move(filter));
  }
  return filters;
}

bool Keeps(const std::vector<Filter>& filters, const record::CellKey& parameters) {
  return std::all_of(filters.begin(), filters.end(), [&](const Filter& filter) {
    const auto found = parameters.find(filter.parameter);
    const bool has = found != parameters.end() &&
                     std::find(filter.values.begin(), filter.values.end(), found->second) != filter.values.end();
    return has == filter.keeps;
  });
}

}  // namespace rapidbyte::scenario
