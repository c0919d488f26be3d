// The columns of a profile file as they are read, before anything is checked but their types.
//
// A scalar is a column of one. Keys that are not known are passed over, so that a later version may add some. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::profile {

struct ProfileColumns {
  std::vector<std::string> format, unit, event, command, commit, missing, strings, origins, states;
  std::vector<int64_t> version, start_ns, duration_ns, records, lost_records, truncated;
  std::vector<double> frequency_hz;

  std::vector<int64_t> frame_name, frame_image, frame_file, frame_line, frame_origin, frame_inlined;
  std::vector<int64_t> stack_parent, stack_frame;
  std::vector<int64_t> pid, tid, thread_start, thread_end, running, blocked, preempted;
  std::vector<std::string> thread_name, process;
  std::vector<int64_t> time, sample_thread, sample_stack, sample_state, sample_count;
  std::vector<double> value;
};

// Errors: kData with name and line for what is no JSON or has a value of a wrong type in a known column.
Result<ProfileColumns> ReadColumns(std::string_view text, const std::string& name);

}  // namespace rapidbyte::profile
