#include "source_postgres/snapshot.h"

#include <algorithm>
#include <memory>

#include "sdk/postgres.h"
#include "source_postgres/raw_text.h"

namespace rapidbyte::source_postgres {
namespace {

using sdk::TransactionKind;

// How often names may come to mean something else, or locks end in a deadlock, until a run gives up.
constexpr int kMostChanges = 10;
// Two sessions that wait for one another through us are no deadlock that the server could see: so waiting is cut into
// rounds, between which everything is let go.
constexpr uint64_t kRoundMs = 5000;

std::string RowSecurity(const SnapshotRules& rules) {
  return std::string("; SET LOCAL row_security = ") + (rules.filter_rows ? "on" : "off");
}

// A query that is planned takes the same locks as one that runs, those on partitions too, and reads nothing.
std::string Explain(const std::vector<Relation>& relations) {
  std::string sql;
  for (const Relation& relation : relations) {
    if (!relation.lockable) sql += "; EXPLAIN (COSTS OFF) " + SelectStatement(relation);
  }
  return sql;
}

std::string Lock(const std::vector<Relation>& relations) {
  std::string list;
  for (const Relation& relation : relations) {
    if (relation.lockable) list += (list.empty() ? "" : ", ") + FromItem(relation);
  }
  return list.empty() ? "" : "; LOCK TABLE " + list + " IN ACCESS SHARE MODE";
}

bool IsOneOf(const Error& error, std::initializer_list<const char*> sqlstates) {
  return std::find(sqlstates.begin(), sqlstates.end(), error.sqlstate) != sqlstates.end();
}

Error LockTimeout(Error error, const SnapshotRules& rules) {
  error.message = "the source's tables were not to be had within " + std::to_string(rules.lock_wait_timeout_ms) +
                  " ms, because another session is changing one of them: " + error.message;
  error.hint = "wait for TRUNCATE, ALTER TABLE or VACUUM FULL to end, or raise source.config.lock_wait_timeout";
  return error;
}

// A pooler that has no second session to give ends the wait for it (08P01).
Error NoSecondSession(Error error) {
  if (!error.sqlstate.starts_with("08")) return error;
  error.hint =
      "materialized views, foreign tables and tables with grants on columns only take a second session at the source "
      "for "
      "a moment: let the pooler have more of them, or connect past it";
  return error;
}

class Taker {
 public:
  Taker(pgwire::Session& session, const SnapshotRules& rules, const std::vector<StreamRequest>& streams)
      : session_(session), rules_(rules), streams_(streams) {}

  Result<Snapshot> Take() {
    for (;;) {
      Result<bool> taken = Try();
      LetGo();
      if (taken && *taken) return std::move(snapshot_);
      const bool back = session_.Query("ROLLBACK").has_value();
      if (!taken && (!back || !MayTryAgain(taken.error()))) return Fail(std::move(taken.error()));
      if (taken && ++changes_ == kMostChanges) {
        return Fail(sdk::SchemaError("the source's tables were renamed or replaced each time that they were locked",
                                     "run it again when whoever does that is through"));
      }
    }
  }

 private:
  // False where a name has come to mean another relation while a lock was waited for.
  Result<bool> Try() {
    RB_TRY(LookUp());
    const std::string held = Explain(snapshot_.relations);
    uint64_t wait_ms = rules_.lock_wait_timeout_ms;
    if (!held.empty()) {
      RB_TRY(session_.Query("COMMIT"));  // else it would be open while the other session waits
      wait_ms = wait_ms == 0 ? kRoundMs : std::min(kRoundMs, wait_ms - waited_ms_);
      RB_TRY(Hold(held, wait_ms));
    }
    Result<pgwire::Rows> rows = session_.Query(
        std::string(held.empty() ? "COMMIT; " : "") + sdk::BeginStatements(TransactionKind::kSnapshot, wait_ms) +
        RowSecurity(rules_) + std::string(snapshot_.raw_text ? kRawText : "") + Lock(snapshot_.relations) +
        "; SELECT pg_catalog.pg_export_snapshot()" + held);
    if (!rows) return Fail(held.empty() ? std::move(rows.error()) : NoSecondSession(std::move(rows.error())));
    LetGo();
    snapshot_.name = (*rows)[0].Text(0);
    RB_ASSIGN(const bool same, DescribeRelations(session_, rules_.schema, snapshot_.relations));
    if (same) RB_TRY(CheckProblems(snapshot_.relations));
    return same;
  }

  // What there is, and how it can be held, in a transaction of its own, which is left open.
  Status LookUp() {
    RB_ASSIGN(const ServerText text, BeginRaw(session_, sdk::BeginStatements(TransactionKind::kLatest, 0)));
    snapshot_.server = text.server;
    snapshot_.raw_text = text.raw_text;
    RB_ASSIGN(snapshot_.relations, FindRelations(session_, rules_.schema, rules_.filter_rows, streams_));
    RB_TRY(CheckProblems(snapshot_.relations));
    bool all_lockable = true;
    for (Relation& relation : snapshot_.relations) {
      relation.lockable = relation.lockable && !lock_nothing_;
      all_lockable = all_lockable && relation.lockable;
    }
    if (!all_lockable) {  // the queries that hold the others name their columns
      RB_TRY(DescribeRelations(session_, rules_.schema, snapshot_.relations));
      RB_TRY(CheckProblems(snapshot_.relations));
    }
    return {};
  }

  // What LOCK TABLE refuses (roles with grants on columns only, materialized views, foreign tables) is held by queries
  // of a second session until the snapshot is taken; then the session of the snapshot holds it by the same queries.
  Status Hold(const std::string& held, uint64_t wait_ms) {
    Result<std::unique_ptr<sdk::PostgresSession>> opened = sdk::PostgresSession::Open();
    if (!opened) {
      return Context("opening a second connection to hold what LOCK TABLE refuses", std::move(opened.error()));
    }
    holder_ = std::move(*opened);
    RB_TRY(
        holder_->session().Query(sdk::BeginStatements(TransactionKind::kLatest, wait_ms) + RowSecurity(rules_) + held));
    return {};
  }

  // Behind a pooler, a session that is left amid a transaction is closed instead of given to the next one.
  void LetGo() {
    if (holder_ != nullptr) static_cast<void>(holder_->session().Query("ROLLBACK"));
    holder_.reset();
  }

  bool MayTryAgain(Error& error) {
    // A deadlock; a relation that went, or became of another kind, while its lock was waited for.
    if (IsOneOf(error, {"40P01", "42P01", "42809", "3F000"})) return ++changes_ < kMostChanges;
    // The owner of a view may have less than the right to LOCK what it reads.
    if (error.sqlstate == "42501" && !lock_nothing_ && !Lock(snapshot_.relations).empty()) {
      return lock_nothing_ = true;
    }
    if (error.sqlstate != "55P03") return false;
    const bool in_rounds = !Explain(snapshot_.relations).empty();
    waited_ms_ += kRoundMs;
    if (in_rounds && (rules_.lock_wait_timeout_ms == 0 || waited_ms_ < rules_.lock_wait_timeout_ms)) return true;
    error = LockTimeout(std::move(error), rules_);
    return false;
  }

  pgwire::Session& session_;
  const SnapshotRules& rules_;
  const std::vector<StreamRequest>& streams_;
  Snapshot snapshot_;
  std::unique_ptr<sdk::PostgresSession> holder_;
  bool lock_nothing_ = false;  // queries hold everything
  int changes_ = 0;
  uint64_t waited_ms_ = 0;
};

}  // namespace

Result<Snapshot> TakeSnapshot(pgwire::Session& session, const SnapshotRules& rules,
                              const std::vector<StreamRequest>& streams) {
  return Taker(session, rules, streams).Take();
}

}  // namespace rapidbyte::source_postgres
