// Reads tables from PostgreSQL: COPY … TO STDOUT in binary form, decoded into Arrow batches.
#include "arrow/ipc_writer.h"
#include "pgwire/copy_decoder.h"
#include "pgwire/types.h"
#include "sdk/connector.h"
#include "sdk/json.h"
#include "sdk/postgres.h"
#ifndef __wasm__
#include "source_postgres/source_postgres.h"
#endif

namespace rapidbyte {
namespace {

using nlohmann::json;
using sdk::PostgresColumn;

std::vector<std::string> SelectedNames(const json& stream) {
  const auto columns = stream.find("columns");
  if (columns == stream.end() || !columns->is_array()) return {};
  return columns->get<std::vector<std::string>>();
}

// The columns that the stream selects, in the order in which it names them.
Result<std::vector<PostgresColumn>> Select(const std::vector<PostgresColumn>& all,
                                           const std::vector<std::string>& names, const std::string& table) {
  if (names.empty()) return all;
  std::vector<PostgresColumn> selected;
  for (const std::string& name : names) {
    const PostgresColumn* found = nullptr;
    for (const PostgresColumn& column : all) {
      if (column.name == name) found = &column;
    }
    if (found == nullptr) {
      return Fail(sdk::SchemaError("the source table " + table + " has no column \"" + name + "\"",
                                   "names are case-sensitive; leave columns out to read all of them"));
    }
    selected.push_back(*found);
  }
  return selected;
}

arrow::Schema MakeSchema(const std::vector<PostgresColumn>& columns) {
  arrow::Schema schema;
  for (const PostgresColumn& column : columns) {
    const auto native = pgwire::NativeType(column.type);
    schema.fields.push_back({column.name,
                             native.value_or(arrow::TypeId::kUtf8),
                             !column.not_null,
                             {{"rapidbyte.pg_type", column.type}, {"rapidbyte.encoding", native ? "native" : "text"}}});
  }
  return schema;
}

std::string CopyStatement(const arrow::Schema& schema, const std::string& table) {
  std::string list;
  for (const arrow::Field& field : schema.fields) {
    list += list.empty() ? "" : ", ";
    list += pgwire::QuoteIdentifier(field.name);
    if (field.Metadata("rapidbyte.encoding") == "text") list += "::text";
  }
  return "COPY (SELECT " + list + " FROM " + table + ") TO STDOUT (FORMAT BINARY)";
}

class SourcePostgres final : public sdk::PostgresConnector {
 public:
  [[maybe_unused]] static constexpr const char* kName = "source-postgres";

  Result<json> Open(const json& request) override {
    schema_ = request.at("config").value("schema", "public");
    return json::object();
  }

  Result<json> Discover(const json&) override {
    RB_TRY(Connect());
    RB_TRY(session().Query(sdk::BeginStatements(sdk::TransactionKind::kLatest, 1000)));
    RB_ASSIGN(const std::vector<pgwire::Row> tables,
              sdk::QueryCatalog(session(),
                                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                                "n.nspname = " +
                                    pgwire::QuoteLiteral(schema_) +
                                    " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname"));
    json streams = json::array();
    for (const pgwire::Row& table : tables) {
      RB_ASSIGN(const std::vector<PostgresColumn> columns, sdk::ReadColumns(session(), schema_, *table[0]));
      json described = json::array();
      for (const PostgresColumn& column : columns) {
        described.push_back({{"name", column.name}, {"type", column.type}, {"not_null", column.not_null}});
      }
      streams.push_back({{"name", *table[0]}, {"columns", described}});
    }
    return json{{"streams", streams}};
  }

  Result<json> Validate(const json& request) override {
    RB_TRY(Connect());
    RB_TRY(session().Query(sdk::BeginStatements(sdk::TransactionKind::kLatest, 1000)));
    for (const json& stream : request.at("streams")) RB_TRY(StreamColumns(stream));
    return json::object();
  }

  Result<json> RunRead(const json& request) override {
    RB_TRY(Connect());
    sdk::EnterPhase(abi::Phase::kPrepare);
    RB_TRY(session().Query(sdk::BeginStatements(sdk::TransactionKind::kSnapshot, 0)));
    const json& stream = request.at("stream");
    RB_ASSIGN(const std::vector<PostgresColumn> columns, StreamColumns(stream));
    const arrow::Schema schema = MakeSchema(columns);
    RB_TRY(sdk::EmitBatch(arrow::WriteSchemaMessage(schema), 0));
    RB_TRY(session().BeginCopyOut(CopyStatement(schema, TableName(stream))));
    sdk::EnterPhase(abi::Phase::kTransfer);
    pgwire::DecoderLimits limits;
    limits.batch_bytes = request.at("max_batch_bytes").get<uint64_t>();
    limits.batch_rows = request.at("max_batch_rows").get<uint32_t>();
    RB_ASSIGN(const uint64_t rows, Transfer(schema, limits));
    return json{{"rows", rows}};
  }

 private:
  std::string TableName(const json& stream) const {
    return sdk::QualifiedName(schema_, stream.at("name").get<std::string>());
  }

  Result<std::vector<PostgresColumn>> StreamColumns(const json& stream) {
    const std::string name = stream.at("name").get<std::string>();
    RB_ASSIGN(const std::vector<PostgresColumn> all, sdk::ReadColumns(session(), schema_, name));
    if (all.empty()) {
      return Fail(sdk::SchemaError("there is no table or view " + TableName(stream) + " with columns in the source",
                                   "check source.config.schema and the stream's name; names are case-sensitive"));
    }
    return Select(all, SelectedNames(stream), TableName(stream));
  }

  // Moves all rows of the COPY into the channel; returns their number.
  Result<uint64_t> Transfer(const arrow::Schema& schema, const pgwire::DecoderLimits& limits) {
    pgwire::CopyDecoder decoder(schema, limits);
    arrow::BatchWriter writer(schema);
    auto emit = [&]() -> Status {
      if (decoder.rows() == 0) return {};
      RB_ASSIGN(const std::span<const uint8_t> message, writer.Write(decoder.columns()));
      RB_TRY(sdk::EmitBatch(message, decoder.rows()));
      decoder.Reset();
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
        RB_TRY(session().EndCopyOut());
        if (!decoder.finished()) return Fail(ErrorCode::kSource, "the server ended COPY before its last row");
        RB_TRY(emit());
        return decoder.total_rows();
      }
    }
  }

  std::string schema_;
};

}  // namespace

RB_CONNECTOR(SourcePostgres, SourcePostgresConnector)

}  // namespace rapidbyte
