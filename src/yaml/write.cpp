#include "yaml/write.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

namespace rapidbyte::yaml {
namespace {

using Kind = Node::Kind;

// A text that is a text without quotes: it looks like a name, a path or a number. A lone "~" or "null" would be
// nothing.
bool IsPlain(const std::string& text) {
  const auto is_safe = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/'; };
  const auto is_inside = [&](unsigned char c) { return is_safe(c) || c == '-'; };
  if (text.empty() || !is_safe(static_cast<unsigned char>(text[0]))) return false;
  if (!std::all_of(text.begin(), text.end(), is_inside)) return false;
  std::string lower;
  std::transform(text.begin(), text.end(), std::back_inserter(lower), [](unsigned char c) { return std::tolower(c); });
  return lower != "null" && text != "...";
}

std::string Scalar(const std::string& text) {
  if (IsPlain(text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

bool IsBlock(const Node& node) {
  return (node.kind == Kind::kMap && !node.entries.empty()) || (node.kind == Kind::kList && !node.items.empty());
}

std::string Inline(const Node& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "null";
    case Kind::kScalar:
      return Scalar(node.text);
    case Kind::kList:
      return "[]";
    case Kind::kMap:
      return "{}";
  }
  return "";
}

void WriteBlock(const Node& node, size_t indent, std::string& text);

// What follows "key:" or "-".
void WriteValue(const Node& node, size_t indent, std::string& text) {
  if (!IsBlock(node)) {
    text += " " + Inline(node) + "\n";
    return;
  }
  text += "\n";
  WriteBlock(node, indent + 2, text);
}

void WriteBlock(const Node& node, size_t indent, std::string& text) {
  const std::string margin(indent, ' ');
  for (const Node& item : node.items) {
    text += margin + "-";
    WriteValue(item, indent, text);
  }
  for (const Entry& entry : node.entries) {
    text += margin + Scalar(entry.key) + ":";
    WriteValue(entry.value, indent, text);
  }
}

}  // namespace

std::string Write(const Node& node) {
  if (!IsBlock(node)) return Inline(node) + "\n";
  std::string text;
  WriteBlock(node, 0, text);
  return text;
}

bool SameValues(const Node& a, const Node& b) {
  const auto same_entry = [](const Entry& x, const Entry& y) { return x.key == y.key && SameValues(x.value, y.value); };
  return a.kind == b.kind && a.text == b.text &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), SameValues) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(), same_entry);
}

}  // namespace rapidbyte::yaml
