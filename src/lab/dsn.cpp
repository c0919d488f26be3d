#include "lab/dsn.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <memory>
#include <string_view>

#include "base/redact.h"

namespace rapidbyte::lab {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

Error Usage(const std::string& message) {
  return {ErrorCode::kUsage, "--dsn: " + message, "for example postgresql://user:password@host:5432/database"};
}

Status TakePort(const std::string& text, ServerAddress& address) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), address.port);
  if (error == std::errc() && end == text.data() + text.size() && address.port != 0) return {};
  // Not shown: it may be a part of a password.
  return Fail(ErrorCode::kUsage, "--dsn: the port must be one number from 1 to 65535", kEncodePassword);
}

Status TakeOption(const PQconninfoOption& option, bool given, ServerAddress& address) {
  const std::string_view keyword(option.keyword);
  const std::string value(option.val);
  if (keyword == "port") return TakePort(value, address);
  if (keyword == "host" && value.find(',') != std::string::npos) return Fail(Usage("name one host"));
  if (keyword == "host" && value.find('@') != std::string::npos) {
    return Fail(ErrorCode::kUsage, "--dsn: the host must not hold an '@'", kEncodePassword);
  }
  if (keyword == "host")
    address.host = value;
  else if (keyword == "user")
    address.user = value;
  else if (keyword == "password")
    address.password = value;
  else if (keyword == "dbname")
    address.database = value;
  else if (!given)
    return {};
  else if (option.envvar != nullptr)
    address.environment[option.envvar] = value;
  else
    return Fail(Usage(fmt::format("\"{}\" cannot be handed on to a run", keyword)));
  return {};
}

}  // namespace

Result<ServerAddress> ParseDsn(const std::string& dsn) {
  char* message = nullptr;
  const Options given(PQconninfoParse(dsn.c_str(), &message));
  PQfreemem(message);
  if (!given) return Fail(Usage("not a connection URI and not keyword=value pairs"));
  const Options defaults(PQconndefaults());
  ServerAddress address;
  address.host = "localhost";
  // Both lists have the same keywords in the same order.
  for (PQconninfoOption *option = given.get(), *fallback = defaults.get(); option->keyword != nullptr;
       ++option, ++fallback) {
    const bool is_given = option->val != nullptr && *option->val != '\0';
    const PQconninfoOption& chosen = is_given ? *option : *fallback;
    if (chosen.val == nullptr || *chosen.val == '\0') continue;
    RB_TRY(TakeOption(chosen, is_given, address));
  }
  if (address.database.empty()) address.database = address.user;
  return address;
}

}  // namespace rapidbyte::lab
