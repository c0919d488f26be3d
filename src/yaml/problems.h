// What is wrong with one document, collected so that all of it is told at once; and which keys its reader knows.
//
// A problem is a line «file:line: key 'source.config.prot': unknown key; did you mean 'port'?». Nothing in it may come
// from a secret or from the environment; see the text of Fields.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::yaml {

class Problems {
 public:
  // `hint` says where the document is described.
  Problems(std::string file, std::string hint) : file_(std::move(file)), hint_(std::move(hint)) {}

  // An empty key: the problem is one of the whole document. Line 0: it is one of no line, such as an option's.
  void Add(int line, std::string_view key, std::string_view what);
  bool empty() const { return problems_.empty(); }
  // kConfiguration; the lines in the order of the document.
  Error ToError() const;

  // Every path that a reader asked for, whether the document has it or not: "source.streams[0].name".
  void Asked(std::string path) { asked_.insert(std::move(path)); }
  const std::set<std::string>& asked() const { return asked_; }

 private:
  struct Problem {
    int line;
    std::string text;
  };
  std::string file_;
  std::string hint_;
  std::vector<Problem> problems_;
  std::set<std::string> asked_;
};

}  // namespace rapidbyte::yaml
