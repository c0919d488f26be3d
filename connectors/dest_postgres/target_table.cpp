#include "dest_postgres/target_table.h"

#include "pgwire/types.h"
#include "sdk/postgres.h"

namespace rapidbyte {
namespace {

using pgwire::QuoteIdentifier;
using pgwire::QuoteLiteral;
using sdk::PostgresColumn;

constexpr const char* kStaging = "pg_temp.rapidbyte_staging";

template <typename Column, typename Part>
std::string Join(const std::vector<Column>& columns, Part part) {
  std::string list;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) list += ", ";
    list += part(columns[i], i + 1);
  }
  return list;
}

std::string Names(const std::vector<TargetColumn>& columns) {
  return Join(columns, [](const TargetColumn& column, size_t) { return column.name; });
}

// The types among the stream's that this server does not know.
Result<std::vector<bool>> KnownTypes(pgwire::Session& session, const arrow::Schema& stream) {
  RB_ASSIGN(const std::vector<pgwire::Row> rows,
            session.Query("SELECT " + Join(stream.fields, [](const arrow::Field& field, size_t) {
                            return "to_regtype(" + QuoteLiteral(field.Metadata("rapidbyte.pg_type")) + ") IS NOT NULL";
                          })));
  std::vector<bool> known;
  for (const auto& value : rows.at(0)) known.push_back(value == "t");
  return known;
}

// Asks first: CREATE SCHEMA IF NOT EXISTS needs the right to create one even where it exists.
Status CreateSchema(pgwire::Session& session, std::string_view schema) {
  RB_ASSIGN(const std::vector<pgwire::Row> found,
            session.Query("SELECT FROM pg_namespace WHERE nspname = " + QuoteLiteral(schema)));
  if (found.empty()) RB_TRY(session.Query("CREATE SCHEMA IF NOT EXISTS " + QuoteIdentifier(schema)));
  return {};
}

Status CreateTable(pgwire::Session& session, const std::string& name, const arrow::Schema& stream) {
  RB_ASSIGN(const std::vector<bool> known, KnownTypes(session, stream));
  RB_TRY(session.Query("CREATE TABLE " + name + " (" +
                       Join(stream.fields,
                            [&known](const arrow::Field& field, size_t number) {
                              const std::string type(known[number - 1] ? field.Metadata("rapidbyte.pg_type") : "text");
                              return QuoteIdentifier(field.name) + " " + type + (field.nullable ? "" : " NOT NULL");
                            }) +
                       ")"));
  return {};
}

// How one field gets into one column. Casts by assignment report what does not fit; an explicit cast to a type with a
// length would cut it off silently, so explicit casts name the type without its modifier.
TargetColumn Match(const arrow::Field& field, const PostgresColumn& column) {
  TargetColumn target;
  target.name = QuoteIdentifier(field.name);
  target.carrier = pgwire::CarrierType(field.type);
  target.same_type = pgwire::NativeType(column.type) == field.type;
  if (!target.same_type && field.type == arrow::TypeId::kUtf8) target.cast = "::" + column.base_type;
  return target;
}

Result<std::vector<TargetColumn>> MatchColumns(const arrow::Schema& stream, const std::vector<PostgresColumn>& columns,
                                               const std::string& table) {
  std::vector<TargetColumn> matched;
  std::string missing;
  for (const arrow::Field& field : stream.fields) {
    const PostgresColumn* found = nullptr;
    for (const PostgresColumn& column : columns) {
      if (column.name == field.name) found = &column;
    }
    if (found == nullptr) {
      missing += (missing.empty() ? "" : ", ") + QuoteIdentifier(field.name);
      continue;
    }
    if (found->generated) {
      return Fail(sdk::SchemaError("the column " + QuoteIdentifier(field.name) + " of the destination table " + table +
                                       " is computed by the server and takes no values",
                                   "leave it out of source.streams[].columns"));
    }
    matched.push_back(Match(field, *found));
  }
  if (!missing.empty()) {
    return Fail(
        sdk::SchemaError("the destination table " + table + " has no column " + missing,
                         "add what is missing, select fewer columns, or drop the table to have it created anew"));
  }
  return matched;
}

}  // namespace

bool TargetTable::TakesBinaryCopy() const {
  for (const TargetColumn& column : columns) {
    if (!column.same_type) return false;
  }
  return true;
}

std::string TargetTable::CopyInto() const {
  return "COPY " + name + " (" + Names(columns) + ") FROM STDIN (FORMAT BINARY)";
}

std::string TargetTable::CreateStaging() const {
  return std::string("CREATE TEMPORARY TABLE rapidbyte_staging (") +
         Join(columns, [](const TargetColumn& column, size_t) { return column.name + " " + column.carrier; }) +
         ") ON COMMIT DROP";
}

std::string TargetTable::CopyIntoStaging() const {
  return std::string("COPY ") + kStaging + " (" + Names(columns) + ") FROM STDIN (FORMAT BINARY)";
}

std::string TargetTable::InsertFromStaging() const {
  return "INSERT INTO " + name + " (" + Names(columns) + ") OVERRIDING SYSTEM VALUE SELECT " +
         Join(columns, [](const TargetColumn& column, size_t) { return column.name + column.cast; }) + " FROM " +
         kStaging;
}

std::string TargetTable::InsertFromArrays() const {
  return "INSERT INTO " + name + " (" + Names(columns) + ") OVERRIDING SYSTEM VALUE SELECT " +
         Join(columns,
              [](const TargetColumn& column, size_t number) { return "u.c" + std::to_string(number) + column.cast; }) +
         " FROM unnest(" +
         Join(columns, [](const TargetColumn& column,
                          size_t number) { return "$" + std::to_string(number) + "::" + column.carrier + "[]"; }) +
         ") AS u(" + Join(columns, [](const TargetColumn&, size_t number) { return "c" + std::to_string(number); }) +
         ")";
}

Status CheckRights(pgwire::Session& session, std::string_view schema, std::string_view table) {
  const std::string quoted_table = QuoteLiteral(sdk::QualifiedName(schema, table));
  const std::string quoted_schema = QuoteLiteral(QuoteIdentifier(schema));
  RB_ASSIGN(const std::vector<pgwire::Row> rows,
            session.Query("SELECT CASE WHEN to_regclass(" + quoted_table +
                          ") IS NOT NULL THEN has_table_privilege(to_regclass(" + quoted_table +
                          ")::oid, 'INSERT') WHEN to_regnamespace(" + quoted_schema +
                          ") IS NOT NULL THEN has_schema_privilege(to_regnamespace(" + quoted_schema +
                          ")::oid, 'CREATE') ELSE has_database_privilege(current_database(), 'CREATE') END"));
  if (rows.at(0).at(0) == "t") return {};
  Error error = sdk::SchemaError(
      "the destination's role may neither write nor create the table " + sdk::QualifiedName(schema, table),
      "grant it INSERT on the table, or CREATE on the schema or database that it is to be in");
  error.category = "permission";
  return Fail(std::move(error));
}

Result<TargetTable> PrepareTarget(pgwire::Session& session, std::string_view schema, std::string_view table,
                                  const arrow::Schema& stream) {
  TargetTable target;
  target.name = sdk::QualifiedName(schema, table);
  RB_ASSIGN(std::vector<PostgresColumn> columns, sdk::ReadColumns(session, schema, table));
  if (columns.empty()) {
    RB_TRY(CreateSchema(session, schema));
    RB_TRY(CreateTable(session, target.name, stream));
    RB_ASSIGN(columns, sdk::ReadColumns(session, schema, table));
  }
  RB_ASSIGN(target.columns, MatchColumns(stream, columns, target.name));
  return target;
}

Status Empty(pgwire::Session& session, const TargetTable& target) {
  const auto truncated = session.Query("TRUNCATE " + target.name);
  if (truncated) return {};
  Error error = truncated.error();
  error.hint =
      "write_mode replace empties the table by TRUNCATE, which foreign keys of other tables and missing rights forbid";
  return Context("emptying " + target.name, std::move(error));
}

}  // namespace rapidbyte
