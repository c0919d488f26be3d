// How formats name what is known of a transaction: connector interface, result line, state database. Pure; wasm-safe.
#pragma once

#include <string_view>

#include "base/result.h"

namespace rapidbyte {

constexpr std::string_view CommitName(CommitState commit) {
  switch (commit) {
    case CommitState::kNotCommitted:
      return "none";
    case CommitState::kCommitted:
      return "committed";
    case CommitState::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace rapidbyte
