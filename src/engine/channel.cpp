#include "engine/channel.h"

#include <utility>

#include "base/clock.h"

namespace rapidbyte::engine {

void Buffer::Reserve(size_t bytes) {
  if (bytes <= capacity_) return;
  data_ = std::make_unique_for_overwrite<uint8_t[]>(bytes);
  capacity_ = bytes;
  size_ = 0;
}

template <typename Ready>
Status Channel::WaitUntil(std::unique_lock<std::mutex>& lock, Ready ready, uint64_t* wait_nanos) {
  if (!aborted_ && !ready()) {
    const uint64_t start = MonotonicNanos();
    changed_.wait(lock, [&] { return aborted_ || ready(); });
    *wait_nanos += MonotonicNanos() - start;
  }
  if (aborted_) return Fail(*aborted_);
  return {};
}

bool Channel::HasRoomFor(uint64_t bytes) const {
  return frames_ == 0 || (frames_ < max_frames_ && bytes_ + bytes <= max_bytes_);
}

Status Channel::Push(Frame frame, uint64_t* wait_nanos) {
  const uint64_t size = frame.bytes.size();
  {
    std::unique_lock lock(mutex_);
    RB_TRY(WaitUntil(
        lock, [&] { return HasRoomFor(size); }, wait_nanos));
    ++frames_;
    bytes_ += size;
    items_.push_back({false, std::move(frame)});
  }
  changed_.notify_one();
  return {};
}

void Channel::EndStream() {
  {
    const std::lock_guard lock(mutex_);
    items_.push_back({true, {}});
  }
  changed_.notify_one();
}

void Channel::BreakStream(Error reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!broken_) broken_ = std::move(reason);
  }
  changed_.notify_one();
}

Result<std::optional<Frame>> Channel::Pop(uint64_t* wait_nanos) {
  std::optional<Frame> frame;
  {
    std::unique_lock lock(mutex_);
    RB_TRY(WaitUntil(
        lock, [&] { return broken_ || !items_.empty(); }, wait_nanos));
    if (items_.empty()) {
      aborted_ = broken_;
      return Fail(*aborted_);
    }
    if (!items_.front().is_end) {
      frame = std::move(items_.front().frame);
      --frames_;
      bytes_ -= frame->bytes.size();
    }
    items_.erase(items_.begin());
  }
  changed_.notify_one();
  return frame;
}

void Channel::Abort(Error reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!aborted_) aborted_ = std::move(reason);
  }
  changed_.notify_all();
}

std::optional<Error> Channel::reason() const {
  const std::lock_guard lock(mutex_);
  return aborted_ ? aborted_ : broken_;
}

Buffer Channel::TakeBuffer() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return {};
  Buffer buffer = std::move(free_.back());
  free_.pop_back();
  return buffer;
}

void Channel::Recycle(Buffer buffer) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(buffer));
}

}  // namespace rapidbyte::engine
