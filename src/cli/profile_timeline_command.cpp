#include "cli/profile_timeline_command.h"

#include <fstream>
#include <iterator>

#include "record/timeline.h"
#include "report/timeline_lanes.h"
#include "report/timeline_picture.h"

namespace rapidbyte::cli {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) return Fail(ErrorCode::kConfiguration, "cannot read " + path.string());
  return text;
}

Status Write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) return Fail(ErrorCode::kConfiguration, "cannot write " + path.string());
  return {};
}

}  // namespace

Command AddProfileTimeline(Command profile, ProfileTimelineOptions& options) {
  return profile.AddCommand("timeline", "Draw who waited for whom in a run", [&options](Command timeline) {
    timeline.Add("trace", options.trace, "as run --timeline writes it").Required().Type("FILE");
    timeline.Add("-o,--output", options.output, "the picture (default: the trace's name with .svg)").Type("FILE");
  });
}

Status DrawTimeline(const ProfileTimelineOptions& options, std::ostream& out) {
  RB_ASSIGN(const std::string text, ReadWhole(options.trace));
  RB_ASSIGN(const record::Timeline timeline, record::ReadTraceJson(text, options.trace.string()));
  const fs::path output = options.output.empty() ? fs::path(options.trace).replace_extension(".svg") : options.output;
  RB_TRY(Write(output, report::TimelinePicture(timeline)));
  for (const std::string& sentence : report::WhoWaits(timeline)) out << sentence << '\n';
  out << output.string() << '\n';
  return {};
}

}  // namespace rapidbyte::cli
