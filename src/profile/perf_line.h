// The lines of `perf script`: a header for each sample, a line for each frame of its stack, the leaf first.
//
// Lines are taken apart as the collapser that everybody uses does it (stackcollapse-perf.pl), with what that means for
// names that need tidying, so that both make the same of a recording. White space is ASCII's. Views point into the
// line. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/stack_table.h"

namespace rapidbyte::profile {

// "java 24636/25607 [000] 4794564.109216: 1234 cycles:". What the line does not have is empty.
struct PerfHeader {
  std::string_view comm;  // may have spaces
  std::string_view pid;   // empty where perf printed one number only, which is the tid
  std::string_view tid;
  std::string_view period;
  std::string_view event;
};
std::optional<PerfHeader> ParsePerfHeader(std::string_view line);

// "    7f722d142778 Interpreter+0x12 (/tmp/perf-19982.map)".
struct PerfFrameLine {
  std::string_view address;
  std::string_view function;  // with its offset
  std::string_view image;
};
std::optional<PerfFrameLine> ParsePerfFrameLine(std::string_view line);

struct PerfFrameOptions {
  bool addresses = false;  // the address of what has no symbol: "[libc.so.6 <7f22>]"
  bool java = false;       // names of classes without the L before them
};

struct PerfFrameName {
  std::string text;
  bool inlined = false;
};

// From the outermost: a jitted function's name may list what was inlined into it, "a->b". None for what perf puts
// between parentheses in place of a function.
std::vector<PerfFrameName> TidyPerfFrames(const PerfFrameLine& line, const PerfFrameOptions& options);

Origin OriginOfImage(std::string_view image);

inline bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsWordChar(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace rapidbyte::profile
