#include "profile/export/export.h"

#include <sstream>

namespace rapidbyte::profile {

void WriteExport(const Profile& profile, ExportFormat format, std::ostream& out) {
  switch (format) {
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
