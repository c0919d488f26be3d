// Loads streams into PostgreSQL, each in one transaction: by COPY in binary form, or by INSERT of arrays.
#include "arrow/ipc_reader.h"
#include "dest_postgres/check.h"
#include "dest_postgres/loaders.h"
#include "dest_postgres/lock_wait.h"
#include "dest_postgres/preparation.h"
#include "dest_postgres/replacement.h"
#include "dest_postgres/staging.h"
#include "sdk/connector.h"
#include "sdk/json.h"
#include "sdk/postgres.h"
#ifndef __wasm__
#include "dest_postgres/dest_postgres.h"
#endif

namespace rapidbyte {
namespace dest_postgres {
namespace {

using nlohmann::json;

class DestPostgres final : public sdk::PostgresConnector {
 public:
  [[maybe_unused]] static constexpr const char* kName = "dest-postgres";

  Result<json> Open(const json& request) override {
    const json& config = JsonMember(request, "config");
    schema_ = JsonText(config, "schema", "raw");
    lock_timeout_ms_ = JsonCount(config, "lock_wait_timeout_ms").value_or(600'000);
    return json::object();
  }

  Result<json> Discover(const json&) override {
    return Fail(ErrorCode::kConfiguration, "a destination has no streams to discover");
  }

  Result<json> Validate(const json& request) override {
    RB_TRY(Connect());
    return CheckDestination(session(), schema_, request);
  }

  Result<json> RunWrite(const json& request) override {
    RB_ASSIGN(const WritePlan plan, ReadWritePlan(schema_, request));
    RB_TRY(Connect());
    sdk::EnterPhase(abi::Phase::kPrepare);
    Result<json> answer = Write(plan);
    if (answer) return answer;
    Error error = std::move(answer.error());
    if (error.sqlstate == "55P03") error = ExplainLockWait(session(), plan.place, lock_timeout_ms_, std::move(error));
    Disconnect();  // the server rolls back what is not committed; nothing else could be left half done
    return Fail(std::move(error));
  }

 private:
  Result<json> Write(const WritePlan& plan) {
    if (ticket_server_.empty()) {
      RB_ASSIGN(ticket_server_, LookAhead(session(), plan.place));
    }
    RB_ASSIGN(const std::span<const uint8_t> first, sdk::NextBatch(buffer_));
    RB_ASSIGN(const arrow::Schema stream, arrow::ReadSchemaMessage(first));
    RB_ASSIGN(Prepared prepared, Prepare(session(), plan, stream, lock_timeout_ms_, ticket_server_));
    RB_ASSIGN(const uint64_t rows, Load(prepared, stream));
    RB_TRY(Commit(prepared));
    json answer = {{"rows", rows}};
    if (!prepared.notes.empty()) answer["notes"] = prepared.notes;
    return answer;
  }

  // Everything between preparation and COMMIT; returns the number of rows in the table because of it.
  Result<uint64_t> Load(const Prepared& prepared, const arrow::Schema& stream) {
    const TargetTable& target = prepared.target;
    const auto loader = prepared.plan.by_insert ? MakeInsertLoader(session(), target, stream)
                                                : MakeCopyLoader(session(), target, stream);
    RB_TRY(loader->Begin());
    sdk::EnterPhase(abi::Phase::kTransfer);
    RB_ASSIGN(const uint64_t received, Receive(stream, *loader));
    sdk::EnterPhase(abi::Phase::kFinish);
    RB_ASSIGN(uint64_t loaded, loader->Finish());
    if (!target.staging.empty()) {
      RB_ASSIGN(loaded, InsertStaged(session(), prepared.plan, target, received));
    }
    if (loaded != received) {
      return Fail(ErrorCode::kData,
                  "the server took " + std::to_string(loaded) + " of " + std::to_string(received) + " rows into " +
                      prepared.plan.place.name,
                  "a trigger or rule on the table may drop rows; nothing was committed");
    }
    RB_TRY(TakePlace(session(), prepared.plan, target));
    return loaded;
  }

  Result<uint64_t> Receive(const arrow::Schema& stream, Loader& loader) {
    arrow::BatchView batch;
    uint64_t rows = 0;
    for (;;) {
      RB_ASSIGN(const std::span<const uint8_t> message, sdk::NextBatch(buffer_));
      if (message.empty()) return rows;
      RB_TRY(arrow::ReadBatchMessage(message, stream, batch));
      RB_TRY(loader.Load(batch));
      rows += batch.rows;
      sdk::Progress(batch.rows, message.size());
    }
  }

  // A server that answers is believed, unless it is about to go away; one that does not is asked again.
  Status Commit(Prepared& prepared) {
    sdk::EnterPhase(abi::Phase::kCommit);
    const auto committed = session().Query("COMMIT");
    if (committed && session().last_tag() == "COMMIT") return {};
    if (committed) {
      return Fail(ErrorCode::kSource, "the server rolled the transaction back instead of committing it",
                  "something has broken the transaction from outside; nothing was committed, run it again");
    }
    Error error = committed.error();
    const bool refused = !error.sqlstate.empty() && error.category != "transient_network";
    if (refused) return Fail(std::move(error));
    Disconnect();
    error.commit = LookUpCommit(prepared.ticket);
    if (error.commit != CommitState::kCommitted) return Fail(std::move(error));
    prepared.notes.push_back("the connection to the destination broke during COMMIT (" + error.message +
                             "); the server was asked again, and has committed");
    return {};
  }

  std::string schema_;
  uint64_t lock_timeout_ms_ = 0;
  std::string ticket_server_;  // empty before the first stream
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(2 << 20);
};

}  // namespace
}  // namespace dest_postgres

RB_CONNECTOR(dest_postgres::DestPostgres, DestPostgresConnector)

}  // namespace rapidbyte
