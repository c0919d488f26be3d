#include "source_postgres/check.h"

#include "sdk/findings.h"
#include "sdk/json.h"
#include "sdk/postgres.h"
#include "source_postgres/discover.h"

namespace rapidbyte::source_postgres {
namespace {

using nlohmann::json;

constexpr uint64_t kLockWaitMs = 1000;

// Opens the queries of a run without asking for a row of them: unlike EXPLAIN that looks at materialized views without
// data and reaches the servers of foreign tables.
std::string OpenAndClose(const std::vector<Relation>& relations) {
  std::string sql;
  for (const Relation& relation : relations) {
    sql += "DECLARE rapidbyte_check NO SCROLL CURSOR FOR " + SelectStatement(relation) + "; CLOSE rapidbyte_check; ";
  }
  return sql;
}

class Checker {
 public:
  Checker(pgwire::Session& session, const SnapshotRules& rules) : session_(session), rules_(rules) {}

  // What a run reads together is tried together; where that fails, halves of it, down to the streams that are at fault.
  void Check(const std::vector<StreamRequest>& streams) {
    Result<Snapshot> taken = TakeSnapshot(session_, rules_, streams);
    Status opened;
    if (taken) {
      if (const auto answer = session_.Query(OpenAndClose(taken->relations)); !answer) opened = Fail(answer.error());
      static_cast<void>(session_.Query("ROLLBACK"));  // a session that cannot do that fails in the next one's place
    }
    if (taken && opened) {
      for (const Relation& relation : taken->relations) Describe(relation, taken->server);
      return;
    }
    if (streams.size() == 1) return Tell(streams[0], taken ? opened.error() : taken.error(), taken);
    const auto middle = streams.begin() + static_cast<std::ptrdiff_t>(streams.size() / 2);
    Check({streams.begin(), middle});
    Check({middle, streams.end()});
  }

  Status Note() {
    RB_ASSIGN(const pgwire::Rows rows,
              session_.Query(sdk::BeginStatements(sdk::TransactionKind::kLatest, kLockWaitMs) +
                             "; SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('server_encoding'); "
                             "ROLLBACK"));
    if (rows[0].IsTrue(0)) {
      findings_.AddNote("",
                        "the source is a hot standby: what its primary cleans up or changes may cancel a run after "
                        "max_standby_streaming_delay",
                        "set hot_standby_feedback on the standby, or read from the primary");
    }
    if (rows[0][1] == "SQL_ASCII") {
      findings_.AddNote("",
                        "the source's encoding is SQL_ASCII, which takes any bytes for text: a run ends at the first "
                        "value that is not valid UTF-8, and names it");
    }
    return {};
  }

  json Answer() { return {{"findings", findings_.ToJson()}, {"streams", described_}}; }

 private:
  void Describe(const Relation& relation, const std::string& server) {
    json stream = DescribeStream(relation);
    stream["server"] = server;
    stream["relation"] = relation.oid;
    described_.push_back(std::move(stream));
  }

  void Tell(const StreamRequest& stream, Error error, const Result<Snapshot>& taken) {
    if (taken) Describe(taken->relations.at(0), taken->server);
    if (!taken) described_.push_back({{"name", stream.name}, {"columns", nullptr}});
    if (error.sqlstate != "55P03") return findings_.AddError(stream.name, std::move(error));
    findings_.AddNote(stream.name,
                      "another session holds a lock on it, so it was not looked at; a run waits as long as "
                      "source.config.lock_wait_timeout says");
  }

  pgwire::Session& session_;
  const SnapshotRules& rules_;
  sdk::Findings findings_;
  json described_ = json::array();
};

}  // namespace

Result<json> CheckSource(pgwire::Session& session, SnapshotRules rules, const std::vector<StreamRequest>& streams) {
  rules.lock_wait_timeout_ms = kLockWaitMs;
  Checker checker(session, rules);
  RB_TRY(checker.Note());
  if (!streams.empty()) checker.Check(streams);
  return checker.Answer();
}

}  // namespace rapidbyte::source_postgres
