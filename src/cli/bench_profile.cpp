#include "cli/bench_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "base/fnv1a.h"
#include "cli/bench_setup.h"
#include "cli/load_profile.h"
#include "cli/write_output.h"
#include "lab/campaign_runner.h"
#include "lab/fingerprint.h"
#include "lab/profiled_subject.h"
#include "profile/profile_file.h"
#include "report/flamegraph.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

std::string FileNamePart(const std::string& text) {
  std::string part = text;
  for (char& c : part) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_') c = '-';
  }
  return part;
}

// "20261124T161502Z", of an ISO 8601 time.
std::string CompactTime(const std::string& utc) {
  std::string time;
  std::copy_if(utc.begin(), utc.begin() + std::min(utc.size(), utc.find('.')), std::back_inserter(time),
               [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
  return time.ends_with('Z') ? time : time + "Z";
}

// "1000rows_insert", and after it the parameters whose values differ among the cells.
std::string ReadableName(const record::CellKey& cell, const std::vector<lab::Cell>& all) {
  std::vector<std::string> parts;
  if (const std::string rows = record::ParameterOf(cell, "rows"); !rows.empty()) parts.push_back(rows + "rows");
  if (const std::string mode = record::ParameterOf(cell, "load_method"); !mode.empty()) parts.push_back(mode);
  for (const auto& [name, value] : cell) {
    if (name == "rows" || name == "load_method") continue;
    const bool varies = std::any_of(all.begin(), all.end(), [&name = name, &value = value](const lab::Cell& other) {
      return record::ParameterOf(other.key, name) != value;
    });
    if (varies) parts.push_back(value);
  }
  if (parts.empty()) parts.emplace_back("all");
  return FileNamePart(fmt::format("{}", fmt::join(parts, "_")));
}

// One name for a cell of a build, whatever the other cells are.
std::string ExactName(const record::CellKey& cell, const std::string& build) {
  Fnv1a hash;
  hash.Add(record::CanonicalText(cell));
  const std::string prefix = build.empty() ? "" : build.substr(0, 12) + "_";
  return prefix + FileNamePart(record::Label(cell)).substr(0, 120) + "_" + hash.Hex().substr(0, 8);
}

// How many profiled runs of it there are already: more of them tell more.
size_t EarlierRuns(const ProfileRequest& request, const lab::Cell& cell) {
  if (request.campaign.empty()) return 0;
  return ProfilesOf(request.folder, request.campaign, cell.key, cell.build).size();
}

// Without the ending; `run` from 1.
fs::path StemOf(const ProfileRequest& request, const lab::Cell& cell, const std::vector<lab::Cell>& all,
                const std::string& time, size_t run) {
  if (!request.campaign.empty()) {
    return request.folder / request.campaign / fmt::format("{}_{}", ExactName(cell.key, cell.build), run);
  }
  const std::string number = request.runs == 1 ? "" : fmt::format("_{}", run);
  const std::string build = cell.build.empty() ? "" : cell.build.substr(0, 12) + "_";
  return request.folder / fmt::format("flamegraph_{}{}_{}{}", build, ReadableName(cell.key, all), time, number);
}

Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return Fail(ErrorCode::kConfiguration,
              fmt::format("{}: cannot make the folder: {}", folder.string(), error.message()),
              "name another one with --output");
}

Status RunProfiled(const lab::Cell& cell, const lab::CampaignPorts& ports) {
  RB_ASSIGN(const record::Sample sample, lab::MeasureOnce(cell, ports));
  if (sample.outcome == record::Outcome::kOk) return {};
  const bool wrong_rows = sample.outcome == record::Outcome::kWrongRows;
  return Fail(wrong_rows ? ErrorCode::kVerification : ErrorCode::kInternal,
              fmt::format("the profiled run of {} failed: {}", record::Label(cell.key), sample.error));
}

// The recorder knows no commit and no cell.
Status FinishProfile(CellProfile& files, const std::string& title, const std::string& commit) {
  RB_ASSIGN(profile::Profile profile, LoadProfile(files.profile.string()));
  profile.commit = commit;
  for (const profile::Sample& sample : profile.samples) {
    if (sample.state == profile::State::kRunning) files.running_samples += sample.count;
  }
  RB_TRY(WriteOutput(files.profile.string(), profile::WriteProfile(profile)));
  report::FlamegraphOptions options;
  options.title = title;
  return WriteOutput(files.picture.string(), report::Flamegraph(profile, options));
}

std::string TitleOf(const lab::Cell& cell, const scenario::Scenario& scenario) {
  return fmt::format("{}: {}", scenario.name, record::Label(cell.key));
}

}  // namespace

void AddProfileOptions(Command command, bool& profile, ProfileRequest& request) {
  command.AddFlag("--profile", profile, "then one profiled run of each cell, with a flamegraph");
  command.Add("--profile-runs", request.runs, "or so many: three of each side tell noise from change")
      .In(1u, 1000u)
      .WhenGiven([&profile] { profile = true; });
}

Result<std::vector<CellProfile>> ProfileCells(const std::vector<lab::Cell>& cells, const scenario::Scenario& scenario,
                                              const ProfileRequest& request, lab::ScenarioSetup& setup,
                                              const lab::Interrupt& interrupt, BenchProgress& progress) {
  const auto ports = lab::SystemPorts(scenario.timeout_secs, interrupt);
  const std::string time = CompactTime(lab::UtcNow());
  lab::ProfiledRun run{.recorder = OwnExecutable(),
                       .file = {},
                       .frequency_hz = request.frequency_hz,
                       .off_cpu = request.off_cpu,
                       .server = {}};
  if (request.server) run.server = setup.ServerProcess();
  if (request.server && !run.server) {
    return Fail(ErrorCode::kConfiguration, "--postgres: the scenario has no PostgreSQL server on this machine");
  }
  std::error_code ignored;
  const lab::GitState git = lab::ReadGitState(fs::current_path(ignored));
  const std::string head = !request.commit.empty() ? request.commit : git.sha == lab::kUnknownCommit ? "" : git.sha;
  std::vector<CellProfile> profiles;
  for (const lab::Cell& cell : cells) {
    const Status profiled = [&]() -> Status {
      RB_TRY(cell.subject->Setup());
      const size_t earlier = EarlierRuns(request, cell);
      for (size_t number = earlier + 1; number <= earlier + request.runs; ++number) {
        const fs::path stem = StemOf(request, cell, cells, time, number);
        RB_TRY(MakeFolder(stem.parent_path()));
        CellProfile files = {cell.key, stem.string() + ".json", stem.string() + ".svg"};
        run.file = files.profile;
        const lab::Cell profiled_cell = {cell.key, lab::MakeProfiledSubject(*cell.subject, run), cell.build};
        RB_TRY(
            progress.Step("profiling " + record::Label(cell.key), [&] { return RunProfiled(profiled_cell, ports); }));
        RB_TRY(FinishProfile(files, TitleOf(cell, scenario), cell.build.empty() ? head : cell.build));
        profiles.push_back(files);
      }
      return {};
    }();
    RB_TRY(cell.subject->Cleanup());
    RB_TRY(profiled);
  }
  return profiles;
}

std::vector<fs::path> ProfilesOf(const fs::path& folder, const std::string& campaign, const record::CellKey& cell,
                                 const std::string& build) {
  std::vector<fs::path> found;
  for (uint32_t number = 1;; ++number) {
    fs::path file = folder / campaign / fmt::format("{}_{}.json", ExactName(cell, build), number);
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return found;
    found.push_back(std::move(file));
  }
}

}  // namespace rapidbyte::cli
