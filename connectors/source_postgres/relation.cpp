#include "source_postgres/relation.h"

#include <algorithm>
#include <map>

#include "base/utf8.h"
#include "pgwire/types.h"
#include "sdk/postgres.h"

namespace rapidbyte::source_postgres {
namespace {

using pgwire::QuoteIdentifier;
using pgwire::QuoteLiteral;
using pgwire::Row;
using pgwire::Rows;

// FROM …: the wanted names with their place, joined to what the catalog has of them.
std::string FromWanted(const std::string& schema, const std::vector<StreamRequest>& streams) {
  std::string values;
  for (size_t i = 0; i < streams.size(); ++i) {
    values += (i == 0 ? "(" : ", (") + std::to_string(i) + ", " + QuoteLiteral(streams[i].name) + ")";
  }
  return " FROM (VALUES " + values +
         ") AS wanted(place, name) LEFT JOIN pg_namespace n ON n.nspname = " + QuoteLiteral(schema) +
         " LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name AND c.relkind IN ('r', 'p', 'v', "
         "'m', 'f')";
}

Error Refused(std::string category, std::string message, std::string hint) {
  Error error = sdk::SchemaError(std::move(message), std::move(hint));
  error.category = std::move(category);
  return error;
}

std::string AndMore(const std::string& list, const std::string& item) {
  return list.empty() ? item : list + ", " + item;
}

// What stands in the way of reading a relation; `row` is one of FindRelations' query.
std::optional<Error> ProblemOf(const Relation& relation, const Row& row, const std::string& schema, bool filter_rows) {
  if (row[0] != "t") {
    return Refused("schema", "there is no schema " + QuoteIdentifier(schema) + " in the source",
                   "check source.config.schema; names are case-sensitive");
  }
  if (row[1] != "t") {
    return Refused("permission", "the source's role may not use the schema " + QuoteIdentifier(schema),
                   "grant it USAGE on the schema");
  }
  if (!row[2]) {
    return Refused("schema", "there is no table or view " + relation.name + " in the source",
                   "check source.config.schema and the streams' names; names are case-sensitive");
  }
  if (row[5] != "t") {
    return Refused("permission", "the source's role may not read " + relation.name, "grant it SELECT");
  }
  if (relation.stream.only && relation.kind != 'r') {
    return Refused("schema", relation.name + " is no table with rows of its own, as only: true asks for",
                   "leave only out for partitioned tables, views and foreign tables");
  }
  if (row.IsTrue(6) && !filter_rows) {
    return Refused("permission", "row-level security lets the source's role see only some rows of " + relation.name,
                   "set source.config.row_security: filter to move just those, or give the role BYPASSRLS");
  }
  return std::nullopt;
}

// place, oid of the relation, name, type, not null; type without modifier, whether it has none, its oid, and whether
// more must be known of the type to carry it as text.
std::string DescribeColumns(const std::string& schema, const std::vector<StreamRequest>& streams) {
  return "SELECT wanted.place, c.oid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
         "format_type(a.atttypid, -1), a.atttypmod < 0, a.atttypid, t.typtype <> 'b' OR (t.typelem <> 0 AND t.typlen = "
         "-1) OR EXISTS (SELECT FROM pg_cast WHERE castsource = t.oid AND casttarget = 'text'::regtype AND pg_cast.oid "
         ">= "
         "16384), has_column_privilege(c.oid, a.attnum, 'SELECT')" +
         FromWanted(schema, streams) +
         " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = "
         "a.atttypid ORDER BY wanted.place, a.attnum";
}

// Of the types `oids`: oid, the type that a domain stands for in the end (else the type itself), whether a user's cast
// takes that to text, its output function, and whether it is made of types whose text depends on the search_path. Oids
// from 16384 on are not the server's own.
std::string DescribeTypes(const std::string& oids) {
  return "WITH RECURSIVE base(type, oid) AS (SELECT oid, oid FROM pg_type WHERE oid IN (" + oids +
         ") UNION ALL SELECT base.type, d.typbasetype FROM base JOIN pg_type d ON d.oid = base.oid WHERE d.typtype = "
         "'d'), "
         "part(type, oid) AS (SELECT type, oid FROM base UNION SELECT part.type, inner_type.oid FROM part JOIN pg_type "
         "p "
         "ON p.oid = part.oid CROSS JOIN LATERAL (SELECT p.typbasetype WHERE p.typtype = 'd' UNION ALL SELECT "
         "p.typelem "
         "WHERE p.typelem <> 0 UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = p.oid UNION ALL SELECT "
         "f.atttypid FROM pg_attribute f WHERE f.attrelid = p.typrelid AND f.attnum > 0 AND NOT f.attisdropped) AS "
         "inner_type(oid)) SELECT base.type, format_type(base.oid, -1), EXISTS (SELECT FROM pg_cast WHERE castsource = "
         "base.oid AND casttarget = 'text'::regtype AND pg_cast.oid >= 16384), quote_ident(n.nspname) || '.' || "
         "quote_ident(f.proname), EXISTS (SELECT FROM part JOIN pg_type x ON x.oid = part.oid WHERE part.type = "
         "base.type "
         "AND part.oid <> base.oid AND x.typnamespace = 'pg_catalog'::regnamespace AND x.typname IN ('regproc', "
         "'regprocedure', 'regoper', 'regoperator', 'regclass', 'regtype', 'regconfig', 'regdictionary', "
         "'regcollation')) FROM base JOIN pg_type b ON b.oid = base.oid JOIN pg_proc f ON f.oid = b.typoutput JOIN "
         "pg_namespace n ON n.oid = f.pronamespace WHERE b.typtype <> 'd'";
}

// What a row of DescribeTypes says.
struct TypeDetails {
  std::string base;
  bool users_cast = false;
  std::string output;  // the function's qualified name
  bool holds_names = false;
};

// Of the columns that do not travel natively, by their types' oids.
Result<std::map<std::string, TypeDetails>> ReadTypes(pgwire::Session& session, const Rows& columns) {
  std::string oids;
  for (const Row& row : columns) {
    if (row.IsTrue(8) && !pgwire::NativeType(row.Text(3))) oids = AndMore(oids, row.Text(7));
  }
  std::map<std::string, TypeDetails> types;
  if (oids.empty()) return types;
  RB_ASSIGN(const Rows rows, sdk::QueryCatalog(session, DescribeTypes(oids)));
  for (const Row& row : rows) types[row.Text(0)] = {row.Text(1), row.IsTrue(2), row.Text(3), row.IsTrue(4)};
  return types;
}

std::string IdentityOf(const char* catalog, const std::string& value) {
  return std::string("(pg_catalog.pg_identify_object('pg_catalog.") + catalog + "'::pg_catalog.regclass, " + value +
         "::pg_catalog.oid, 0)).identity";
}

// SQL for the name that a value of such a type stands for, qualified whatever the search_path is. Empty for all others.
std::string QualifiedNameOf(std::string_view type, const std::string& value) {
  if (type == "regclass") return IdentityOf("pg_class", value);
  if (type == "regtype") return IdentityOf("pg_type", value);
  if (type == "regprocedure") return IdentityOf("pg_proc", value);
  if (type == "regoperator") return IdentityOf("pg_operator", value);
  if (type == "regconfig") return IdentityOf("pg_ts_config", value);
  if (type == "regdictionary") return IdentityOf("pg_ts_dict", value);
  if (type == "regcollation") return IdentityOf("pg_collation", value);
  const std::string from = " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) ";
  const std::string schema =
      "(SELECT pg_catalog.quote_ident(n.nspname) OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) ";
  const std::string where = " WHERE o.oid OPERATOR(pg_catalog.=) " + value + "::pg_catalog.oid)";
  if (type == "regproc") {
    return schema + "pg_catalog.quote_ident(o.proname) FROM pg_catalog.pg_proc o" + from + "o.pronamespace" + where;
  }
  if (type == "regoper") {
    return schema + "o.oprname::pg_catalog.text FROM pg_catalog.pg_operator o" + from + "o.oprnamespace" + where;
  }
  return "";
}

// How a column travels. `row` is one of DescribeColumns.
SourceColumn Carry(const Row& row, const std::map<std::string, TypeDetails>& types) {
  SourceColumn column;
  column.name = row.Text(2);
  column.type = row.Text(3);
  column.not_null = row.IsTrue(4);
  column.readable = row.IsTrue(9);
  column.native = pgwire::NativeType(column.type);
  const std::string value = QuoteIdentifier(column.name);
  column.expression = value;
  if (!IsUtf8(column.name)) column.refusal = "its name is not valid UTF-8";
  if (!IsUtf8(column.type)) column.refusal = "the name of its type is not valid UTF-8";
  if (column.native || !column.refusal.empty()) return column;
  const auto found = types.find(row.Text(7));
  const TypeDetails type = found != types.end() ? found->second : TypeDetails{.base = row.Text(5)};
  if (const std::string name = QualifiedNameOf(type.base, value); !name.empty()) {
    const std::string oid = value + "::pg_catalog.oid";
    column.expression = "CASE WHEN " + oid + " OPERATOR(pg_catalog.=) 0 THEN '-' ELSE coalesce(" + name + ", " + oid +
                        "::pg_catalog.text) END";
  } else if (type.users_cast) {
    column.expression = "pg_catalog.textin(" + type.output + "(" + value + "::" + type.base + "))";
  } else if (type.base == "bpchar" && row.IsTrue(6)) {
    // The cast would take trailing blanks away, which belong to a value without a length.
    column.expression = "pg_catalog.textin(pg_catalog.bpcharout(" + value + "::pg_catalog.bpchar))";
  } else {
    column.expression = value + "::pg_catalog.text";
  }
  if (type.holds_names) {
    column.refusal = "its type " + column.type + " holds names whose text depends on the search_path";
  }
  return column;
}

// Takes the columns that the stream selects, in the order in which it names them.
void Select(const std::vector<SourceColumn>& all, Relation& relation) {
  std::string missing, forbidden, refused;
  relation.columns.clear();
  for (const std::string& name : relation.stream.columns) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&name](const SourceColumn& column) { return column.name == name; });
    if (found == all.end()) {
      missing = AndMore(missing, QuoteIdentifier(name));
    } else {
      relation.columns.push_back(*found);
    }
  }
  if (relation.stream.columns.empty()) relation.columns = all;
  for (const SourceColumn& column : relation.columns) {
    if (!column.readable) forbidden = AndMore(forbidden, QuoteIdentifier(column.name));
    if (!column.refusal.empty())
      refused = AndMore(refused, EscapeInvalid(QuoteIdentifier(column.name)) + ": " + column.refusal);
  }
  if (!missing.empty()) {
    relation.problem = Refused("schema", "the source table " + relation.name + " has no column " + missing,
                               "names are case-sensitive; leave columns out to read all of them");
  } else if (relation.columns.empty()) {
    relation.problem = Refused("schema", "the source table " + relation.name + " has no columns", "");
  } else if (!forbidden.empty()) {
    relation.problem = Refused("permission", "the source's role may not read " + forbidden + " of " + relation.name,
                               "grant it SELECT, or name the columns that it may read in source.streams[].columns");
  } else if (!refused.empty()) {
    relation.problem = Refused("data", "of " + relation.name + " cannot be carried " + refused,
                               "select other columns, or cast them to text in a view");
  }
}

}  // namespace

Result<std::vector<Relation>> FindRelations(pgwire::Session& session, const std::string& schema, bool filter_rows,
                                            const std::vector<StreamRequest>& streams) {
  RB_ASSIGN(const Rows rows, sdk::QueryCatalog(session,
                                               "SELECT n.oid IS NOT NULL, has_schema_privilege(n.oid, 'USAGE'), c.oid, "
                                               "c.relkind, has_table_privilege(c.oid, 'SELECT'), "
                                               "has_any_column_privilege(c.oid, 'SELECT'), row_security_active(c.oid)" +
                                                   FromWanted(schema, streams) + " ORDER BY wanted.place"));
  if (rows.size() != streams.size()) return Fail(ErrorCode::kSource, "the server's catalog gave no answer");
  std::vector<Relation> relations;
  for (size_t i = 0; i < streams.size(); ++i) {
    Relation relation;
    relation.stream = streams[i];
    relation.name = sdk::QualifiedName(schema, streams[i].name);
    relation.oid = rows[i].Text(2);
    relation.kind = rows[i][3].value_or(" ")[0];
    const bool has_lock = relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'v';
    relation.lockable = has_lock && rows[i].IsTrue(4);
    relation.problem = ProblemOf(relation, rows[i], schema, filter_rows);
    relations.push_back(std::move(relation));
  }
  return relations;
}

Result<bool> DescribeRelations(pgwire::Session& session, const std::string& schema, std::vector<Relation>& relations) {
  std::vector<StreamRequest> streams;
  for (const Relation& relation : relations) streams.push_back(relation.stream);
  RB_ASSIGN(const Rows rows, sdk::QueryCatalog(session, DescribeColumns(schema, streams)));
  RB_ASSIGN(const auto types, ReadTypes(session, rows));
  size_t next = 0;
  for (size_t place = 0; place < relations.size(); ++place) {
    std::vector<SourceColumn> columns;
    for (; next < rows.size() && rows[next][0] == std::to_string(place); ++next) {
      if (rows[next][1] != relations[place].oid) return false;
      columns.push_back(Carry(rows[next], types));
    }
    if (!relations[place].problem) Select(columns, relations[place]);
  }
  return true;
}

Status CheckProblems(const std::vector<Relation>& relations) {
  std::optional<Error> all;
  std::vector<std::string> told;
  for (const Relation& relation : relations) {
    if (!relation.problem) continue;
    const std::string& message = relation.problem->message;
    if (std::find(told.begin(), told.end(), message) != told.end()) continue;
    told.push_back(message);
    if (all) all->message += "; " + message;
    if (!all) all = relation.problem;
  }
  if (all) return Fail(std::move(*all));
  return {};
}

std::string FromItem(const Relation& relation) { return (relation.stream.only ? "ONLY " : "") + relation.name; }

std::string SelectStatement(const Relation& relation) {
  std::string list;
  for (const SourceColumn& column : relation.columns) list = AndMore(list, column.expression);
  return "SELECT " + list + " FROM " + FromItem(relation);
}

}  // namespace rapidbyte::source_postgres
