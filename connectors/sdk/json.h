// nlohmann's JSON as connectors use it: without exceptions and streams in a sandbox, as everybody else's otherwise.
//
// In the host the settings must be those of the whole program, for its templates are shared between all its files.
// Only .cpp files include this.
#pragma once

#ifdef __wasm__
#define JSON_NOEXCEPTION
#define JSON_NO_IO
#endif
#include <nlohmann/json.hpp>
