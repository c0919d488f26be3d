#include "report/history_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "record/cell_key.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"
#include "stats/summary.h"

namespace rapidbyte::report {
namespace {

using analysis::HistoryPoint;
using analysis::HistorySeries;
using nlohmann::json;

constexpr size_t kWidth = 80;
constexpr size_t kPictureWidth = 76;
constexpr std::array<const char*, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::string Place(const HistoryPoint& point, size_t index) {
  std::string place = point.time.substr(0, 10);
  if (!point.commit.empty()) place += (place.empty() ? "" : "  ") + record::ShortCommit(point.commit);
  return place.empty() ? fmt::format("point {}", index + 1) : place;
}

// One bar for one or more neighbouring points (their median), between the smallest and the largest of these.
std::string Picture(const std::vector<HistoryPoint>& points) {
  const size_t columns = std::min(points.size(), kPictureWidth);
  std::vector<double> values;
  for (size_t column = 0; column < columns; ++column) {
    std::vector<double> group;
    const size_t end = (column + 1) * points.size() / columns;
    for (size_t i = column * points.size() / columns; i < end; ++i) group.push_back(points[i].value);
    values.push_back(stats::Summarize(std::move(group)).median);
  }
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  std::string picture = "  ";
  for (const double value : values) {
    const double place = *most > *least ? (value - *least) / (*most - *least) : 0.5;
    picture += kBars[static_cast<size_t>(std::lround(place * (kBars.size() - 1)))];
  }
  return picture + "\n";
}

std::string Change(const HistorySeries& series, const stats::ChangePoint& change) {
  const std::string size =
      std::isfinite(change.change) ? FormatChange(1 + change.change) : (change.change > 0 ? "+inf" : "-inf");
  std::string text = fmt::format("  {}  {}  {} to {}", Place(series.points[change.index], change.index), size,
                                 FormatValue(change.before, series.unit), FormatValue(change.after, series.unit));
  if (change.first == change.last) return text + "\n";
  return Wrap(text + ", ",
              fmt::format("somewhere from {} to {} ({} points)", Place(series.points[change.first], change.first),
                          Place(series.points[change.last], change.last), change.last - change.first + 1),
              kWidth);
}

std::string Points(const HistorySeries& series) {
  std::string text;
  auto next = series.changes.begin();
  for (size_t i = 0; i < series.points.size(); ++i) {
    if (next != series.changes.end() && next->index == i) {
      text += fmt::format("  {:─^40}\n", " " + FormatChange(1 + next->change) + " ");
      ++next;
    }
    const HistoryPoint& point = series.points[i];
    text += fmt::format("  {}  {}\n", Place(point, i), FormatValue(point.value, series.unit));
  }
  return text;
}

std::string Section(const HistorySeries& series, bool all_points) {
  std::string name = series.metric;
  if (!series.cell.empty()) name += "  " + record::Label(series.cell);
  const size_t n = series.points.size();
  std::string text = Wrap("", fmt::format("{}  ({} {})", name, n, n == 1 ? "point" : "points"), kWidth);
  if (n > 0) text += Picture(series.points);
  if (all_points) text += Points(series);
  for (const stats::ChangePoint& change : series.changes) text += Change(series, change);
  if (series.changes.empty()) text += n < 10 ? "  fewer than 10 points: no change could be found\n" : "  no change\n";
  return text;
}

json ToJson(const HistorySeries& series) {
  json changes = json::array();
  for (const stats::ChangePoint& change : series.changes) {
    const HistoryPoint& point = series.points[change.index];
    json entry = {{"index", change.index},
                  {"before", change.before},
                  {"after", change.after},
                  {"change", nullptr},
                  {"time", point.time},
                  {"commit", point.commit},
                  {"range", json::array({change.first, change.last})}};
    if (std::isfinite(change.change)) entry["change"] = change.change;
    changes.push_back(std::move(entry));
  }
  json points = json::array();
  for (const HistoryPoint& point : series.points) {
    points.push_back({{"time", point.time}, {"commit", point.commit}, {"value", point.value}, {"n", point.n}});
  }
  return {{"metric", series.metric},
          {"unit", series.unit},
          {"cell", series.cell},
          {"points", points},
          {"change_points", std::move(changes)}};
}

}  // namespace

std::string HistoryText(std::span<const HistorySeries> series, bool all_points) {
  std::string text;
  for (const HistorySeries& one : series) text += (text.empty() ? "" : "\n") + Section(one, all_points);
  return text;
}

std::string HistoryJson(std::span<const HistorySeries> series) {
  json all = json::array();
  for (const HistorySeries& one : series) all.push_back(ToJson(one));
  return DumpJson(all, 2) + "\n";
}

}  // namespace rapidbyte::report
