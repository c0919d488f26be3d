#include "report/explain_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/format.h"
#include "base/printable.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using nlohmann::json;

constexpr size_t kFramesShown = 10;
constexpr size_t kOtherFramesShown = 3;

json ToJson(const std::optional<stats::Interval>& interval) {
  if (!interval) return nullptr;
  return json::array({interval->lower, interval->upper});
}

json ToJson(const stats::MeanChange& change) {
  const bool tested = change.interval.has_value();
  return {{"before", change.before},
          {"after", change.after},
          {"change", change.change},
          {"interval", ToJson(change.interval)},
          {"p", tested ? json(change.p_value) : json(nullptr)}};
}

}  // namespace

TimeFormat::TimeFormat(const stats::MeanChange& wall) {
  const double largest = std::max(std::abs(wall.before), std::abs(wall.after));
  const Unit unit = DurationUnit(largest);
  factor_ = unit.factor;
  unit_ = unit.name;
  const double shown = largest * factor_;
  decimals_ = shown >= 1000 ? 0 : shown >= 100 ? 1 : shown >= 10 ? 2 : 3;
}

std::string TimeFormat::Plain(double secs) const {
  const std::string text = fmt::format("{:.{}f}", secs * factor_, decimals_);
  return text.find_first_not_of("-0.") == std::string::npos ? fmt::format("{:.{}f}", 0.0, decimals_) : text;
}

std::string TimeFormat::Signed(double secs) const {
  const std::string text = Plain(secs);
  const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
  return (is_zero || text.front() == '-' ? "" : "+") + text;
}

std::string TimeFormat::Interval(const std::optional<stats::Interval>& interval) const {
  if (!interval) return {};
  return Signed(interval->lower) + " to " + Signed(interval->upper);
}

std::string NameOf(const analysis::RunPart& part) {
  switch (part.place) {
    case analysis::Place::kWhole:
      return part.name;
    case analysis::Place::kSource:
      return "source: " + part.name;
    case analysis::Place::kDestination:
      return "dest: " + part.name;
  }
  return part.name;
}

PartRow RowOf(const analysis::ExplainedPart& part, const TimeFormat& format) {
  return {NameOf(part.part),
          format.Plain(part.time.before),
          format.Plain(part.time.after),
          format.Signed(part.time.change),
          format.Interval(part.time.interval),
          format.Signed(part.on_path),
          part.significant};
}

PartGroups GroupsOf(const analysis::Explanation& explanation) {
  PartGroups groups;
  for (const analysis::ExplainedPart& part : explanation.parts) {
    const bool is_mirror = part.part.nature == analysis::Nature::kMirror;
    (is_mirror ? groups.mirrors : part.significant ? groups.causes : groups.others).push_back(&part);
  }
  return groups;
}

std::string WallSentence(const analysis::Explanation& explanation, const TimeFormat& format) {
  const stats::MeanChange& wall = explanation.wall;
  const bool paired = explanation.design == stats::Design::kPaired;
  const std::string interval =
      wall.interval ? fmt::format(" (95% interval {})", format.Interval(wall.interval)) : std::string();
  const std::string of =
      paired ? fmt::format("{} {}", explanation.runs_before, explanation.runs_before == 1 ? "block" : "blocks")
             : fmt::format("{} and {} campaigns", explanation.runs_before, explanation.runs_after);
  return fmt::format("wall {} -> {} {}, {}{}, means of {}", format.Plain(wall.before), format.Plain(wall.after),
                     format.unit(), format.Signed(wall.change), interval, of);
}

std::string PathSentence(const analysis::Explanation& explanation) {
  if (!explanation.has_stages) return {};
  return fmt::format("{:.0f}% through the source, {:.0f}% through the destination", 100 * explanation.source_share,
                     100 * (1 - explanation.source_share));
}

FrameRow RowOf(const analysis::FrameChange& frame, const analysis::FrameChanges& frames) {
  const double scale = frames.in_seconds ? 1e3 : 100;
  const auto number = [scale](double value) { return fmt::format("{:+.2f}", scale * value); };
  return {fmt::format("{:.2f}", scale * frame.before), fmt::format("{:.2f}", scale * frame.after), number(frame.change),
          frame.interval ? number(frame.interval->lower) + " to " + number(frame.interval->upper) : "not known"};
}

std::string NameOf(const analysis::FrameChange& frame) { return frame.origin + ": " + Printable(frame.name); }

std::vector<const analysis::FrameChange*> FramesShown(const analysis::FrameChanges& frames) {
  std::vector<const analysis::FrameChange*> shown, others;
  bool are_tested = false;
  for (const analysis::FrameChange& frame : frames.frames) {
    are_tested |= frame.interval.has_value();
    (frame.significant ? shown : others).push_back(&frame);
  }
  shown.resize(std::min(shown.size(), kFramesShown));
  const size_t room = are_tested ? std::min(kOtherFramesShown, kFramesShown - shown.size()) : kFramesShown;
  others.resize(std::min(others.size(), room));
  shown.insert(shown.end(), others.begin(), others.end());
  return shown;
}

std::string FramesSentence(const analysis::FrameChanges& frames) {
  return fmt::format("Functions, by their own {}, of {} and {} profiles",
                     frames.in_seconds ? "time on the CPU in ms a run" : "share of the whole in %",
                     frames.profiles_before, frames.profiles_after);
}

json ToJson(const analysis::ExplainedPart& part) {
  json document = ToJson(part.time);
  document["key"] = part.part.key;
  document["name"] = NameOf(part.part);
  document["stage"] = analysis::PlaceName(part.part.place);
  document["nature"] = analysis::NatureName(part.part.nature);
  document["on_path"] = part.on_path;
  document["p_adjusted"] = part.time.interval ? json(part.adjusted_p) : json(nullptr);
  document["significant"] = part.significant;
  return document;
}

json ToJson(const analysis::FrameChange& frame) {
  return {{"name", frame.name},
          {"origin", frame.origin},
          {"before", frame.before},
          {"after", frame.after},
          {"change", frame.change},
          {"interval", ToJson(frame.interval)},
          {"significant", frame.significant}};
}

json ToJson(const analysis::Explanation& explanation) {
  json parts = json::array();
  for (const analysis::ExplainedPart& part : explanation.parts) parts.push_back(ToJson(part));
  const bool paired = explanation.design == stats::Design::kPaired;
  return {{"has_stages", explanation.has_stages},
          {"paired", paired},
          {paired ? "blocks" : "campaigns_before", explanation.runs_before},
          {paired ? "blocks" : "campaigns_after", explanation.runs_after},
          {"left_out", explanation.left_out},
          {"wall", ToJson(explanation.wall)},
          {"source_share", explanation.has_stages ? json(explanation.source_share) : json(nullptr)},
          {"parts", parts},
          {"notes", explanation.notes}};
}

}  // namespace rapidbyte::report
