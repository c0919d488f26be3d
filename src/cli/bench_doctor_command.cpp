#include "cli/bench_doctor_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <random>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "lab/block_plan.h"
#include "lab/probe_activity.h"
#include "lab/probe_facts.h"
#include "lab/probes.h"
#include "lab/program_search.h"
#include "lab/subprocess.h"
#include "os/temporary_folder.h"
#include "report/doctor_report.h"

namespace rapidbyte::cli {
namespace {

// Blocks, and the seconds after which no further block begins: an idle machine is done within 30 and within 8.
struct Effort {
  uint32_t blocks;
  double deadline_secs;
};
constexpr Effort kThorough = {60, 25};
constexpr Effort kQuick = {20, 6};

constexpr size_t kSizes = 8;
constexpr size_t kQuickSizes = 4;
constexpr size_t kLargestPadding = 4096;
constexpr uint32_t kEnvironmentBlocks = 20;
constexpr const char* kPaddingVariable = "RAPIDBYTE_PADDING";

uint64_t RandomSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

Result<report::DoctorFindings> ExamineMachine(const BenchDoctorOptions& options, const lab::Interrupt& interrupt) {
  const uint64_t start = MonotonicNanos();
  const Effort effort = options.quick ? kQuick : kThorough;
  const std::filesystem::path folder = options.folder.empty() ? os::TemporaryRoot() : options.folder;
  report::DoctorFindings findings;
  findings.facts = lab::ReadMachineFacts(folder);
  RB_ASSIGN(const auto probes, lab::ProbeSet::Make(folder, interrupt));
  lab::ProbePlan plan;
  plan.blocks = findings.planned_blocks = options.blocks.value_or(effort.blocks);
  plan.seed = RandomSeed();
  plan.deadline_secs = options.blocks ? 0 : effort.deadline_secs;
  plan.elapsed_secs = [start] { return NanosToSeconds(MonotonicNanos() - start); };
  plan.interrupt = &interrupt;
  const lab::ActivitySnapshot before = lab::TakeActivity();
  RB_ASSIGN(const std::vector<lab::ProbeSeries> series, lab::RunProbes(probes->probes(), plan));
  const lab::ActivitySnapshot after = lab::TakeActivity();
  std::set<int64_t> ours = probes->Processes();
  ours.insert(getpid());
  findings.facts.activity = lab::ActivityBetween(before, after, ours);
  findings.facts.load_after = lab::LoadAverage();
  for (const lab::ProbeSeries& one : series) {
    findings.works.push_back({one.name, one.work, one.skipped, analysis::NoiseOf(one.secs)});
  }
  return findings;
}

// Different ones, in ascending order; always without any, as a command is usually run.
std::vector<size_t> PaddingSizes(size_t count) {
  std::mt19937_64 random(RandomSeed());
  std::set<size_t> sizes = {0};
  while (sizes.size() < count) sizes.insert(1 + random() % kLargestPadding);
  return {sizes.begin(), sizes.end()};
}

Result<report::EnvironmentFindings> ExamineEnvironment(const BenchDoctorOptions& options,
                                                       const lab::Interrupt& interrupt) {
  lab::Command command;
  command.argv = options.command;
  command.output = lab::OutputTo::kNull;
  RB_TRY(lab::CheckProgram(command));
  lab::SubprocessLimits limits;
  limits.interrupt = &interrupt;
  report::EnvironmentFindings findings;
  findings.command = fmt::format("{}", fmt::join(options.command, " "));
  findings.sizes = PaddingSizes(options.quick ? kQuickSizes : kSizes);
  findings.blocks = options.blocks.value_or(kEnvironmentBlocks);
  findings.aslr = lab::ReadMachineFacts(os::TemporaryRoot()).aslr;
  std::vector<std::vector<double>> times(findings.blocks, std::vector<double>(findings.sizes.size()));
  RB_TRY(lab::RunSuccessfully(command, limits));  // warm-up
  const auto order = lab::PlanBlocks(RandomSeed(), findings.blocks, findings.sizes.size());
  for (size_t block = 0; block < order.size(); ++block) {
    for (const size_t place : order[block]) {
      command.environment[kPaddingVariable] = std::string(findings.sizes[place], 'x');
      RB_ASSIGN(const lab::SubprocessResult run, lab::RunSuccessfully(command, limits));
      times[block][place] = run.wall_secs;
    }
  }
  findings.effect = analysis::EffectOfEnvironment(times);
  return findings;
}

template <typename Findings>
int Print(const Result<Findings>& findings, std::string (*render)(const Findings&)) {
  if (!findings) return PrintError(findings.error());
  PrintText(render(*findings));
  return 0;
}

}  // namespace

Command AddBenchDoctor(Command bench, BenchDoctorOptions& options) {
  return bench.AddCommand("doctor", "What this machine can resolve, and what disturbs it", [&options](Command doctor) {
    doctor.AddFlag("--quick", options.quick, "about 7 s instead of 26, with wider estimates");
    doctor.Add("--blocks", options.blocks, "so many, however long they take").In(2u, 10'000u);
    doctor.Add("--folder", options.folder, "where the disk is measured; $TMPDIR or /tmp if not given").ExistingFolder();
    doctor.AddFlag("--json", options.json, "print the report as JSON");
    const Option size = doctor.AddFlag("--environment-size", options.environment_size,
                                       "does COMMAND's time depend on its environment's size");
    doctor.Add("COMMAND", options.command, "with its arguments, after --").Needs(size);
  });
}

int BenchDoctorCommand(const BenchDoctorOptions& options) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  if (options.environment_size && options.command.empty()) {
    return PrintError({ErrorCode::kUsage, "--environment-size: which command?", "--environment-size -- COMMAND …"});
  }
  if (options.environment_size) {
    return Print(ExamineEnvironment(options, interrupt),
                 options.json ? report::EnvironmentJson : report::EnvironmentText);
  }
  std::cerr << fmt::format("Probing the processor, memory, disk, processes and PostgreSQL{} ...\n",
                           options.quick ? " for a few seconds" : "");
  return Print(ExamineMachine(options, interrupt), options.json ? report::DoctorJson : report::DoctorText);
}

}  // namespace rapidbyte::cli
