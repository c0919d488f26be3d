#include "dest_postgres/swap.h"

#include "dest_postgres/swap_queries.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

// Runs what a query over the catalog has written.
Status RunAll(pgwire::Session& session, const pgwire::Rows& statements) {
  std::string sql;
  for (const pgwire::Row& row : statements) sql += row.Text(0) + "; ";
  if (!sql.empty()) RB_TRY(session.Query(sql));
  return {};
}

}  // namespace

Status CheckSwap(pgwire::Session& session, const Place& place) {
  RB_ASSIGN(const pgwire::Rows losses, sdk::QueryCatalog(session, SwapLossesQuery(place)));
  if (losses.empty()) return {};
  std::string list;
  for (const pgwire::Row& loss : losses) list += (list.empty() ? "" : "; ") + loss.Text(0);
  return Fail(sdk::SchemaError("replace_by swap would lose what belongs to " + place.name + ": " + list,
                               "use another replace_by: docs/pipeline.md has what each breaks"));
}

Result<std::string> CreateSwapTable(pgwire::Session& session, const Place& place) {
  RB_TRY(CheckSwap(session, place));
  RB_ASSIGN(const pgwire::Rows rows, sdk::QueryCatalog(session, SwapTableQuery(place)));
  RB_TRY(session.Query(rows[0].Text(1)));
  return rows[0].Text(0);
}

Status Swap(pgwire::Session& session, const Place& place, const std::string& new_table) {
  RB_TRY(session.Query("LOCK TABLE " + place.name + " IN ACCESS EXCLUSIVE MODE"));
  RB_ASSIGN(const pgwire::Rows owner, sdk::QueryCatalog(session, SwapOwnerQuery(place, new_table)));
  RB_TRY(RunAll(session, owner));
  RB_ASSIGN(const pgwire::Rows settings, sdk::QueryCatalog(session, SwapSettingsQuery(place, new_table)));
  RB_TRY(RunAll(session, settings));
  RB_ASSIGN(const pgwire::Rows names, sdk::QueryCatalog(session, SwapIndexesQuery(place, new_table)));
  for (const pgwire::Row& row : names) {
    if (row[0].has_value()) continue;
    return Fail(ErrorCode::kInternal, "the new table's indexes are not those of " + place.name);
  }
  RB_TRY(session.Query("DROP TABLE " + place.name + "; ALTER TABLE " + new_table + " RENAME TO " +
                       pgwire::QuoteIdentifier(place.table)));
  return RunAll(session, names);
}

}  // namespace rapidbyte::dest_postgres
