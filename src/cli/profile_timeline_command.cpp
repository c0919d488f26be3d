#include "cli/profile_timeline_command.h"

#include <ostream>

#include "base/printable.h"
#include "os/read_file.h"
#include "os/write_file.h"
#include "record/timeline.h"
#include "report/timeline_lanes.h"
#include "report/timeline_picture.h"

namespace rapidbyte::cli {

namespace fs = std::filesystem;

Command AddProfileTimeline(Command profile, ProfileTimelineOptions& options) {
  return profile.AddCommand("timeline", "Draw who waited for whom in a run", [&options](Command timeline) {
    timeline.Add("trace", options.trace, "as run --timeline writes it").Required().Type("FILE");
    timeline.Add("-o,--output", options.output, "the picture (default: the trace's name with .svg)").Type("FILE");
  });
}

Status DrawTimeline(const ProfileTimelineOptions& options, std::ostream& out) {
  RB_ASSIGN(const std::string text, os::ReadFile(options.trace));
  RB_ASSIGN(const record::Timeline timeline, record::ReadTraceJson(text, options.trace.string()));
  const fs::path output = options.output.empty() ? fs::path(options.trace).replace_extension(".svg") : options.output;
  RB_TRY(os::WriteFile(output, report::TimelinePicture(timeline)));
  for (const std::string& sentence : report::WhoWaits(timeline)) out << Printable(sentence) << '\n';
  out << Printable(output.string()) << '\n';
  return {};
}

}  // namespace rapidbyte::cli
