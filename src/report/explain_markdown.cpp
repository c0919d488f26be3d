#include <fmt/format.h>

#include <algorithm>

#include "report/explain_report.h"
#include "report/explain_table.h"
#include "report/markdown.h"

namespace rapidbyte::report {
namespace {

constexpr size_t kOthersShown = 4;

std::string Row(const analysis::ExplainedPart& part, const TimeFormat& format) {
  const PartRow row = RowOf(part, format);
  const std::string name = MarkdownEscaped(row.name);
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", row.significant ? "**" + name + "**" : name, row.before,
                     row.after, row.change, row.interval, row.on_path);
}

std::string Head(const TimeFormat& format) {
  return fmt::format("| part | before, {} | after | change | 95% interval | of the wall's change |\n", format.unit()) +
         "| --- | ---: | ---: | ---: | :---: | ---: |\n";
}

// Significant parts, or the largest others where there is none; the rest is folded away.
std::string Parts(const analysis::Explanation& explanation, bool all) {
  const TimeFormat format(explanation.wall);
  const PartGroups groups = GroupsOf(explanation);
  const size_t others_shown = all ? groups.others.size() : groups.causes.empty() ? kOthersShown : 0;
  std::string shown;
  std::string folded;
  size_t count = 0;
  for (const auto* part : groups.causes) shown += Row(*part, format);
  for (size_t i = 0; i < groups.others.size(); ++i) {
    (i < others_shown ? shown : folded) += Row(*groups.others[i], format);
    count += i < others_shown ? 0 : 1;
  }
  for (const auto* part : groups.mirrors) folded += Row(*part, format);
  count += groups.mirrors.size();
  std::string text = Head(format) + shown + "\n";
  if (count == 0) return text;
  return text + fmt::format(
                    "<details><summary>{} parts that are not significant or mirror the other stage</summary>"
                    "\n\n{}{}\n</details>\n\n",
                    count, Head(format), folded);
}

std::string Frames(const analysis::FrameChanges& frames) {
  std::string text = FramesSentence(frames) +
                     "\n\n| function | origin | before | after | change | 95% interval |\n"
                     "| --- | --- | ---: | ---: | ---: | :---: |\n";
  const auto shown = FramesShown(frames);
  for (const analysis::FrameChange* frame : shown) {
    const FrameRow row = RowOf(*frame, frames);
    const std::string name = MarkdownEscaped(frame->name);
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", frame->significant ? "**" + name + "**" : name,
                        frame->origin, row.before, row.after, row.change, row.interval);
  }
  if (const size_t more = frames.frames.size() - shown.size())
    text += fmt::format("\n{} more are in the JSON.\n", more);
  return text + "\n";
}

std::string Missing(const analysis::MissingProfiles& missing) {
  const std::string command = missing.command.empty() ? "" : "; to record it: " + MarkdownCode(missing.command);
  return "> " + MarkdownEscaped(missing.what) + command + "\n\n";
}

std::string Cell(const ExplainedCell& cell, bool all) {
  std::string text =
      "#### " + MarkdownEscaped(record::Label(cell.cell)) + (cell.verdict.empty() ? "" : ": " + cell.verdict) + "\n\n";
  if (!cell.explanation.parts.empty()) {
    text += MarkdownEscaped(WallSentence(cell.explanation, TimeFormat(cell.explanation.wall)));
    if (const std::string path = PathSentence(cell.explanation); !path.empty()) text += "; path: " + path;
    text += "\n\n" + Parts(cell.explanation, all);
  }
  for (const std::string& note : cell.explanation.notes) text += "> " + MarkdownEscaped(note) + "\n\n";
  if (cell.frames.changes) text += Frames(*cell.frames.changes);
  for (const analysis::MissingProfiles& missing : cell.frames.missing) text += Missing(missing);
  return text;
}

}  // namespace

std::string ExplainMarkdown(const ExplainReport& report) {
  std::string text = fmt::format("### Causes: {} against {}\n\n", MarkdownEscaped(report.after_name),
                                 MarkdownEscaped(report.before_name));
  for (const ExplainedCell& cell : report.cells) text += Cell(cell, report.all);
  for (const std::string& warning : report.warnings) text += "> **Warning:** " + MarkdownEscaped(warning) + "\n\n";
  return text;
}

}  // namespace rapidbyte::report
