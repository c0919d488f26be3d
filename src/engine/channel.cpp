#include "engine/channel.h"

#include <chrono>
#include <utility>

#include "base/clock.h"

namespace rapidbyte::engine {
namespace {

// A signal handler cannot notify a condition variable, so waits look for the token now and then.
constexpr std::chrono::milliseconds kCancelCheck(50);

}  // namespace

void Buffer::Reserve(size_t bytes) {
  if (bytes <= capacity_) return;
  data_ = std::make_unique_for_overwrite<uint8_t[]>(bytes);
  capacity_ = bytes;
  size_ = 0;
}

Channel::Channel(size_t max_frames, uint64_t max_bytes, const net::CancelToken& cancel)
    : max_frames_(max_frames), max_bytes_(max_bytes), cancel_(cancel) {}

template <typename Ready>
Status Channel::WaitUntil(std::unique_lock<std::mutex>& lock, Ready ready, uint64_t* wait_nanos) {
  if (!aborted_ && !ready()) {
    const uint64_t start = MonotonicNanos();
    while (!aborted_ && !ready() && !cancel_.cancelled()) changed_.wait_for(lock, kCancelCheck);
    *wait_nanos += MonotonicNanos() - start;
  }
  if (aborted_) return rapidbyte::Fail(*aborted_);
  if (cancel_.cancelled()) return rapidbyte::Fail(ErrorCode::kInterrupted, "interrupted");
  return {};
}

Status Channel::Push(Frame frame, uint64_t* wait_nanos) {
  std::unique_lock lock(mutex_);
  const uint64_t size = frame.bytes.size();
  RB_TRY(WaitUntil(
      lock, [&] { return frames_.empty() || (frames_.size() < max_frames_ && bytes_ + size <= max_bytes_); },
      wait_nanos));
  bytes_ += size;
  frames_.push_back(std::move(frame));
  changed_.notify_all();
  return {};
}

Result<std::optional<Frame>> Channel::Pop(uint64_t* wait_nanos) {
  std::unique_lock lock(mutex_);
  RB_TRY(WaitUntil(lock, [&] { return finished_ || !frames_.empty(); }, wait_nanos));
  if (frames_.empty()) return std::optional<Frame>();
  std::optional<Frame> frame = std::move(frames_.front());
  frames_.pop_front();
  bytes_ -= frame->bytes.size();
  changed_.notify_all();
  return frame;
}

void Channel::Finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

void Channel::Abort(Error reason) {
  const std::lock_guard lock(mutex_);
  if (!aborted_) aborted_ = std::move(reason);
  changed_.notify_all();
}

std::optional<Error> Channel::reason() const {
  const std::lock_guard lock(mutex_);
  return aborted_;
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
