#include "source_postgres/discover.h"

#include "base/utf8.h"
#include "sdk/json.h"
#include "sdk/postgres.h"
#include "source_postgres/raw_text.h"

namespace rapidbyte::source_postgres {
namespace {

using nlohmann::json;

// Streams of all relations whose names a pipeline could give.
Result<std::vector<StreamRequest>> ListStreams(pgwire::Session& session, const std::string& schema, json& notes) {
  RB_ASSIGN(const pgwire::Rows tables,
            sdk::QueryCatalog(session,
                              "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                              "n.nspname = " +
                                  pgwire::QuoteLiteral(schema) +
                                  " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname"));
  std::vector<StreamRequest> streams;
  for (const pgwire::Row& table : tables) {
    const std::string& name = table.Text(0);
    if (IsUtf8(name)) {
      streams.push_back({name, {}, false});
    } else {
      notes.push_back("left out is \"" + EscapeInvalid(name) + "\", whose name is not valid UTF-8");
    }
  }
  return streams;
}

}  // namespace

json DescribeStream(const Relation& relation) {
  json columns = json::array();
  for (const SourceColumn& column : relation.columns) {
    columns.push_back({{"name", column.name}, {"type", column.type}, {"not_null", column.not_null}});
  }
  return {{"name", relation.stream.name}, {"columns", columns}};
}

Result<json> DiscoverStreams(pgwire::Session& session, const std::string& schema, bool filter_rows) {
  RB_TRY(BeginRaw(session, sdk::BeginStatements(sdk::TransactionKind::kLatest, 0)));
  json answer = {{"streams", json::array()}, {"notes", json::array()}};
  RB_ASSIGN(const std::vector<StreamRequest> streams, ListStreams(session, schema, answer["notes"]));
  std::vector<Relation> relations;
  if (!streams.empty()) {
    RB_ASSIGN(relations, FindRelations(session, schema, filter_rows, streams));
    RB_TRY(DescribeRelations(session, schema, relations));
  }
  RB_TRY(session.Query("COMMIT"));
  for (const Relation& relation : relations) {
    answer["streams"].push_back(DescribeStream(relation));
    if (relation.problem) answer["notes"].push_back(relation.problem->message);
  }
  if (answer["notes"].empty()) answer.erase("notes");
  return answer;
}

}  // namespace rapidbyte::source_postgres
