#include "cli/profile_record_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "cli/command.h"
#include "lab/interrupt.h"
#include "profile/profile_file.h"
#include "sampler/record.h"
#include "wasm/aot_cache.h"

namespace rapidbyte::cli {
namespace {

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
  record.connector_dirs = {wasm::DefaultAotCacheDir()};
  return record;
}

Status WriteFile(const std::filesystem::path& path, const std::string& text) {
  if (path == "-") {
    std::cout << text << std::flush;
    if (std::cout) return {};
  } else {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (file) return {};
  }
  return Fail(ErrorCode::kConfiguration, fmt::format("cannot write the profile to {}", path.string()),
              "name another file with -o");
}

double Seconds(int64_t nanos) { return static_cast<double>(nanos) * 1e-9; }

std::string Summary(const profile::Profile& profile, const std::filesystem::path& path) {
  int64_t running = 0, blocked = 0, preempted = 0;
  for (const profile::Thread& thread : profile.threads) {
    running += thread.running_ns;
    blocked += thread.blocked_ns;
    preempted += thread.preempted_ns;
  }
  std::string text = fmt::format(
      "{} samples of {} at {:g} Hz, {} threads in {:.2f} s: {:.2f} s running, {:.2f} s blocked, {:.2f} s preempted\n",
      profile.samples.size(), profile.event, profile.frequency_hz, profile.threads.size(), Seconds(profile.duration_ns),
      Seconds(running), Seconds(blocked), Seconds(preempted));
  text += fmt::format("{} records lost; written to {}\n", profile.lost_records, path.string());
  for (const std::string& missing : profile.missing) text += fmt::format("missing: {}\n", missing);
  return text;
}

}  // namespace

CLI::App* AddProfileRecord(CLI::App& profile, ProfileRecordOptions& options) {
  CLI::App* command = profile.add_subcommand("record", "Run a command and write where its time goes");
  command->add_option("-F,--frequency", options.frequency_hz, "Samples per second of a running thread")
      ->capture_default_str();
  auto* on = command->add_flag("--on-cpu", options.on_cpu_only, "What runs, not what waits");
  auto* off = command->add_flag("--off-cpu", options.off_cpu_only, "What waits, not what runs")->excludes(on);
  command->add_flag("--both", options.both, "What runs and what waits (default)")->excludes(on)->excludes(off);
  command->add_flag("--kernel,!--no-kernel", options.kernel, "Frames of the kernel, where they may be seen (default)");
  command->add_option("--stack", options.stack_bytes, "Bytes of stack to copy; 0: as many as the stacks need");
  command->add_flag("--timers", options.timers,
                    "CPU-time timers inside the program, where the kernel allows no events");
  auto* pid = command->add_option("-p,--pid", options.pid, "Watch this process instead of running a command")
                  ->check(CLI::PositiveNumber);
  command->add_option("--duration", options.duration_secs, "Seconds after which to stop; 0: when the program ends")
      ->check(CLI::NonNegativeNumber);
  command->add_option("-o,--output", options.output, "The profile; - for standard output")->capture_default_str();
  command->add_option("COMMAND", options.command, "What to run, after --")->excludes(pid);
  command->positionals_at_end();
  return command;
}

int ProfileRecordCommand(const ProfileRecordOptions& options) {
  lab::Interrupt interrupt;
  const lab::SignalScope signals(interrupt);
  const auto recording = sampler::Record(OptionsOf(options, interrupt));
  if (!recording) return PrintError(recording.error());
  if (auto written = WriteFile(options.output, profile::WriteProfile(recording->profile)); !written) {
    return PrintError(written.error());
  }
  std::cerr << Summary(recording->profile, options.output);
  return recording->exit_code.value_or(0);
}

}  // namespace rapidbyte::cli
