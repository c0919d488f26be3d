#include "cli/bench_run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <random>
#include <set>

#include "cli/bench_progress.h"
#include "cli/command.h"
#include "lab/campaign_runner.h"
#include "lab/dataset.h"
#include "lab/environment.h"
#include "lab/fingerprint.h"
#include "lab/pipeline_subject.h"
#include "lab/temporary_folder.h"
#include "report/bench_report.h"
#include "store/migrations.h"
#include "store/process_identity.h"
#include "store/sample_store.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

class StoreSink : public lab::SampleSink {
 public:
  explicit StoreSink(store::SampleStore& store) : store_(store) {}
  Status Append(const record::Sample& sample) override { return store_.Append(sample); }

 private:
  store::SampleStore& store_;
};

// All that lives as long as a campaign.
struct Bench {
  const BenchRunOptions& options;
  const lab::Interrupt& interrupt;
  BenchProgress& progress;
  store::SampleStore& store;
  fs::path executable;
};

Status CheckModes(const BenchRunOptions& options) {
  const std::set<std::string> different(options.modes.begin(), options.modes.end());
  if (different.size() == options.modes.size()) return {};
  return Fail(ErrorCode::kUsage, "--modes: a mode is named twice");
}

// Where the lines and the report go: beside the store's file, or where that would be by default.
fs::path FolderOf(const std::string& store) {
  return store::SqliteFile(store::IsPostgres(store) ? BenchRunOptions().store : store).parent_path();
}
fs::path LinesBeside(const std::string& store) { return FolderOf(store) / "results.jsonl"; }
fs::path ReportBeside(const std::string& store) { return FolderOf(store) / "report.txt"; }

// So that no run has to, and a compiler that fails is told once.
Status CompileConnectors(const Bench& bench) {
  lab::Command command;
  command.argv = {bench.executable.string(), "compile"};
  lab::SubprocessLimits limits;
  limits.interrupt = &bench.interrupt;
  RB_ASSIGN(const lab::SubprocessResult run, lab::RunSubprocess(command, limits));
  if (run.interrupted) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (run.exit_code == 0) return {};
  return Fail(ErrorCode::kConnector, "cannot compile the connectors: " + lab::LastLine(run));
}

Result<std::unique_ptr<lab::Environment>> BringUp(const Bench& bench) {
  std::unique_ptr<lab::Environment> environment;
  const bool existing = !bench.options.dsn.empty();
  const auto bring_up = [&]() -> Status {
    RB_ASSIGN(environment, existing
                               ? lab::Environment::UseExisting(bench.options.dsn, &bench.interrupt)
                               : lab::Environment::StartEphemeral({.settings = {}, .interrupt = &bench.interrupt}));
    return {};
  };
  RB_TRY(bench.progress.Step(existing ? "connecting" : "starting PostgreSQL", bring_up));
  return environment;
}

record::Campaign DescribeCampaign(const BenchRunOptions& options, const lab::Environment& environment) {
  record::Campaign campaign;
  campaign.id = lab::NewCampaignId();
  campaign.started_at = lab::UtcNow();
  const lab::GitState git = lab::ReadGitState(fs::current_path());
  campaign.git_sha = git.sha;
  campaign.git_branch = git.branch;
  campaign.git_dirty = git.dirty;
  campaign.seed = options.seed ? *options.seed : std::random_device{}();
  campaign.dataset = lab::kBenchTable;
  campaign.warmup_blocks = options.warmup;
  campaign.blocks = options.iters;
  campaign.server = environment.description();
  campaign.host = lab::ReadHostFingerprint();
  campaign.process = store::ThisProcess();
  campaign.settings = {{"modes", options.modes},
                       {"rows", options.rows},
                       {"iters", options.iters},
                       {"warmup", options.warmup},
                       {"runtime", options.runtime},
                       {"compression", options.compression},
                       {"environment", options.dsn.empty() ? "ephemeral" : "dsn"},
                       {"timeout_secs", options.timeout_secs}};
  return campaign;
}

Result<lab::ExpectedRows> Seed(const Bench& bench, lab::Postgres& session) {
  const lab::TableName table{lab::kSourceSchema, lab::kBenchTable};
  lab::ExpectedRows expected;
  const auto seed = [&]() -> Status {
    RB_TRY(lab::SeedBenchEvents(session, bench.options.rows));
    RB_ASSIGN(expected.columns, lab::ColumnsOf(session, table));
    RB_ASSIGN(expected.content, lab::ReadContent(session, table, expected.columns));
    return {};
  };
  RB_TRY(bench.progress.Step("seeding", seed));
  return expected;
}

Result<std::vector<lab::Cell>> MakeCells(const Bench& bench, const lab::Environment& environment,
                                         const lab::ExpectedRows& expected, const fs::path& folder,
                                         lab::Postgres& session) {
  std::vector<lab::Cell> cells;
  for (const std::string& mode : bench.options.modes) {
    const lab::PipelineSettings settings{
        bench.executable, folder, environment.address(), mode, bench.options.compression, bench.options.runtime};
    RB_ASSIGN(auto subject, lab::MakePipelineSubject(settings, expected, session));
    record::CellKey key = {{"load_method", mode},
                           {"runtime", bench.options.runtime},
                           {"compression", bench.options.compression},
                           {"rows", std::to_string(bench.options.rows)}};
    cells.push_back({std::move(key), std::move(subject)});
  }
  return cells;
}

// Documents and state go into a throwaway server's folder, so that they are gone with it even if we are killed.
Result<lab::TemporaryFolder> MakeWorkFolder(const lab::Environment& environment) {
  const fs::path& folder = environment.folder();
  return lab::TemporaryFolder::Make(folder.empty() ? lab::TemporaryRoot() : folder);
}

Result<lab::CampaignOutcome> Measure(const Bench& bench, const record::Campaign& campaign,
                                     const lab::Environment& environment, lab::Postgres& session) {
  RB_ASSIGN(const lab::ExpectedRows expected, Seed(bench, session));
  RB_ASSIGN(const lab::TemporaryFolder folder, MakeWorkFolder(environment));
  RB_ASSIGN(const std::vector<lab::Cell> cells, MakeCells(bench, environment, expected, folder.path(), session));
  lab::CampaignPlan plan;
  plan.campaign_id = campaign.id;
  plan.seed = campaign.seed;
  plan.warmup_blocks = bench.options.warmup;
  plan.blocks = bench.options.iters;
  plan.timeout_secs = bench.options.timeout_secs;
  StoreSink sink(bench.store);
  const auto ports = lab::SystemPorts(plan.timeout_secs, bench.interrupt);
  auto outcome = lab::RunCampaign(plan, cells, ports, bench.interrupt, sink, bench.progress);
  bench.progress.Clear();
  if (outcome && !outcome->interrupted) RB_TRY(bench.store.FinishCampaign(campaign.id, lab::UtcNow()));
  return outcome;
}

// By a session of its own: the campaign's may be lost, or refuse to work on after Ctrl-C.
Status CleanUp(const lab::Environment& environment) {
  RB_ASSIGN(lab::Postgres session, lab::Postgres::Connect(environment.address()));
  return lab::DropSchemas(session);
}

Status Report(const Bench& bench, const record::Campaign& campaign) {
  RB_ASSIGN(const std::vector<record::Sample> samples, bench.store.Samples(campaign.id));
  if (samples.empty()) return {};
  const std::string text = report::BenchReportText(campaign, samples);
  std::cout << (bench.options.json ? report::BenchReportJson(campaign, samples) : "\n" + text) << std::flush;
  const fs::path file = ReportBeside(bench.options.store);
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (!out) return Fail(ErrorCode::kInternal, "cannot write " + file.string());
  std::cerr << fmt::format("\nThe report is in {}, the samples are in {} and {}.\n", file.string(), bench.store.name(),
                           LinesBeside(bench.options.store).string());
  return {};
}

Result<lab::CampaignOutcome> RunBench(const BenchRunOptions& options, const lab::Interrupt& interrupt) {
  RB_TRY(CheckModes(options));
  RB_ASSIGN(auto store, store::SampleStore::Open(options.store, LinesBeside(options.store)));
  for (const std::string& warning : store.warnings()) std::cerr << "warning: " << warning << '\n';
  BenchProgress progress(std::cerr, isatty(STDERR_FILENO) == 1);
  const Bench bench{options, interrupt, progress, store, fs::read_symlink("/proc/self/exe")};

  RB_ASSIGN(const auto environment, BringUp(bench));
  if (options.runtime == "aot") {
    RB_TRY(progress.Step("compiling the connectors", [&] { return CompileConnectors(bench); }));
  }
  const record::Campaign campaign = DescribeCampaign(options, *environment);
  RB_TRY(store.PutCampaign(campaign));
  std::cerr << BenchHeader(campaign, options.rows);

  RB_ASSIGN(lab::Postgres session, lab::Postgres::Connect(environment->address(), &interrupt));
  RB_TRY(lab::ClaimSchemas(session));
  auto outcome = Measure(bench, campaign, *environment, session);
  if (!options.dsn.empty()) {
    if (const Status clean = CleanUp(*environment); !clean) PrintError(clean.error());
  }
  RB_TRY(Report(bench, campaign));
  return outcome;
}

// The parser would read -1 as the largest number.
std::string RefuseNegative(const std::string& text) { return text.starts_with('-') ? "must not be negative" : ""; }

}  // namespace

CLI::App* AddBenchRun(CLI::App& bench, BenchRunOptions& options) {
  CLI::App* run = bench.add_subcommand("run", "Compare ways of loading a table, in shuffled blocks");
  const auto add = [run](const char* name, auto& value, const char* help) {
    return run->add_option(name, value, help)->capture_default_str();
  };
  add("--rows", options.rows, "rows of the bench table")->check(CLI::Range(uint64_t{1}, uint64_t{2'000'000'000}));
  add("--iters", options.iters, "blocks that count; each has one run per mode")->check(CLI::Range(1u, 100'000u));
  add("--warmup", options.warmup, "blocks before them that do not")->check(CLI::Range(0u, 1000u));
  add("--modes", options.modes, "insert, copy")->delimiter(',')->check(CLI::IsMember({"insert", "copy"}));
  add("--runtime", options.runtime, "aot (sandboxed) or native")->check(CLI::IsMember({"aot", "native"}));
  add("--compression", options.compression, "between source and destination")
      ->check(CLI::IsMember({"none", "lz4", "zstd"}));
  run->add_option("--dsn", options.dsn, "an existing server, instead of a throwaway one");
  run->add_option("--seed", options.seed, "decides the order of the runs; random if not given")
      ->check(CLI::Validator(RefuseNegative, "UINT"));
  run->add_flag("--json", options.json, "print the report as JSON");
  add("--store", options.store,
      "the samples: a file, or postgresql://…; results.jsonl and report.txt lie beside the file");
  add("--timeout", options.timeout_secs, "seconds after which a run is killed")->check(CLI::Range(0.1, 1e6));
  return run;
}

int RunBenchCommand(const BenchRunOptions& options) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  const auto outcome = RunBench(options, interrupt);
  if (!outcome) return PrintError(outcome.error());
  if (outcome->interrupted) return PrintError({ErrorCode::kInterrupted, "interrupted; what had ended was kept"});
  return outcome->error ? PrintError(*outcome->error) : 0;
}

}  // namespace rapidbyte::cli
