#include <fmt/format.h>

#include <algorithm>

#include "report/explain_report.h"
#include "report/explain_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

constexpr size_t kWidth = 80;
constexpr size_t kLongestName = 31;
constexpr size_t kOthersShown = 4;

struct Widths {
  size_t name = 4, before = 6, after = 5, change = 6, interval = 12, path = 4;
};

PartRow Heading(const TimeFormat& format) {
  return {"in " + format.unit(), "before", "after", "change", "95% interval", "wall", false};
}

// What the parts of each stage add up to, and those on the path.
PartRow Sum(const analysis::Explanation& explanation, const TimeFormat& format) {
  const stats::MeanChange& wall = explanation.wall;
  return {"wall time",
          format.Plain(wall.before),
          format.Plain(wall.after),
          format.Signed(wall.change),
          format.Interval(wall.interval),
          format.Signed(wall.change),
          false};
}

Widths WidthsOf(const std::vector<PartRow>& rows) {
  Widths widths;
  for (const PartRow& row : rows) {
    widths.name = std::max(widths.name, std::min(DisplayWidth(row.name), kLongestName));
    widths.before = std::max(widths.before, DisplayWidth(row.before));
    widths.after = std::max(widths.after, DisplayWidth(row.after));
    widths.change = std::max(widths.change, DisplayWidth(row.change));
    widths.interval = std::max(widths.interval, DisplayWidth(row.interval));
    widths.path = std::max(widths.path, DisplayWidth(row.on_path));
  }
  return widths;
}

// Where the line would be too long, without the levels; their change is what matters.
std::string Line(const PartRow& row, const Widths& widths) {
  const size_t all = widths.name + widths.before + widths.after + widths.change + widths.interval + widths.path + 13;
  std::string text = PadRight(row.name, widths.name);
  if (all <= kWidth) text += "  " + PadLeft(row.before, widths.before) + "  " + PadLeft(row.after, widths.after);
  text += "  " + PadLeft(row.change, widths.change) + "  " + PadLeft(row.interval, widths.interval) +
          (row.significant ? " * " : "   ") + PadLeft(row.on_path, widths.path);
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

struct Table {
  std::vector<PartRow> causes, others, mirrors;
  size_t hidden = 0;
};

Table TableOf(const analysis::Explanation& explanation, const TimeFormat& format, bool all) {
  Table table;
  const PartGroups groups = GroupsOf(explanation);
  for (const auto* part : groups.causes) table.causes.push_back(RowOf(*part, format));
  const size_t shown = all ? groups.others.size() : std::min(groups.others.size(), kOthersShown);
  for (size_t i = 0; i < shown; ++i) table.others.push_back(RowOf(*groups.others[i], format));
  table.hidden = groups.others.size() - shown;
  for (const auto* part : groups.mirrors) {
    const bool worth = all || std::max(std::abs(part->time.before), std::abs(part->time.after)) > 0;
    if (worth) table.mirrors.push_back(RowOf(*part, format));
  }
  return table;
}

std::string Rows(const std::vector<PartRow>& rows, const Widths& widths) {
  std::string text;
  for (const PartRow& row : rows) text += Line(row, widths);
  return text;
}

std::string Parts(const analysis::Explanation& explanation, bool all) {
  const TimeFormat format(explanation.wall);
  const Table table = TableOf(explanation, format, all);
  std::vector<PartRow> rows = {Heading(format), Sum(explanation, format)};
  for (const auto* group : {&table.causes, &table.others, &table.mirrors}) {
    rows.insert(rows.end(), group->begin(), group->end());
  }
  const Widths widths = WidthsOf(rows);
  std::string text = Line(rows[0], widths) + Line(rows[1], widths);
  if (!table.causes.empty()) text += "\nSignificant, what moved the wall most first\n" + Rows(table.causes, widths);
  if (!table.others.empty()) text += "\nNot significant\n" + Rows(table.others, widths);
  if (table.hidden > 0) text += fmt::format("and {} smaller ones, shown by --all\n", table.hidden);
  if (!table.mirrors.empty())
    text += "\nWaits for the other stage, which mirror its work\n" + Rows(table.mirrors, widths);
  return text;
}

std::string Frames(const analysis::FrameChanges& frames) {
  std::string text = "\n" + FramesSentence(frames) + "\n before    after   change  95% interval\n";
  const auto shown = FramesShown(frames);
  for (const analysis::FrameChange* frame : shown) {
    const FrameRow row = RowOf(*frame, frames);
    const std::string line = fmt::format("{:>7}  {:>7}  {:>7}  {:<16} {} ", row.before, row.after, row.change,
                                         row.interval, frame->significant ? "*" : " ");
    const std::string name = NameOf(*frame);
    // A name that is too long stands below, where more of it is seen.
    if (DisplayWidth(line) + DisplayWidth(name) <= kWidth) {
      text += line + name + "\n";
    } else {
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n    " + Cut(name, kWidth - 4) + "\n";
    }
  }
  if (const size_t more = frames.frames.size() - shown.size()) text += fmt::format("and {} more, in JSON\n", more);
  return text;
}

// A command stands on a line of its own, whole, to be copied.
std::string Missing(const analysis::MissingProfiles& missing) {
  if (missing.command.empty()) {
    return "\n" + Wrap("functions  ", missing.what + "; --profile-before and --profile-after name files", kWidth);
  }
  return "\n" + Wrap("functions  ", missing.what + "; to record it:", kWidth) + "  " + missing.command + "\n";
}

std::string Cell(const ExplainedCell& cell, const ExplainReport& report) {
  std::string text =
      Wrap("cell    ", record::Label(cell.cell) + (cell.verdict.empty() ? "" : ": " + cell.verdict), kWidth);
  if (!cell.explanation.parts.empty()) {
    const std::string sentence = WallSentence(cell.explanation, TimeFormat(cell.explanation.wall));
    text += Wrap("change  ", sentence, kWidth);
    if (const std::string path = PathSentence(cell.explanation); !path.empty()) text += Wrap("path    ", path, kWidth);
    text += "\n" + Parts(cell.explanation, report.all);
  }
  for (const std::string& note : cell.explanation.notes) text += "\n" + Wrap("note: ", note, kWidth);
  if (cell.frames.changes) text += Frames(*cell.frames.changes);
  for (const analysis::MissingProfiles& missing : cell.frames.missing) text += Missing(missing);
  return text;
}

}  // namespace

std::string ExplainText(const ExplainReport& report) {
  std::string text = Wrap("before  ", report.before_name, kWidth) + Wrap("after   ", report.after_name, kWidth);
  for (size_t i = 0; i < report.cells.size(); ++i) text += (i > 0 ? "\n" : "") + Cell(report.cells[i], report);
  const bool has_frames = std::any_of(report.cells.begin(), report.cells.end(),
                                      [](const ExplainedCell& cell) { return cell.frames.changes.has_value(); });
  const bool marked = text.find(" *") != std::string::npos;
  if (marked) {
    text += "\n* significant at 5%, corrected for the number of parts";
    text += has_frames ? " (Holm)\n  and of functions (Benjamini and Hochberg)\n" : " (Holm)\n";
  }
  for (const std::string& warning : report.warnings) text += "\n" + Wrap("warning: ", warning, kWidth);
  return text;
}

}  // namespace rapidbyte::report
