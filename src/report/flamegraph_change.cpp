#include "report/flamegraph_change.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace rapidbyte::report {
namespace {

// In shares of the whole; d_difference.js has the same.
constexpr std::array<double, 4> kSteps = {0.001, 0.005, 0.02, 0.05};

}  // namespace

void Unite(View& view) {
  for (ViewNode& node : view.nodes) node.extent = node.own[1];
  for (size_t i = view.nodes.size() - 1;; --i) {
    ViewNode& node = view.nodes[i];
    if (!(node.lanes[1] > 0)) node.extent = node.lanes[0];
    if (i == 0) return;
    view.nodes[node.parent].extent += node.extent;
  }
}

std::string ChangeClasses(const ChangeLook& look) {
  const double change = look.whole > 0 ? (look.after - look.before) / look.whole : 0;
  size_t step = 0;
  while (step < kSteps.size() && std::abs(change) >= kSteps[step]) ++step;
  if (step == 0) return "c0";
  return fmt::format("{}{}{}", change < 0 ? 'l' : 'm', step, look.pale ? " pale" : "");
}

std::vector<LegendEntry> ChangeLegend(bool decided) {
  std::vector<LegendEntry> legend;
  for (size_t step = kSteps.size(); step > 0; --step) {
    legend.push_back({fmt::format("≤ −{:g} points", kSteps[step - 1] * 100), fmt::format("l{}", step), false});
  }
  legend.push_back({"no change", "c0", false});
  for (size_t step = 1; step <= kSteps.size(); ++step) {
    legend.push_back({fmt::format("≥ +{:g} points", kSteps[step - 1] * 100), fmt::format("m{}", step), false});
  }
  if (decided) legend.push_back({"may be noise", "m4 pale", false});
  legend.push_back({"gone", "l4", true});
  return legend;
}

}  // namespace rapidbyte::report
