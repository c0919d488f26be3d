#include "sampler/perf_record.h"

#include <cstring>

namespace rapidbyte::sampler {
namespace {

constexpr size_t kTrailerBytes = 24;  // pid, tid, time, identifier: sample_id_all
constexpr uint64_t kAbi64 = 2;        // PERF_SAMPLE_REGS_ABI_64
constexpr size_t kBuildIdBytes = 20;

class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <typename T>
  T Take() {
    T value{};
    if (const auto bytes = Bytes(sizeof(T)); !bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::span<const std::byte> Bytes(size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  // Up to a zero; to the end where there is none.
  std::string_view Text() {
    const auto* text = reinterpret_cast<const char*>(rest_.data());
    return {text, strnlen(text, rest_.size())};
  }
  bool failed() const { return failed_; }

 private:
  std::span<const std::byte> rest_;
  bool failed_ = false;
};

template <typename T>
std::optional<T> Checked(const Cursor& cursor, T value) {
  if (cursor.failed()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<RawRecord> ParseHeader(std::span<const std::byte> bytes) {
  perf_event_header header{};
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.size < sizeof header || header.size > bytes.size()) return std::nullopt;
  return RawRecord{header.type, header.misc, bytes.subspan(sizeof header, header.size - sizeof header)};
}

std::optional<RecordOrigin> OriginOf(const RawRecord& record) {
  RecordOrigin origin;
  if (record.type == PERF_RECORD_SAMPLE) {
    Cursor cursor(record.body);
    origin.id = cursor.Take<uint64_t>();
    cursor.Take<uint64_t>();  // ip
    origin.pid = cursor.Take<int32_t>();
    origin.tid = cursor.Take<int32_t>();
    origin.time_ns = cursor.Take<uint64_t>();
    return Checked(cursor, origin);
  }
  if (record.body.size() < kTrailerBytes) return std::nullopt;
  Cursor cursor(record.body.last(kTrailerBytes));
  origin.pid = cursor.Take<int32_t>();
  origin.tid = cursor.Take<int32_t>();
  origin.time_ns = cursor.Take<uint64_t>();
  origin.id = cursor.Take<uint64_t>();
  return origin;
}

std::optional<SampleRecord> ParseSample(const RawRecord& record, SampleLayout layout) {
  SampleRecord sample;
  Cursor cursor(record.body);
  cursor.Take<uint64_t>();  // identifier
  sample.ip = cursor.Take<uint64_t>();
  cursor.Take<uint64_t>();  // pid, tid
  cursor.Take<uint64_t>();  // time
  if (layout.period) sample.period = cursor.Take<uint64_t>();
  if (layout.callchain) {
    const uint64_t count = cursor.Take<uint64_t>();
    if (count > record.body.size() / sizeof(uint64_t)) return std::nullopt;
    const auto chain = cursor.Bytes(count * sizeof(uint64_t));
    sample.kernel_chain = {reinterpret_cast<const uint64_t*>(chain.data()), chain.size() / sizeof(uint64_t)};
  }
  const uint64_t abi = cursor.Take<uint64_t>();
  if (abi != 0) {
    for (const uint8_t number : kDwarfOfPerf) sample.registers[number] = cursor.Take<uint64_t>();
    sample.has_registers = abi == kAbi64;
  }
  if (const uint64_t reserved = cursor.Take<uint64_t>(); reserved != 0) {
    const auto stack = cursor.Bytes(reserved);
    sample.stack = stack.first(std::min<uint64_t>(cursor.Take<uint64_t>(), stack.size()));
    sample.stack_cut = sample.stack.size() == stack.size();
  }
  return Checked(cursor, sample);
}

std::optional<MmapRecord> ParseMmap(const RawRecord& record) {
  MmapRecord mmap;
  Cursor cursor(record.body);
  mmap.pid = cursor.Take<int32_t>();
  cursor.Take<int32_t>();  // tid
  mmap.start = cursor.Take<uint64_t>();
  mmap.size = cursor.Take<uint64_t>();
  mmap.file_offset = cursor.Take<uint64_t>();
  const auto identity = cursor.Bytes(24);  // device and inode, or a build id with its size
  if (!identity.empty() && (record.misc & PERF_RECORD_MISC_MMAP_BUILD_ID) != 0) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(identity.data());
    mmap.build_id = {bytes + 4, std::min<size_t>(bytes[0], kBuildIdBytes)};
  }
  cursor.Take<uint64_t>();  // protection, flags
  mmap.path = cursor.Text();
  return Checked(cursor, mmap);
}

std::optional<CommRecord> ParseComm(const RawRecord& record) {
  CommRecord comm;
  Cursor cursor(record.body);
  comm.pid = cursor.Take<int32_t>();
  comm.tid = cursor.Take<int32_t>();
  comm.name = cursor.Text();
  comm.exec = (record.misc & PERF_RECORD_MISC_COMM_EXEC) != 0;
  return Checked(cursor, comm);
}

std::optional<TaskRecord> ParseTask(const RawRecord& record) {
  TaskRecord task;
  Cursor cursor(record.body);
  task.pid = cursor.Take<int32_t>();
  task.parent_pid = cursor.Take<int32_t>();
  task.tid = cursor.Take<int32_t>();
  task.parent_tid = cursor.Take<int32_t>();
  return Checked(cursor, task);
}

std::optional<uint64_t> ParseLost(const RawRecord& record) {
  Cursor cursor(record.body);
  if (record.type == PERF_RECORD_LOST) cursor.Take<uint64_t>();  // id
  const uint64_t lost = cursor.Take<uint64_t>();
  return Checked(cursor, lost);
}

}  // namespace rapidbyte::sampler
