#include "cli/profile_diff_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/printable.h"
#include "cli/command.h"
#include "cli/load_profile.h"
#include "cli/write_output.h"
#include "report/profile_difference_report.h"

namespace rapidbyte::cli {
namespace {

using profile::Profile;

Result<std::vector<Profile>> Load(const std::vector<std::string>& paths) {
  std::vector<Profile> profiles;
  for (const std::string& path : paths) {
    RB_ASSIGN(Profile profile, LoadProfile(path));
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

std::vector<const Profile*> PointersTo(const std::vector<Profile>& profiles) {
  std::vector<const Profile*> pointers;
  for (const Profile& profile : profiles) pointers.push_back(&profile);
  return pointers;
}

// Shares of nothing would make everything gone or new.
Status CheckSampled(const std::vector<std::string>& paths, const std::vector<Profile>& profiles,
                    const profile::DifferenceOptions& options) {
  for (size_t i = 0; i < profiles.size(); ++i) {
    const std::vector<profile::Sample>& samples = profiles[i].samples;
    if (samples.empty()) {
      return Fail(ErrorCode::kData, paths[i] + ": nothing was sampled, so that there is nothing to compare",
                  "record for longer, or leave this profile out");
    }
    const bool any = std::any_of(samples.begin(), samples.end(), [&](const profile::Sample& sample) {
      return options.states[static_cast<size_t>(sample.state)] && sample.value > 0;
    });
    if (any || options.basis != profile::Basis::kShare) continue;
    return Fail(ErrorCode::kData, paths[i] + ": no sample in the states that are compared, so that there are no shares",
                "compare other ones: --state on, off or both; or the time of a run: --by run");
  }
  return {};
}

std::string FormatOf(const ProfileDiffOptions& options) {
  if (!options.format.empty()) return options.format;
  if (options.output.ends_with(".svg")) return "svg";
  return options.output.ends_with(".json") ? "json" : "text";
}

}  // namespace

Status DiffProfiles(const ProfileDiffOptions& options) {
  const auto is_stdin = [](const std::string& path) { return path == "-"; };
  if (std::count_if(options.before.begin(), options.before.end(), is_stdin) +
          std::count_if(options.after.begin(), options.after.end(), is_stdin) >
      1) {
    return Fail(ErrorCode::kUsage, "standard input can be read once only", "name files for all profiles but one");
  }
  RB_ASSIGN(const std::vector<Profile> before, Load(options.before));
  RB_ASSIGN(const std::vector<Profile> after, Load(options.after));
  const bool on = options.state != "off", off = options.state != "on";
  profile::DifferenceOptions chosen = options.difference;
  chosen.states = {on, off, off};
  RB_TRY(CheckSampled(options.before, before, chosen));
  RB_TRY(CheckSampled(options.after, after, chosen));
  const profile::Difference difference = profile::Compare(PointersTo(before), PointersTo(after), chosen);
  const std::string format = FormatOf(options);
  if (format == "text") return WriteOutput(options.output, PrintableLines(report::ProfileDifferenceText(difference)));
  if (format == "json") return WriteOutput(options.output, report::ProfileDifferenceJson(difference));
  report::DifferentialOptions picture = options.picture;
  picture.facts = {fmt::format("Before: {}", fmt::join(options.before, ", ")),
                   fmt::format("After: {}", fmt::join(options.after, ", "))};
  return WriteOutput(options.output, report::DifferentialFlamegraph(difference, picture));
}

Command AddProfileDiff(Command profile, ProfileDiffOptions& options) {
  static const std::map<std::string, profile::Basis> bases = {{"share", profile::Basis::kShare},
                                                              {"run", profile::Basis::kPerRun}};
  return profile.AddCommand(
      "diff", "Compare profiles: which functions take more time than before", [&options](Command diff) {
        diff.Add("BEFORE", options.before, "profiles, one per run; three or more tell a change from noise").Required();
        diff.Add("--after", options.after, "the profiles to compare with those").Required();
        diff.Add("-o,--output", options.output, "a file; standard output if not given");
        diff.Add("--format", options.format, "svg, text or json; by the file's name if not given, or else text")
            .OneOf({"svg", "text", "json"});
        diff.AddChoice("--by", options.difference.basis, bases,
                       "share: of the whole of each run; run: time of one run (share)")
            .Type("BASIS");
        diff.Add("--state", options.state, "on, off or both: time on the CPU, off it")
            .OneOf({"on", "off", "both"})
            .ShowDefault();
        diff.Add("--title", options.picture.title, "the picture's headline");
        diff.AddFlag("--icicle", options.picture.icicle, "the root at the top");
        diff.AddFlag("--reverse", options.picture.reverse, "callers merged from the leaves");
        diff.Add("--min-share", options.picture.min_share,
                 "frames below this share of the whole are summed up: 0.001 is a thousandth (0)")
            .In(0.0, 1.0);
      });
}

int RunProfileDiff(const ProfileDiffOptions& options) {
  const Status done = DiffProfiles(options);
  return done ? 0 : PrintError(done.error());
}

}  // namespace rapidbyte::cli
