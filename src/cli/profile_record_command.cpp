#include "cli/profile_record_command.h"

#include <fmt/format.h>

#include <iostream>

#include "base/format.h"
#include "base/nearest_name.h"
#include "base/printable.h"
#include "cli/command.h"
#include "cli/write_output.h"
#include "lab/interrupt.h"
#include "lab/program_search.h"
#include "profile/profile_file.h"
#include "report/flamegraph.h"
#include "report/flamegraph_text.h"
#include "sampler/process_tree.h"
#include "sampler/record.h"
#include "wasm/aot_cache.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

sampler::RecordOptions OptionsOf(const ProfileRecordOptions& options, const lab::Interrupt& interrupt) {
  sampler::RecordOptions record;
  record.argv = options.command;
  if (options.pid != 0) record.pid = options.pid;
  record.duration_ns = static_cast<int64_t>(options.duration_secs * 1e9);
  if (options.timers) record.method = sampler::Method::kTimers;
  record.frequency_hz = options.frequency_hz;
  record.stack_bytes = options.stack_bytes;
  record.on_cpu = !options.off_cpu_only;
  record.off_cpu = !options.on_cpu_only;
  record.kernel = options.kernel;
  record.stop_fd = interrupt.fd();
  if (options.server != 0) record.extra_roots.push_back({options.server, /*only_forked=*/true, /*postgres=*/true});
  record.connector_dirs = {wasm::DefaultAotCacheDir()};
  return record;
}

Status CheckServer(pid_t pid) {
  if (pid == 0 || sampler::IsPostgresServer(pid)) return {};
  if (!sampler::ProcessExists(pid)) return Fail(ErrorCode::kUsage, fmt::format("there is no process {}", pid));
  return Fail(ErrorCode::kUsage, fmt::format("process {} is no PostgreSQL server", pid),
              "the first line of postmaster.pid in the server's data directory has its PID");
}

std::string Time(int64_t nanos) { return FormatDuration(static_cast<double>(nanos) * 1e-9); }

std::string Summary(const profile::Profile& profile, const std::filesystem::path& path) {
  int64_t running = 0, blocked = 0, preempted = 0;
  for (const profile::Thread& thread : profile.threads) {
    running += thread.running_ns;
    blocked += thread.blocked_ns;
    preempted += thread.preempted_ns;
  }
  uint64_t samples = 0;
  for (const profile::Sample& sample : profile.samples) samples += sample.count;
  const size_t threads = profile.threads.size();
  std::string text = fmt::format(
      "{} of {} at {:g} Hz, {} {} in {}", report::FormatSamples(static_cast<double>(samples)), profile.event,
      profile.frequency_hz, threads, threads == 1 ? "thread" : "threads", Time(profile.duration_ns));
  if (running + blocked + preempted > 0) {  // timers do not know
    text += fmt::format(": {} running, {} blocked, {} preempted", Time(running), Time(blocked), Time(preempted));
  }
  text += fmt::format("\n{} lost; written to {}\n",
                      profile.lost_records == 1 ? "1 record" : FormatThousands(profile.lost_records) + " records",
                      path == "-" ? "standard output" : path.string());
  for (const std::string& missing : profile.missing) text += fmt::format("missing: {}\n", missing);
  return text;
}

}  // namespace

Command AddProfileRecord(Command profile, ProfileRecordOptions& options) {
  return profile.AddCommand("record", "Run a command and write where its time goes", [&options](Command command) {
    command.Add("-F,--frequency", options.frequency_hz, "samples per second of a running thread").ShowDefault();
    const Option on = command.AddFlag("--on-cpu", options.on_cpu_only, "what runs, not what waits");
    const Option off = command.AddFlag("--off-cpu", options.off_cpu_only, "what waits, not what runs").Excludes(on);
    command.AddFlag("--both", options.both, "what runs and what waits (default)").Excludes(on).Excludes(off);
    command.AddFlag("--kernel,!--no-kernel", options.kernel, "frames of the kernel, where they may be seen (default)");
    command.Add("--stack", options.stack_bytes, "bytes of stack to copy; 0: as many as the stacks need");
    command.AddFlag("--timers", options.timers,
                    "CPU-time timers inside the program, where the kernel allows no events");
    const Option pid =
        command.Add("-p,--pid", options.pid, "watch this process instead of running a command").Positive("PID");
    command
        .Add("--duration", options.duration_secs,
             "seconds after which to stop, which ends a command by SIGTERM; 0: when the program ends")
        .NotNegative("SECS");
    command.Add("--server", options.server, "PID of a PostgreSQL server whose new backends are recorded too")
        .Positive("PID");
    command.AddFlag("-q,--quiet", options.quiet, "no summary");
    command.Add("-o,--output", options.output, "the profile; - for standard output").ShowDefault();
    command.Add("COMMAND", options.command, "what to run, after --").Excludes(pid);
    command.ArgumentsAtEnd();
  });
}

namespace {

// What came of a recording: the profile, and the exit code of the command.
Result<sampler::Recording> RecordTo(const ProfileRecordOptions& options) {
  RB_TRY(CheckServer(options.server));
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  RB_ASSIGN(sampler::Recording recording, sampler::Record(OptionsOf(options, interrupt)));
  RB_TRY(WriteOutput(options.output.string(), profile::WriteProfile(recording.profile)));
  if (!options.quiet) std::cerr << PrintableLines(Summary(recording.profile, options.output));
  return recording;
}

}  // namespace

int ProfileRecordCommand(const ProfileRecordOptions& options) {
  const auto recording = RecordTo(options);
  return recording ? recording->exit_code.value_or(0) : PrintError(recording.error());
}

Command AddProfile(Command app, ProfileOptions& options) {
  return app.AddCommand("profile", "Record where a program's time goes, and draw it", [&options](Command profile) {
    profile.MayHaveCommand();
    profile.Add("-o,--output", options.output, "the picture; the profile stands beside it, with .json").ShowDefault();
    profile.Add("COMMAND", options.command, "what to run and draw, after --");
    profile.ArgumentsAtEnd();
    // A misspelt command looks like a program that is to be profiled.
    profile.Check([profile, &options]() -> std::string {
      if (options.command.size() != 1) return "";
      const std::string& word = options.command.front();
      const std::vector<std::string> names = profile.CommandNames();
      const std::string_view nearest = NearestName(word, std::vector<std::string_view>(names.begin(), names.end()));
      lab::Command program;
      program.argv = {word};
      if (nearest.empty() || lab::CheckProgram(program)) return "";
      return fmt::format("there is no command or program \"{}\"; did you mean {}?", word, nearest);
    });
  });
}

int ProfileCommand(const ProfileOptions& options) {
  if (options.command.empty()) {
    return PrintError(
        {ErrorCode::kUsage, "there is nothing to profile", "rapidbyte profile -- ./program --its --options"});
  }
  if (options.output == "-") {
    return PrintError({ErrorCode::kUsage, "a picture and a profile do not both go to standard output",
                       "rapidbyte profile record -o - writes the profile alone"});
  }
  ProfileRecordOptions record;
  record.command = options.command;
  record.output = fs::path(options.output).replace_extension(".json");
  const auto recording = RecordTo(record);
  if (!recording) return PrintError(recording.error());
  const fs::path picture = fs::path(options.output).replace_extension(".svg");
  const Status drawn = WriteOutput(picture.string(), report::Flamegraph(recording->profile, {}));
  if (!drawn) return PrintError(drawn.error());
  std::cerr << "the picture is " << Printable(picture.string()) << '\n';
  return recording->exit_code.value_or(0);
}

}  // namespace rapidbyte::cli
