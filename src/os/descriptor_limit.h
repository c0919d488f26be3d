// How many files this process may have open.
#pragma once

#include "base/result.h"

namespace rapidbyte::os {

// What every command gets along with, at its start: some sockets, files and pipes at a time.
inline constexpr unsigned kMinDescriptors = 64;

// Raises the limit to kMinDescriptors where it is lower and may be raised. Errors: kConfiguration where it may not.
Status RaiseDescriptorLimit();

}  // namespace rapidbyte::os
