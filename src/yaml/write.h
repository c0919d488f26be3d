// A tree of values as YAML text that Parse reads back as the same tree, lines aside. Pure; any thread.
#pragma once

#include <string>

#include "yaml/node.h"

namespace rapidbyte::yaml {

// Mappings and lists in block style, a line each; empty ones and texts that YAML could read otherwise as JSON has them.
std::string Write(const Node& node);

// Whether both are the same values, wherever they stand.
bool SameValues(const Node& a, const Node& b);

}  // namespace rapidbyte::yaml
