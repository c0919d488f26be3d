#include "dest_postgres/relation.h"

#include <cstdlib>
#include <string_view>

#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

using pgwire::QuoteLiteral;

bool IsTableOrView(char kind) { return std::string_view("rpvf").find(kind) != std::string_view::npos; }

const char* KindName(char kind) {
  switch (kind) {
    case 'S':
      return "a sequence";
    case 'i':
    case 'I':
      return "an index";
    case 'm':
      return "a materialized view";
    case 'c':
      return "a composite type";
    default:
      return "neither a table nor a view";
  }
}

Error NameTaken(const Place& place, const char* by) {
  return sdk::SchemaError("the name of the destination table " + place.name + " is taken by " + by,
                          "rename that, or write into another schema (destination.config.schema)");
}

uint32_t Oid(const std::optional<std::string>& text) {
  return static_cast<uint32_t>(std::strtoul(text.value_or("0").c_str(), nullptr, 10));
}

// One row: the schema, what has the name, the transaction, and whether a type has the name (an array's type would give
// way).
std::string FindQuery(const Place& place, Number number) {
  return std::string("SELECT n.oid IS NOT NULL, c.oid, c.relkind, ") +
         (number == Number::kGiven ? "txid_current()" : "NULL") +
         ", EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = n.oid AND t.typname = " + QuoteLiteral(place.table) +
         " AND t.typrelid = 0 AND NOT (t.typelem <> 0 AND t.typcategory = 'A')) FROM (VALUES (" +
         QuoteLiteral(place.schema) + "::name)) AS v(schema) LEFT JOIN pg_namespace n ON n.nspname = v.schema " +
         "LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = " + QuoteLiteral(place.table);
}

std::string Rules(const char* event) {
  return std::string(
             "(SELECT string_agg(quote_ident(rulename), ', ' ORDER BY rulename) FROM pg_rewrite WHERE ev_class "
             "= c.oid AND ev_type = '") +
         event + "' AND ev_enabled <> 'D')";
}

// The function of a user's cast of `source` to the column's base type. Casts without a function, and those by the
// types' own input and output functions, change nothing.
std::string CastFunction(const char* source) {
  return std::string("(SELECT castfunc::regprocedure::text FROM pg_cast WHERE castsource = '") + source +
         "'::regtype AND casttarget = b.oid AND castmethod = 'f' AND pg_cast.oid >= 16384)";
}

std::string ColumnsQuery(const std::string& relation) {
  return "SELECT a.attname, a.atttypid, format_type(a.atttypid, a.atttypmod), quote_ident(bn.nspname) || '.' || "
         "quote_ident(b.typname), a.attgenerated <> '', " +
         CastFunction("text") + ", " + CastFunction("varchar") +
         " IS NOT NULL FROM pg_attribute a JOIN LATERAL (WITH RECURSIVE d(oid, typtype, typbasetype) AS (SELECT oid, "
         "typtype, typbasetype FROM pg_type WHERE oid = a.atttypid UNION ALL SELECT t.oid, t.typtype, t.typbasetype "
         "FROM d JOIN pg_type t ON t.oid = d.typbasetype WHERE d.typtype = 'd') SELECT oid FROM d WHERE typtype <> "
         "'d') AS base ON true JOIN pg_type b ON b.oid = base.oid JOIN pg_namespace bn ON bn.oid = b.typnamespace "
         "WHERE a.attrelid = " +
         relation + " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
}

}  // namespace

Result<Found> FindRelation(pgwire::Session& session, const Place& place, Number number, std::string_view begin) {
  RB_ASSIGN(const pgwire::Rows rows, sdk::QueryCatalog(session, FindQuery(place, number), begin));
  const pgwire::Row& row = rows[0];
  Found found;
  found.schema = row.IsTrue(0);
  found.oid = row.Text(1);
  found.kind = row[2].value_or(std::string(1, '\0'))[0];
  found.transaction = row.Text(3);
  if (!found.oid.empty() && !IsTableOrView(found.kind)) return Fail(NameTaken(place, KindName(found.kind)));
  if (found.oid.empty() && row.IsTrue(4)) return Fail(NameTaken(place, "a type"));
  return found;
}

Status LockRelation(pgwire::Session& session, const Place& place, bool replaces, char kind) {
  std::string sql;
  // LOCK knows no foreign tables; TRUNCATE's own lock will have to do for them.
  if (replaces && kind != 'f') sql = "LOCK TABLE ONLY " + place.name + " IN SHARE UPDATE EXCLUSIVE MODE; ";
  // Not LOCK: a role with INSERT on some columns only may not, nor may it on a foreign table.
  RB_TRY(session.Query(sql + "EXPLAIN INSERT INTO " + place.name + " DEFAULT VALUES"));
  return {};
}

Result<Relation> DescribeRelation(pgwire::Session& session, const Place& place) {
  const std::string from =
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = " + QuoteLiteral(place.schema) +
      " AND c.relname = " + QuoteLiteral(place.table);
  RB_ASSIGN(const pgwire::Rows rows,
            sdk::QueryCatalog(session, "SELECT c.relkind, " + Rules("3") + ", " + Rules("4") + from + "; " +
                                           ColumnsQuery("(SELECT c.oid" + from + ")")));
  if (rows.empty()) return Fail(sdk::SchemaError("the destination table " + place.name + " has gone", "run it again"));
  Relation relation;
  relation.kind = rows[0][0].value_or("r")[0];
  relation.insert_rules = rows[0].Text(1);
  relation.delete_rules = rows[0].Text(2);
  for (size_t i = 1; i < rows.size(); ++i) {
    const pgwire::Row& row = rows[i];
    relation.columns.push_back(
        {row.Text(0), Oid(row[1]), row.Text(2), row.Text(3), row.IsTrue(4), row.Text(5), row.IsTrue(6)});
  }
  return relation;
}

}  // namespace rapidbyte::dest_postgres
