// A profile in the formats of other viewers. docs/formats/profile_exports.md says what each holds and what it loses.
//
// Whatever the names hold, the JSON is valid and the texts are UTF-8. Memory beyond the profile's own stays at some
// tens of bytes a sample: documents go to the stream as they are made. A failed stream is the caller's to see. Samples
// off the CPU end in a frame of its own, "[blocked]" or "[preempted]", where a format has no other place for that.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "profile/profile.h"

namespace rapidbyte::profile {

enum class ExportFormat : uint8_t { kFolded, kPprof, kSpeedscope, kFirefox, kChrome };

void WriteExport(const Profile& profile, ExportFormat format, std::ostream& out);
std::string Export(const Profile& profile, ExportFormat format);
inline bool IsBinary(ExportFormat format) { return format == ExportFormat::kPprof; }

// Folded stacks of all states, with the marks that folded.h has for kernel, jitted and inlined frames.
void WriteFoldedExport(const Profile& profile, std::ostream& out);
// profile.proto of github.com/google/pprof, compressed with gzip as that asks for.
void WritePprof(const Profile& profile, std::ostream& out);
// The file format of speedscope.app: one sampled profile for each thread and state.
void WriteSpeedscope(const Profile& profile, std::ostream& out);
// The processed format of the Firefox Profiler, version 66.
void WriteFirefox(const Profile& profile, std::ostream& out);
// The Trace Event Format of Chrome and Perfetto: nested spans for each thread, and the samples themselves.
void WriteChrome(const Profile& profile, std::ostream& out);

}  // namespace rapidbyte::profile
