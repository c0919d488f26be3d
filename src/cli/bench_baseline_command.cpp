#include "cli/bench_baseline_command.h"

#include <fmt/format.h>

#include "cli/bench_commits.h"
#include "cli/bench_recent.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "lab/fingerprint.h"
#include "record/cell_key.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {
namespace {

Status List(store::SampleStore& store) {
  RB_ASSIGN(const std::vector<store::Baseline> baselines, store.Baselines());
  for (const store::Baseline& baseline : baselines) {
    PrintText(fmt::format("{}  {}  {}\n", baseline.name, record::ShortCommit(baseline.git_sha), baseline.campaign_id));
  }
  if (baselines.empty()) PrintText("no baselines in " + store.name() + "\n");
  return {};
}

// A campaign, or else a commit that has samples.
Result<store::Baseline> TargetOf(store::SampleStore& store, const std::string& text) {
  store::Baseline baseline;
  if (!text.empty()) {
    RB_ASSIGN(const auto campaign, store.FindCampaign(text));
    if (campaign) {
      baseline.campaign_id = campaign->id;
      baseline.git_sha = campaign->git_sha;
      return baseline;
    }
    RB_ASSIGN(const auto commit, SamplesOfCommit(store, text, {.scenario = "", .cell = {}, .with_runs = false}));
    baseline.git_sha = commit.git_sha;
    return baseline;
  }
  RB_ASSIGN(const std::vector<store::CommitRow> commits, CommitsInOrder(store));
  const auto every_cell = [](const store::MeasuredCell& cell) { return std::optional(cell.cell); };
  RB_ASSIGN(const RecentCommits last, NewestComparable(commits, 1, every_cell));
  if (last.shas.empty()) return Fail(ErrorCode::kUsage, "there is no sample in " + store.name());
  baseline.git_sha = last.shas.back();
  return baseline;
}

Status Baseline(const BenchBaselineOptions& options) {
  RB_ASSIGN(auto store, store::SampleStore::OpenExisting(options.store));
  if (options.name.empty()) return List(store);
  RB_ASSIGN(store::Baseline baseline, TargetOf(store, options.target));
  baseline.name = options.name;
  baseline.created_at = lab::UtcNow();
  RB_TRY(store.PutBaseline(baseline));
  PrintText(fmt::format("baseline:{} is {}{}\n", baseline.name, record::ShortCommit(baseline.git_sha),
                        baseline.campaign_id.empty() ? "" : ", run " + baseline.campaign_id));
  return {};
}

}  // namespace

Command AddBenchBaseline(Command bench, BenchBaselineOptions& options) {
  return bench.AddCommand("baseline", "Name a commit or a run, for compare and gate", [&options](Command baseline) {
    baseline.Add("NAME", options.name, "as in baseline:NAME; none: list them");
    baseline.Add("TARGET", options.target, "a run or commit of the store; none: the last commit");
    baseline.Add("--store", options.store, "a file, or postgresql://…").ShowDefault();
  });
}

int RunBenchBaseline(const BenchBaselineOptions& options) {
  const Status done = Baseline(options);
  return done ? 0 : PrintError(done.error());
}

}  // namespace rapidbyte::cli
