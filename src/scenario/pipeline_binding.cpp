#include "scenario/pipeline_binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "yaml/node.h"
#include "yaml/pipeline_keys.h"
#include "yaml/wording.h"
#include "yaml/write.h"

namespace rapidbyte::scenario {
namespace {

using yaml::Node;
using Parts = std::vector<std::string>;

constexpr std::string_view kEveryItem = "[]";

bool IsIndex(std::string_view part) { return yaml::ParseNumber(part).has_value(); }

// "a.b[0].c" and "a.b.0.c" -> a b 0 c; "a.b[].c" -> a b [] c.
Parts PartsOf(std::string_view path) {
  Parts parts{""};
  for (size_t at = 0; at < path.size(); ++at) {
    if (path.substr(at).starts_with(kEveryItem)) {
      parts.emplace_back(kEveryItem);
      ++at;
    } else if (path[at] == '.' || path[at] == '[') {
      parts.emplace_back();
    } else if (path[at] != ']') {
      parts.back() += path[at];
    }
  }
  return parts;
}

std::string PathOf(const Parts& parts) {
  std::string path;
  for (const std::string& part : parts) {
    if (IsIndex(part)) {
      path += "[" + part + "]";
    } else if (part == kEveryItem) {
      path += part;
    } else {
      path += (path.empty() ? "" : ".") + part;
    }
  }
  return path;
}

// `key` with the index of `name` in it, or empty where the name does not mean this key.
std::string Match(const Parts& name, const Parts& key) {
  Parts matched;
  size_t at = 0;
  for (const std::string& part : key) {
    const bool more = at < name.size();
    if (part == kEveryItem) {
      const bool said = more && (IsIndex(name[at]) || name[at] == kEveryItem);
      matched.push_back(said ? name[at++] : std::string(kEveryItem));
    } else if (more && name[at] == part) {
      matched.push_back(name[at++]);
    } else {
      return "";
    }
  }
  return at == name.size() ? PathOf(matched) : "";
}

Result<Node*> Child(Node& map, const std::string& key, const std::string& path) {
  if (map.kind == Node::Kind::kNull) map = Node{.kind = Node::Kind::kMap, .line = map.line};
  if (map.kind != Node::Kind::kMap) {
    return Fail(ErrorCode::kConfiguration, fmt::format("cannot set '{}' below {}", path, yaml::KindName(map.kind)));
  }
  for (yaml::Entry& entry : map.entries) {
    if (entry.key == key) return &entry.value;
  }
  map.entries.push_back({key, map.line, Node{}});
  return &map.entries.back().value;
}

// "$${" is the document's literal "${".
std::string Literal(const std::string& text) {
  std::string literal = text;
  for (size_t at = 0; (at = literal.find("${", at)) != std::string::npos; at += 3) literal.insert(at, "$");
  return literal;
}

Node ValueNode(const std::string& path, const std::string& text) {
  Node scalar{.kind = Node::Kind::kScalar, .text = Literal(text)};
  if (path.substr(path.rfind('.') + 1) != yaml::kPipelineListKey) return scalar;
  Node list{.kind = Node::Kind::kList};
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    list.items.push_back({.kind = Node::Kind::kScalar, .text = Literal(text.substr(at, comma - at))});
    at = comma + 1;
  }
  return list;
}

Status Set(Node& node, const Parts& parts, size_t at, const std::string& path, const Node& value) {
  if (at == parts.size()) {
    node = value;
    return {};
  }
  const std::string& part = parts[at];
  if (part != kEveryItem && !IsIndex(part)) {
    RB_ASSIGN(Node * child, Child(node, part, path));
    return Set(*child, parts, at + 1, path, value);
  }
  if (node.kind != Node::Kind::kList || node.items.empty()) {
    return Fail(ErrorCode::kConfiguration, fmt::format("cannot set '{}': the document has no such list", path));
  }
  if (part == kEveryItem) {
    for (Node& item : node.items) RB_TRY(Set(item, parts, at + 1, path, value));
    return {};
  }
  const size_t index = *yaml::ParseNumber(part);
  if (index >= node.items.size()) {
    return Fail(ErrorCode::kConfiguration,
                fmt::format("cannot set '{}': the list has {} items, from [0]", path, node.items.size()));
  }
  return Set(node.items[index], parts, at + 1, path, value);
}

// Full key -> value. What holds for all items comes before what holds for one, as "[]" is put first.
Result<std::vector<std::pair<std::string, std::string>>> ResolveKeys(const record::CellKey& values) {
  std::map<std::string, std::string> named;  // key -> the name it was given by
  std::vector<std::pair<std::string, std::string>> resolved;
  for (const auto& [name, value] : values) {
    if (const std::string problem = WhyNoPipelineKey(name); !problem.empty()) {
      return Fail(ErrorCode::kConfiguration, fmt::format("parameter '{}': {}", name, problem));
    }
    const std::string key = PipelineKeysNamed(name)[0];
    const auto [other, is_new] = named.emplace(key, name);
    if (!is_new) {
      return Fail(ErrorCode::kConfiguration,
                  fmt::format("parameters '{}' and '{}' are both '{}'", other->second, name, key));
    }
    resolved.emplace_back(key, value);
  }
  std::stable_partition(resolved.begin(), resolved.end(),
                        [](const auto& entry) { return entry.first.find(kEveryItem) != std::string::npos; });
  return resolved;
}

}  // namespace

std::vector<std::string> PipelineKeysNamed(std::string_view name) {
  const Parts parts = PartsOf(name);
  std::vector<std::string> found;
  for (const std::string_view key : yaml::kPipelineKeys) {
    const std::string match = Match(parts, PartsOf(key));
    if (!match.empty()) return {match};
    if (parts.size() == 1 && key.ends_with("." + parts[0])) found.emplace_back(key);
  }
  return found;
}

std::vector<std::string_view> PipelineKeyNames() {
  std::vector<std::string_view> names;
  for (const std::string_view key : yaml::kPipelineKeys) {
    const std::string_view last = key.substr(key.rfind('.') + 1);
    if (PipelineKeysNamed(last).size() == 1) names.push_back(last);
  }
  names.insert(names.end(), std::begin(yaml::kPipelineKeys), std::end(yaml::kPipelineKeys));
  return names;
}

std::string WhyNoPipelineKey(std::string_view name) {
  const std::vector<std::string> keys = PipelineKeysNamed(name);
  if (keys.size() == 1) return "";
  if (keys.empty()) return "no key of the pipeline document" + yaml::DidYouMean(name, PipelineKeyNames());
  const std::vector<std::string_view> candidates(keys.begin(), keys.end());
  return fmt::format("several keys of the pipeline document end so; expected {}", yaml::Alternatives(candidates));
}

Result<std::string> BindPipeline(const std::string& document, const std::string& file, const record::CellKey& values) {
  RB_ASSIGN(Node root, yaml::Parse(document, file));
  auto resolved = ResolveKeys(values);
  if (!resolved) return Context(file, std::move(resolved.error()));
  for (const auto& [key, value] : *resolved) {
    if (auto set = Set(root, PartsOf(key), 0, key, ValueNode(key, value)); !set) {
      return Context(file, std::move(set.error()));
    }
  }
  return yaml::Write(root);
}

}  // namespace rapidbyte::scenario
