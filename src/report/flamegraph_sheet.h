// The SVG file itself: header, legend and frames drawn for viewers without JavaScript, the data, style and script.
//
// Everything stands at shares of the width, so that the drawing fits any window; each frame is an <svg> of its own,
// which clips its label. Pure and deterministic; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rapidbyte::report {

// All texts are clean (CleanText).
struct SheetFrame {
  double left = 0, width = 0;  // shares of the whole
  uint32_t row = 0;            // 0: the root
  std::string label;
  std::string details;  // what a pointer that rests on it, or a screen reader, gets to know
  std::string look;     // CSS classes
  double hatched = 0;   // share of the frame, at its right
};

struct LegendEntry {
  std::string label;
  std::string look;
  bool hatched = false;
};

struct Sheet {
  std::string title;
  std::string description;         // one sentence
  std::vector<std::string> facts;  // what was measured, and what is missing
  std::vector<LegendEntry> legend;
  std::vector<SheetFrame> frames;
  bool icicle = false;  // the root at the top
  std::string data;     // JSON for the script, without '<' and '>'
};

std::string SvgOf(const Sheet& sheet);

}  // namespace rapidbyte::report
