// A run's timeline as one picture: a lane per stage and activity over the time, waits hatched, batches numbered, and a
// sentence who waits for whom.
//
// The SVG needs nothing besides itself, no script either; it follows the reader's choice of light or dark. What is
// narrower than a pixel is drawn together, paler the less of it was busy, so that its size depends on its width and
// not on the run. Pure; any thread.
#pragma once

#include <string>

#include "record/timeline.h"

namespace rapidbyte::report {

std::string TimelinePicture(const record::Timeline& timeline);

}  // namespace rapidbyte::report
