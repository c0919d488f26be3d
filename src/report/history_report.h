// Histories with their change points, as text for a terminal and as JSON. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "analysis/history.h"

namespace rapidbyte::report {

// A picture of each series and its changes; with `all_points`, every value, divided by a rule where the level changed.
std::string HistoryText(std::span<const analysis::HistorySeries> series, bool all_points);

// An array with one object a series; docs/formats/history.md has the keys.
std::string HistoryJson(std::span<const analysis::HistorySeries> series);

}  // namespace rapidbyte::report
