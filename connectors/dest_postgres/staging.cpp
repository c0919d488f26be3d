#include "dest_postgres/staging.h"

#include <optional>

#include "dest_postgres/replacement.h"

namespace rapidbyte::dest_postgres {
namespace {

constexpr const char* kProbe = "pg_temp.rapidbyte_probe";

// A value that does not fit: class 22, or a domain's own check.
bool IsAboutAValue(const Error& error) {
  return error.sqlstate.starts_with("22") || error.sqlstate == "23514" || error.sqlstate == "23502";
}

// Finds a value that its column does not take, by inserting parts of the staging table's columns elsewhere.
class FaultSearch {
 public:
  FaultSearch(pgwire::Session& session, const TargetTable& target) : session_(session), target_(target) {}

  // "row 7, column "n"", or nothing.
  std::string Find(uint64_t rows) {
    for (const TargetColumn& column : target_.columns) {
      if (!Fails(column, 0, rows)) {
        if (gave_up_) return {};
        continue;
      }
      const std::optional<uint64_t> row = Bisect(column, rows);
      return (row ? "row " + std::to_string(*row) + ", " : std::string()) + "column " + column.name;
    }
    return {};
  }

 private:
  // Whether a value among `count` rows from `first` on is refused.
  bool Fails(const TargetColumn& column, uint64_t first, uint64_t count) {
    const auto inserted = session_.Query(
        "ROLLBACK TO SAVEPOINT rapidbyte_staged; SET LOCAL statement_timeout = 5000; CREATE TEMPORARY TABLE " +
        std::string(kProbe) + " (value " + column.type + ") ON COMMIT DROP; INSERT INTO " + kProbe + " SELECT " +
        column.Cast("s.value") + " FROM (SELECT " + column.name + " AS value FROM " + target_.staging + " LIMIT " +
        std::to_string(count) + " OFFSET " + std::to_string(first) + ") AS s");
    if (inserted) return false;
    if (IsAboutAValue(inserted.error())) return true;
    gave_up_ = true;
    return false;
  }

  // The first such row, counted from 1. A staging table gives its rows in the stream's order.
  std::optional<uint64_t> Bisect(const TargetColumn& column, uint64_t rows) {
    uint64_t first = 0;
    for (uint64_t count = rows; count > 1;) {
      const uint64_t half = count / 2;
      const bool in_first_half = Fails(column, first, half);
      if (gave_up_) return std::nullopt;
      if (!in_first_half) first += half;
      count = in_first_half ? half : count - half;
    }
    return first + 1;
  }

  pgwire::Session& session_;
  const TargetTable& target_;
  bool gave_up_ = false;
};

}  // namespace

Status CreateStaging(pgwire::Session& session, const TargetTable& target) {
  RB_TRY(session.Query(target.CreateStaging()));
  RB_TRY(session.Query("EXPLAIN " + target.InsertFromStaging()));
  return {};
}

Result<uint64_t> InsertStaged(pgwire::Session& session, const WritePlan& plan, const TargetTable& target,
                              uint64_t rows) {
  RB_TRY(session.Query("SAVEPOINT rapidbyte_staged"));
  RB_TRY(MakeRoomForStaged(session, plan));
  Result<uint64_t> inserted = session.Execute(target.InsertFromStaging());
  if (inserted || !IsAboutAValue(inserted.error())) return inserted;
  const std::string where = FaultSearch(session, target).Find(rows);
  return where.empty() ? inserted : Context(where, std::move(inserted.error()));
}

}  // namespace rapidbyte::dest_postgres
