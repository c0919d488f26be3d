#include "dest_postgres/replacement.h"

#include "dest_postgres/swap.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

Status Truncate(pgwire::Session& session, const Place& place) {
  const auto truncated = session.Query("TRUNCATE " + place.name);
  if (truncated) return {};
  Error error = truncated.error();
  if (error.sqlstate != "55P03") {
    error.hint =
        "replace_by truncate and staged empty the table by TRUNCATE, which foreign keys of other tables, views and "
        "missing rights forbid; replace_by: delete needs none of that";
  }
  return Context("emptying " + place.name, std::move(error));
}

// Two columns: foreign keys that would take rows of other tables along, or change them; and the role's row_security.
std::string DeleteFactsQuery(const Place& place) {
  return "SELECT string_agg(quote_ident(conname) || ' of ' || conrelid::regclass, ', ' ORDER BY conname), "
         "current_setting('row_security') FROM pg_constraint WHERE contype = 'f' AND confdeltype IN ('c', 'n', 'd') "
         "AND confrelid = to_regclass(" +
         pgwire::QuoteLiteral(place.name) + ")";
}

// What keeps DELETE from emptying the table, and just that; else the role's row_security.
Result<std::string> CheckDelete(pgwire::Session& session, const Place& place, const Relation& relation) {
  if (!relation.delete_rules.empty()) {
    return Fail(sdk::SchemaError(
        "the rules " + relation.delete_rules + " of " + place.name + " change what DELETE does: old rows might stay",
        "use another replace_by, or drop the rules"));
  }
  RB_ASSIGN(const pgwire::Rows facts, sdk::QueryCatalog(session, DeleteFactsQuery(place)));
  if (const auto& keys = facts[0][0]) {
    return Fail(sdk::SchemaError("deleting the rows of " + place.name +
                                     " would delete or change rows of other tables by the foreign keys " + *keys,
                                 "use another replace_by, or foreign keys without ON DELETE CASCADE or SET"));
  }
  return facts[0][1].value_or("on");
}

Status Delete(pgwire::Session& session, const Place& place, const Relation& relation) {
  RB_ASSIGN(const std::string row_security, CheckDelete(session, place, relation));
  // Off: a policy that hides rows makes this fail, instead of leaving them.
  const auto deleted = session.Query("SET LOCAL row_security = off; DELETE FROM " + place.name +
                                     "; SET LOCAL row_security = " + row_security);
  if (!deleted) return Context("emptying " + place.name, deleted.error());
  return {};
}

}  // namespace

Status CheckRoom(pgwire::Session& session, const WritePlan& plan, const Relation& relation) {
  if (plan.mode == WriteMode::kReplaceDelete) RB_TRY(CheckDelete(session, plan.place, relation));
  if (plan.mode == WriteMode::kReplaceSwap) RB_TRY(CheckSwap(session, plan.place));
  return {};
}

Status MakeRoom(pgwire::Session& session, const WritePlan& plan, const Relation& relation, TargetTable* target) {
  switch (plan.mode) {
    case WriteMode::kAppend:
    case WriteMode::kReplaceStaged:
      return {};
    case WriteMode::kReplaceTruncate:
      return Truncate(session, plan.place);
    case WriteMode::kReplaceDelete:
      return Delete(session, plan.place, relation);
    case WriteMode::kReplaceSwap:
      RB_ASSIGN(target->name, CreateSwapTable(session, plan.place));
      return {};
  }
  return {};
}

Status MakeRoomForStaged(pgwire::Session& session, const WritePlan& plan) {
  return plan.mode == WriteMode::kReplaceStaged ? Truncate(session, plan.place) : Status{};
}

Status TakePlace(pgwire::Session& session, const WritePlan& plan, const TargetTable& target) {
  return plan.mode == WriteMode::kReplaceSwap ? Swap(session, plan.place, target.name) : Status{};
}

}  // namespace rapidbyte::dest_postgres
