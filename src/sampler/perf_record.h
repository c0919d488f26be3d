// The records of a perf_event_open ring buffer (perf_event_open(2), "struct perf_event_header"), parsed in place.
//
// Every event of a session is opened with the same layout, PERF_SAMPLE_IDENTIFIER | TID | TIME and sample_id_all, so
// that each record tells its event, thread and time. Views point into the record. Bytes are the kernel's own, yet each
// length is checked: a record that does not fit its size is told by an empty optional. Pure; any thread.
#pragma once

#include <linux/perf_event.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sampler/machine.h"

namespace rapidbyte::sampler {

// What linux/perf_event.h of the oldest supported kernels does not name.
constexpr uint32_t kRecordLostSamples = 13;

struct RawRecord {
  uint32_t type = 0;
  uint16_t misc = 0;
  std::span<const std::byte> body;  // without the header
};

// The one at the start of `bytes`; nothing where its size is impossible.
std::optional<RawRecord> ParseHeader(std::span<const std::byte> bytes);

// Who, when, and by which event: of every record.
struct RecordOrigin {
  uint64_t id = 0;
  int32_t pid = 0;
  int32_t tid = 0;
  uint64_t time_ns = 0;
};
std::optional<RecordOrigin> OriginOf(const RawRecord& record);

struct SampleRecord {
  uint64_t ip = 0;
  uint64_t period = 0;
  std::span<const uint64_t> kernel_chain;  // leaf first, with PERF_CONTEXT_ markers
  bool has_registers = false;              // false for kernel threads and 32-bit code
  Registers registers{};
  std::span<const std::byte> stack;  // from the stack pointer up
  bool stack_cut = false;            // as much as was asked for: there may be more of it
};
// Bits of PERF_SAMPLE_ that every sample of the session has, and what only some have.
constexpr uint64_t kSampleBits = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
                                 PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
struct SampleLayout {
  bool period = false;
  bool callchain = false;
};
std::optional<SampleRecord> ParseSample(const RawRecord& record, SampleLayout layout);

struct MmapRecord {
  int32_t pid = 0;
  uint64_t start = 0;
  uint64_t size = 0;
  uint64_t file_offset = 0;
  std::span<const uint8_t> build_id;  // empty where the kernel did not find one
  std::string_view path;
};
std::optional<MmapRecord> ParseMmap(const RawRecord& record);

struct CommRecord {
  int32_t pid = 0;
  int32_t tid = 0;
  std::string_view name;
  bool exec = false;
};
std::optional<CommRecord> ParseComm(const RawRecord& record);

struct TaskRecord {  // of PERF_RECORD_FORK and PERF_RECORD_EXIT
  int32_t pid = 0;
  int32_t parent_pid = 0;
  int32_t tid = 0;
  int32_t parent_tid = 0;
};
std::optional<TaskRecord> ParseTask(const RawRecord& record);

std::optional<uint64_t> ParseLost(const RawRecord& record);  // of PERF_RECORD_LOST and LOST_SAMPLES

}  // namespace rapidbyte::sampler
