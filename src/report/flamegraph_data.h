// What a flamegraph's script reads: the trees as columns of small numbers, in JSON. docs/formats/flamegraph_data.md.
//
// A column of numbers is a string: base-64 digits of five bits each, least significant first, the sixth bit says that
// more follow. It takes half the bytes of decimal numbers, and is decoded at once. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/flamegraph_tree.h"

namespace rapidbyte::report {

// All of a picture's data; the drawing without JavaScript, style and script take the rest of its 2 MB.
constexpr size_t kMostDataBytes = 1'550'000;

void AppendNumber(std::string& column, uint64_t number);

// How many of a profile's units one unit of the data stands for: so that the whole has at most nine digits.
double ScaleOf(const WeightedStacks& weighted);

// Adds `"strings":[…],"frames":{…},"threads":[…]` and `"NAME":{…}` to an object.
std::string FramesJson(const profile::StackTable& stacks, const FrameList& frames);
std::string ThreadsJson(const std::vector<std::string>& threads);
std::string TreeJson(std::string_view name, const CallTree& tree, double scale);

// Of a frame's name: one of four shades of its origin's colour, always the same.
uint32_t ShadeOf(std::string_view name);

}  // namespace rapidbyte::report
