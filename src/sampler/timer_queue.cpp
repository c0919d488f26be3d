#include "sampler/timer_queue.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>

namespace rapidbyte::sampler {
namespace {

constexpr size_t kRingBytes = size_t{48} << 20;

}  // namespace

Status TimerQueue::Make(const std::filesystem::path& file, uint64_t period_ns, uint32_t stack_bytes) {
  stack_bytes_ = stack_bytes;
  slot_bytes_ = (sizeof(timer_slot) + stack_bytes + 7) / 8 * 8;
  slots_ = std::bit_floor(kRingBytes / slot_bytes_);
  file_ = os::FileDescriptor(open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const auto bytes = static_cast<off_t>(sizeof(timer_ring) + slots_ * slot_bytes_);
  const timer_ring ring = {slots_, slot_bytes_, stack_bytes, period_ns, 0, 0, 0};
  bool is_made = file_.is_open() && posix_fallocate(file_.get(), 0, bytes) == 0 && WriteBytes(0, &ring, sizeof ring);
  for (uint64_t i = 0; is_made && i < slots_; ++i) is_made = WriteBytes(PlaceOf(i), &i, sizeof i);
  if (!is_made) return Fail(ErrorCode::kInternal, "no room for samples in " + file.string());
  return {};
}

std::optional<TimerSlot> TimerQueue::Take() {
  const uint64_t place = PlaceOf(next_);
  if (Read<uint64_t>(place) != next_ + 1) return std::nullopt;
  std::atomic_thread_fence(std::memory_order_acquire);
  const auto head = Read<timer_slot>(place);
  if (!head) return std::nullopt;
  TimerSlot slot{.head = *head, .stack = {}, .maps = {}};
  slot.stack.resize(std::min(head->stack_used, stack_bytes_));
  if (!ReadBytes(place + sizeof(timer_slot), slot.stack.data(), slot.stack.size())) return std::nullopt;
  std::atomic_thread_fence(std::memory_order_release);
  const uint64_t free = next_ + slots_;
  WriteBytes(place, &free, sizeof free);
  ++next_;
  return slot;
}

uint64_t TimerQueue::lost() const { return Read<uint64_t>(offsetof(timer_ring, lost)).value_or(0); }

bool TimerQueue::signal_taken() const { return Read<uint64_t>(offsetof(timer_ring, signal_taken)).value_or(0) != 0; }

bool TimerQueue::ReadBytes(uint64_t place, void* to, size_t size) const {
  return pread(file_.get(), to, size, static_cast<off_t>(place)) == static_cast<ssize_t>(size);
}

bool TimerQueue::WriteBytes(uint64_t place, const void* from, size_t size) const {
  return pwrite(file_.get(), from, size, static_cast<off_t>(place)) == static_cast<ssize_t>(size);
}

}  // namespace rapidbyte::sampler
