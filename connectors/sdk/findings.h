// What rb_validate found: what a run would fail at, and what its user should know before. Wasm-safe; one thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::sdk {

class Findings {
 public:
  // An empty `stream`: it is about all of them. So is what was found of several streams in the same words.
  void AddError(std::string_view stream, Error error) { Add(stream, "error", std::move(error)); }
  void AddNote(std::string_view stream, std::string message, std::string hint = {});

  // The answer's `findings`.
  nlohmann::json ToJson() const;

 private:
  struct Finding {
    std::string stream;
    const char* level;
    Error error;
  };
  void Add(std::string_view stream, const char* level, Error error);

  std::vector<Finding> findings_;
};

}  // namespace rapidbyte::sdk
