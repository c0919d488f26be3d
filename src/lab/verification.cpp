#include "lab/verification.h"

#include <fmt/format.h>

#include <charconv>

namespace rapidbyte::lab {
namespace {

// All that the text form of a value depends on, for one transaction.
constexpr const char* kPinnedSettings =
    "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C'; "
    "SET LOCAL xmlbinary = 'base64'; SET LOCAL search_path = pg_catalog; SET LOCAL jit = off; ";

std::string ColumnList(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + QuoteIdentifier(column);
  return list;
}

// What the query said, and the SQLSTATE of it where it failed.
struct Reading {
  Result<TableContent> content;
  std::string sql_state;
};

// The sum in numeric cannot overflow. A row's hash is of its composite text form, where columns are divided by commas
// and quoted, and NULL differs from an empty text.
Reading Read(Postgres& server, const TableName& table, const std::vector<std::string>& columns) {
  const auto row = server.Row(fmt::format(
      "BEGIN READ ONLY; {0}SELECT count(*), coalesce(sum(hashtextextended(ROW(r.*)::text, 0)::numeric), 0) FROM "
      "(SELECT {1} FROM {2}) r",
      kPinnedSettings, ColumnList(columns), Quote(table)));
  const std::string sql_state = server.sql_state();
  const Status ended = server.Exec("ROLLBACK");
  if (!row) return {Fail(row.error()), sql_state};
  if (!ended) return {Fail(ended.error()), server.sql_state()};
  TableContent content;
  const std::string& count = row->front();
  std::from_chars(count.data(), count.data() + count.size(), content.rows);
  content.hash = row->back();
  return {content, sql_state};
}

}  // namespace

Result<std::vector<std::string>> ColumnsOf(Postgres& server, const TableName& table) {
  RB_ASSIGN(std::vector<std::string> columns,
            server.Column(fmt::format("SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = {}::regclass AND "
                                      "attnum > 0 AND NOT attisdropped ORDER BY attnum",
                                      QuoteLiteral(Quote(table)))));
  return columns;
}

Result<TableContent> ReadContent(Postgres& server, const TableName& table, const std::vector<std::string>& columns) {
  return Read(server, table, columns).content;
}

Result<std::optional<std::string>> FindDifference(Postgres& server, const TableName& table,
                                                  const std::vector<std::string>& columns,
                                                  const TableContent& expected) {
  const auto [content, sql_state] = Read(server, table, columns);
  // Class 42: the statement names a table or a column that is not there.
  if (!content && sql_state.starts_with("42")) return content.error().message;
  if (!content) return Fail(content.error());
  if (content->rows != expected.rows) {
    return fmt::format("{} rows arrived instead of {}", content->rows, expected.rows);
  }
  if (content->hash != expected.hash) return fmt::format("all {} rows arrived, but not as they were", content->rows);
  return std::nullopt;
}

}  // namespace rapidbyte::lab
