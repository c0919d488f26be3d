#include "profile/export/export.h"

#include <sstream>

#include "profile/folded.h"

namespace rapidbyte::profile {

void WriteFoldedExport(const Profile& profile, std::ostream& out) {
  FoldedOptions options;
  options.states.fill(true);
  options.mark_states = true;
  options.mark_kernel = true;
  options.mark_jit = true;
  options.mark_inlined = true;
  WriteFolded(profile, options, [&](std::string_view piece) { out << piece; });
}

void WriteExport(const Profile& profile, ExportFormat format, std::ostream& out) {
  switch (format) {
    case ExportFormat::kFolded:
      return WriteFoldedExport(profile, out);
    case ExportFormat::kPprof:
      return WritePprof(profile, out);
    case ExportFormat::kSpeedscope:
      return WriteSpeedscope(profile, out);
    case ExportFormat::kFirefox:
      return WriteFirefox(profile, out);
    case ExportFormat::kChrome:
      return WriteChrome(profile, out);
  }
}

std::string Export(const Profile& profile, ExportFormat format) {
  std::ostringstream out;
  WriteExport(profile, format, out);
  return std::move(out).str();
}

}  // namespace rapidbyte::profile
