#include "cli/bench_explain_profiles.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "profile/difference.h"
#include "profile/read_profile.h"

namespace rapidbyte::cli {
namespace {

using analysis::FrameChange;

constexpr double kNano = 1e-9;

Result<std::vector<profile::Profile>> ReadAll(const std::vector<std::string>& files) {
  std::vector<profile::Profile> profiles;
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return Fail(ErrorCode::kConfiguration, "cannot read " + file);
    RB_ASSIGN(profile::Profile profile, profile::ReadProfile(text.view(), file));
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

std::vector<const profile::Profile*> Refs(const std::vector<profile::Profile>& profiles) {
  std::vector<const profile::Profile*> refs;
  for (const profile::Profile& profile : profiles) refs.push_back(&profile);
  return refs;
}

bool AllInNanoseconds(const std::vector<profile::Profile>& profiles) {
  return std::all_of(profiles.begin(), profiles.end(),
                     [](const profile::Profile& one) { return one.unit == profile::Unit::kNanoseconds; });
}

FrameChange ChangeOf(const profile::FunctionChange& function, const profile::Difference& difference) {
  const bool in_seconds = difference.basis == profile::Basis::kPerRun;
  const double scale = in_seconds ? kNano : 1;
  const profile::Frame& frame = difference.stacks.At(function.frame);
  FrameChange change;
  change.name = difference.stacks.Text(frame.name);
  change.origin = profile::OriginName(frame.origin);
  change.before = scale * (in_seconds ? function.self.before : function.self.before_share);
  change.after = scale * (in_seconds ? function.self.after : function.self.after_share);
  change.change = scale * function.self.by(difference.basis);
  if (const auto& interval = function.self.interval) {
    change.interval = stats::Interval{scale * interval->lower, scale * interval->upper};
  }
  change.significant = function.self.significant;
  return change;
}

}  // namespace

Result<analysis::FrameChanges> CompareProfiles(const std::vector<std::string>& before,
                                               const std::vector<std::string>& after) {
  if (before.empty() || after.empty()) {
    return Fail(ErrorCode::kUsage, "profiles of one side only", "give --profile-before and --profile-after");
  }
  RB_ASSIGN(const std::vector<profile::Profile> one, ReadAll(before));
  RB_ASSIGN(const std::vector<profile::Profile> other, ReadAll(after));
  // The runs of a cell do the same work: where times are known, a function that grew makes no other one smaller.
  const bool in_seconds = AllInNanoseconds(one) && AllInNanoseconds(other);
  profile::DifferenceOptions options;
  if (in_seconds) options.basis = profile::Basis::kPerRun;
  const profile::Difference difference = profile::Compare(Refs(one), Refs(other), options);
  analysis::FrameChanges changes{difference.before_runs, difference.after_runs, in_seconds, {}};
  for (const profile::FunctionChange& function : difference.functions) {
    if (function.self.value() != 0) changes.frames.push_back(ChangeOf(function, difference));
  }
  const auto rank = [](const FrameChange& frame) { return (frame.significant ? 0 : 2) + (frame.change > 0 ? 0 : 1); };
  std::stable_sort(changes.frames.begin(), changes.frames.end(), [&](const FrameChange& a, const FrameChange& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return std::abs(a.change) > std::abs(b.change);
  });
  return changes;
}

}  // namespace rapidbyte::cli
