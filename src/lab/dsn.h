// Reads what people name a PostgreSQL server by: a URI or keyword=value pairs.
#pragma once

#include <string>

#include "base/result.h"
#include "lab/postgres.h"

namespace rapidbyte::lab {

// What is not said comes from libpq's defaults and environment. Keywords beyond host, port, user, password and database
// become the environment variables that libpq has for them. Errors: kUsage for what libpq cannot read, for a keyword
// without a variable, for several hosts. No error repeats the text, which may hold a password.
Result<ServerAddress> ParseDsn(const std::string& dsn);

}  // namespace rapidbyte::lab
