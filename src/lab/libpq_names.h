// How other programs are told where a server is: libpq's connection strings and environment variables.
#pragma once

#include <map>
#include <string>

#include "lab/postgres.h"

namespace rapidbyte::lab {

// PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD where there is one, and what the address has besides.
std::map<std::string, std::string> ClientEnvironment(const ServerAddress& server);

// A URI with everything in its query, so that "&key=value" may follow, but without the password, which belongs into
// ClientEnvironment: command lines are there for all to see. With a schema, sessions have it as their search path.
std::string ConnectionUri(const ServerAddress& server, const std::string& schema = {});

}  // namespace rapidbyte::lab
