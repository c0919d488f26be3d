// The report of `bench cmd`: text for a terminal, Markdown, and JSON of our own. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/campaign.h"
#include "report/command_analysis.h"

namespace rapidbyte::report {

enum class CommandOrder { kAuto, kCommand, kMedian };  // kAuto: as given, but the table by median

enum class TimeUnit { kAuto, kMicroseconds, kMilliseconds, kSeconds };  // kAuto: whichever reads best

struct CommandNotes {
  std::vector<std::string> warnings;  // whole sentences of what the samples do not say, such as a shell's share
  CommandOrder order = CommandOrder::kAuto;
  bool bold = false;  // a terminal's escapes around the commands' names
  TimeUnit time_unit = TimeUnit::kAuto;
};

// At most 80 columns wide but for long commands. Ends with a line feed.
std::string CommandText(const CommandAnalysis& analysis, const CommandNotes& notes);
// One table of all commands, GitHub's dialect.
// Tables of the order and the unit that the notes say.
std::string CommandMarkdown(const CommandAnalysis& analysis, const CommandNotes& notes);
std::string CommandAsciidoc(const CommandAnalysis& analysis, const CommandNotes& notes);
// docs/bench_cmd.md has the keys.
std::string CommandJson(const record::Campaign& campaign, const CommandAnalysis& analysis, const CommandNotes& notes);

// «'b' was 1.23 times as fast as 'a' (95% interval 1.20 to 1.26, 12 blocks).» or why that cannot be said. For a command
// that is not the reference.
std::string CommandSentence(const CommandAnalysis& analysis, size_t command);
// Why there is no ratio: a part of a sentence. Only what a shell's start-up was taken off has a wall of zero.
std::string NoRatioReason(const analysis::MetricRule& rule);
// Slow first runs, outliers, exit codes that were ignored. Whole sentences.
std::vector<std::string> CommandWarnings(const CommandAnalysis& analysis);

// A command on one line, in single quotes; a long one is cut.
// As FormatValue, with times in the notes' unit.
std::string CommandValue(double value, const std::string& unit, const CommandNotes& notes);

std::string QuotedCommand(std::string_view command);

}  // namespace rapidbyte::report
