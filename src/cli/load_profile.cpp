#include "cli/load_profile.h"

#include "cli/text_source.h"
#include "profile/folded.h"
#include "profile/perf_script.h"
#include "profile/read_profile.h"

namespace rapidbyte::cli {
namespace {

template <typename Reader>
Result<profile::Profile> ReadPieces(TextSource& source, std::string_view piece, Reader& reader) {
  while (!piece.empty()) {
    RB_TRY(reader.Feed(piece));
    RB_ASSIGN(piece, source.Next());
  }
  auto profile = reader.Finish();
  if (profile && source.is_cut())
    profile->missing.push_back(source.name() + ": ends within a character: it is cut off");
  return profile;
}

}  // namespace

Result<profile::Profile> LoadProfile(const std::string& path) {
  RB_ASSIGN(TextSource source, TextSource::Open(path));
  RB_ASSIGN(std::string_view piece, source.Next());
  RB_ASSIGN(const profile::TextKind kind, profile::KindOf(piece, source.name()));
  if (kind == profile::TextKind::kPerfScript) {
    profile::PerfScriptReader reader({}, source.name());
    return ReadPieces(source, piece, reader);
  }
  if (kind == profile::TextKind::kFolded) {
    profile::FoldedReader reader(source.name());
    return ReadPieces(source, piece, reader);
  }
  RB_ASSIGN(const std::string text, source.Rest(piece));
  return profile::ReadProfile(text, source.name());
}

}  // namespace rapidbyte::cli
