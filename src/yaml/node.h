// YAML text as a tree of plain values that know their lines. yaml-cpp and its exceptions stay behind it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace rapidbyte::yaml {

struct Entry;

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };  // null: nothing, ~ or null, unquoted
  Kind kind = Kind::kNull;
  int line = 0;                // from 1
  std::string text;            // of a scalar
  std::vector<Node> items;     // of a list
  std::vector<Entry> entries;  // of a map, in their order; keys may occur twice
};

struct Entry {
  std::string key;
  int line = 0;
  Node value;
};

// "nothing", "a text", "a list", "a mapping"
std::string_view KindName(Node::Kind kind);

// The text of a document of at most 1 MiB; `what` names its kind. Errors: kConfiguration.
Result<std::string> ReadFile(const std::filesystem::path& path, std::string_view what);

// Exactly one document, in UTF-8; anchors and aliases are expanded. Errors: kConfiguration, «file:line: not valid YAML:
// …»; also for keys that are no text, more than 100 levels, or more than 100,000 nodes.
Result<Node> Parse(const std::string& text, const std::string& file);

}  // namespace rapidbyte::yaml
