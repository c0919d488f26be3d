// A session with a server that answers anything: each exchange ends, with a result or a sentence.
//
// The input: a byte with the exchange, a byte with the size of the pieces, then what the server sends.
#include <algorithm>
#include <cstring>
#include <span>

#include "base/check.h"
#include "pgwire/copy_decoder.h"
#include "pgwire/session.h"

namespace {

using namespace rapidbyte;

class Answers final : public pgwire::Transport {
 public:
  Answers(std::span<const uint8_t> bytes, size_t piece) : bytes_(bytes), piece_(piece) {}
  Result<size_t> Read(std::span<uint8_t> buffer) override {
    const size_t size = std::min({buffer.size(), bytes_.size(), piece_});
    std::memcpy(buffer.data(), bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return size;
  }
  Status Write(std::span<const uint8_t>) override { return {}; }

 private:
  std::span<const uint8_t> bytes_;
  size_t piece_;
};

template <typename T>
bool IsGood(const Result<T>& result) {
  RB_CHECK(result || !result.error().message.empty());
  return result.has_value();
}

void CopyOut(pgwire::Session& session) {
  if (!IsGood(session.BeginCopyOut("COPY"))) return;
  pgwire::CopyDecoder decoder({{{"a", arrow::TypeId::kInt32, true, {}}, {"b", arrow::TypeId::kUtf8, true, {}}}}, {});
  while (!decoder.finished()) {
    const auto progress = decoder.Consume(session.Received());
    if (!IsGood(progress)) return;
    session.Consume(progress->consumed);
    if (progress->stop == pgwire::DecodeStop::kBatchFull) {
      decoder.Reset();
    } else if (progress->stop == pgwire::DecodeStop::kNeedMore) {
      if (!IsGood(session.ReadMore(progress->needed))) return;
    } else {
      const auto skipped = session.SkipAsynchronous();
      if (!IsGood(skipped) || !*skipped) break;
    }
  }
  IsGood(session.EndCopyOut());
}

void CopyIn(pgwire::Session& session) {
  constexpr uint8_t kRow[] = {'d', 0, 0, 0, 6, 0xff, 0xff};
  if (!IsGood(session.BeginCopyIn("COPY"))) return;
  if (IsGood(session.WriteCopyData(kRow))) IsGood(session.EndCopyIn());
}

void Execute(pgwire::Session& session) {
  constexpr uint32_t kOids[] = {23, 25};
  if (!IsGood(session.Prepare("INSERT", kOids))) return;
  for (int i = 0; i < 3; ++i) {
    if (!IsGood(session.FinishExecution())) return;
  }
}

void Query(pgwire::Session& session) {
  while (const auto rows = session.Query("SELECT")) {
    for (const auto& row : *rows) {
      for (size_t column = 0; column < 20; ++column) static_cast<void>(row[column]);
    }
    if (session.last_tag().empty()) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  Answers answers({data + 2, size - 2}, data[1] + size_t{1});
  pgwire::Session session(answers);
  switch (data[0] % 4) {
    case 0:
      Query(session);
      break;
    case 1:
      CopyOut(session);
      break;
    case 2:
      CopyIn(session);
      break;
    default:
      Execute(session);
  }
  return 0;
}
