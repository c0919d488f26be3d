#include "store/postgres_connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <optional>
#include <sstream>

#include "base/redact.h"
#include "os/patience.h"
#include "store/postgres_text.h"

namespace rapidbyte::store {
namespace {

// libpq's messages come in several indented lines.
std::string OneLine(const char* message) {
  std::istringstream words(message != nullptr ? message : "");
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

// A full disk, a right that is missing, a server that is read-only or shuts down: nothing that we have got wrong.
ErrorCode CodeOf(const PGresult* result) {
  const char* state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const std::string_view code = state != nullptr ? state : "";
  for (const std::string_view surroundings : {"53", "57", "58", "25006", "42501", "55P03", "40P01"}) {
    if (code.starts_with(surroundings)) return ErrorCode::kConfiguration;
  }
  return ErrorCode::kInternal;
}

// The server's own words, without libpq's repetition of the statement.
Error MakeError(PGconn* connection, const std::string& name, const PGresult* result) {
  const bool lost = PQstatus(connection) != CONNECTION_OK;
  const char* primary = result != nullptr ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  Error error;
  error.code = lost ? ErrorCode::kConnection : CodeOf(result);
  error.message = fmt::format("{}: {}", name, OneLine(primary != nullptr ? primary : PQerrorMessage(connection)));
  if (lost) error.hint = "is the server of the store still running?";
  return error;
}

// `result` where it is a good one.
Result<PgResultHandle> Checked(PGconn* connection, const std::string& name, PGresult* result) {
  PgResultHandle handle(result);
  const ExecStatusType status = PQresultStatus(handle.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN) return handle;
  return Fail(MakeError(connection, name, handle.get()));
}

template <typename Number>
Number Parse(const char* text) {
  Number number{};
  const std::string_view view(text);
  std::from_chars(view.data(), view.data() + view.size(), number);
  return number;
}

// Parameters as texts, by place; nothing is NULL.
class Parameters {
 public:
  void Set(int parameter, std::optional<std::string> value) {
    const auto index = static_cast<size_t>(parameter - 1);
    if (values_.size() <= index) values_.resize(index + 1);
    values_[index] = std::move(value);
  }
  std::vector<const char*> Pointers() const {
    std::vector<const char*> pointers;
    for (const auto& value : values_) pointers.push_back(value ? value->c_str() : nullptr);
    return pointers;
  }
  const std::vector<std::optional<std::string>>& values() const { return values_; }

 private:
  std::vector<std::optional<std::string>> values_;
};

// What binding and reading have in common for both kinds of statements.
class PostgresStatement : public Statement {
 public:
  PostgresStatement(PGconn* connection, std::string name, std::string sql)
      : connection_(connection), name_(std::move(name)), sql_(std::move(sql)) {}

  Statement& Bind(int parameter, int64_t value) override { return Set(parameter, std::to_string(value)); }
  Statement& Bind(int parameter, double value) override { return Set(parameter, fmt::format("{}", value)); }
  Statement& Bind(int parameter, std::string_view text) override { return Set(parameter, StorableText(text)); }
  Statement& BindNull(int parameter) override { return Set(parameter, std::nullopt); }

  // The whole result at once: those of the store are small, or one campaign's.
  Result<bool> Step() override {
    if (!result_) {
      const std::vector<const char*> values = parameters_.Pointers();
      RB_ASSIGN(result_, Checked(connection_, name_,
                                 PQexecParams(connection_, sql_.c_str(), static_cast<int>(values.size()), nullptr,
                                              values.data(), nullptr, nullptr, 0)));
      row_ = -1;
    }
    return ++row_ < PQntuples(result_.get());
  }

  Status Run() override {
    Status status;
    if (const auto stepped = Step(); !stepped) status = Fail(stepped.error());
    result_.reset();
    return status;
  }

  int64_t Integer(int column) const override { return Parse<int64_t>(Value(column)); }
  double Real(int column) const override { return Parse<double>(Value(column)); }
  std::string Text(int column) const override { return {Value(column), Size(column)}; }
  bool IsNull(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }

  // An array: {0.25,NULL,1e+20}
  void Reals(int column, std::vector<double>& values) const override {
    const char* at = Value(column);
    const char* end = at + Size(column);
    while (at < end) {
      double value = 0;
      const auto [next, error] = std::from_chars(at, end, value);
      if (error == std::errc()) values.push_back(value);
      at = error == std::errc() ? next : at + 1;
    }
  }

 protected:
  Statement& Set(int parameter, std::optional<std::string> value) {
    parameters_.Set(parameter, std::move(value));
    return *this;
  }
  const char* Value(int column) const { return PQgetvalue(result_.get(), row_, column); }
  size_t Size(int column) const { return static_cast<size_t>(PQgetlength(result_.get(), row_, column)); }

  PGconn* connection_;
  const std::string name_;
  const std::string sql_;
  Parameters parameters_;
  PgResultHandle result_;
  int row_ = -1;
};

// Rows by COPY, held back until Flush.
class CopyStatement : public PostgresStatement {
 public:
  using PostgresStatement::PostgresStatement;

  Status Run() override {
    AppendCopyRow(parameters_.values(), buffer_);
    return {};
  }

  Status Flush() override {
    if (buffer_.empty()) return {};
    RB_TRY(Checked(connection_, name_, PQexec(connection_, sql_.c_str())));
    const bool sent = PQputCopyData(connection_, buffer_.data(), static_cast<int>(buffer_.size())) == 1 &&
                      PQputCopyEnd(connection_, nullptr) == 1;
    buffer_.clear();
    Status status;
    if (!sent) status = Fail(MakeError(connection_, name_, nullptr));
    // All results, so that the session is free for the next statement.
    while (PGresult* result = PQgetResult(connection_)) {
      const auto checked = Checked(connection_, name_, result);
      if (!checked && status) status = Fail(checked.error());
    }
    return status;
  }

 private:
  std::string buffer_;
};

std::string NameOf(PGconn* connection) {
  const auto text = [](const char* value) { return std::string(value != nullptr ? value : ""); };
  return fmt::format("postgresql://{}@{}:{}/{}", text(PQuser(connection)), text(PQhost(connection)),
                     text(PQport(connection)), text(PQdb(connection)));
}

}  // namespace

void PgFinish::operator()(pg_conn* connection) const { PQfinish(connection); }
void PgFinish::operator()(pg_result* result) const { PQclear(result); }

PostgresConnection::PostgresConnection(PgConnectionHandle connection)
    : connection_(std::move(connection)), name_(NameOf(connection_.get())) {}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(const std::string& address) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(address.c_str(), &message);
  PQfreemem(message);  // may repeat a part of the address, and so of a password
  if (options == nullptr) {
    return Fail(ErrorCode::kConfiguration, "the store's address is no connection URI and no keyword=value pairs",
                "for example postgresql://user@host:5432/database; sqlite:PATH names a file of any name");
  }
  PQconninfoFree(options);
  if (HasMisplacedPassword(address)) {
    return Fail(ErrorCode::kConfiguration,
                "the store's address: a part of the password stands for the host or the port", kEncodePassword);
  }
  const char* keywords[] = {"dbname", "fallback_application_name", "client_encoding", nullptr};
  const char* values[] = {address.c_str(), "rapidbyte store", "UTF8", nullptr};
  PgConnectionHandle handle(PQconnectdbParams(keywords, values, /*expand_dbname=*/1));
  if (PQstatus(handle.get()) != CONNECTION_OK) {
    const std::string why = WithoutPassword(OneLine(PQerrorMessage(handle.get())), address);
    return Fail(ErrorCode::kConnection, "the store's PostgreSQL: " + why,
                "is the server running, and are user, password and database right?");
  }
  PQsetNoticeProcessor(
      handle.get(), [](void*, const char*) {}, nullptr);
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(std::move(handle)));
  RB_TRY(
      connection->Execute(fmt::format("SET search_path TO {}; SET synchronous_commit TO on;"
                                      "SET extra_float_digits TO 1; SET standard_conforming_strings TO on;"
                                      "SET lock_timeout TO '60s'",
                                      kPostgresSchema)));
  return connection;
}

Result<StatementHandle> PostgresConnection::Prepare(std::string_view sql) {
  return std::make_unique<PostgresStatement>(connection_.get(), name_, std::string(sql));
}

Result<StatementHandle> PostgresConnection::PrepareInsert(std::string_view table,
                                                          const std::vector<std::string>& columns) {
  return std::make_unique<CopyStatement>(connection_.get(), name_,
                                         fmt::format("COPY {} ({}) FROM STDIN", table, fmt::join(columns, ", ")));
}

Status PostgresConnection::Execute(std::string_view sql) {
  RB_TRY(Checked(connection_.get(), name_, PQexec(connection_.get(), std::string(sql).c_str())));
  return {};
}

Status PostgresConnection::BeginWrite() { return Execute("BEGIN"); }

Status PostgresConnection::LockUntilCommit(int64_t lock) {
  os::Patience patience;
  do {
    RB_ASSIGN(const PgResultHandle taken,
              Checked(connection_.get(), name_,
                      PQexec(connection_.get(), fmt::format("SELECT pg_try_advisory_xact_lock({})", lock).c_str())));
    if (PQgetvalue(taken.get(), 0, 0)[0] == 't') return {};
  } while (patience.WaitAgain());
  return Fail(ErrorCode::kConfiguration, name_ + ": another process holds the store's lock", "is one stopped?");
}

// Also marks pages as seen by all, so that an index alone can answer.
Status PostgresConnection::Tidy() { return Execute("VACUUM (ANALYZE) samples, sample_metrics, campaigns, cells"); }

// Sorted input keeps its order (PostgreSQL's manual, 9.21): a sort within each group would take longer than all else.
std::string PostgresConnection::Grouped(const std::string& select, const std::string& keys) const {
  return fmt::format("SELECT {0}, array_agg(value) FROM ({1}) AS sorted GROUP BY {0}", keys, select);
}

}  // namespace rapidbyte::store
