#include "sampler/ring.h"

#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace rapidbyte::sampler {
namespace {

constexpr size_t kLeastPages = 16;  // one record of the largest size

}  // namespace

int OpenPerfEvent(perf_event_attr& attributes, int pid, int cpu) {
  return static_cast<int>(syscall(SYS_perf_event_open, &attributes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

std::unique_ptr<Ring> Ring::Open(int cpu, size_t most_bytes) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.use_clockid = 1;  // events share a buffer only if they share the clock
  attributes.clockid = CLOCK_MONOTONIC;
  attributes.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
  attributes.sample_id_all = 1;
  const int fd = OpenPerfEvent(attributes, 0, cpu);
  if (fd < 0) return nullptr;
  std::unique_ptr<Ring> ring(new Ring(cpu, fd));
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t bytes = most_bytes; bytes >= kLeastPages * page; bytes /= 2) {
    void* mapped = mmap(nullptr, page + bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) continue;
    ring->mapped_ = mapped;
    ring->bytes_ = bytes;
    return ring;
  }
  return nullptr;
}

Ring::~Ring() {
  const int saved = errno;
  if (mapped_ != nullptr) munmap(mapped_, static_cast<size_t>(sysconf(_SC_PAGESIZE)) + bytes_);
  close(fd_);
  errno = saved;
}

Status Ring::Drain(const std::function<Status(std::span<const std::byte>)>& take) {
  auto* page = static_cast<perf_event_mmap_page*>(mapped_);
  const auto* data = static_cast<const std::byte*>(mapped_) + page->data_offset;
  std::atomic_ref<__u64> head_place(page->data_head), tail_place(page->data_tail);
  const uint64_t head = head_place.load(std::memory_order_acquire);
  uint64_t tail = page->data_tail;
  while (tail < head) {
    const size_t at = tail & (bytes_ - 1);
    perf_event_header header{};
    std::memcpy(&header, data + at, sizeof header);  // 8 bytes, aligned: never in two pieces
    if (header.size < sizeof header || header.size > head - tail) break;
    std::span<const std::byte> record(data + at, header.size);
    if (at + header.size > bytes_) {
      const size_t first = bytes_ - at;
      wrapped_.resize(header.size);
      std::memcpy(wrapped_.data(), data + at, first);
      std::memcpy(wrapped_.data() + first, data, header.size - first);
      record = wrapped_;
    }
    if (auto taken = take(record); !taken) return taken;
    tail += header.size;
    tail_place.store(tail, std::memory_order_release);
  }
  return {};
}

}  // namespace rapidbyte::sampler
