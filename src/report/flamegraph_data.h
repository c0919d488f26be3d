// What a flamegraph's script reads: the trees as columns of small numbers, in JSON. docs/formats/flamegraph_data.md.
//
// A column of numbers is a string: base-64 digits of five bits each, least significant first, the sixth bit says that
// more follow. It takes half the bytes of decimal numbers, and is decoded at once. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "report/flamegraph_tree.h"

namespace rapidbyte::report {

// All of a picture's data; the drawing without JavaScript, style and script take the rest of its 2 MB.
constexpr size_t kMostDataBytes = 1'550'000;

void AppendNumber(std::string& column, uint64_t number);

// The trees of a picture, and what the script reads of them: `"strings":[…],"frames":{…},"threads":[…],"down":{…},
// "reverse":{…}` for an object.
struct PictureTrees {
  FrameList frames;
  CallTree down, up;
  double scale = 1;  // how many of the profile's units one of the data stands for: the whole has at most nine digits
  std::string json;
};

struct PictureLimits {
  size_t down_bytes = 0, up_bytes = 0;  // about
  double min_share = 0;                 // TreeLimits'
};

// `more` adds to the JSON what else there is to say of the nodes. No more than kMostDataBytes.
PictureTrees TreesOf(const WeightedStacks& weighted, const PictureLimits& limits,
                     const std::function<std::string(const PictureTrees&)>& more);

// Of a frame's name: one of four shades of its origin's colour, always the same.
uint32_t ShadeOf(std::string_view name);

}  // namespace rapidbyte::report
