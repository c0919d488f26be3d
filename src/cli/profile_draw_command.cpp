#include "cli/profile_draw_command.h"

#include <map>

#include "cli/command.h"
#include "cli/load_profile.h"
#include "cli/write_output.h"

namespace rapidbyte::cli {
namespace {

using report::FlamegraphState;

Status Draw(const ProfileDrawOptions& options) {
  RB_ASSIGN(const profile::Profile profile, LoadProfile(options.input));
  return WriteOutput(options.output, report::Flamegraph(profile, options.picture));
}

}  // namespace

Command AddProfileDraw(Command profile, ProfileDrawOptions& options) {
  static const std::map<std::string, FlamegraphState> states = {
      {"on", FlamegraphState::kOnCpu}, {"off", FlamegraphState::kOffCpu}, {"both", FlamegraphState::kBoth}};
  return profile.AddCommand(
      "draw", "Draw a profile as a flamegraph: one SVG for any browser", [&options](Command draw) {
        draw.Add("FILE", options.input, "a profile, folded stacks, or the text of perf script; - is standard input")
            .ShowDefault();
        draw.Add("-o,--output", options.output, "the SVG; standard output if not given");
        draw.Add("--title", options.picture.title, "the headline; the command that was profiled if not given");
        draw.AddFlag("--icicle", options.picture.icicle, "the root at the top");
        draw.AddFlag("--reverse", options.picture.reverse, "callers merged from the leaves");
        draw.AddFlag("--split-threads", options.picture.split_threads, "each thread by itself");
        draw.AddChoice("--state", options.picture.state, states, "on, off or both: time on the CPU, off it (on)")
            .Type("STATE");
        draw.Add("--min-share", options.picture.min_share,
                 "frames below this share of the whole are summed up: 0.001 is a thousandth (0)")
            .In(0.0, 1.0);
      });
}

int RunProfileDraw(const ProfileDrawOptions& options) {
  const Status done = Draw(options);
  return done ? 0 : PrintError(done.error());
}

}  // namespace rapidbyte::cli
