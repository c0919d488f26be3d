// What the forms of an explanation have in common: its parts as texts in one unit, and the causes of a regression that
// a comparison shows. Pure; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "analysis/explanation.h"
#include "analysis/frame_change.h"
#include "record/cell_key.h"

namespace rapidbyte::report {

// All times of one explanation in one unit and with as many decimals, so that columns compare at a glance.
class TimeFormat {
 public:
  explicit TimeFormat(const stats::MeanChange& wall);
  std::string Plain(double secs) const;                                        // "118.0"
  std::string Signed(double secs) const;                                       // "+9.8", "0.0"
  std::string Interval(const std::optional<stats::Interval>& interval) const;  // "+9.1 to +10.4", or nothing
  const std::string& unit() const { return unit_; }

 private:
  double factor_ = 1;
  int decimals_ = 0;
  std::string unit_;
};

struct PartRow {
  std::string name;  // "source: connector code"
  std::string before, after, change, interval;
  std::string on_path;  // with a sign; empty for the rest of a table that has no path
  bool significant = false;
};

PartRow RowOf(const analysis::ExplainedPart& part, const TimeFormat& format);
std::string NameOf(const analysis::RunPart& part);

// The parts in three groups.
struct PartGroups {
  std::vector<const analysis::ExplainedPart*> causes;   // significant
  std::vector<const analysis::ExplainedPart*> others;   // not significant, the largest first
  std::vector<const analysis::ExplainedPart*> mirrors;  // waits for the other stage
};
PartGroups GroupsOf(const analysis::Explanation& explanation);

// "wall 118.0 -> 127.8 ms, +9.8 (95% interval +9.1 to +10.4), means of 20 blocks"
std::string WallSentence(const analysis::Explanation& explanation, const TimeFormat& format);
std::string PathSentence(const analysis::Explanation& explanation);  // empty where there are no stages

// The numbers of a function out of profiles: in ms, or in per cent of the whole.
struct FrameRow {
  std::string before, after, change, interval;  // the last "not known" where there are too few profiles
};
FrameRow RowOf(const analysis::FrameChange& frame, const analysis::FrameChanges& frames);
std::string NameOf(const analysis::FrameChange& frame);  // "connector: rapidbyte::pgwire::CopyDecoder::Next()"
// "Functions, by their own time on the CPU in ms a run, of 5 and 5 profiles"
std::string FramesSentence(const analysis::FrameChanges& frames);

// The significant functions, and a few of those that may not have changed; the first ones where nothing is known of
// any.
std::vector<const analysis::FrameChange*> FramesShown(const analysis::FrameChanges& frames);

nlohmann::json ToJson(const analysis::Explanation& explanation);
nlohmann::json ToJson(const analysis::ExplainedPart& part);
nlohmann::json ToJson(const analysis::FrameChange& frame);

}  // namespace rapidbyte::report
