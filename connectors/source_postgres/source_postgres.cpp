// Reads tables from PostgreSQL, all of one moment: COPY … TO STDOUT in binary form, decoded into Arrow batches.
#include "arrow/ipc_writer.h"
#include "pgwire/copy_decoder.h"
#include "pgwire/types.h"
#include "sdk/connector.h"
#include "sdk/json.h"
#include "sdk/postgres.h"
#include "source_postgres/check.h"
#include "source_postgres/discover.h"
#include "source_postgres/raw_text.h"
#include "source_postgres/snapshot.h"
#ifndef __wasm__
#include "source_postgres/source_postgres.h"
#endif

namespace rapidbyte {
namespace source_postgres {
namespace {

using nlohmann::json;

Result<StreamRequest> ReadStream(const json& stream) {
  StreamRequest request;
  RB_ASSIGN(request.name, sdk::RequiredText(stream, "name"));
  request.columns = JsonTexts(stream, "columns");
  const json& columns = JsonMember(stream, "columns");
  if (!columns.is_null() && (!columns.is_array() || columns.size() != request.columns.size())) {
    return sdk::BadRequest("columns", "a list of names");
  }
  request.only = JsonFlag(stream, "only");
  return request;
}

Result<std::vector<StreamRequest>> ReadStreams(const json& request) {
  std::vector<StreamRequest> streams;
  for (const json& stream : JsonList(request, "streams")) {
    RB_ASSIGN(StreamRequest read, ReadStream(stream));
    streams.push_back(std::move(read));
  }
  return streams;
}

Result<pgwire::DecoderLimits> ReadLimits(const json& request) {
  pgwire::DecoderLimits limits;
  RB_ASSIGN(limits.batch_bytes, sdk::RequiredCount(request, "max_batch_bytes", UINT32_MAX));
  RB_ASSIGN(const uint64_t rows, sdk::RequiredCount(request, "max_batch_rows", UINT32_MAX));
  limits.batch_rows = static_cast<uint32_t>(rows);
  return limits;
}

arrow::Schema MakeSchema(const Relation& relation, const std::string& server) {
  arrow::Schema schema;
  for (const SourceColumn& column : relation.columns) {
    schema.fields.push_back(
        {column.name,
         column.native.value_or(arrow::TypeId::kUtf8),
         !column.not_null,
         {{"rapidbyte.pg_type", column.type}, {"rapidbyte.encoding", column.native ? "native" : "text"}}});
  }
  if (!schema.fields.empty()) {
    schema.fields[0].metadata.push_back({"rapidbyte.server", server});
    schema.fields[0].metadata.push_back({"rapidbyte.relation", relation.oid});
  }
  return schema;
}

class SourcePostgres final : public sdk::PostgresConnector {
 public:
  [[maybe_unused]] static constexpr const char* kName = "source-postgres";

  Result<json> Open(const json& request) override {
    const json& config = JsonMember(request, "config");
    rules_.schema = JsonText(config, "schema", "public");
    rules_.lock_wait_timeout_ms = JsonCount(config, "lock_wait_timeout_ms").value_or(0);
    rules_.filter_rows = JsonText(config, "row_security") == "filter";
    RB_ASSIGN(streams_, ReadStreams(request));
    return json::object();
  }

  Result<json> Discover(const json&) override {
    RB_TRY(Connect());
    return DiscoverStreams(session(), rules_.schema, rules_.filter_rows);
  }

  Result<json> Validate(const json& request) override {
    RB_ASSIGN(const std::vector<StreamRequest> streams, ReadStreams(request));
    RB_TRY(Connect());
    return CheckSource(session(), rules_, streams);
  }

  Result<json> RunRead(const json& request) override {
    RB_ASSIGN(const StreamRequest stream, ReadStream(JsonMember(request, "stream")));
    RB_ASSIGN(const pgwire::DecoderLimits limits, ReadLimits(request));
    RB_TRY(Connect());
    sdk::EnterPhase(abi::Phase::kPrepare);
    RB_ASSIGN(const Relation* relation, Prepare(stream));
    const arrow::Schema schema = MakeSchema(*relation, snapshot_.server);
    RB_TRY(sdk::EmitBatch(arrow::WriteSchemaMessage(schema), 0));
    RB_TRY(session().BeginCopyOut("COPY (" + SelectStatement(*relation) + ") TO STDOUT (FORMAT BINARY)"));
    sdk::EnterPhase(abi::Phase::kTransfer);
    RB_ASSIGN(const uint64_t rows, Transfer(schema, limits));
    RB_TRY(Finish(*relation));
    return json{{"rows", rows}};
  }

 private:
  // The relation of the stream, in the snapshot of all streams, which the first one of them begins.
  Result<const Relation*> Prepare(const StreamRequest& stream) {
    if (streams_.empty()) streams_ = {stream};  // asked for without having been announced: alone
    if (snapshot_.relations.empty()) {
      RB_ASSIGN(snapshot_, TakeSnapshot(session(), rules_, streams_));
      sdk::Log(abi::LogLevel::kDebug, "reads the snapshot " + snapshot_.name);
    }
    for (const Relation& relation : snapshot_.relations) {
      if (relation.stream.name == stream.name) return &relation;
    }
    return Fail(ErrorCode::kInternal,
                "the stream \"" + stream.name + "\" was not announced when the source was opened");
  }

  // After the stream's last row: was it the locked relation that its name stood for? Schemas can be renamed under
  // locks. The last stream ends the transaction, so that the server may clean up while the destination is still at
  // work.
  Status Finish(const Relation& relation) {
    RB_ASSIGN(const pgwire::Rows rows,
              session().Query("SELECT pg_catalog.to_regclass(" + pgwire::QuoteLiteral(relation.name) +
                              ")::pg_catalog.oid" + (++finished_ == snapshot_.relations.size() ? "; COMMIT" : "")));
    if (rows[0][0] == relation.oid) return {};
    return Fail(sdk::SchemaError("the name " + relation.name + " came to stand for another table while it was read",
                                 "somebody renamed its schema; run it again"));
  }

  // A value that the server cannot convert or compute: it does not say where, but has sent all rows before.
  static tl::unexpected<Error> AfterRows(uint64_t rows, const Error& error) {
    if (!error.sqlstate.starts_with("22")) return Fail(error);
    return Context("after " + std::to_string(rows) + " rows", error);
  }

  // Moves all rows of the COPY into the channel; returns their number.
  Result<uint64_t> Transfer(const arrow::Schema& schema, const pgwire::DecoderLimits& limits) {
    pgwire::CopyDecoder decoder(schema, limits);
    arrow::BatchWriter writer(schema);
    auto emit = [&]() -> Status {
      if (decoder.rows() == 0) return {};
      if (snapshot_.raw_text) RB_TRY(CheckText(schema, decoder.columns(), decoder.total_rows() - decoder.rows() + 1));
      RB_ASSIGN(const std::span<const uint8_t> message, writer.Write(decoder.columns()));
      const uint32_t batch_rows = decoder.rows();
      decoder.Reset();  // before the batch waits for room in the channel
      RB_TRY(sdk::EmitBatch(message, batch_rows));
      writer.GiveBack();
      return {};
    };
    for (;;) {
      RB_ASSIGN(const pgwire::DecodeProgress progress, decoder.Consume(session().Received()));
      session().Consume(progress.consumed);
      if (progress.stop == pgwire::DecodeStop::kBatchFull) RB_TRY(emit());
      if (progress.stop == pgwire::DecodeStop::kNeedMore) RB_TRY(session().ReadMore(progress.needed));
      if (progress.stop == pgwire::DecodeStop::kOtherMessage) {
        RB_ASSIGN(const bool skipped, session().SkipAsynchronous());
        if (skipped) continue;
        if (const Status ended = session().EndCopyOut(); !ended) return AfterRows(decoder.total_rows(), ended.error());
        if (!decoder.finished()) return Fail(ErrorCode::kSource, "the server ended COPY before its last row");
        RB_TRY(emit());
        return decoder.total_rows();
      }
    }
  }

  SnapshotRules rules_;
  std::vector<StreamRequest> streams_;  // of the run, in their order
  Snapshot snapshot_;
  size_t finished_ = 0;  // of its streams
};

}  // namespace
}  // namespace source_postgres

RB_CONNECTOR(source_postgres::SourcePostgres, SourcePostgresConnector)

}  // namespace rapidbyte
