// nlohmann's JSON as connectors use it (base/json.h), and what a request must say, which ends in an error where it does
// not: there are no exceptions in a sandbox. Only .cpp files include this.
#pragma once

#include "base/json.h"
#include "base/result.h"

namespace rapidbyte::sdk {

// Of a request that is not as docs/formats/connector_abi.md has it: the host's fault, or another connector's.
tl::unexpected<Error> BadRequest(std::string_view key, std::string_view expected);

// Errors: BadRequest where the member is missing or of another type.
Result<std::string> RequiredText(const nlohmann::json& object, std::string_view key);
Result<uint64_t> RequiredCount(const nlohmann::json& object, std::string_view key, uint64_t most);

}  // namespace rapidbyte::sdk
