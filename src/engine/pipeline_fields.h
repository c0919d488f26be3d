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

#include "engine/pipeline.h"
#include "engine/pipeline_yaml.h"

namespace rapidbyte::engine {

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void Add(int line, std::string_view key, std::string_view what);
  bool empty() const { return problems_.empty(); }
  // kConfiguration; a line «file:line: key: what» each, in the order of the document.
  Error ToError() const;

 private:
  struct Problem {
    int line;
    std::string text;
  };
  std::string file_;
  std::vector<Problem> problems_;
};

class Fields {
 public:
  // `map` may be null or of another kind, which the caller has noted: then every key is absent, and none is missed.
  // All arguments must outlive it. `path` is what problems call the mapping: "source.config", "" for the document.
  Fields(const YamlNode* map, std::string path, int line, const Environment& environment, Problems& problems);

  // `expected` completes "expected …". A required text is there and not empty.
  void RequiredText(std::string_view key, std::string_view expected, std::string& target);
  void OptionalText(std::string_view key, std::string_view expected, std::string& target);
  void Secret(std::string_view key, std::string& target);
  // The index of one of `names`, in `target`.
  void Choice(std::string_view key, std::span<const std::string_view> names, size_t& target);
  void Number(std::string_view key, uint64_t least, uint64_t most, uint64_t& target);
  // A number of bytes, or one with a unit: 1MB is 1000 kB, 1MiB is 1024 KiB.
  void Bytes(std::string_view key, uint64_t least, uint64_t most, uint64_t& target);
  void Texts(std::string_view key, std::string_view expected, std::vector<std::string>& target);

  Fields Section(std::string_view key, bool required);
  // The mappings in a required list that is not empty.
  std::vector<Fields> Sections(std::string_view key, std::string_view expected);

  void Finish();

  int LineOf(std::string_view key) const;
  void Note(std::string_view key, std::string_view what);

 private:
  struct Value {
    std::string text;
    std::string shown;  // as problems show it
  };

  const YamlEntry* Find(std::string_view key);
  std::string PathOf(std::string_view key) const;
  std::optional<Value> Scalar(std::string_view key, std::string_view expected);
  std::optional<Value> Resolve(const YamlNode& scalar, std::string_view path, std::string_view expected);
  void NoteMissing(std::string_view key, std::string_view expected);

  const YamlNode* map_;  // null: no such mapping, so nothing in it is missed
  std::string path_;
  int line_;
  const Environment* environment_;
  Problems* problems_;
  std::vector<std::string_view> known_;  // the keys asked for; literals
};

}  // namespace rapidbyte::engine
