// Loads streams into PostgreSQL, each in one transaction: by COPY in binary form, or by INSERT of arrays.
#include "arrow/ipc_reader.h"
#include "dest_postgres/loaders.h"
#include "sdk/connector.h"
#include "sdk/json.h"
#include "sdk/postgres.h"
#ifndef __wasm__
#include "dest_postgres/dest_postgres.h"
#endif

namespace rapidbyte {
namespace {

using nlohmann::json;

class DestPostgres final : public sdk::PostgresConnector {
 public:
  [[maybe_unused]] static constexpr const char* kName = "dest-postgres";

  Result<json> Open(const json& request) override {
    schema_ = request.at("config").value("schema", "raw");
    return json::object();
  }

  Result<json> Discover(const json&) override {
    return Fail(ErrorCode::kConfiguration, "a destination has no streams to discover");
  }

  Result<json> Validate(const json& request) override {
    RB_TRY(Connect());
    RB_TRY(session().Query(sdk::BeginStatements(sdk::TransactionKind::kLatest, 1000)));
    for (const json& stream : request.at("streams")) {
      RB_TRY(CheckRights(session(), schema_, stream.at("name").get<std::string>()));
    }
    return json::object();
  }

  Result<json> RunWrite(const json& request) override {
    RB_TRY(Connect());
    sdk::EnterPhase(abi::Phase::kPrepare);
    RB_ASSIGN(const std::span<const uint8_t> first, sdk::NextBatch(buffer_));
    RB_ASSIGN(const arrow::Schema stream, arrow::ReadSchemaMessage(first));
    RB_TRY(session().Query(sdk::BeginStatements(sdk::TransactionKind::kWrite, 0)));
    Result<uint64_t> rows = Load(request, stream);
    if (!rows) {
      Disconnect();  // the server rolls back; nothing else could be left half done
      return Fail(std::move(rows.error()));
    }
    RB_TRY(Commit());
    return json{{"rows", *rows}};
  }

 private:
  // Everything between BEGIN and COMMIT; returns the number of rows in the table because of it.
  Result<uint64_t> Load(const json& request, const arrow::Schema& stream) {
    const std::string table = request.at("stream").at("name").get<std::string>();
    RB_ASSIGN(const TargetTable target, PrepareTarget(session(), schema_, table, stream));
    if (request.at("write_mode") == "replace") RB_TRY(Empty(session(), target));
    const auto loader = request.at("load_method") == "insert" ? MakeInsertLoader(session(), target, stream)
                                                              : MakeCopyLoader(session(), target, stream);
    RB_TRY(loader->Begin());
    sdk::EnterPhase(abi::Phase::kTransfer);
    RB_ASSIGN(const uint64_t received, Receive(stream, *loader));
    sdk::EnterPhase(abi::Phase::kFinish);
    RB_ASSIGN(const uint64_t loaded, loader->Finish());
    if (loaded != received) {
      return Fail(
          ErrorCode::kData,
          "the server took " + std::to_string(loaded) + " of " + std::to_string(received) + " rows into " + target.name,
          "a trigger or rule on the table may drop rows; nothing was committed");
    }
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

  Status Commit() {
    sdk::EnterPhase(abi::Phase::kCommit);
    Result<std::vector<pgwire::Row>> committed = session().Query("COMMIT");
    if (committed) return {};
    Error error = std::move(committed.error());
    // A refusal by the server (a deferred constraint) is a rollback. Without an answer, nobody knows.
    const bool refused = error.code == ErrorCode::kSource && error.category != "transient_network";
    if (!refused) error.commit = CommitState::kUnknown;
    Disconnect();
    return Fail(std::move(error));
  }

  std::string schema_;
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(2 << 20);
};

}  // namespace

RB_CONNECTOR(DestPostgres, DestPostgresConnector)

}  // namespace rapidbyte
