#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rapidbyte::stats {

std::vector<size_t> SearchChanges(std::span<const double> series, double correlation, double level);

}  // namespace rapidbyte::stats
