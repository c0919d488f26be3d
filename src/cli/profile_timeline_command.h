// `rapidbyte profile timeline`: the trace of `rapidbyte run --timeline` as a picture.
#pragma once

#include <filesystem>
#include <ostream>

#include "base/result.h"
#include "cli/options.h"

namespace rapidbyte::cli {

struct ProfileTimelineOptions {
  std::filesystem::path trace;
  std::filesystem::path output;  // empty: beside the trace, with .svg
};

// Adds `timeline` to the command line's `profile`; parsing fills `options`, which must outlive it.
Command AddProfileTimeline(Command profile, ProfileTimelineOptions& options);

// Writes the picture; says on `out` where it is and who waits for whom.
Status DrawTimeline(const ProfileTimelineOptions& options, std::ostream& out);

}  // namespace rapidbyte::cli
