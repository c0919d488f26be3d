// How a differential flamegraph shows a change: widths, hues and legend. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "report/flamegraph_sheet.h"
#include "report/flamegraph_view.h"

namespace rapidbyte::report {

// Makes the extents those of the after side (lane 1), with room for what is only on the before side (lane 0).
void Unite(View& view);

struct ChangeLook {
  double before = 0, after = 0;
  double whole = 0;   // of the before side
  bool pale = false;  // may be noise
};

// "c0" for no change to speak of; "l1" to "l4" for less, "m1" to "m4" for more; "pale".
std::string ChangeClasses(const ChangeLook& look);

std::vector<LegendEntry> ChangeLegend(bool decided);

}  // namespace rapidbyte::report
