#include "report/flamegraph_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/format.h"
#include "report/flamegraph_text.h"

namespace rapidbyte::report {
namespace {

using profile::Profile;
constexpr double kManyLost = 0.01;

std::string EventOf(const Profile& profile) {
  if (profile.event.empty()) return "event unknown";
  std::string text = CleanText(profile.event, 80);
  if (profile.frequency_hz > 0) text += fmt::format(" at {:g} Hz", profile.frequency_hz);
  const bool is_clock = text.find("clock") != std::string::npos || text.find("timer") != std::string::npos;
  return is_clock ? text + " (no hardware counter)" : text;
}

std::string LostOf(const Profile& profile) {
  const auto lost = static_cast<double>(profile.lost_records);
  const double share = lost / std::max(1.0, lost + static_cast<double>(profile.records));
  std::string text = FormatThousands(profile.lost_records) + " lost";
  if (share > kManyLost) text += fmt::format(" ({}: the shares may be wrong)", FormatPercent(share));
  return text;
}

}  // namespace

std::string TitleOf(const Profile& profile) {
  return profile.command.empty() ? "Flamegraph" : CleanText(profile.command, 300);
}

std::vector<std::string> FactsOf(const Profile& profile) {
  uint64_t samples = 0;
  for (const profile::Sample& sample : profile.samples) samples += sample.count;
  std::string measured = EventOf(profile) + " · " + FormatSamples(static_cast<double>(samples));
  measured += " · " + LostOf(profile);
  if (profile.truncated > 0) measured += " · " + FormatThousands(profile.truncated) + " stacks cut short";
  if (profile.duration_ns > 0) measured += " · " + FormatDuration(static_cast<double>(profile.duration_ns) / 1e9);
  if (profile.threads.size() > 1) measured += " · " + FormatThousands(profile.threads.size()) + " threads";
  if (!profile.commit.empty()) measured += " · commit " + CleanText(profile.commit.substr(0, 12));
  std::vector<std::string> facts = {std::move(measured)};
  for (const std::string& missing : profile.missing) facts.push_back("Missing: " + CleanText(missing));
  return facts;
}

const char* OriginLabel(profile::Origin origin) {
  constexpr std::array<const char*, profile::kOriginCount> kLabels = {"program", "connector", "library", "PostgreSQL",
                                                                      "JIT",     "kernel",    "unknown"};
  return kLabels[static_cast<size_t>(origin)];
}

std::string WhereOf(const profile::StackTable& stacks, profile::FrameId id) {
  const profile::Frame& frame = stacks.At(id);
  const std::string image = CleanText(stacks.Text(frame.image), 200), file = CleanText(stacks.Text(frame.file), 200);
  std::string text = OriginLabel(frame.origin);
  if (!image.empty()) text += ", " + image;
  if (!file.empty()) text += ", " + file;
  if (!file.empty() && frame.line > 0) text += fmt::format(":{}", frame.line);
  return frame.inlined ? text + ", inlined" : text;
}

std::string PrunedFact(const CallTree& down, const CallTree& up) {
  if (down.least_kept == 0 && up.least_kept == 0) return {};
  const auto least = [](const CallTree& tree) { return FormatDigits(tree.least_kept * 100) + "%"; };
  std::string text = "Frames too light to be kept are summed up as (pruned): ";
  if (down.least_kept > 0) text += "those below " + least(down) + " of the whole";
  if (down.least_kept > 0 && up.least_kept > 0) text += ", ";
  return up.least_kept > 0 ? text + "in reverse those below " + least(up) : text;
}

}  // namespace rapidbyte::report
