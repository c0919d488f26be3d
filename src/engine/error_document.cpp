#include "engine/error_document.h"

#include <nlohmann/json.hpp>

#include "base/printable.h"

namespace rapidbyte::engine {
namespace {

using nlohmann::json;

const char* CategoryOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kConfiguration:
    case ErrorCode::kUsage:
      return "config";
    case ErrorCode::kConnection:
      return error.retryable ? "transient_network" : "auth";
    case ErrorCode::kSource:
    case ErrorCode::kDestination:
      return "transient_network";
    case ErrorCode::kData:
      return "data";
    default:
      return "internal";
  }
}

// For connectors that name a category only.
ErrorCode CodeOf(const std::string& category) {
  if (category == "config") return ErrorCode::kConfiguration;
  if (category == "auth") return ErrorCode::kConnection;
  if (category == "data") return ErrorCode::kData;
  if (category == "internal") return ErrorCode::kInternal;
  return ErrorCode::kSource;  // the server's: by side
}

// Not among them: what only the host knows, such as an interrupt.
constexpr ErrorCode kClaimable[] = {
    ErrorCode::kConfiguration, ErrorCode::kConnection, ErrorCode::kSource,   ErrorCode::kDestination,
    ErrorCode::kData,          ErrorCode::kConnector,  ErrorCode::kInternal,
};

ErrorCode ClaimedCode(const json& document, const std::string& category) {
  const auto claimed = document.find("code");
  if (claimed == document.end()) return CodeOf(category);
  for (const ErrorCode code : kClaimable) {
    if (*claimed == static_cast<int>(code)) return code;
  }
  return CodeOf(category);
}

std::string Text(const json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_string() ? Printable(found->get_ref<const std::string&>()) : "";
}

CommitState CommitOf(const std::string& name) {
  if (name == "unknown") return CommitState::kUnknown;
  return name == "committed" ? CommitState::kCommitted : CommitState::kNotCommitted;
}

}  // namespace

json ToErrorDocument(const Error& error) {
  return {{"category", error.category.empty() ? CategoryOf(error) : error.category},
          {"code", static_cast<int>(error.code)},
          {"message", error.message},
          {"hint", error.hint},
          {"retryable", error.retryable},
          {"commit", "none"},
          {"sqlstate", error.sqlstate}};
}

Error FromErrorDocument(const json& document, Side side) {
  Error error;
  if (!document.is_object() || Text(document, "message").empty()) {
    error.code = ErrorCode::kConnector;
    error.message = "the connector failed without saying why";
    return error;
  }
  error.message = Text(document, "message");
  error.hint = Text(document, "hint");
  error.category = Text(document, "category");
  error.code = ClaimedCode(document, error.category);
  if (error.code == ErrorCode::kSource || error.code == ErrorCode::kDestination) {
    error.code = side == Side::kSource ? ErrorCode::kSource : ErrorCode::kDestination;
  }
  if (const auto retryable = document.find("retryable"); retryable != document.end() && retryable->is_boolean()) {
    error.retryable = retryable->get<bool>();
  }
  error.commit = CommitOf(Text(document, "commit"));
  error.sqlstate = Text(document, "sqlstate");
  return error;
}

}  // namespace rapidbyte::engine
