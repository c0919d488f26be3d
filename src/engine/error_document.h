// Errors as the connector interface carries them: the JSON of `last_error`, and of a failed answer.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "engine/stage_timer.h"

namespace rapidbyte::engine {

// The document of last_error. Errors without a category get the one of their code.
nlohmann::json ToErrorDocument(const Error& error);

// A connector's error document as an Error, its texts made one line. The code decides about the exit code where it is
// one that a connector may claim; else the category does. What the server of this stage refused is kSource or
// kDestination, by side. A document that is not one becomes an error of its own, kConnector.
Error FromErrorDocument(const nlohmann::json& document, Side side);

}  // namespace rapidbyte::engine
