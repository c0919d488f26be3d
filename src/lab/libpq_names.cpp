#include "lab/libpq_names.h"

#include <fmt/format.h>

namespace rapidbyte::lab {
namespace {

// RFC 3986: everything but the unreserved characters as %XX.
std::string Encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    encoded += unreserved ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace

std::map<std::string, std::string> ClientEnvironment(const ServerAddress& server) {
  std::map<std::string, std::string> environment = server.environment;
  environment["PGHOST"] = server.host;
  environment["PGPORT"] = std::to_string(server.port);
  environment["PGUSER"] = server.user;
  environment["PGDATABASE"] = server.database;
  if (!server.password.empty()) environment["PGPASSWORD"] = server.password;
  return environment;
}

std::string ConnectionUri(const ServerAddress& server, const std::string& schema) {
  std::string uri = fmt::format("postgresql:///?host={}&port={}&user={}&dbname={}", Encoded(server.host), server.port,
                                Encoded(server.user), Encoded(server.database));
  if (!schema.empty()) uri += "&options=" + Encoded("-c search_path=" + schema);
  return uri;
}

}  // namespace rapidbyte::lab
