#include "cli/profile_draw_command.h"

#include <CLI/CLI.hpp>
#include <map>

#include "cli/command.h"
#include "cli/load_profile.h"
#include "cli/option_checks.h"
#include "cli/write_output.h"

namespace rapidbyte::cli {
namespace {

using report::FlamegraphState;

Status Draw(const ProfileDrawOptions& options) {
  RB_ASSIGN(const profile::Profile profile, LoadProfile(options.input));
  return WriteOutput(options.output, report::Flamegraph(profile, options.picture));
}

}  // namespace

CLI::App* AddProfileDraw(CLI::App& profile, ProfileDrawOptions& options) {
  static const std::map<std::string, FlamegraphState> states = {
      {"on", FlamegraphState::kOnCpu}, {"off", FlamegraphState::kOffCpu}, {"both", FlamegraphState::kBoth}};
  CLI::App* draw = profile.add_subcommand("draw", "Draw a profile as a flamegraph: one SVG for any browser");
  draw->add_option("FILE", options.input, "a profile, folded stacks, or the text of perf script; - is standard input")
      ->capture_default_str();
  draw->add_option("-o,--output", options.output, "the SVG; standard output if not given");
  draw->add_option("--title", options.picture.title, "the headline; the command that was profiled if not given");
  draw->add_flag("--icicle", options.picture.icicle, "the root at the top");
  draw->add_flag("--reverse", options.picture.reverse, "callers merged from the leaves");
  draw->add_flag("--split-threads", options.picture.split_threads, "each thread by itself");
  draw->add_option("--state", options.picture.state, "on, off or both: time on the CPU, off it (on)")
      ->type_name("STATE")
      ->transform(Choice(states));
  draw->add_option("--min-share", options.picture.min_share,
                   "frames below this share of the whole are summed up: 0.001 is a thousandth (0)")
      ->check(CLI::Range(0.0, 1.0));
  return draw;
}

int RunProfileDraw(const ProfileDrawOptions& options) {
  const Status done = Draw(options);
  return done ? 0 : PrintError(done.error());
}

}  // namespace rapidbyte::cli
