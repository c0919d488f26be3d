#include "dest_postgres/check_facts.h"

#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

using pgwire::QuoteLiteral;

enum class Of { kAllColumns, kNullableColumns };

std::string NamesArray(const arrow::Schema& stream, Of which) {
  std::string list;
  for (const arrow::Field& field : stream.fields) {
    if (which == Of::kNullableColumns && !field.nullable) continue;
    list += (list.empty() ? "" : ", ") + QuoteLiteral(field.name);
  }
  return "ARRAY[" + list + "]::name[]";
}

// The columns of the table `c` for which `condition` holds, where `t` is a column's type.
std::string Columns(const std::string& condition) {
  return "(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type t ON "
         "t.oid "
         "= a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND " +
         condition + ")";
}

constexpr const char* kInsertPolicy =
    "EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('a', '*') AND "
    "EXISTS "
    "(SELECT FROM unnest(p.polroles) AS r(oid) WHERE r.oid = 0 OR pg_has_role(r.oid, 'USAGE')))";

// TRUNCATE takes along what inherits from the table, its partitions too.
constexpr const char* kForeignKeys =
    "(WITH RECURSIVE tree(oid) AS (SELECT c.oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = "
    "tree.oid) SELECT string_agg(quote_ident(k.conname) || ' of ' || k.conrelid::regclass, ', ' ORDER BY k.conname) "
    "FROM "
    "pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid IN (SELECT oid FROM tree) AND "
    "k.conrelid NOT IN (SELECT oid FROM tree))";

}  // namespace

Result<ServerFacts> ReadServerFacts(pgwire::Session& session) {
  RB_ASSIGN(
      const pgwire::Rows rows,
      sdk::QueryCatalog(session,
                        "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only'), "
                        "current_setting('server_encoding'), has_database_privilege(current_database(), 'CREATE'), "
                        "has_database_privilege(current_database(), 'TEMP')"));
  const pgwire::Row& row = rows[0];
  return ServerFacts{row.IsTrue(0), row[1] == "on", row.Text(2), row.IsTrue(3), row.IsTrue(4)};
}

Result<SchemaFacts> ReadSchemaFacts(pgwire::Session& session, const std::string& schema) {
  RB_ASSIGN(const pgwire::Rows rows,
            sdk::QueryCatalog(session,
                              "SELECT has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE') FROM "
                              "pg_namespace WHERE nspname = " +
                                  QuoteLiteral(schema)));
  if (rows.empty()) return SchemaFacts{};  // dropped since it was found
  return SchemaFacts{rows[0].IsTrue(0), rows[0].IsTrue(1)};
}

Result<TableFacts> ReadTableFacts(pgwire::Session& session, const std::string& oid, const arrow::Schema& stream) {
  const std::string filled = "a.attname = ANY (" + NamesArray(stream, Of::kAllColumns) + ")";
  const std::string sometimes_null = "a.attname = ANY (" + NamesArray(stream, Of::kNullableColumns) + ")";
  const std::string unfilled = "NOT a.atthasdef AND a.attidentity = '' AND t.typdefault IS NULL AND NOT " + filled;
  RB_ASSIGN(
      const pgwire::Rows rows,
      sdk::QueryCatalog(session, "SELECT has_any_column_privilege(c.oid, 'INSERT'), " +
                                     Columns(filled + " AND NOT has_column_privilege(c.oid, a.attnum, 'INSERT')") +
                                     ", has_table_privilege(c.oid, 'TRUNCATE'), has_table_privilege(c.oid, 'DELETE'), "
                                     "row_security_active(c.oid), " +
                                     kInsertPolicy + ", " + Columns("a.attnotnull AND " + unfilled) + ", " +
                                     Columns("NOT a.attnotnull AND t.typnotnull AND " + unfilled) + ", " +
                                     Columns("(a.attnotnull OR t.typnotnull) AND " + sometimes_null) + ", " +
                                     kForeignKeys + " FROM pg_class c WHERE c.oid = " + oid));
  if (rows.empty()) return Fail(sdk::SchemaError("the destination table has gone", "run it again"));
  const pgwire::Row& row = rows[0];
  TableFacts facts;
  facts.insert = row.IsTrue(0);
  facts.forbidden_columns = row.Text(1);
  facts.may_truncate = row.IsTrue(2);
  facts.may_delete = row.IsTrue(3);
  facts.policies = row.IsTrue(4);
  facts.insert_policy = row.IsTrue(5);
  facts.unfilled_columns = row.Text(6);
  facts.unfilled_domains = row.Text(7);
  facts.strict_columns = row.Text(8);
  facts.foreign_keys = row.Text(9);
  return facts;
}

}  // namespace rapidbyte::dest_postgres
