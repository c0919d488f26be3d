#include "dest_postgres/check.h"

#include "dest_postgres/check_facts.h"
#include "dest_postgres/stream_check.h"
#include "pgwire/types.h"
#include "sdk/findings.h"
#include "sdk/json.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

using nlohmann::json;

// The schema that the source would send, of the columns it described; without fields where it described none, or in
// other words than ours.
arrow::Schema DescribedSchema(const json& stream) {
  arrow::Schema schema;
  for (const json& column : JsonList(stream, "columns")) {
    const std::string name = JsonText(column, "name"), type = JsonText(column, "type");
    if (name.empty() || type.empty()) return {};
    const auto native = pgwire::NativeType(type);
    schema.fields.push_back({name,
                             native.value_or(arrow::TypeId::kUtf8),
                             !JsonFlag(column, "not_null"),
                             {{"rapidbyte.pg_type", type}, {"rapidbyte.encoding", native ? "native" : "text"}}});
  }
  if (!schema.fields.empty()) {
    schema.fields[0].metadata.push_back({"rapidbyte.server", JsonText(stream, "server")});
    schema.fields[0].metadata.push_back({"rapidbyte.relation", JsonText(stream, "relation")});
  }
  return schema;
}

void TellServerFacts(const ServerFacts& server, sdk::Findings& findings) {
  if (server.standby) {
    findings.AddError(
        "", sdk::SchemaError("the destination is a hot standby, which takes no rows", "write to its primary"));
  }
  if (server.read_only) {
    findings.AddError("", Denied("transactions of the destination's role are read-only (default_transaction_read_only)",
                                 "ALTER ROLE … SET default_transaction_read_only = off, or use another role"));
  }
  if (server.encoding != "UTF8" && server.encoding != "SQL_ASCII") {
    findings.AddNote(
        "", "the destination's encoding is " + server.encoding + ": a run ends at the first character that it lacks");
  }
}

}  // namespace

Result<json> CheckDestination(pgwire::Session& session, const std::string& schema, const json& request) {
  RB_TRY(session.Query(sdk::BeginStatements(sdk::TransactionKind::kLatest, kCheckLockWaitMs)));
  RB_ASSIGN(const ServerFacts server, ReadServerFacts(session));
  RB_TRY(session.Query("ROLLBACK"));
  sdk::Findings findings;
  TellServerFacts(server, findings);
  for (const json& stream : JsonList(request, "streams")) {
    if (server.standby) break;  // its locks are others
    json write = request;
    write["stream"] = stream;
    RB_ASSIGN(const WritePlan plan, ReadWritePlan(schema, write));
    CheckStream(session, plan, DescribedSchema(stream), server, findings);
  }
  return json{{"findings", findings.ToJson()}};
}

}  // namespace rapidbyte::dest_postgres
