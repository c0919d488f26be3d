#include "dest_postgres/loaders.h"

#include "pgwire/array_encoder.h"
#include "pgwire/copy_encoder.h"
#include "pgwire/types.h"

namespace rapidbyte {
namespace {

// What is handed to the host at once: large enough to be worth a call, small enough for the server to work meanwhile.
constexpr size_t kFlushBytes = 128 << 10;

// COPY BINARY into the table where its types are the stream's, else into a staging table from which the server casts.
class CopyLoader final : public Loader {
 public:
  CopyLoader(pgwire::Session& session, const TargetTable& target, const arrow::Schema& schema)
      : session_(session), target_(target), staged_(!target.TakesBinaryCopy()), encoder_(schema) {}

  Status Begin() override {
    if (!staged_) {
      RB_TRY(session_.BeginCopyIn(target_.CopyInto()));
    } else {
      RB_TRY(session_.Query(target_.CreateStaging()));
      // Refuses types that cannot be cast before the first row instead of after the last one.
      RB_TRY(session_.Prepare(target_.InsertFromStaging(), {}));
      RB_TRY(session_.BeginCopyIn(target_.CopyIntoStaging()));
    }
    encoder_.Header();
    return {};
  }

  Status Load(const arrow::BatchView& batch) override {
    for (uint32_t row = 0; row < batch.rows;) {
      RB_ASSIGN(row, encoder_.Encode(batch, row, kFlushBytes));
      if (encoder_.bytes().size() >= kFlushBytes) RB_TRY(Flush());
    }
    return {};
  }

  Result<uint64_t> Finish() override {
    encoder_.Trailer();
    RB_TRY(Flush());
    RB_ASSIGN(const uint64_t copied, session_.EndCopyIn());
    return staged_ ? InsertStaged() : copied;
  }

 private:
  Result<uint64_t> InsertStaged() {
    pgwire::MessageBuilder messages;
    messages.BeginBind(0).EndBind().Execute().Sync();
    // Once more: the COPY has dropped the unnamed statement.
    RB_TRY(session_.Prepare(target_.InsertFromStaging(), {}));
    RB_TRY(session_.Send(messages.bytes()));
    return session_.FinishExecution();
  }

  Status Flush() {
    RB_TRY(session_.WriteCopyData(encoder_.bytes()));
    encoder_.Clear();
    return {};
  }

  pgwire::Session& session_;
  const TargetTable& target_;
  const bool staged_;
  pgwire::CopyEncoder encoder_;
};

// One INSERT a batch, whose columns are array parameters. The next batch is encoded while the server works on the last.
class InsertLoader final : public Loader {
 public:
  InsertLoader(pgwire::Session& session, const TargetTable& target, const arrow::Schema& schema)
      : session_(session), target_(target) {
    for (const arrow::Field& field : schema.fields) array_oids_.push_back(pgwire::ArrayOid(field.type));
  }

  Status Begin() override { return session_.Prepare(target_.InsertFromArrays(), array_oids_); }

  Status Load(const arrow::BatchView& batch) override {
    messages_.Clear();
    messages_.BeginBind(static_cast<uint16_t>(batch.columns.size()));
    for (const arrow::ColumnView& column : batch.columns) {
      messages_.BindValue([&column](std::vector<uint8_t>& out) { pgwire::EncodeArray(column, out); });
    }
    messages_.EndBind().Execute().Sync();
    RB_TRY(Await());
    RB_TRY(session_.Send(messages_.bytes()));
    pending_ = true;
    return {};
  }

  Result<uint64_t> Finish() override {
    RB_TRY(Await());
    return rows_;
  }

 private:
  Status Await() {
    if (!pending_) return {};
    pending_ = false;
    RB_ASSIGN(const uint64_t rows, session_.FinishExecution());
    rows_ += rows;
    return {};
  }

  pgwire::Session& session_;
  const TargetTable& target_;
  std::vector<uint32_t> array_oids_;
  pgwire::MessageBuilder messages_;
  bool pending_ = false;
  uint64_t rows_ = 0;
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

}  // namespace rapidbyte
