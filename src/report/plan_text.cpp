#include "report/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/format.h"
#include "base/printable.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using scenario::Plan;
using scenario::PlannedCell;

constexpr size_t kWidth = 80;
constexpr const char* kAbsent = "–";  // a parameter that the cell's subject does not use

std::string Line(const std::string& label, const std::string& text) {
  return Wrap("  " + PadRight(label, 13), Printable(text), kWidth);
}

std::string Counted(size_t count, const std::string& noun) {
  return FormatThousands(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string BlocksText(const Plan& plan) {
  std::string text = fmt::format("{} of warm-up, then {}{}", FormatThousands(plan.warmup),
                                 plan.until_decided ? "until decided: at most " : "", FormatThousands(plan.blocks));
  if (plan.until_decided) text += " or " + FormatDuration(plan.max_secs);
  return text + "; every cell runs once in a block, in an order of chance";
}

std::string Value(const PlannedCell& cell, const std::string& parameter) {
  const auto found = cell.key.find(parameter);
  return found == cell.key.end() ? kAbsent : Printable(found->second);
}

// A number, the columns and two spaces before each; nullopt where that is too wide for a line.
std::optional<std::string> Table(const Plan& plan) {
  const size_t number_width = std::to_string(plan.cells.size()).size();
  std::vector<size_t> widths;
  size_t total = 2 + number_width;
  for (const std::string& parameter : plan.parameters) {
    size_t width = DisplayWidth(Printable(parameter));
    for (const PlannedCell& cell : plan.cells) width = std::max(width, DisplayWidth(Value(cell, parameter)));
    widths.push_back(width);
    total += 2 + width;
  }
  if (total > kWidth) return std::nullopt;
  const auto row = [&](const std::string& number, auto value_of) {
    std::string line = "  " + PadLeft(number, number_width);
    for (size_t i = 0; i < widths.size(); ++i) line += "  " + PadRight(value_of(plan.parameters[i]), widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  };
  std::string table = row("", [](const std::string& parameter) { return Printable(parameter); });
  for (size_t i = 0; i < plan.cells.size(); ++i) {
    table += row(std::to_string(i + 1), [&](const std::string& name) { return Value(plan.cells[i], name); });
  }
  return table;
}

std::string Lines(const Plan& plan) {
  const size_t number_width = std::to_string(plan.cells.size()).size();
  std::string text;
  for (size_t i = 0; i < plan.cells.size(); ++i) {
    std::string label;
    for (const std::string& name : plan.parameters) {
      if (!plan.cells[i].key.contains(name)) continue;
      label += (label.empty() ? "" : " ") + Printable(name) + "=" + Value(plan.cells[i], name);
    }
    text += Wrap("  " + PadLeft(std::to_string(i + 1), number_width) + "  ", label, kWidth);
  }
  return text;
}

std::string CellsText(const Plan& plan) {
  if (plan.parameters.empty()) return "";
  const auto table = Table(plan);
  return "\n" + (table ? *table : Lines(plan));
}

std::string SignificanceText(const Plan& plan, size_t needed) {
  if (needed <= plan.blocks) {
    return "\n" + Wrap("  ",
                       fmt::format("Before {} no change in a comparison of {} could be significant at all.",
                                   Counted(needed, "block"), Counted(plan.cells.size(), "cell")),
                       kWidth);
  }
  return "\n" +
         Wrap("  ",
              fmt::format("With {} no difference can be significant: comparing {} takes at least {}. Raise "
                          "iterations, or measure fewer cells.",
                          Counted(plan.blocks, "block"), Counted(plan.cells.size(), "cell"), Counted(needed, "block")),
              kWidth);
}

}  // namespace

std::string PlanText(const Plan& plan, std::optional<size_t> blocks_before_significance) {
  std::string text = Wrap("Plan of ", Printable(plan.scenario), kWidth);
  if (!plan.description.empty()) text += Wrap("  ", Printable(plan.description), kWidth);
  text += "\n" + Line("environment", plan.environment);
  if (!plan.dataset.empty()) text += Line("dataset", plan.dataset);
  text += Line("blocks", BlocksText(plan));
  text += Line("runs",
               fmt::format("{}{} = {} x {}", plan.until_decided ? "at most " : "", FormatThousands(plan.RunCount()),
                           Counted(plan.cells.size(), "cell"), Counted(size_t{plan.warmup} + plan.blocks, "block")));
  if (plan.timeout_secs > 0) text += Line("timeout", FormatDuration(plan.timeout_secs) + " a run");
  text += CellsText(plan);
  if (blocks_before_significance) text += SignificanceText(plan, *blocks_before_significance);
  return text;
}

}  // namespace rapidbyte::report
