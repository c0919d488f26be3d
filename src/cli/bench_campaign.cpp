#include "cli/bench_campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>

#include "analysis/campaign_rules.h"
#include "base/clock.h"
#include "base/fnv1a.h"
#include "base/json.h"
#include "cli/command.h"
#include "lab/fingerprint.h"
#include "report/comparison_table.h"
#include "scenario/plan.h"
#include "store/process_identity.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

// Keeps samples in the store, and here: a store that is lost meanwhile ends the campaign, not what was measured.
class StoreSink : public lab::SampleSink {
 public:
  StoreSink(store::SampleStore& store, std::vector<record::Sample> earlier)
      : store_(store), samples_(std::move(earlier)) {}

  Status Append(const record::Sample& sample) override {
    samples_.push_back(sample);
    Status kept = store_.Append(sample);
    if (!kept) lost_ = kept.error();
    return kept;
  }

  const std::vector<record::Sample>& samples() const { return samples_; }
  const std::optional<Error>& lost() const { return lost_; }

 private:
  store::SampleStore& store_;
  std::vector<record::Sample> samples_;
  std::optional<Error> lost_;
};

// A build of the same commit that is not the same file is not the same program.
std::string FileIdentity(const fs::path& file) {
  std::error_code ignored;
  const auto written = fs::last_write_time(file, ignored).time_since_epoch().count();
  return fmt::format("{}/{}", fs::file_size(file, ignored), written);
}

// The content, as a checkout writes files anew; nothing where it cannot be read, which is told when it is needed.
std::string TextOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Everything that must be equal for an unfinished campaign to be gone on with.
std::string PlanHash(const CampaignRequest& request, const record::Campaign& campaign) {
  Fnv1a hash;
  hash.Add(DumpJson(campaign.settings));
  for (const scenario::PlannedCell& cell : request.cells) hash.Add(record::CanonicalText(cell.key));
  for (const Build& build : request.builds) hash.Add(build.git_sha + FileIdentity(build.executable));
  hash.Add(FileIdentity(OwnExecutable()));
  for (const scenario::SubjectSpec& subject : request.scenario.subjects) {
    if (subject.is_pipeline()) hash.Add(TextOf(subject.pipeline));
  }
  if (!request.scenario.dataset.sql_file.empty()) hash.Add(TextOf(request.scenario.dataset.sql_file));
  hash.Add(campaign.git_sha + (campaign.git_dirty ? "+" : ""));
  hash.Add(campaign.host.Hash());
  hash.Add(request.seed ? std::to_string(*request.seed) : "");
  return hash.Hex();
}

// Of each parameter, in the order of the matrix: the first is what others compare to.
nlohmann::json ValuesOf(const std::vector<scenario::PlannedCell>& cells) {
  nlohmann::json values = nlohmann::json::object();
  for (const scenario::PlannedCell& cell : cells) {
    for (const auto& [name, value] : cell.key) {
      nlohmann::json& seen = values[name];
      if (std::find(seen.begin(), seen.end(), value) == seen.end()) seen.push_back(value);
    }
  }
  return values;
}

nlohmann::json SettingsOf(const CampaignRequest& request) {
  nlohmann::json settings = scenario::ScenarioJson(request.scenario);
  settings["cells"] = request.cells.size();
  settings["parameters"] = ParametersOf(request.cells);
  settings["values"] = ValuesOf(request.cells);
  for (const Build& build : request.builds) settings["builds"].push_back(build.git_sha);
  if (!request.builds.empty()) {
    settings["recipe"] = {{"command", request.recipe.command}, {"product", request.recipe.product.string()}};
  }
  if (request.level_share < 1) settings["level_share"] = request.level_share;
  if (!request.criterion.metric.empty()) settings["stop_metric"] = request.criterion.metric;
  if (request.criterion.threshold) settings["stop_threshold"] = *request.criterion.threshold;
  return settings;
}

record::Campaign Describe(const CampaignRequest& request) {
  record::Campaign campaign;
  campaign.id = lab::NewCampaignId();
  campaign.started_at = lab::UtcNow();
  campaign.scenario = request.scenario.name;
  std::error_code ignored;
  const lab::GitState git = lab::ReadGitState(fs::current_path(ignored));
  campaign.git_sha = git.sha;
  campaign.git_branch = git.branch;
  campaign.git_dirty = git.dirty;
  campaign.seed = request.seed ? *request.seed : std::random_device{}();
  campaign.warmup_blocks = request.scenario.warmup;
  campaign.blocks = request.scenario.MaxBlocks();
  campaign.dataset = request.scenario.dataset.name;
  campaign.host = lab::ReadHostFingerprint();
  campaign.settings = SettingsOf(request);
  campaign.process = store::ThisProcess();
  campaign.plan_hash = PlanHash(request, campaign);
  return campaign;
}

// The unfinished campaign of this plan, now ours, with its samples in `earlier`; or a new one.
Result<record::Campaign> NewOrUnfinished(const CampaignRequest& request, store::SampleStore& store,
                                         lab::CampaignPlan& plan, std::vector<record::Sample>& earlier) {
  record::Campaign campaign = Describe(request);
  if (request.fresh) return campaign;
  RB_ASSIGN(const auto unfinished, store.FindUnfinished(campaign.plan_hash));
  if (!unfinished) return campaign;
  RB_ASSIGN(const bool is_ours, store.Claim(*unfinished, campaign.process));
  if (!is_ours) return campaign;
  RB_TRY(store.AdoptLines(unfinished->id));
  RB_ASSIGN(const std::vector<record::Sample> samples, store.Samples(unfinished->id));
  for (const record::Sample& sample : samples) {
    plan.done.insert({sample.block, sample.position});
    if (sample.outcome != record::Outcome::kOk) plan.earlier_failures.push_back(sample);
  }
  earlier = samples;
  record::Campaign again = *unfinished;
  again.process = campaign.process;
  return again;
}

std::vector<std::string> VaryingParameters(const std::vector<scenario::PlannedCell>& cells) {
  std::vector<record::CellKey> keys;
  keys.reserve(cells.size());
  for (const scenario::PlannedCell& cell : cells) keys.push_back(cell.key);
  return report::DivideParameters(keys).varying;
}

Result<std::vector<CellProfile>> ProfileAfter(const CampaignRequest& request, const record::Campaign& campaign,
                                              const std::vector<Build>& builds, lab::ScenarioSetup& setup,
                                              const lab::Interrupt& interrupt, BenchProgress& progress) {
  ProfileRequest profile = *request.profile;
  profile.campaign = campaign.id;
  RB_ASSIGN(const std::vector<lab::Cell> cells, MakeCells(request.cells, builds, setup));
  return ProfileCells(cells, request.scenario, profile, setup, interrupt, progress);
}

// A program that fails every time is never compared; these many times are enough to believe it.
constexpr size_t kFailuresToGiveUp = 3;

// By what `group_of` names: whether all samples of one group have failed.
template <typename GroupOf>
bool HasHopeless(const std::vector<record::Sample>& samples, const GroupOf& group_of) {
  std::map<decltype(group_of(samples.front())), std::pair<size_t, size_t>> runs;  // all, failed
  for (const record::Sample& sample : samples) {
    auto& [all, failed] = runs[group_of(sample)];
    ++all;
    if (sample.outcome != record::Outcome::kOk) ++failed;
  }
  return std::any_of(runs.begin(), runs.end(), [](const auto& group) {
    return group.second.first == group.second.second && group.second.second >= kFailuresToGiveUp;
  });
}

// Ends a campaign that was told to stop once all that can be compared is decided, or once it is clear that nothing can.
class StopRule {
 public:
  StopRule(const CampaignRequest& request, const record::Campaign& campaign, const std::vector<record::Sample>& samples)
      : campaign_(campaign), samples_(samples), max_secs_(request.scenario.until_decided->max_secs) {}

  Result<bool> Enough() {
    if (NanosToSeconds(MonotonicNanos() - start_nanos_) > max_secs_) return true;
    // One cell that fails leaves the others to be decided; a commit that fails leaves nothing to be said of it.
    if (HasHopeless(samples_, [](const auto& sample) { return sample.build; })) return true;
    const auto comparison = analysis::CompareCampaign(campaign_, samples_, analysis::StoppingRule(campaign_));
    if (comparison) return analysis::AllDecided(*comparison);
    return HasHopeless(samples_, [](const auto& sample) { return std::pair(sample.build, sample.cell); });
  }

 private:
  const record::Campaign& campaign_;
  const std::vector<record::Sample>& samples_;
  double max_secs_;
  uint64_t start_nanos_ = MonotonicNanos();
};

lab::CampaignOutcome LostStore(Error error, size_t samples) {
  error.message = "the campaign ended early, because its samples can no longer be stored: " + error.message;
  lab::CampaignOutcome outcome;
  outcome.samples = static_cast<uint32_t>(samples);
  outcome.error = std::move(error);
  return outcome;
}

// As the store gives them.
std::vector<record::Sample> InOrder(std::vector<record::Sample> samples) {
  std::sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) {
    return std::pair(a.block, a.position) < std::pair(b.block, b.position);
  });
  return samples;
}

}  // namespace

std::vector<std::string> ParametersOf(const std::vector<scenario::PlannedCell>& cells) {
  std::vector<std::string> names;
  for (const scenario::PlannedCell& cell : cells) {
    for (const auto& [name, value] : cell.key) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

Result<CampaignResult> RunCampaign(const CampaignRequest& request, store::SampleStore& store,
                                   const lab::Interrupt& interrupt, BenchProgress& progress) {
  const std::vector<Build> builds = request.builds.empty() ? std::vector{OwnBuild()} : request.builds;
  RB_ASSIGN(const auto setup, SetUpScenario(request.scenario, request.cells, builds, interrupt, progress));

  lab::CampaignPlan plan;
  std::vector<record::Sample> earlier;
  RB_ASSIGN(record::Campaign campaign, NewOrUnfinished(request, store, plan, earlier));
  campaign.server = setup->server();
  RB_TRY(store.PutCampaign(campaign));
  progress.NameCellsBy(VaryingParameters(request.cells));
  progress.Header(campaign, request.cells.size() * builds.size(), plan.done.size());

  RB_ASSIGN(const std::vector<lab::Cell> cells, MakeCells(request.cells, builds, *setup));
  plan.campaign_id = campaign.id;
  plan.seed = campaign.seed;
  plan.warmup_blocks = campaign.warmup_blocks;
  plan.blocks = campaign.blocks;
  StoreSink sink(store, std::move(earlier));
  std::optional<StopRule> stop_rule;
  if (request.scenario.until_decided) {
    stop_rule.emplace(request, campaign, sink.samples());
    plan.enough = [&](uint32_t) { return stop_rule->Enough(); };
  }
  const auto ports = lab::SystemPorts(request.scenario.timeout_secs, interrupt);
  auto outcome = lab::RunCampaign(plan, cells, ports, interrupt, sink, progress);
  progress.Clear();
  Result<std::vector<CellProfile>> profiles;
  if (outcome && !outcome->interrupted && request.profile) {
    profiles = ProfileAfter(request, campaign, builds, *setup, interrupt, progress);
  }
  if (const Status clean = setup->TearDown(); !clean) PrintWarning(clean.error().message);
  if (sink.lost()) outcome = LostStore(*sink.lost(), sink.samples().size());
  if (!outcome) return Fail(outcome.error());
  if (!outcome->interrupted && !sink.lost()) {
    campaign.finished_at = lab::UtcNow();
    const Status finished = store.FinishCampaign(campaign.id, campaign.finished_at);
    if (!finished) outcome = LostStore(finished.error(), sink.samples().size());
  }
  // What was measured counts, whatever became of the pictures.
  if (!profiles) PrintWarning(profiles.error().message);
  return CampaignResult{std::move(campaign), *std::move(outcome), InOrder(sink.samples()),
                        std::move(profiles).value_or(std::vector<CellProfile>())};
}

}  // namespace rapidbyte::cli
