#include "sampler/perf_record.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace rapidbyte::sampler {
namespace {

// A record's bytes, put together field by field.
class Bytes {
 public:
  Bytes(uint32_t type, uint16_t misc) { Put(perf_event_header{type, misc, 0}); }

  template <typename T>
  Bytes& Put(const T& value) {
    bytes_.resize(bytes_.size() + sizeof value);
    std::memcpy(bytes_.data() + bytes_.size() - sizeof value, &value, sizeof value);
    return *this;
  }
  Bytes& Text(std::string text) {
    text.resize((text.size() / 8 + 1) * 8);
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    return *this;
  }
  Bytes& Trailer(int32_t pid, int32_t tid, uint64_t time, uint64_t id) { return Put(pid).Put(tid).Put(time).Put(id); }

  RawRecord Record() {
    const auto size = static_cast<uint16_t>(bytes_.size());
    std::memcpy(bytes_.data() + 6, &size, sizeof size);
    const auto record = ParseHeader(bytes_);
    EXPECT_TRUE(record);
    return record.value_or(RawRecord{});
  }

 private:
  std::vector<std::byte> bytes_;
};

Bytes SampleBytes() {
  Bytes bytes(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
  bytes.Put(uint64_t{77}).Put(uint64_t{0x401000});                                      // identifier, ip
  bytes.Put(int32_t{10}).Put(int32_t{11}).Put(uint64_t{123}).Put(uint64_t{2'000'000});  // thread, time, period
  bytes.Put(uint64_t{2}).Put(uint64_t{0xffff'ffff'8000'0000}).Put(uint64_t{0xffff'ffff'8000'1000});  // chain
  bytes.Put(uint64_t{2});                                                                            // 64-bit registers
  for (uint64_t i = 0; i < kRegisters; ++i) bytes.Put(100 + i);
  bytes.Put(uint64_t{16}).Put(uint64_t{1}).Put(uint64_t{2}).Put(uint64_t{8});  // 8 bytes of 16 are there
  return bytes;
}

TEST(PerfRecordTest, ASampleHasItsRegistersByDwarfNumber) {
  Bytes bytes = SampleBytes();
  const RawRecord record = bytes.Record();
  const auto origin = OriginOf(record);
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->id, 77u);
  EXPECT_EQ(origin->tid, 11);
  EXPECT_EQ(origin->time_ns, 123u);
  const auto sample = ParseSample(record, {.period = true, .callchain = true});
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->ip, 0x401000u);
  EXPECT_EQ(sample->period, 2'000'000u);
  EXPECT_EQ(sample->kernel_chain.size(), 2u);
  ASSERT_TRUE(sample->has_registers);
  EXPECT_EQ(sample->registers[0], 100u);              // ax
  EXPECT_EQ(sample->registers[3], 101u);              // bx
  EXPECT_EQ(sample->registers[kFramePointer], 106u);  // bp is the seventh
  EXPECT_EQ(sample->registers[kStackPointer], 107u);
  EXPECT_EQ(sample->registers[kPc], 108u);
  EXPECT_EQ(sample->registers[15], 116u);
  EXPECT_EQ(sample->stack.size(), 8u);
}

TEST(PerfRecordTest, ASampleThatDoesNotFitIsNone) {
  Bytes whole = SampleBytes();
  const RawRecord record = whole.Record();
  for (size_t size = 0; size < record.body.size(); size += 4) {
    RawRecord cut = record;
    cut.body = record.body.first(size);
    EXPECT_FALSE(ParseSample(cut, {.period = true, .callchain = true})) << size;
  }
}

TEST(PerfRecordTest, AMappingHasABuildIdOrNone) {
  Bytes bytes(PERF_RECORD_MMAP2, PERF_RECORD_MISC_MMAP_BUILD_ID);
  bytes.Put(int32_t{10}).Put(int32_t{10}).Put(uint64_t{0x1000}).Put(uint64_t{0x2000}).Put(uint64_t{0x3000});
  bytes.Put(uint32_t{20});  // its size and what is reserved
  for (uint32_t i = 0; i < 5; ++i) bytes.Put(uint32_t{0x01010101} * i);
  bytes.Put(uint64_t{0}).Text("/usr/lib/libx.so").Trailer(10, 10, 5, 1);
  const auto mmap = ParseMmap(bytes.Record());
  ASSERT_TRUE(mmap);
  EXPECT_EQ(mmap->path, "/usr/lib/libx.so");
  EXPECT_EQ(mmap->start, 0x1000u);
  EXPECT_EQ(mmap->file_offset, 0x3000u);
  ASSERT_EQ(mmap->build_id.size(), 20u);
  EXPECT_EQ(mmap->build_id[19], 4);
}

TEST(PerfRecordTest, NamesAndTasks) {
  Bytes comm(PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC);
  comm.Put(int32_t{10}).Put(int32_t{11}).Text("worker").Trailer(10, 11, 5, 1);
  const auto name = ParseComm(comm.Record());
  ASSERT_TRUE(name);
  EXPECT_EQ(name->name, "worker");
  EXPECT_TRUE(name->exec);

  Bytes fork(PERF_RECORD_FORK, 0);
  fork.Put(int32_t{20}).Put(int32_t{10}).Put(int32_t{21}).Put(int32_t{11}).Put(uint64_t{5}).Trailer(10, 11, 5, 1);
  const auto task = ParseTask(fork.Record());
  ASSERT_TRUE(task);
  EXPECT_EQ(task->pid, 20);
  EXPECT_EQ(task->parent_pid, 10);
  EXPECT_EQ(task->tid, 21);

  Bytes lost(PERF_RECORD_LOST, 0);
  lost.Put(uint64_t{1}).Put(uint64_t{42}).Trailer(10, 11, 5, 1);
  EXPECT_EQ(ParseLost(lost.Record()), 42u);
}

TEST(PerfRecordTest, HeadersOfImpossibleSizesAreNone) {
  const perf_event_header header{PERF_RECORD_COMM, 0, 4};
  std::vector<std::byte> bytes(sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  EXPECT_FALSE(ParseHeader(bytes));
  EXPECT_FALSE(ParseHeader(std::span(bytes).first(3)));
}

}  // namespace
}  // namespace rapidbyte::sampler
