#include "engine/span_log.h"

#include <gtest/gtest.h>

namespace rapidbyte::engine {
namespace {

using record::Span;
using record::StageActivity;

TEST(SpanLog, KeepsSpansSinceTheRunsStartWithTheirBatch) {
  SpanLog log(1'000);
  log.Add(StageActivity::kPrepare, 500, 1'100);
  log.SetBatch(1);
  log.Add(StageActivity::kFetch, 1'100, 1'300);
  log.Add(StageActivity::kFetch, 1'300, 1'300);
  log.Add(StageActivity::kFetch, 1'300, 1'350);
  EXPECT_EQ(log.spans(), (std::vector<Span>{{0, 100, 100, 0, 0, 1, StageActivity::kPrepare},
                                            {100, 300, 200, 1, 1, 1, StageActivity::kFetch},
                                            {300, 350, 50, 1, 1, 1, StageActivity::kFetch}}));
  EXPECT_EQ(log.grain_nanos(), 0u);
}

// However long the run: bounded, exact in its sums, in order, and without holes larger than it says.
TEST(SpanLog, BecomesCoarserInsteadOfLarger) {
  constexpr size_t kCapacity = 64;
  SpanLog log(0, kCapacity);
  uint64_t now = 0;
  uint64_t busy[2] = {0, 0};
  for (uint32_t i = 0; i < 100'000; ++i) {
    log.SetBatch(i / 10);
    const uint64_t length = 100 + i % 7 * 300;
    log.Add(i % 2 == 0 ? StageActivity::kFetch : StageActivity::kDecode, now, now + length);
    busy[i % 2] += length;
    now += length;
    ASSERT_LE(log.spans().size(), kCapacity);
  }
  uint64_t kept[2] = {0, 0};
  uint64_t parts = 0;
  uint64_t last_start = 0;
  for (const Span& span : log.spans()) {
    kept[span.activity == StageActivity::kFetch ? 0 : 1] += span.busy_nanos;
    parts += span.parts;
    EXPECT_LE(span.busy_nanos, span.end_nanos - span.start_nanos);
    EXPECT_LE(span.first_batch, span.last_batch);
    EXPECT_GE(span.start_nanos, last_start);
    last_start = span.start_nanos;
  }
  EXPECT_EQ(kept[0], busy[0]);
  EXPECT_EQ(kept[1], busy[1]);
  EXPECT_EQ(parts, 100'000u);
  EXPECT_GT(log.grain_nanos(), 0u);
  EXPECT_EQ(log.spans().front().start_nanos, 0u);
  EXPECT_EQ(log.spans().back().last_batch, 9'999u);
}

TEST(SpanLog, SpansFarApartStayApart) {
  SpanLog log(0, 16);
  for (uint64_t i = 0; i < 40; ++i) log.Add(StageActivity::kEmit, i * 10, i * 10 + 5);
  log.Add(StageActivity::kEmit, 1'000'000'000, 1'000'000'005);
  ASSERT_EQ(log.spans().size(), 2u);
  EXPECT_EQ(log.spans()[1].parts, 1u);
}

}  // namespace
}  // namespace rapidbyte::engine
