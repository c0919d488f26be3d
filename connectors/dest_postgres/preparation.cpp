#include "dest_postgres/preparation.h"

#include <array>

#include "dest_postgres/create_table.h"
#include "dest_postgres/replacement.h"
#include "dest_postgres/staging.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

constexpr int kAttempts = 5;

// Deadlock, serialization failure; and what CREATE says when another session has created the same since we looked.
bool MayStartOver(const Error& error) {
  constexpr std::array<std::string_view, 6> kStates = {"40P01", "40001", "23505", "42P06", "42P07", "42710"};
  for (const std::string_view state : kStates) {
    if (error.sqlstate == state) return true;
  }
  return false;
}

class Preparation {
 public:
  Preparation(pgwire::Session& session, const WritePlan& plan, const arrow::Schema& stream, uint64_t lock_timeout_ms,
              const std::string& ticket_server)
      : session_(session),
        plan_(plan),
        stream_(stream),
        ticket_server_(ticket_server),
        begin_(sdk::BeginStatements(sdk::TransactionKind::kWrite, lock_timeout_ms)) {}

  Result<Prepared> Run() {
    Prepared prepared;
    prepared.plan = plan_;
    RB_ASSIGN(Found found, FindRelation(session_, plan_.place, Number::kGiven, begin_));
    if (!found.schema) {
      // In a transaction of its own: others that create tables in it need not wait until this run has ended.
      RB_TRY(session_.Query("CREATE SCHEMA " + pgwire::QuoteIdentifier(plan_.place.schema) + "; COMMIT"));
      RB_ASSIGN(found, FindRelation(session_, plan_.place, Number::kGiven, begin_));
    }
    prepared.ticket = {found.transaction, ticket_server_};
    if (found.oid.empty()) {
      RB_TRY(CreateTable(session_, plan_.place, stream_, &prepared.notes));
      prepared.plan.mode = WriteMode::kAppend;  // nothing is there to be replaced
    } else {
      RB_TRY(CheckIsNotTheSource(session_, plan_.place, found, stream_));
      RB_TRY(LockRelation(session_, plan_.place, plan_.replaces(), found.kind));
    }
    RB_TRY(MatchAndMakeRoom(&prepared));
    return prepared;
  }

 private:
  Status MatchAndMakeRoom(Prepared* prepared) {
    RB_ASSIGN(const Relation relation, DescribeRelation(session_, plan_.place));
    RB_TRY(CheckRules(plan_, relation));
    TargetTable& target = prepared->target;
    target.name = plan_.place.name;
    RB_ASSIGN(target.columns, MatchColumns(stream_, relation, target.name));
    RB_TRY(MakeRoom(session_, prepared->plan, relation, &target));
    if (!NeedsStaging(prepared->plan, relation, target)) return {};
    target.staging = "pg_temp.rapidbyte_staging_" + prepared->ticket.transaction;
    return CreateStaging(session_, target);
  }

  pgwire::Session& session_;
  const WritePlan& plan_;
  const arrow::Schema& stream_;
  const std::string& ticket_server_;
  const std::string begin_;
};

}  // namespace

Status CheckIsNotTheSource(pgwire::Session& session, const Place& place, const Found& found,
                           const arrow::Schema& stream) {
  if (stream.fields.empty() || stream.fields[0].Metadata("rapidbyte.relation") != found.oid) return {};
  RB_ASSIGN(const pgwire::Rows server, sdk::QueryCatalog(session, "SELECT " + std::string(sdk::kServerIdentity)));
  if (stream.fields[0].Metadata("rapidbyte.server") != server[0].Text(0)) return {};
  Error error;
  error.code = ErrorCode::kConfiguration;
  error.category = "config";
  error.message =
      "the destination table " + place.name + " is the stream's own source: same server, database and table";
  error.hint = "write into another schema, database or server";
  return Fail(std::move(error));
}

Status CheckRules(const WritePlan& plan, const Relation& relation) {
  if (relation.kind == 'v' || relation.insert_rules.empty() || plan.by_insert) return {};
  return Fail(sdk::SchemaError(
      "COPY would bypass the rules " + relation.insert_rules + " that " + plan.place.name + " has for INSERT",
      "use load_method: insert, or drop the rules"));
}

bool NeedsStaging(const WritePlan& plan, const Relation& relation, const TargetTable& target) {
  if (plan.mode == WriteMode::kReplaceStaged) return true;
  if (plan.by_insert) return false;
  if (relation.kind == 'v') return true;
  for (const TargetColumn& column : target.columns) {
    if (!column.same_type) return true;
  }
  return false;
}

Result<std::string> LookAhead(pgwire::Session& session, const Place& place) {
  RB_ASSIGN(const pgwire::Rows server, sdk::QueryCatalog(session, "SELECT " + TicketServer(),
                                                         sdk::BeginStatements(sdk::TransactionKind::kLatest, 0)));
  // What they find may be another thing in a moment, or not fit: it counts when it is asked again.
  if (FindRelation(session, place, Number::kNone)) static_cast<void>(DescribeRelation(session, place));
  RB_TRY(session.Query("ROLLBACK"));
  return server[0].Text(0);
}

Result<Prepared> Prepare(pgwire::Session& session, const WritePlan& plan, const arrow::Schema& stream,
                         uint64_t lock_timeout_ms, const std::string& ticket_server) {
  for (int attempt = 1;; ++attempt) {
    Result<Prepared> prepared = Preparation(session, plan, stream, lock_timeout_ms, ticket_server).Run();
    if (prepared || attempt == kAttempts || !MayStartOver(prepared.error())) return prepared;
    RB_TRY(session.Query("ROLLBACK"));
  }
}

}  // namespace rapidbyte::dest_postgres
