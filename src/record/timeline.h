// What both stages of a run did when: spans of time per batch, and who waited for whom. Plain data with JSON.
//
// A span is one activity of one stage. Neighbours of one activity may have been put together where a run was long, so
// a span says how much of it was really that activity; the sum over the spans is exact at any resolution. The file is
// a trace for Chrome's and Perfetto's viewers (docs/formats/timeline.md). Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapidbyte::record {

enum class StageActivity : uint8_t {
  kPrepare,     // loading, connecting, looking at tables: all before the first row and after the last
  kFetch,       // source: taking rows from its server's connection
  kDecode,      // source: rows into columns
  kEmit,        // source: compressing a batch into the channel
  kReceive,     // destination: decompressing a batch out of the channel
  kEncode,      // destination: columns into rows
  kFlush,       // destination: giving rows to its server's connection
  kCommit,      // destination: COMMIT until it is acknowledged
  kWaitServer,  // blocked: for data or room from the stage's server
  kWaitStage,   // blocked: the channel is full (source) or empty (destination)
};
inline constexpr size_t kActivityCount = 10;
std::string_view ActivityName(StageActivity activity);  // "prepare", …, "wait for server", "wait for stage"
constexpr bool IsWait(StageActivity activity) {
  return activity == StageActivity::kWaitServer || activity == StageActivity::kWaitStage;
}

struct Span {
  uint64_t start_nanos = 0;  // since the run's start
  uint64_t end_nanos = 0;
  uint64_t busy_nanos = 0;   // of this activity; less than its length where spans were put together
  uint32_t first_batch = 0;  // from 1; 0 before the first one
  uint32_t last_batch = 0;
  uint32_t parts = 1;  // how many were put together
  StageActivity activity = StageActivity::kPrepare;

  bool operator==(const Span&) const = default;
};

struct StageTimeline {
  std::string connector;
  std::vector<Span> spans;   // by their start
  uint64_t grain_nanos = 0;  // spans of one activity with a gap up to this were put together; 0: none were

  std::array<uint64_t, kActivityCount> Totals() const;  // busy ns per activity
};

struct Timeline {
  std::string pipeline;
  uint64_t duration_nanos = 0;
  StageTimeline source;
  StageTimeline destination;
};

std::string ToTraceJson(const Timeline& timeline);

// `name` is the file's, for messages. Errors: kData where it is no timeline of ours.
Result<Timeline> ReadTraceJson(std::string_view text, const std::string& name);

}  // namespace rapidbyte::record
