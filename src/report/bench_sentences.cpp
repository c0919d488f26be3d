#include "report/bench_sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/format.h"

namespace rapidbyte::report {
namespace {

using stats::PairedRatio;

std::string Blocks(size_t count) { return fmt::format("{} block{}", count, count == 1 ? "" : "s"); }

// Turned so that the number is above 1 and reads as "faster", whatever the order of the columns is.
std::string FasterSentence(const std::string& cell, const std::string& baseline, const PairedRatio& wall) {
  const bool is_faster = wall.estimate <= 1;
  const std::string& fast = is_faster ? cell : baseline;
  const std::string& slow = is_faster ? baseline : cell;
  const double times = is_faster ? 1 / wall.estimate : wall.estimate;
  std::string text = fmt::format("{} was {} times as fast as {}", fast, FormatDigits(times), slow);
  if (!wall.interval) {
    return text + fmt::format(" ({}; an interval needs {} blocks).", Blocks(wall.pairs), stats::kMinPairsForInterval);
  }
  const double lower = is_faster ? 1 / wall.interval->upper : wall.interval->lower;
  const double upper = is_faster ? 1 / wall.interval->lower : wall.interval->upper;
  return text +
         fmt::format(" (95% interval {} to {}, {}).", FormatDigits(lower), FormatDigits(upper), Blocks(wall.pairs));
}

std::string Compare(const Cell& cell, const Cell& baseline, const std::optional<PairedRatio>& wall) {
  if (!wall) return fmt::format("No block has a successful run of both {} and {}.", cell.name, baseline.name);
  const bool holds_one = wall->interval && wall->interval->lower <= 1 && wall->interval->upper >= 1;
  if (!holds_one) return FasterSentence(cell.name, baseline.name, *wall);
  return fmt::format("No difference is shown: {} took {} times as long as {} (95% interval {} to {}, {}).", cell.name,
                     FormatDigits(wall->estimate), baseline.name, FormatDigits(wall->interval->lower),
                     FormatDigits(wall->interval->upper), Blocks(wall->pairs));
}

struct Part {
  std::string_view key;
  std::string_view words;
};

// Parts of the wall time that do not overlap within their stage and in which the stage gets on by itself; waiting for
// the other stage is left out, because that time is the other's.
constexpr std::array kParts = {
    Part{"source_vm_setup_secs", "the source's vm setup"},
    Part{"source_query_secs", "the source's query"},
    Part{"source_fetch_secs", "the source's fetch"},
    Part{"source_arrow_encode_secs", "the source's encoding"},
    Part{"source_compress_nanos", "compressing"},
    Part{"dest_vm_setup_secs", "the destination's vm setup"},
    Part{"dest_connect_secs", "the destination's connect"},
    Part{"dest_phase_prepare_secs", "the destination's prepare"},
    Part{"dest_decompress_nanos", "decompressing"},
    Part{"dest_arrow_decode_secs", "the destination's decoding"},
    Part{"dest_flush_secs", "the destination's flush"},
    Part{"dest_commit_secs", "the destination's commit"},
};

struct Share {
  double share = 0;
  std::string_view words;
};

std::vector<Share> LargestShares(const BenchAnalysis& analysis, size_t cell, double wall_secs) {
  std::vector<Share> shares;
  for (const Part& part : kParts) {
    const stats::Summary& summary = analysis.Find(part.key).cells[cell];
    if (summary.median > 0) shares.push_back({summary.median / wall_secs, part.words});
  }
  std::stable_sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) { return a.share > b.share; });
  if (shares.size() > 3) shares.resize(3);
  return shares;
}

std::string OutlierSentence(const std::string& cell, const Outlier& outlier, uint32_t warmup_blocks) {
  const double times = outlier.sample->wall_secs / outlier.median_secs;
  if (outlier.is_first && times > 1) {
    return fmt::format("The first run of {} took {}, {} times its median: more warm-up (--warmup) would help.", cell,
                       FormatDuration(outlier.sample->wall_secs), FormatDigits(times));
  }
  return fmt::format("Outlier: {} in {} took {}, {} times its median. It is part of the statistics.", cell,
                     record::BlockName(*outlier.sample, warmup_blocks), FormatDuration(outlier.sample->wall_secs),
                     FormatDigits(times));
}

}  // namespace

std::vector<std::string> Conclusions(const BenchAnalysis& analysis) {
  const MetricRow& wall = analysis.Primary();
  const bool any = std::any_of(wall.cells.begin(), wall.cells.end(), [](const auto& cell) { return cell.n > 0; });
  if (!any) return {"No run succeeded: there is nothing to report."};
  if (analysis.cells.size() == 1) {
    return {fmt::format("{} took {} (median of {} runs).", analysis.cells[0].name, FormatDuration(wall.cells[0].median),
                        wall.cells[0].n)};
  }
  std::vector<std::string> sentences;
  for (size_t i = 1; i < analysis.cells.size(); ++i) {
    sentences.push_back(Compare(analysis.cells[i], analysis.cells[0], wall.ratios[i]));
  }
  return sentences;
}

std::vector<std::string> WhereTimeGoes(const BenchAnalysis& analysis) {
  std::vector<std::string> sentences;
  for (size_t i = 0; i < analysis.cells.size(); ++i) {
    const double wall_secs = analysis.Primary().cells[i].median;
    if (wall_secs <= 0) continue;
    std::string text;
    for (const Share& share : LargestShares(analysis, i, wall_secs)) {
      text += fmt::format("{}{:.0f}% in {}", text.empty() ? "" : ", ", 100 * share.share, share.words);
    }
    if (!text.empty()) sentences.push_back(analysis.cells[i].name + ": " + text + ".");
  }
  return sentences;
}

std::vector<std::string> Notes(const BenchAnalysis& analysis) {
  std::vector<std::string> notes;
  for (const Outlier& outlier : analysis.outliers) {
    notes.push_back(OutlierSentence(analysis.cells[outlier.cell].name, outlier, analysis.warmup_blocks));
  }
  const auto& ratios = analysis.Primary().ratios;
  const bool needs_blocks = std::any_of(ratios.begin(), ratios.end(), [](const auto& r) { return r && !r->interval; });
  if (needs_blocks) {
    notes.push_back(fmt::format("An interval for the ratio needs {} blocks in which both runs succeed (--iters {}).",
                                stats::kMinPairsForInterval, stats::kMinPairsForInterval));
  }
  return notes;
}

}  // namespace rapidbyte::report
