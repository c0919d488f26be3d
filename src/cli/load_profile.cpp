#include "cli/load_profile.h"

#include "cli/text_source.h"
#include "profile/perf_script.h"
#include "profile/read_profile.h"

namespace rapidbyte::cli {

Result<profile::Profile> LoadProfile(const std::string& path) {
  RB_ASSIGN(TextSource source, TextSource::Open(path));
  RB_ASSIGN(std::string_view piece, source.Next());
  RB_ASSIGN(const profile::TextKind kind, profile::KindOf(piece, source.name()));
  if (kind != profile::TextKind::kPerfScript) {
    RB_ASSIGN(const std::string text, source.Rest(piece));
    return profile::ReadProfile(text, source.name());
  }
  profile::PerfScriptReader reader({}, source.name());
  while (!piece.empty()) {
    RB_TRY(reader.Feed(piece));
    RB_ASSIGN(piece, source.Next());
  }
  return reader.Finish();
}

}  // namespace rapidbyte::cli
