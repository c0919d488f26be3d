// The timer agent as a file: it is part of this program's image. Any thread.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace rapidbyte::sampler {

// Writes the shared object (timer_agent.c) to `path`.
Status WriteTimerAgent(const std::filesystem::path& path);

}  // namespace rapidbyte::sampler
