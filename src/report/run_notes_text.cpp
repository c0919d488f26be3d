#include "report/run_notes_text.h"

#include <fmt/format.h>

#include <cmath>

#include "base/format.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using analysis::OutlierRun;
using analysis::RunNotes;

constexpr size_t kWidth = 80;
constexpr size_t kMostNamed = 5;  // outliers; a matrix has many runs

std::string Percent(double ratio) { return FormatDigits(std::abs(ratio - 1) * 100) + "%"; }

// Not every metric is a time, of which one says that it gets slower.
std::string Moved(const RunNotes& notes, double ratio) {
  if (notes.rule.unit == "s") return fmt::format("got {} by {}", ratio > 1 ? "slower" : "faster", Percent(ratio));
  return fmt::format("{} by {} in {}", ratio > 1 ? "rose" : "fell", Percent(ratio), notes.rule.name);
}

std::string SlowStartSentence(const RunNotes& notes, double ratio) {
  const std::string what = notes.rule.unit == "s" ? fmt::format("took {} longer than the others", Percent(ratio))
                                                  : fmt::format("was {} {} than the others in {}", Percent(ratio),
                                                                ratio > 1 ? "higher" : "lower", notes.rule.name);
  return fmt::format("The first block {}: more warm-up (--warmup) would help.", what);
}

std::string OutlierSentence(const RunNotes& notes, const OutlierRun& outlier, uint32_t warmup_blocks) {
  const std::string cell = record::Label(outlier.sample->cell);
  const std::string value = FormatValue(outlier.value, notes.rule.unit);
  const std::string times = FormatDigits(outlier.value / outlier.median);
  if (outlier.is_first) {
    return fmt::format("First run of {}: {}, {} times its median; more warm-up (--warmup) may help.", cell, value,
                       times);
  }
  return fmt::format("Outlier: {} in {}: {}, {} times its median. It is part of the statistics.", cell,
                     record::BlockName(*outlier.sample, warmup_blocks), value, times);
}

}  // namespace

std::vector<std::string> NoteSentences(const RunNotes& notes, uint32_t warmup_blocks) {
  std::vector<std::string> sentences;
  if (notes.trend) {
    sentences.push_back(fmt::format(
        "The machine {} in the course of the run (p = {:.2g}, {} blocks). Pairs within blocks are not affected.",
        Moved(notes, notes.trend->ratio), notes.trend->p_value, notes.trend->blocks));
  }
  if (notes.slow_start) sentences.push_back(SlowStartSentence(notes, *notes.slow_start));
  for (const analysis::FailingCell& cell : notes.failing) {
    sentences.push_back(fmt::format("{} of {} runs of {} failed; their pairs are missing.", cell.failed, cell.runs,
                                    record::Label(cell.cell)));
  }
  size_t named = 0, left_out = 0;
  for (const OutlierRun& outlier : notes.outliers) {
    if (outlier.is_first && notes.slow_start) continue;  // said already, of all cells
    if (named == kMostNamed) {
      ++left_out;
      continue;
    }
    sentences.push_back(OutlierSentence(notes, outlier, warmup_blocks));
    ++named;
  }
  if (left_out > 0) sentences.push_back(fmt::format("{} more outliers; all are part of the statistics.", left_out));
  return sentences;
}

std::string NotesSection(const RunNotes& notes, uint32_t warmup_blocks) {
  std::string text;
  for (const std::string& sentence : NoteSentences(notes, warmup_blocks)) text += Wrap("  ", sentence, kWidth);
  return text.empty() ? "" : "Notes\n" + text;
}

}  // namespace rapidbyte::report
