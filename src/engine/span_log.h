// The spans of one stage, kept in memory of a fixed size however long the run is.
//
// When it is full, the log makes itself coarser: spans of one activity with a gap up to `grain` become one, and grain
// doubles until the log is half empty. Nothing is dropped: sums over the spans stay exact, and the log says how coarse
// it is. Belongs to the stage's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "record/timeline.h"

namespace rapidbyte::engine {

class SpanLog {
 public:
  static constexpr size_t kCapacity = 1 << 14;  // 0.8 MB, and a trace of about 3 MB

  // `origin_nanos`: MonotonicNanos() of the run's start.
  // `capacity`: above kActivityCount.
  explicit SpanLog(uint64_t origin_nanos, size_t capacity = kCapacity);

  // `start` and `end` are MonotonicNanos(); they never go back. Empty spans are left out.
  void Add(record::StageActivity activity, uint64_t start_nanos, uint64_t end_nanos);

  uint32_t batch() const { return batch_; }
  void SetBatch(uint32_t batch) { batch_ = batch; }  // that what follows is about

  const std::vector<record::Span>& spans() const { return spans_; }
  uint64_t grain_nanos() const { return grain_nanos_; }

 private:
  void Append(const record::Span& span);
  void Coarsen();

  static constexpr size_t kNone = SIZE_MAX;
  const uint64_t origin_nanos_;
  const size_t capacity_;
  uint64_t grain_nanos_ = 0;
  uint32_t batch_ = 0;
  std::vector<record::Span> spans_;
  std::array<size_t, record::kActivityCount> last_;  // the latest span of each activity, or kNone
};

}  // namespace rapidbyte::engine
