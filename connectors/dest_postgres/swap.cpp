#include "dest_postgres/swap.h"

#include "dest_postgres/swap_queries.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

// Runs what a query over the catalog has written.
Status RunAll(pgwire::Session& session, const std::vector<pgwire::Row>& statements) {
  std::string sql;
  for (const pgwire::Row& row : statements) sql += row.at(0).value_or("") + "; ";
  if (!sql.empty()) RB_TRY(session.Query(sql));
  return {};
}

}  // namespace

Status CheckSwap(pgwire::Session& session, const Place& place) {
  RB_ASSIGN(const std::vector<pgwire::Row> losses, sdk::QueryCatalog(session, SwapLossesQuery(place)));
  if (losses.empty()) return {};
  std::string list;
  for (const pgwire::Row& loss : losses) list += (list.empty() ? "" : "; ") + loss.at(0).value_or("");
  return Fail(sdk::SchemaError("replace_by swap would lose what belongs to " + place.name + ": " + list,
                               "use another replace_by: docs/pipeline.md has what each breaks"));
}

Result<std::string> CreateSwapTable(pgwire::Session& session, const Place& place) {
  RB_TRY(CheckSwap(session, place));
  RB_ASSIGN(const std::vector<pgwire::Row> rows, sdk::QueryCatalog(session, SwapTableQuery(place)));
  RB_TRY(session.Query(rows.at(0).at(1).value_or("")));
  return rows.at(0).at(0).value_or("");
}

Status Swap(pgwire::Session& session, const Place& place, const std::string& new_table) {
  RB_TRY(session.Query("LOCK TABLE " + place.name + " IN ACCESS EXCLUSIVE MODE"));
  RB_ASSIGN(const std::vector<pgwire::Row> owner, sdk::QueryCatalog(session, SwapOwnerQuery(place, new_table)));
  RB_TRY(RunAll(session, owner));
  RB_ASSIGN(const std::vector<pgwire::Row> settings, sdk::QueryCatalog(session, SwapSettingsQuery(place, new_table)));
  RB_TRY(RunAll(session, settings));
  RB_ASSIGN(const std::vector<pgwire::Row> names, sdk::QueryCatalog(session, SwapIndexesQuery(place, new_table)));
  for (const pgwire::Row& row : names) {
    if (row.at(0).has_value()) continue;
    return Fail(ErrorCode::kInternal, "the new table's indexes are not those of " + place.name);
  }
  RB_TRY(session.Query("DROP TABLE " + place.name + "; ALTER TABLE " + new_table + " RENAME TO " +
                       pgwire::QuoteIdentifier(place.table)));
  return RunAll(session, names);
}

}  // namespace rapidbyte::dest_postgres
