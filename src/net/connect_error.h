// What libpq says when it cannot connect, made into one line and a hint. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace rapidbyte::net {

struct ConnectFailure {
  std::string text;             // of PQerrorMessage at verbosity VERBOSE: lines, with SQLSTATE after the severity
  std::string secret;           // never shown; may be empty
  bool needs_password = false;  // the server asked for one, and there was none
};

// kConnection. The hint goes by SQLSTATE where the server gave one, since its texts may be in any language, and else
// by libpq's own texts, which are always English here. Retryable where trying again may help without a change.
Error ConnectError(const ConnectFailure& failure);

// What the server said in `text`, one line: white space folded, repeated attempts told once, advice and source
// locations dropped, "FATAL:  28P01: …" without its code, which goes to `sqlstates`.
std::string OneLine(const std::string& text, std::vector<std::string>* sqlstates);

// Replaces `secret`, if it is not empty, wherever it stands in `text` by itself. As a part of a longer word it gives
// nothing away, while a masked one ("***ort 5432") would.
std::string WithoutSecret(std::string text, const std::string& secret);

}  // namespace rapidbyte::net
