#include "dest_postgres/loaders.h"

#include "pgwire/array_encoder.h"
#include "pgwire/copy_encoder.h"
#include "pgwire/types.h"

namespace rapidbyte::dest_postgres {
namespace {

// What is handed to the host at once: large enough to be worth a call, small enough for the server to work meanwhile.
constexpr size_t kFlushBytes = 128 << 10;

// COPY BINARY.
class CopyLoader final : public Loader {
 public:
  CopyLoader(pgwire::Session& session, const TargetTable& target, const arrow::Schema& schema)
      : session_(session), target_(target), encoder_(schema) {}

  Status Begin() override {
    RB_TRY(session_.BeginCopyIn(target_.CopyIn()));
    encoder_.Header();
    return {};
  }

  Status Load(const arrow::BatchView& batch) override {
    for (uint32_t row = 0; row < batch.rows;) {
      if (encoder_.IsLarge(batch, row)) {
        RB_TRY(Flush());
        RB_TRY(encoder_.EncodePieces(batch, row++, [this](auto bytes) { return session_.WriteCopyData(bytes); }));
        continue;
      }
      RB_ASSIGN(row, encoder_.Encode(batch, row, kFlushBytes));
      if (encoder_.bytes().size() >= kFlushBytes) RB_TRY(Flush());
    }
    return {};
  }

  Result<uint64_t> Finish() override {
    encoder_.Trailer();
    RB_TRY(Flush());
    return session_.EndCopyIn();
  }

 private:
  Status Flush() {
    RB_TRY(session_.WriteCopyData(encoder_.bytes()));
    encoder_.Clear();
    return {};
  }

  pgwire::Session& session_;
  const TargetTable& target_;
  pgwire::CopyEncoder encoder_;
};

// INSERTs whose parameters are arrays, one of each column: one a batch, or several where a batch is large, so that
// neither we nor the server hold all of it once more. The next one is encoded while the server works on the last.
class InsertLoader final : public Loader {
 public:
  InsertLoader(pgwire::Session& session, const TargetTable& target, const arrow::Schema& schema)
      : session_(session), target_(target) {
    for (const arrow::Field& field : schema.fields) array_oids_.push_back(pgwire::ArrayOid(field.type));
  }

  Status Begin() override { return session_.Prepare(target_.InsertFromArrays(), array_oids_); }

  Status Load(const arrow::BatchView& batch) override {
    for (uint32_t row = 0; row < batch.rows;) {
      const uint32_t rows = pgwire::RowsOfSlice(batch, row, kSliceBytes);
      RB_TRY(LoadSlice(batch, row, rows));
      row += rows;
    }
    return {};
  }

  Result<uint64_t> Finish() override {
    RB_TRY(Await());
    return inserted_;
  }

 private:
  static constexpr uint64_t kSliceBytes = 4 << 20;

  Status LoadSlice(const arrow::BatchView& batch, uint32_t first, uint32_t rows) {
    constexpr size_t kFraming = 64;
    messages_.Clear();
    messages_.Reserve(static_cast<size_t>(pgwire::ArrayBytes(batch, first, rows)) + kFraming);
    messages_.BeginBind(static_cast<uint16_t>(batch.columns.size()));
    for (const arrow::ColumnView& column : batch.columns) {
      messages_.BindValue([&](std::vector<uint8_t>& out) { pgwire::EncodeArray(column, first, rows, out); });
    }
    messages_.EndBind().Execute().Sync();
    RB_TRY(Await());
    RB_TRY(session_.Send(messages_.bytes()));
    pending_rows_ = rows;
    return {};
  }

  // What became of the INSERT that was sent last.
  Status Await() {
    if (pending_rows_ == 0) return {};
    const std::string rows =
        "rows " + std::to_string(awaited_rows_ + 1) + " to " + std::to_string(awaited_rows_ + pending_rows_);
    awaited_rows_ += pending_rows_;
    pending_rows_ = 0;
    Result<uint64_t> inserted = session_.FinishExecution();
    // The server does not say which row it was, but all of them are of this slice.
    if (!inserted) return inserted.error().sqlstate.empty() ? Fail(inserted.error()) : Context(rows, inserted.error());
    inserted_ += *inserted;
    return {};
  }

  pgwire::Session& session_;
  const TargetTable& target_;
  std::vector<uint32_t> array_oids_;
  pgwire::MessageBuilder messages_;
  uint32_t pending_rows_ = 0;
  uint64_t awaited_rows_ = 0;
  uint64_t inserted_ = 0;
};

}  // namespace

std::unique_ptr<Loader> MakeCopyLoader(pgwire::Session& session, const TargetTable& target,
                                       const arrow::Schema& schema) {
  return std::make_unique<CopyLoader>(session, target, schema);
}

std::unique_ptr<Loader> MakeInsertLoader(pgwire::Session& session, const TargetTable& target,
                                         const arrow::Schema& schema) {
  return std::make_unique<InsertLoader>(session, target, schema);
}

}  // namespace rapidbyte::dest_postgres
