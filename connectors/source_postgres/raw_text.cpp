#include "source_postgres/raw_text.h"

#include <cstring>

#include "base/utf8.h"
#include "sdk/postgres.h"

namespace rapidbyte::source_postgres {
namespace {

constexpr size_t kShownBytes = 24;  // on either side of the first invalid one

int32_t Offset(const arrow::ColumnBuilder& column, uint32_t row) {
  int32_t offset = 0;
  std::memcpy(&offset, column.offsets().data() + row * sizeof offset, sizeof offset);
  return offset;
}

std::string_view Value(const arrow::ColumnBuilder& column, uint32_t row) {
  const auto begin = static_cast<size_t>(Offset(column, row));
  const auto end = static_cast<size_t>(Offset(column, row + 1));
  return {reinterpret_cast<const char*>(column.values().data()) + begin, end - begin};
}

}  // namespace

Result<ServerText> BeginRaw(pgwire::Session& session, const std::string& begin) {
  RB_ASSIGN(const pgwire::Rows rows,
            sdk::QueryCatalog(
                session, "SELECT current_setting('server_encoding'), " + std::string(sdk::kServerIdentity), begin));
  const ServerText text{rows[0].Text(1), rows[0][0] == "SQL_ASCII"};
  if (text.raw_text) RB_TRY(session.Query(kRawText.substr(2)));
  return text;
}

Status CheckText(const arrow::Schema& schema, std::span<const arrow::ColumnBuilder> columns, uint64_t first_row) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].type() != arrow::TypeId::kUtf8) continue;
    for (uint32_t row = 0; row < columns[i].length(); ++row) {
      const std::string_view value = Value(columns[i], row);
      if (IsUtf8(value)) continue;
      return Fail(ErrorCode::kData,
                  "row " + std::to_string(first_row + row) + ", column \"" + schema.fields[i].name + "\": the value '" +
                      Excerpt(value) + "' is not valid UTF-8",
                  "the source's encoding is SQL_ASCII, which takes any bytes: mend the value, or convert it in a view");
    }
  }
  return {};
}

std::string Excerpt(std::string_view value) {
  const size_t invalid = ValidLength(value);
  size_t begin = invalid - std::min(invalid, kShownBytes);
  while (begin > 0 && begin < invalid && IsContinuation(value[begin])) ++begin;
  const bool whole_end = value.size() - invalid <= kShownBytes;
  size_t end = whole_end ? value.size() : invalid + kShownBytes;
  while (!whole_end && end > invalid + 1 && IsContinuation(value[end])) --end;
  return (begin == 0 ? "" : "…") + EscapeInvalid(value.substr(begin, end - begin)) + (whole_end ? "" : "…");
}

}  // namespace rapidbyte::source_postgres
