// YAML text as a tree of plain values that know their lines. yaml-cpp and its exceptions stay behind it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace rapidbyte::engine {

struct YamlEntry;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };  // null: nothing, ~ or null, unquoted
  Kind kind = Kind::kNull;
  int line = 0;                    // from 1
  std::string text;                // of a scalar
  std::vector<YamlNode> items;     // of a list
  std::vector<YamlEntry> entries;  // of a map, in their order; keys may occur twice
};

struct YamlEntry {
  std::string key;
  int line = 0;
  YamlNode value;
};

// "nothing", "a text", "a list", "a mapping"
std::string_view KindName(YamlNode::Kind kind);

// Exactly one document; anchors and aliases are expanded. Errors: kConfiguration, «file:line: not valid YAML: …»;
// also for keys that are no text, more than 100 levels, or more than 100,000 nodes.
Result<YamlNode> ParseYaml(const std::string& text, const std::string& file);

}  // namespace rapidbyte::engine
