#include "engine/pipeline_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/nearest_name.h"
#include "engine/pipeline_substitution.h"

namespace rapidbyte::engine {
namespace {

using Kind = YamlNode::Kind;

// On one line, and no longer than a line should be.
std::string Shortened(const std::string& text) {
  size_t length = std::min<size_t>(text.size(), 60);
  while (length < text.size() && length > 0 && (text[length] & 0xC0) == 0x80) --length;  // not inside of a character
  std::string shortened = text.substr(0, length) + (length < text.size() ? "…" : "");
  std::replace_if(
      shortened.begin(), shortened.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return shortened;
}

std::string Quoted(const std::string& text) { return "\"" + Shortened(text) + "\""; }

std::string DidYouMean(std::string_view word, std::span<const std::string_view> names) {
  const std::string_view nearest = NearestName(word, names);
  return nearest.empty() ? "" : fmt::format(", did you mean \"{}\"?", nearest);
}

// "a, b or c"
std::string Alternatives(std::span<const std::string_view> names) {
  if (names.size() == 1) return std::string(names[0]);
  return fmt::format("{} or {}", fmt::join(names.first(names.size() - 1), ", "), names.back());
}

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<uint64_t> UnitBytes(std::string_view unit) {
  struct {
    std::string_view name;
    uint64_t bytes;
  } constexpr units[] = {{"", 1},           {"B", 1},         {"kB", 1000},          {"KB", 1000},    {"KiB", 1 << 10},
                         {"MB", 1'000'000}, {"MiB", 1 << 20}, {"GB", 1'000'000'000}, {"GiB", 1 << 30}};
  for (const auto& known : units) {
    if (known.name == unit) return known.bytes;
  }
  return std::nullopt;
}

// "512KiB" or "512 KiB"
std::optional<uint64_t> ParseBytes(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const size_t unit_at = std::min(text.find_first_not_of(' ', digits), text.size());
  const auto number = ParseNumber(text.substr(0, digits));
  const auto unit = UnitBytes(text.substr(unit_at));
  uint64_t bytes = 0;
  if (!number || !unit || __builtin_mul_overflow(*number, *unit, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace

void Problems::Add(int line, std::string_view key, std::string_view what) {
  const std::string_view separator = key.empty() ? "" : ": ";
  problems_.push_back({line, fmt::format("{}:{}: {}{}{}", file_, line, key, separator, what)});
}

Error Problems::ToError() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  std::string lines;
  for (const Problem& problem : sorted) lines += (lines.empty() ? "" : "\n") + problem.text;
  Error error;
  error.code = ErrorCode::kConfiguration;
  error.message = lines;
  error.hint = "docs/pipeline.md describes every key";
  return error;
}

Fields::Fields(const YamlNode* map, std::string path, int line, const Environment& environment, Problems& problems)
    : map_(map != nullptr && map->kind == Kind::kMap ? map : nullptr),
      path_(std::move(path)),
      line_(line),
      environment_(&environment),
      problems_(&problems) {}

const YamlEntry* Fields::Find(std::string_view key) {
  known_.push_back(key);
  if (map_ == nullptr) return nullptr;
  for (const YamlEntry& entry : map_->entries) {
    if (entry.key == key) return entry.value.kind == Kind::kNull ? nullptr : &entry;
  }
  return nullptr;
}

std::string Fields::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

int Fields::LineOf(std::string_view key) const {
  if (map_ == nullptr) return line_;
  for (const YamlEntry& entry : map_->entries) {
    if (entry.key == key) return entry.line;
  }
  return line_;
}

void Fields::Note(std::string_view key, std::string_view what) { problems_->Add(LineOf(key), PathOf(key), what); }

void Fields::NoteMissing(std::string_view key, std::string_view expected) {
  if (map_ != nullptr) Note(key, fmt::format("missing, expected {}", expected));
}

// Shown as the file has it: what a variable holds may be a secret, its name is not.
std::optional<Fields::Value> Fields::Resolve(const YamlNode& scalar, std::string_view path, std::string_view expected) {
  if (scalar.kind != Kind::kScalar) {
    problems_->Add(scalar.line, path, fmt::format("expected {}, found {}", expected, KindName(scalar.kind)));
    return std::nullopt;
  }
  Substitution substitution = Substitute(scalar.text, *environment_);
  if (substitution.problem.empty() && substitution.text.find('\0') != std::string::npos) {
    substitution.problem = "must not contain a zero byte";
  }
  if (!substitution.problem.empty()) {
    problems_->Add(scalar.line, path, substitution.problem);
    return std::nullopt;
  }
  const std::string_view prefix = substitution.used_variable ? "the value of " : "";
  return Value{substitution.text, fmt::format("{}{}", prefix, Quoted(scalar.text))};
}

std::optional<Fields::Value> Fields::Scalar(std::string_view key, std::string_view expected) {
  const YamlEntry* entry = Find(key);
  if (entry == nullptr) return std::nullopt;
  return Resolve(entry->value, PathOf(key), expected);
}

void Fields::RequiredText(std::string_view key, std::string_view expected, std::string& target) {
  const YamlEntry* entry = Find(key);
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
  if (const auto value = Scalar(key, "a text")) target = value->text;
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

void Fields::Texts(std::string_view key, std::string_view expected, std::vector<std::string>& target) {
  const YamlEntry* entry = Find(key);
  if (entry == nullptr) return;
  if (entry->value.kind != Kind::kList || entry->value.items.empty()) {
    const std::string_view found = entry->value.kind == Kind::kList ? "an empty one" : KindName(entry->value.kind);
    return Note(key, fmt::format("expected a list of {}, found {}", expected, found));
  }
  for (size_t i = 0; i < entry->value.items.size(); ++i) {
    const YamlNode& item = entry->value.items[i];
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
  const YamlEntry* entry = Find(key);
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
  const YamlEntry* entry = Find(key);
  if (entry == nullptr) {
    NoteMissing(key, expected);
  } else if (entry->value.kind != Kind::kList || entry->value.items.empty()) {
    const std::string_view found = entry->value.kind == Kind::kList ? "an empty one" : KindName(entry->value.kind);
    Note(key, fmt::format("expected {}, found {}", expected, found));
  } else {
    for (const YamlNode& item : entry->value.items) {
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
  std::vector<std::string_view> seen;
  for (const YamlEntry& entry : map_->entries) {
    const std::string path = PathOf(Shortened(entry.key));
    if (std::find(seen.begin(), seen.end(), entry.key) != seen.end()) {
      problems_->Add(entry.line, path, "this key occurs twice in the mapping");
    }
    seen.push_back(entry.key);
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::string meant = DidYouMean(entry.key, known_);
    problems_->Add(entry.line, path,
                   "unknown key" + (meant.empty() ? fmt::format(", expected {}", Alternatives(known_)) : meant));
  }
}

}  // namespace rapidbyte::engine
