// Reading one mapping of a document key by key, noting everything that is wrong with it instead of stopping.
//
// Each reader leaves its target alone where the key is absent (or null) or wrong, and notes a problem where it is
// wrong or required. Finish() then notes the keys that nothing has asked for, and those that occur twice. A value that
// is a secret, or that came from the environment, never gets into a problem.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/node.h"
#include "yaml/problems.h"
#include "yaml/substitution.h"

namespace rapidbyte::yaml {

class Fields {
 public:
  // `map` may be null or of another kind, which the caller has noted: then every key is absent, and none is missed.
  // All arguments must outlive it. `path` is what problems call the mapping: "source.config", "" for the document.
  Fields(const Node* map, std::string path, int line, const Environment& environment, Problems& problems);

  // `expected` completes "expected …". A required text is there and not empty.
  void RequiredText(std::string_view key, std::string_view expected, std::string& target);
  void OptionalText(std::string_view key, std::string_view expected, std::string& target);
  void Secret(std::string_view key, std::string& target);  // any bytes but zero, where the environment holds it
  // The index of one of `names`, in `target`.
  void Choice(std::string_view key, std::span<const std::string_view> names, size_t& target);
  void Number(std::string_view key, uint64_t least, uint64_t most, uint64_t& target);
  // A number of bytes, or one with a unit: 1MB is 1000 kB, 1MiB is 1024 KiB.
  void Bytes(std::string_view key, uint64_t least, uint64_t most, uint64_t& target);
  // A time with a unit, or 0, at most `most_millis`; `zero` says what 0 stands for: "no limit".
  void Duration(std::string_view key, uint64_t most_millis, std::string_view zero, uint64_t& target_millis);
  void Flag(std::string_view key, bool& target);
  void Texts(std::string_view key, std::string_view expected, std::vector<std::string>& target);
  // As a text that is not empty, but with ${ left as it is: for texts that another program reads.
  void Verbatim(std::string_view key, std::string_view expected, std::string& target);

  // For mappings whose keys or kinds are not fixed: the kind of a key's value, kNull where it is absent; and the keys.
  Node::Kind KindOf(std::string_view key);
  std::vector<std::string> Keys() const;

  Fields Section(std::string_view key, bool required);
  // The mappings in a list that is not empty.
  std::vector<Fields> Sections(std::string_view key, std::string_view expected);

  void Finish();

  const std::string& path() const { return path_; }
  std::string PathOf(std::string_view key) const;
  int LineOf(std::string_view key) const;
  void Note(std::string_view key, std::string_view what);  // an empty key: the mapping itself

 private:
  struct Value {
    std::string text;
    std::string shown;  // as problems show it
  };

  const Entry* Find(std::string_view key);
  enum class Text { kUtf8, kAnyBytes };
  std::optional<Value> Scalar(std::string_view key, std::string_view expected, Text text = Text::kUtf8);
  std::optional<Value> Resolve(const Node& scalar, std::string_view path, std::string_view expected,
                               Text text = Text::kUtf8);
  void NoteMissing(std::string_view key, std::string_view expected);

  const Node* map_;  // null: no such mapping, so nothing in it is missed
  std::string path_;
  int line_;
  const Environment* environment_;
  Problems* problems_;
  std::vector<std::string> known_;  // the keys asked for
};

}  // namespace rapidbyte::yaml
