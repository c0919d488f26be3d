#include "cli/bench_explain_profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <tuple>

#include "base/json.h"
#include "cli/bench_profile.h"
#include "cli/bench_scenarios.h"
#include "cli/bench_selection.h"
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

// By how much it changed at least: not by p alone, which a small change has as well, and of three profiles a side a
// large one need not have. Growing ones first; then, by size, those that may not have changed at all.
std::tuple<int, double, double> OrderOf(const FrameChange& frame) {
  const double grew = frame.interval ? std::max(0.0, frame.interval->lower) : 0;
  const double shrank = frame.interval ? std::max(0.0, -frame.interval->upper) : 0;
  const int group = grew > 0 ? 0 : shrank > 0 ? 1 : frame.change > 0 ? 2 : 3;
  return {group, -(grew + shrank), -std::abs(frame.change)};
}

std::vector<std::string> FilesOf(const std::vector<const record::Sample*>& samples) {
  std::set<std::tuple<std::string, std::string, record::CellKey>> runs;
  for (const record::Sample* sample : samples) runs.emplace(sample->campaign_id, sample->build, sample->cell);
  std::vector<std::string> files;
  for (const auto& [campaign, build, cell] : runs) {
    for (const auto& file : ProfilesOf(ProfileRequest().folder, campaign, cell, build)) files.push_back(file.string());
  }
  return files;
}

// A side that pools several cells has no profile that stands for all of its runs.
bool IsOneCell(const ProfiledSide& side) {
  return std::all_of(side.samples.begin(), side.samples.end(),
                     [&](const record::Sample* sample) { return sample->cell == side.samples.front()->cell; });
}

// The last run of a scenario that the side has samples of.
const record::Campaign* NewestScenarioRun(const ProfiledSide& side, std::span<const record::Campaign> campaigns) {
  std::set<std::string> ids;
  for (const record::Sample* sample : side.samples) ids.insert(sample->campaign_id);
  const record::Campaign* newest = nullptr;
  for (const record::Campaign& campaign : campaigns) {
    if (!ids.contains(campaign.id) || ScenarioFileOf(campaign).empty()) continue;
    if (newest == nullptr || newest->started_at < campaign.started_at) newest = &campaign;
  }
  return newest;
}

// What neither a shell nor a filter takes for more than a word.
bool IsPlain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("_-.:/%+").find(c) != std::string::npos;
  });
}

// Chooses the cell by those of its parameters that have several values in the campaign. Empty where there is none.
std::string CommandFor(const ProfiledSide& side, std::span<const record::Campaign> campaigns,
                       const std::string& store) {
  const record::Campaign* campaign = NewestScenarioRun(side, campaigns);
  if (campaign == nullptr) return {};
  std::string command = "rapidbyte bench profile --of " + campaign->id + " --runs 3";
  const nlohmann::json& values = JsonMember(campaign->settings, "values");
  for (const auto& [name, value] : side.samples.front()->cell) {
    const bool varies = JsonList(values, name).size() > 1;
    if (varies && IsPlain(name + value)) command += fmt::format(" --filter {}={}", name, value);
  }
  if (store != SelectionOptions().store) command += " --store " + (IsPlain(store) ? store : "…");
  return command;
}

Result<analysis::FrameChanges> CompareProfiles(const std::vector<std::string>& before,
                                               const std::vector<std::string>& after) {
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
  std::stable_sort(changes.frames.begin(), changes.frames.end(),
                   [](const FrameChange& a, const FrameChange& b) { return OrderOf(a) < OrderOf(b); });
  return changes;
}

}  // namespace

Result<analysis::CellFrames> FramesOfCell(ProfiledSide before, ProfiledSide after,
                                          std::span<const record::Campaign> campaigns, const std::string& store) {
  const bool are_named = !before.files.empty() || !after.files.empty();
  analysis::CellFrames frames;
  if (!are_named && !(IsOneCell(before) && IsOneCell(after))) return frames;
  for (ProfiledSide* side : {&before, &after}) {
    if (side->files.empty()) side->files = FilesOf(side->samples);
    if (!side->files.empty()) continue;
    frames.missing.push_back({"no profile of " + side->name, CommandFor(*side, campaigns, store)});
  }
  if (frames.missing.size() == 2 && frames.missing[0].command == frames.missing[1].command) {
    frames.missing = {{"no profile of either side", frames.missing[0].command}};
  }
  if (!frames.missing.empty()) return frames;
  auto changes = CompareProfiles(before.files, after.files);
  if (changes) {
    frames.changes = *std::move(changes);
  } else if (are_named) {
    return Fail(changes.error());
  } else {
    frames.missing.push_back({changes.error().message, ""});
  }
  return frames;
}

}  // namespace rapidbyte::cli
