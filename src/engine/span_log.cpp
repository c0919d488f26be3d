#include "engine/span_log.h"

#include <algorithm>

#include "base/check.h"

namespace rapidbyte::engine {
namespace {

constexpr uint64_t kFirstGrainNanos = 1'000;

}  // namespace

SpanLog::SpanLog(uint64_t origin_nanos, size_t capacity) : origin_nanos_(origin_nanos), capacity_(capacity) {
  RB_CHECK(capacity_ > record::kActivityCount);
  spans_.reserve(capacity_);
  last_.fill(kNone);
}

void SpanLog::Add(record::StageActivity activity, uint64_t start_nanos, uint64_t end_nanos) {
  if (end_nanos <= start_nanos) return;
  const uint64_t start = std::max(start_nanos, origin_nanos_) - origin_nanos_;
  const uint64_t end = std::max(end_nanos, origin_nanos_) - origin_nanos_;
  Append({start, end, end - start, batch_, batch_, 1, activity});
}

void SpanLog::Append(const record::Span& span) {
  const size_t at = last_[static_cast<size_t>(span.activity)];
  if (grain_nanos_ != 0 && at != kNone && span.start_nanos <= spans_[at].end_nanos + grain_nanos_) {
    record::Span& before = spans_[at];
    before.end_nanos = span.end_nanos;
    before.busy_nanos += span.busy_nanos;
    before.last_batch = span.last_batch;
    before.parts += span.parts;
    return;
  }
  if (spans_.size() == capacity_) {
    Coarsen();
    return Append(span);
  }
  last_[static_cast<size_t>(span.activity)] = spans_.size();
  spans_.push_back(span);
}

// Comes to an end: at the latest where there is one span per activity.
void SpanLog::Coarsen() {
  while (spans_.size() > std::max(capacity_ / 2, record::kActivityCount)) {
    grain_nanos_ = grain_nanos_ == 0 ? kFirstGrainNanos : 2 * grain_nanos_;
    std::vector<record::Span> finer = std::move(spans_);
    spans_ = {};
    spans_.reserve(capacity_);
    last_.fill(kNone);
    for (const record::Span& span : finer) Append(span);
  }
}

}  // namespace rapidbyte::engine
