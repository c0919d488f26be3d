#include "lab/postgres.h"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <sstream>

namespace rapidbyte::lab {
namespace {

// libpq's messages come in several indented lines.
std::string OneLine(const char* message) {
  std::istringstream words(message != nullptr ? message : "");
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::string Doubled(const std::string& text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted += c;
    quoted += c;
  }
  return quoted + quote;
}

// libpq's names for what its environment variables say; those libpq has no name for in its options stay out.
std::vector<std::pair<std::string, std::string>> OptionsOf(const std::map<std::string, std::string>& environment) {
  std::vector<std::pair<std::string, std::string>> options;
  PQconninfoOption* defaults = PQconndefaults();
  for (PQconninfoOption* option = defaults; option != nullptr && option->keyword != nullptr; ++option) {
    const auto found = option->envvar != nullptr ? environment.find(option->envvar) : environment.end();
    if (found != environment.end()) options.emplace_back(option->keyword, found->second);
  }
  PQconninfoFree(defaults);
  return options;
}

pg_conn* OpenSession(const ServerAddress& address) {
  std::vector<std::pair<std::string, std::string>> options = OptionsOf(address.environment);
  options.emplace_back("host", address.host);
  options.emplace_back("port", std::to_string(address.port));
  options.emplace_back("user", address.user);
  options.emplace_back("password", address.password);
  options.emplace_back("dbname", address.database);
  options.emplace_back("application_name", "rapidbyte bench");
  options.emplace_back("client_encoding", "UTF8");
  options.emplace_back("connect_timeout", "10");
  std::vector<const char*> names, values;
  for (const auto& [name, value] : options) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectdbParams(names.data(), values.data(), 0);
}

void CancelQuery(pg_conn* connection) {
  PGcancel* cancel = PQgetCancel(connection);
  std::array<char, 256> message{};
  if (cancel != nullptr) PQcancel(cancel, message.data(), message.size());
  PQfreeCancel(cancel);
}

}  // namespace

void Postgres::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }
void Postgres::Finish::operator()(pg_result* result) const { PQclear(result); }

Result<Postgres> Postgres::Connect(const ServerAddress& address, const Interrupt* interrupt) {
  Postgres session(OpenSession(address), interrupt);
  if (PQstatus(session.connection_.get()) != CONNECTION_OK) {
    return Fail(ErrorCode::kConnection, OneLine(PQerrorMessage(session.connection_.get())),
                "is the server running, and are user and password right?");
  }
  PQsetNoticeProcessor(
      session.connection_.get(), [](void*, const char*) {}, nullptr);
  return session;
}

Error Postgres::LastError(const pg_result* result) {
  const bool lost = PQstatus(connection_.get()) != CONNECTION_OK;
  const char* state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* primary = result != nullptr ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  sql_state_ = state != nullptr ? state : "08000";
  return {lost ? ErrorCode::kConnection : ErrorCode::kConfiguration,
          "PostgreSQL: " + OneLine(primary != nullptr ? primary : PQerrorMessage(connection_.get())),
          lost ? "is the server still running?" : ""};
}

// The cancelled statement still answers, with an error.
Status Postgres::WaitForResult() {
  bool cancelled = false;
  while (PQisBusy(connection_.get()) != 0) {
    pollfd files[] = {{PQsocket(connection_.get()), POLLIN, 0},
                      {interrupt_ != nullptr && !cancelled ? interrupt_->fd() : -1, POLLIN, 0}};
    if (poll(files, std::size(files), -1) < 0) continue;
    if (files[1].revents != 0) {
      CancelQuery(connection_.get());
      cancelled = true;
    }
    if (files[0].revents != 0 && PQconsumeInput(connection_.get()) == 0) return Fail(LastError(nullptr));
  }
  return {};
}

Result<Postgres::ResultHandle> Postgres::Query(const std::string& sql) {
  sql_state_.clear();
  if (interrupt_ != nullptr && interrupt_->triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) return Fail(LastError(nullptr));
  ResultHandle last;
  std::optional<Error> error;
  while (true) {
    RB_TRY(WaitForResult());
    ResultHandle result(PQgetResult(connection_.get()));
    if (!result) break;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && !error) error = LastError(result.get());
    last = std::move(result);
  }
  if (error && interrupt_ != nullptr && interrupt_->triggered()) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (error) return Fail(*std::move(error));
  return last;
}

Status Postgres::Exec(const std::string& sql) {
  RB_ASSIGN([[maybe_unused]] const ResultHandle result, Query(sql));
  return {};
}

Result<std::vector<std::string>> Postgres::Row(const std::string& sql) {
  RB_ASSIGN(const ResultHandle result, Query(sql));
  std::vector<std::string> row;
  if (PQntuples(result.get()) == 0) return row;
  for (int column = 0; column < PQnfields(result.get()); ++column) {
    row.emplace_back(PQgetvalue(result.get(), 0, column));
  }
  return row;
}

Result<std::string> Postgres::Value(const std::string& sql) {
  RB_ASSIGN(const std::vector<std::string> row, Row(sql));
  return row.empty() ? std::string() : row.front();
}

Result<std::vector<std::string>> Postgres::Column(const std::string& sql) {
  RB_ASSIGN(const ResultHandle result, Query(sql));
  std::vector<std::string> values(static_cast<size_t>(PQntuples(result.get())));
  for (size_t row = 0; row < values.size(); ++row) values[row] = PQgetvalue(result.get(), static_cast<int>(row), 0);
  return values;
}

std::string QuoteIdentifier(const std::string& name) { return Doubled(name, '"'); }

// E'' with doubled backslashes means the same whatever standard_conforming_strings says.
std::string QuoteLiteral(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') escaped += c;
    escaped += c;
  }
  return " E" + Doubled(escaped, '\'');
}

std::string Quote(const TableName& name) { return QuoteIdentifier(name.schema) + "." + QuoteIdentifier(name.table); }

}  // namespace rapidbyte::lab
