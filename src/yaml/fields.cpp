#include "yaml/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "yaml/substitution.h"
#include "yaml/wording.h"

namespace rapidbyte::yaml {
using Kind = Node::Kind;

Fields::Fields(const Node* map, std::string path, int line, const Environment& environment, Problems& problems)
    : map_(map != nullptr && map->kind == Kind::kMap ? map : nullptr),
      path_(std::move(path)),
      line_(line),
      environment_(&environment),
      problems_(&problems) {}

const Entry* Fields::Find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  problems_->Asked(PathOf(key));
  if (map_ == nullptr) return nullptr;
  for (const Entry& entry : map_->entries) {
    if (entry.key == key) return entry.value.kind == Kind::kNull ? nullptr : &entry;
  }
  return nullptr;
}

std::string Fields::PathOf(std::string_view key) const {
  if (path_.empty() || key.empty()) return path_ + std::string(key);
  return fmt::format("{}.{}", path_, key);
}

int Fields::LineOf(std::string_view key) const {
  if (map_ == nullptr) return line_;
  for (const Entry& entry : map_->entries) {
    if (entry.key == key) return entry.line;
  }
  return line_;
}

void Fields::Note(std::string_view key, std::string_view what) { problems_->Add(LineOf(key), PathOf(key), what); }

void Fields::NoteMissing(std::string_view key, std::string_view expected) {
  if (map_ != nullptr) Note(key, fmt::format("missing; expected {}", expected));
}

// Shown as the file has it: what a variable holds may be a secret, its name is not.
std::optional<Fields::Value> Fields::Resolve(const Node& scalar, std::string_view path, std::string_view expected,
                                             Text text) {
  if (scalar.kind != Kind::kScalar) {
    problems_->Add(scalar.line, path, fmt::format("expected {}, found {}", expected, KindName(scalar.kind)));
    return std::nullopt;
  }
  Substitution substitution = Substitute(scalar.text, *environment_);
  if (substitution.problem.empty() && substitution.text.find('\0') != std::string::npos) {
    substitution.problem = "must not contain a zero byte";
  }
  if (substitution.problem.empty() && text == Text::kUtf8 && FirstInvalidByte(substitution.text) != std::string::npos) {
    substitution.problem = "what the environment variable holds is not UTF-8";
  }
  if (!substitution.problem.empty()) {
    problems_->Add(scalar.line, path, substitution.problem);
    return std::nullopt;
  }
  const std::string_view prefix = substitution.used_variable ? "the value of " : "";
  return Value{substitution.text, fmt::format("{}{}", prefix, Quoted(scalar.text))};
}

std::optional<Fields::Value> Fields::Scalar(std::string_view key, std::string_view expected, Text text) {
  const Entry* entry = Find(key);
  if (entry == nullptr) return std::nullopt;
  return Resolve(entry->value, PathOf(key), expected, text);
}

void Fields::RequiredText(std::string_view key, std::string_view expected, std::string& target) {
  const Entry* entry = Find(key);
  if (entry == nullptr) return NoteMissing(key, expected);
  const auto value = Resolve(entry->value, PathOf(key), expected);
  if (!value) return;
  if (value->text.empty())
    return Note(key, fmt::format("expected {}, found {}, which is empty", expected, value->shown));
  target = value->text;
}

void Fields::OptionalText(std::string_view key, std::string_view expected, std::string& target) {
  const auto value = Scalar(key, expected);
  if (!value) return;
  if (value->text.empty())
    return Note(key, fmt::format("expected {}, found {}, which is empty", expected, value->shown));
  target = value->text;
}

void Fields::Secret(std::string_view key, std::string& target) {
  if (const auto value = Scalar(key, "a text", Text::kAnyBytes)) target = value->text;
}

void Fields::Verbatim(std::string_view key, std::string_view expected, std::string& target) {
  const Entry* entry = Find(key);
  if (entry == nullptr) return;
  const Node& value = entry->value;
  if (value.kind != Kind::kScalar)
    return Note(key, fmt::format("expected {}, found {}", expected, KindName(value.kind)));
  if (value.text.empty()) return Note(key, fmt::format("expected {}, found an empty text", expected));
  if (value.text.find('\0') != std::string::npos) return Note(key, "must not contain a zero byte");
  target = value.text;
}

void Fields::Flag(std::string_view key, bool& target) {
  constexpr std::string_view names[] = {"false", "true"};
  size_t index = target ? 1 : 0;
  Choice(key, names, index);
  target = index == 1;
}

Node::Kind Fields::KindOf(std::string_view key) {
  const Entry* entry = Find(key);
  return entry == nullptr ? Kind::kNull : entry->value.kind;
}

std::vector<std::string> Fields::Keys() const {
  std::vector<std::string> keys;
  if (map_ == nullptr) return keys;
  for (const Entry& entry : map_->entries) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) keys.push_back(entry.key);
  }
  return keys;
}

void Fields::Choice(std::string_view key, std::span<const std::string_view> names, size_t& target) {
  const std::string expected = Alternatives(names);
  const auto value = Scalar(key, expected);
  if (!value) return;
  const auto found = std::find(names.begin(), names.end(), value->text);
  if (found != names.end()) {
    target = static_cast<size_t>(found - names.begin());
  } else {
    Note(key, fmt::format("expected {}, found {}{}", expected, value->shown, DidYouMean(value->text, names)));
  }
}

void Fields::Number(std::string_view key, uint64_t least, uint64_t most, uint64_t& target) {
  const std::string expected = fmt::format("a number from {} to {}", least, most);
  const auto value = Scalar(key, expected);
  if (!value) return;
  const auto number = ParseNumber(value->text);
  if (!number || *number < least || *number > most) {
    return Note(key, fmt::format("expected {}, found {}", expected, value->shown));
  }
  target = *number;
}

void Fields::Bytes(std::string_view key, uint64_t least, uint64_t most, uint64_t& target) {
  const std::string expected =
      fmt::format("bytes from {} to {}, as in 1048576, 1MiB (1024 KiB) or 1MB (1000 kB)", least, most);
  const auto value = Scalar(key, expected);
  if (!value) return;
  const auto bytes = ParseBytes(value->text);
  if (!bytes || *bytes < least || *bytes > most) {
    return Note(key, fmt::format("expected {}, found {}", expected, value->shown));
  }
  target = *bytes;
}

void Fields::Duration(std::string_view key, uint64_t most_millis, std::string_view zero, uint64_t& target_millis) {
  const std::string expected =
      fmt::format("a time up to {}h, as in 500ms, 10s, 10min or 2h, or 0 for {}", most_millis / 3'600'000, zero);
  const auto value = Scalar(key, expected);
  if (!value) return;
  const auto millis = ParseDurationMillis(value->text);
  if (!millis || *millis > most_millis) return Note(key, fmt::format("expected {}, found {}", expected, value->shown));
  target_millis = *millis;
}

void Fields::Texts(std::string_view key, std::string_view expected, std::vector<std::string>& target) {
  const Entry* entry = Find(key);
  if (entry == nullptr) return;
  if (entry->value.kind != Kind::kList || entry->value.items.empty()) {
    const std::string_view found = entry->value.kind == Kind::kList ? "an empty one" : KindName(entry->value.kind);
    return Note(key, fmt::format("expected a list of {}, found {}", expected, found));
  }
  for (size_t i = 0; i < entry->value.items.size(); ++i) {
    const Node& item = entry->value.items[i];
    const std::string path = fmt::format("{}[{}]", PathOf(key), i);
    const auto value = Resolve(item, path, "a text");
    if (!value) continue;
    if (value->text.empty()) problems_->Add(item.line, path, "must not be empty");
    if (std::find(target.begin(), target.end(), value->text) != target.end()) {
      problems_->Add(item.line, path, fmt::format("{} is listed twice", value->shown));
    }
    target.push_back(value->text);
  }
}

Fields Fields::Section(std::string_view key, bool required) {
  const Entry* entry = Find(key);
  if (entry == nullptr) {
    if (required) NoteMissing(key, "a mapping");
    return Fields(nullptr, PathOf(key), line_, *environment_, *problems_);
  }
  if (entry->value.kind != Kind::kMap) {
    Note(key, fmt::format("expected a mapping, found {}", KindName(entry->value.kind)));
  }
  return Fields(&entry->value, PathOf(key), entry->line, *environment_, *problems_);
}

std::vector<Fields> Fields::Sections(std::string_view key, std::string_view expected) {
  std::vector<Fields> sections;
  const Entry* entry = Find(key);
  if (entry == nullptr) {
    NoteMissing(key, expected);
  } else if (entry->value.kind != Kind::kList || entry->value.items.empty()) {
    const std::string_view found = entry->value.kind == Kind::kList ? "an empty one" : KindName(entry->value.kind);
    Note(key, fmt::format("expected {}, found {}", expected, found));
  } else {
    for (const Node& item : entry->value.items) {
      std::string path = fmt::format("{}[{}]", PathOf(key), sections.size());
      if (item.kind != Kind::kMap) {
        problems_->Add(item.line, path, fmt::format("expected a mapping, found {}", KindName(item.kind)));
      }
      sections.emplace_back(&item, std::move(path), item.line, *environment_, *problems_);
    }
  }
  return sections;
}

void Fields::Finish() {
  if (map_ == nullptr) return;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  std::vector<std::string_view> seen;
  for (const Entry& entry : map_->entries) {
    const std::string path = PathOf(Shortened(entry.key));
    if (std::find(seen.begin(), seen.end(), entry.key) != seen.end()) {
      problems_->Add(entry.line, path, "this key occurs twice in the mapping");
    }
    seen.push_back(entry.key);
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::string meant = DidYouMean(entry.key, known);
    problems_->Add(entry.line, path,
                   "unknown key" + (meant.empty() ? fmt::format("; expected {}", Alternatives(known)) : meant));
  }
}

}  // namespace rapidbyte::yaml
