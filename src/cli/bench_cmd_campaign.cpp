#include "cli/bench_cmd_campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "analysis/campaign_rules.h"
#include "base/clock.h"
#include "lab/command_subject.h"
#include "lab/fingerprint.h"
#include "report/command_report.h"
#include "scenario/command_template.h"
#include "stats/sequential.h"
#include "store/process_identity.h"

namespace rapidbyte::cli {
namespace {

using nlohmann::json;
using record::Outcome;
using record::Sample;

// Keeps samples in memory and in the store, and ends the campaign at a run that failed.
class CommandSink : public lab::SampleSink {
 public:
  CommandSink(const CommandPlan& plan, store::SampleStore* store, std::vector<Sample>& samples)
      : plan_(plan), store_(store), samples_(samples) {}

  Status Append(const Sample& sample) override {
    samples_.push_back(sample);
    if (Status kept = store_ != nullptr ? store_->Append(sample) : Status(); !kept) {
      lost_ = kept.error();
      return kept;
    }
    if (sample.outcome != Outcome::kOk) return WhatFailed(sample);
    return {};
  }

  const std::optional<Error>& lost() const { return lost_; }

 private:
  std::string NameOf(const Sample& sample) const {
    for (const PlannedCommand& command : plan_.commands) {
      if (command.key == sample.cell) return report::QuotedCommand(command.name);
    }
    return record::Label(sample.cell);
  }

  Status WhatFailed(const Sample& sample) const {
    const std::string name = NameOf(sample);
    if (sample.outcome == Outcome::kTimeout) {
      return Fail(ErrorCode::kConfiguration, fmt::format("{} was {}", name, sample.error), "--timeout allows it more");
    }
    const bool is_accepted = sample.exit_code == 0 || plan_.accepted.all;
    if (is_accepted) return Fail(ErrorCode::kData, fmt::format("{}: {}", name, sample.error));
    const char* how = sample.error.starts_with("exit code") ? " failed with " : " failed: ";
    return Fail(ErrorCode::kConfiguration, name + how + sample.error,
                "-i measures commands that fail; --output inherit shows what they print");
  }

  const CommandPlan& plan_;
  store::SampleStore* store_;
  std::vector<Sample>& samples_;
  std::optional<Error> lost_;  // why the store takes no more
};

json MetricJson(const analysis::MetricRule& rule, bool primary) {
  return {{"name", rule.name},
          {"unit", rule.unit},
          {"direction", rule.direction == stats::Direction::kHigherIsBetter ? "higher" : "lower"},
          {"threshold", rule.threshold},
          {"primary", primary}};
}

// As scenarios have them, so that other reports read them.
json SettingsOf(const CommandPlan& plan, const BenchCmdOptions& options) {
  json settings = {{"scenario", "cmd"},
                   {"shell", options.no_shell ? json(nullptr) : json(options.shell)},
                   {"parameters", json::array({"command"})},
                   {"values", {{"command", json::array()}}},
                   {"commands", json::array()},
                   {"metrics", json::array({MetricJson(plan.metrics.primary, true)})},
                   {"cells", plan.commands.size()}};
  const auto add_once = [](json& list, const std::string& text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
  };
  for (const PlannedCommand& command : plan.commands) {
    settings["commands"].push_back(command.line);
    for (const auto& [name, value] : command.key) {
      add_once(settings["parameters"], name);
      add_once(settings["values"][name], value);
    }
  }
  for (const analysis::MetricRule& rule : plan.metrics.rules) {
    if (rule.name != plan.metrics.primary.name) settings["metrics"].push_back(MetricJson(rule, false));
  }
  if (plan.until_decided) settings["until_decided"] = {{"max_blocks", plan.max_runs}, {"max_secs", plan.max_secs}};
  return settings;
}

record::Campaign Describe(const CommandPlan& plan, const BenchCmdOptions& options) {
  record::Campaign campaign;
  campaign.id = lab::NewCampaignId();
  campaign.started_at = lab::UtcNow();
  campaign.scenario = "cmd";
  std::error_code ignored;
  const lab::GitState git = lab::ReadGitState(std::filesystem::current_path(ignored));
  campaign.git_sha = git.sha;
  campaign.git_branch = git.branch;
  campaign.git_dirty = git.dirty;
  campaign.seed = options.seed ? *options.seed : std::random_device{}();
  campaign.warmup_blocks = options.warmup;
  campaign.blocks = plan.max_runs;
  campaign.host = lab::ReadHostFingerprint();
  campaign.settings = SettingsOf(plan, options);
  campaign.process = store::ThisProcess();
  return campaign;
}

lab::OutputTo OutputOf(const CommandPlan& plan, const BenchCmdOptions& options) {
  if (options.output == "pipe") return lab::OutputTo::kPipe;
  if (options.output == "null") return lab::OutputTo::kNull;
  if (options.show_output || options.output == "inherit") return lab::OutputTo::kInherit;
  if (!options.output.empty()) return lab::OutputTo::kFile;
  return plan.metrics.read.empty() ? lab::OutputTo::kNull : lab::OutputTo::kPipe;
}

// What is the same for all commands.
lab::CommandSettings CommonSettings(const CommandPlan& plan, const BenchCmdOptions& options) {
  lab::CommandSettings settings;
  settings.shell = options.no_shell ? "sh" : options.shell;
  if (options.input != "null") settings.input = options.input;
  settings.output = OutputOf(plan, options);
  if (settings.output == lab::OutputTo::kFile) settings.output_file = options.output;
  settings.accepted = plan.accepted;
  settings.metrics = plan.metrics.read;
  return settings;
}

Result<lab::Cell> MakeCell(const PlannedCommand& command, lab::CommandSettings settings, bool no_shell,
                           const lab::Interrupt& interrupt) {
  settings.hooks = command.hooks;
  settings.command = command.line;
  if (no_shell) {
    auto words = scenario::SplitWords(command.line);
    if (!words) return Context(report::QuotedCommand(command.name), words.error());
    settings.command = *std::move(words);
  }
  RB_ASSIGN(auto subject, lab::MakeCommandSubject(settings, &interrupt));
  RB_TRY(lab::CheckStart(settings));
  return lab::Cell{command.key, std::move(subject)};
}

Result<std::optional<lab::ShellCost>> CostOfShell(const lab::CommandSettings& settings, bool no_shell,
                                                  const lab::Interrupt& interrupt) {
  if (no_shell) return std::nullopt;
  lab::Command command;
  command.input = settings.input;
  // A file is as quick as nothing to a command that prints nothing, and is to hold what the commands print.
  const bool is_pipe = settings.output == lab::OutputTo::kPipe;
  command.output = is_pipe ? lab::OutputTo::kPipe : lab::OutputTo::kNull;
  command.leftovers = lab::Leftovers::kKillTree;
  RB_ASSIGN(const lab::ShellCost cost, lab::MeasureShell(settings.shell, command, {.interrupt = &interrupt}));
  return cost;
}

Result<std::vector<lab::Cell>> MakeCells(const CommandPlan& plan, const lab::CommandSettings& settings, bool no_shell,
                                         const lab::Interrupt& interrupt) {
  std::vector<lab::Cell> cells;
  for (const PlannedCommand& command : plan.commands) {
    RB_ASSIGN(lab::Cell cell, MakeCell(command, settings, no_shell, interrupt));
    cells.push_back(std::move(cell));
  }
  return cells;
}

// Says when there are enough blocks.
class Pace {
 public:
  Pace(const CommandPlan& plan, const record::Campaign& campaign, const std::vector<Sample>& samples)
      : plan_(plan), campaign_(campaign), samples_(samples) {}

  bool Enough(uint32_t blocks) {
    const uint64_t now = MonotonicNanos();
    if (plan_.until_decided) {
      return NanosToSeconds(now - start_nanos_) > plan_.max_secs || (IsLook(blocks) && IsDecided());
    }
    if (blocks == 1) {
      first_block_secs_ = LastBlockSecs();
      first_block_nanos_ = now;
    }
    const double secs = first_block_secs_ + NanosToSeconds(now - first_block_nanos_);
    return blocks >= plan_.min_runs && secs >= plan_.min_secs_per_command * static_cast<double>(plan_.commands.size());
  }

 private:
  bool IsLook(uint32_t blocks) const {
    return stats::LookAt({plan_.commands.size() - 1, plan_.max_runs, {}}, blocks).has_value();
  }

  double LastBlockSecs() const {
    double secs = 0;
    for (size_t i = 1; i <= std::min(plan_.commands.size(), samples_.size()); ++i) {
      secs += samples_[samples_.size() - i].wall_secs;
    }
    return secs;
  }

  bool IsDecided() const {
    const auto analysis = report::AnalyzeCommands(QuestionOf(plan_, campaign_, samples_), samples_);
    for (size_t i = 1; i < analysis.commands.size(); ++i) {
      const auto& decision = analysis.commands[i].decision;
      if (decision && decision->obstacle == stats::Obstacle::kNoRatio) continue;  // and no further block gives one
      if (!decision || decision->verdict == stats::Verdict::kInconclusive) return false;
    }
    return true;
  }

  const CommandPlan& plan_;
  const record::Campaign& campaign_;
  const std::vector<Sample>& samples_;
  uint64_t start_nanos_ = MonotonicNanos();
  double first_block_secs_ = 0;  // warm-up and set-up do not count
  uint64_t first_block_nanos_ = 0;
};

}  // namespace

report::CommandQuestion QuestionOf(const CommandPlan& plan, const record::Campaign& campaign,
                                   const std::vector<Sample>& samples) {
  report::CommandQuestion question;
  for (const PlannedCommand& command : plan.commands) {
    question.commands.push_back({command.name, command.key, command.parameters});
  }
  question.has_reference = plan.has_reference;
  question.primary = plan.metrics.primary;
  question.metrics = plan.metrics.rules;
  if (record::IsBuiltInMetric(question.primary.name)) {
    const auto shown = {"wall", "user", "system", "max_rss"};
    const bool is_shown = std::find(shown.begin(), shown.end(), question.primary.name) != shown.end();
    if (!is_shown) question.metrics.insert(question.metrics.begin(), question.primary);
  }
  question.stopping = analysis::StoppingOf(campaign, samples);
  return question;
}

Result<MeasuredCommands> MeasureCommands(const CommandPlan& plan, const BenchCmdOptions& options,
                                         store::SampleStore* store, const lab::Interrupt& interrupt,
                                         lab::CampaignListener& listener) {
  const bool no_shell = options.no_shell || options.shell == "none";
  lab::CommandSettings settings = CommonSettings(plan, options);
  MeasuredCommands measured;
  // Twice: what cannot be started is told before 50 runs of the shell.
  RB_TRY(MakeCells(plan, settings, no_shell, interrupt));
  RB_ASSIGN(settings.shell_cost, CostOfShell(settings, no_shell, interrupt));
  measured.shell_cost = settings.shell_cost;
  RB_ASSIGN(const std::vector<lab::Cell> cells, MakeCells(plan, settings, no_shell, interrupt));

  measured.campaign = Describe(plan, options);
  record::Campaign& campaign = measured.campaign;
  if (store != nullptr) RB_TRY(store->PutCampaign(campaign));
  Pace pace(plan, campaign, measured.samples);
  lab::CampaignPlan order;
  order.campaign_id = campaign.id;
  order.seed = campaign.seed;
  order.warmup_blocks = campaign.warmup_blocks;
  order.blocks = plan.max_runs;
  order.ends_with_hook = true;
  order.enough = [&](uint32_t blocks) -> Result<bool> { return pace.Enough(blocks); };

  CommandSink sink(plan, store, measured.samples);
  const auto ports = lab::SystemPorts(options.timeout_secs.value_or(0), interrupt);
  const auto outcome = lab::RunCampaign(order, cells, ports, interrupt, sink, listener);
  measured.lost = sink.lost();
  if (measured.lost) return measured;
  if (!outcome) return Fail(outcome.error());
  measured.interrupted = outcome->interrupted;
  measured.cleanup = outcome->cleanup;
  if (outcome->interrupted) return measured;
  campaign.finished_at = lab::UtcNow();
  if (!plan.until_decided) campaign.blocks = outcome->blocks;
  if (const Status kept = store != nullptr ? store->PutCampaign(campaign) : Status(); !kept)
    measured.lost = kept.error();
  return measured;
}

}  // namespace rapidbyte::cli
