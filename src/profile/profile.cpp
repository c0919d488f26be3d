#include "profile/profile.h"

#include <algorithm>
#include <array>

namespace rapidbyte::profile {
namespace {

constexpr std::array<std::string_view, kStateCount> kStateNames = {"running", "blocked", "preempted"};
constexpr std::array<std::string_view, kOriginCount> kOriginNames = {"program", "connector", "library", "postgres",
                                                                     "jit",     "kernel",    "unknown"};

template <typename Value, size_t N>
std::optional<Value> ValueOf(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Value>(found - names.begin());
}

}  // namespace

std::string_view StateName(State state) { return kStateNames[static_cast<size_t>(state)]; }
std::optional<State> StateOf(std::string_view name) { return ValueOf<State>(kStateNames, name); }
std::string_view OriginName(Origin origin) { return kOriginNames[static_cast<size_t>(origin)]; }
std::optional<Origin> OriginOf(std::string_view name) { return ValueOf<Origin>(kOriginNames, name); }

}  // namespace rapidbyte::profile
