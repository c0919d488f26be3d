// The frame that a stack off the CPU ends in, for formats that know no states of a thread.
#pragma once

#include <string>

#include "profile/profile.h"

namespace rapidbyte::profile {

inline std::string OffCpuFrameName(State state) { return "[" + std::string(StateName(state)) + "]"; }

}  // namespace rapidbyte::profile
