#include "dest_postgres/target_table.h"

#include <algorithm>

#include "dest_postgres/type_map.h"
#include "pgwire/types.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

using pgwire::QuoteIdentifier;

constexpr uint32_t kVarcharOid = 1043;

template <typename Part>
std::string Join(const std::vector<TargetColumn>& columns, Part part) {
  std::string list;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) list += ", ";
    list += part(columns[i], std::to_string(i + 1));
  }
  return list;
}

std::string Names(const std::vector<TargetColumn>& columns) {
  return Join(columns, [](const TargetColumn& column, const std::string&) { return column.name; });
}

// INSERT … SELECT FROM one array per column; `array` writes the one with a number.
template <typename Array>
std::string InsertSelect(const std::string& table, const std::vector<TargetColumn>& columns, bool cast, Array array) {
  return "INSERT INTO " + table + " (" + Names(columns) + ") OVERRIDING SYSTEM VALUE SELECT " +
         Join(columns,
              [cast](const TargetColumn& column, const std::string& number) {
                return cast ? column.Cast("u.c" + number) : "u.c" + number;
              }) +
         " FROM ROWS FROM (" +
         Join(columns,
              [&array](const TargetColumn& column, const std::string& number) {
                return "pg_catalog.unnest(" + array(number) + "::" + column.carrier + "[])";
              }) +
         ") AS u(" + Join(columns, [](const TargetColumn&, const std::string& number) { return "c" + number; }) + ")";
}

// Text becomes a value by the type's input function, as the output function has made it. A cast does that unless
// pg_cast has a function for it. Lengths stay out of the cast, which would cut off silently; the assignment to the
// column reports what is too long.
Status CastText(const Column& column, const std::string& table, TargetColumn* target) {
  if (column.base_name == "pg_catalog.regclass") {
    // The server's own cast takes "-" for a name.
    target->before = "pg_catalog.regclassin(pg_catalog.textout(";
    target->after = "))";
    return {};
  }
  target->after = "::" + column.base_name;
  if (column.text_cast.empty()) return {};
  if (!column.varchar_cast) {
    target->after = "::pg_catalog.varchar" + target->after;
    return {};
  }
  return Fail(sdk::SchemaError("the column " + target->name + " of the destination table " + table + " has the type " +
                                   column.base_name + ", to which users' casts lead from text (" + column.text_cast +
                                   ") and from varchar: no way is left to the type's input function",
                               "drop one of the two casts, or give the column another type"));
}

Result<TargetColumn> Match(const arrow::Field& field, const Column& column, const std::string& table) {
  TargetColumn target;
  target.name = QuoteIdentifier(field.name);
  target.carrier = "pg_catalog." + std::string(pgwire::CarrierType(field.type));
  target.type = PinnedTypeName(column.type_name);
  const bool text = field.type == arrow::TypeId::kUtf8;
  target.same_type = column.type == pgwire::ElementOid(field.type) || (text && column.type == kVarcharOid);
  if (text && !target.same_type) RB_TRY(CastText(column, table, &target));
  return target;
}

}  // namespace

std::string TargetTable::CopyIn() const {
  return "COPY " + loaded() + " (" + Names(columns) + ") FROM STDIN (FORMAT BINARY)";
}

std::string TargetTable::CreateStaging() const {
  return "CREATE TEMPORARY TABLE " + staging + " (" +
         Join(columns,
              [](const TargetColumn& column, const std::string&) { return column.name + " " + column.carrier; }) +
         ") ON COMMIT DROP";
}

std::string TargetTable::InsertFromStaging() const {
  return "INSERT INTO " + name + " (" + Names(columns) + ") OVERRIDING SYSTEM VALUE SELECT " +
         Join(columns, [](const TargetColumn& column, const std::string&) { return column.Cast(column.name); }) +
         " FROM " + staging;
}

std::string TargetTable::InsertFromArrays() const {
  return InsertSelect(loaded(), columns, staging.empty(), [](const std::string& number) { return "$" + number; });
}

std::string TargetTable::ExplainInsert() const {
  return "EXPLAIN " + InsertSelect(name, columns, true, [](const std::string&) { return std::string("NULL"); });
}

Result<std::vector<TargetColumn>> MatchColumns(const arrow::Schema& stream, const Relation& relation,
                                               const std::string& table) {
  std::vector<TargetColumn> matched;
  std::string missing, computed;
  for (const arrow::Field& field : stream.fields) {
    const auto found = std::find_if(relation.columns.begin(), relation.columns.end(),
                                    [&field](const Column& column) { return column.name == field.name; });
    if (found == relation.columns.end() || found->generated) {
      std::string& list = found == relation.columns.end() ? missing : computed;
      list += (list.empty() ? "" : ", ") + QuoteIdentifier(field.name);
      continue;
    }
    RB_ASSIGN(TargetColumn target, Match(field, *found, table));
    matched.push_back(std::move(target));
  }
  if (missing.empty() && computed.empty()) return matched;
  std::string message = "the destination table " + table;
  if (!missing.empty()) message += " has no column " + missing;
  if (!computed.empty()) message += (missing.empty() ? "" : ", and") + (" computes the column " + computed) + " itself";
  return Fail(sdk::SchemaError(message, computed.empty()
                                            ? "add what is missing, select fewer columns, or drop the table to have it "
                                              "created anew"
                                            : "leave it out of source.streams[].columns"));
}

}  // namespace rapidbyte::dest_postgres
