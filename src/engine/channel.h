// The channel between source and destination: batches in order, bounded by number and by bytes.
//
// One producer and one consumer, each on its own thread. The stream ends well by Finish(), or badly by Abort(), which
// either side may call and which both then see; the first reason is kept. Buffers travel with the batches and come back
// by Recycle(), so that a steady stream allocates nothing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "net/connection.h"

namespace rapidbyte::engine {

// Bytes that are not cleared when they grow.
class Buffer {
 public:
  uint8_t* data() { return data_.get(); }
  const uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }
  // Room for at least `bytes`; the content is lost.
  void Reserve(size_t bytes);
  void Resize(size_t bytes) { size_ = bytes; }  // up to what was reserved

 private:
  std::unique_ptr<uint8_t[]> data_;
  size_t capacity_ = 0;
  size_t size_ = 0;
};

struct Frame {
  Buffer bytes;           // as compressed
  uint32_t raw_size = 0;  // of the message
  uint32_t rows = 0;
};

class Channel {
 public:
  // At most `max_frames` and about `max_bytes` (one frame is always let in). `cancel` must outlive the channel.
  Channel(size_t max_frames, uint64_t max_bytes, const net::CancelToken& cancel);

  // Blocks while full, and adds the time to *wait_nanos. Errors: the reason of an Abort, kInterrupted.
  Status Push(Frame frame, uint64_t* wait_nanos);
  // Blocks while empty; nothing after the last frame of a finished stream. Errors as Push.
  Result<std::optional<Frame>> Pop(uint64_t* wait_nanos);

  void Finish();
  void Abort(Error reason);
  // Why the channel was aborted, if it was.
  std::optional<Error> reason() const;

  Buffer TakeBuffer();
  void Recycle(Buffer buffer);

 private:
  template <typename Ready>
  Status WaitUntil(std::unique_lock<std::mutex>& lock, Ready ready, uint64_t* wait_nanos);

  const size_t max_frames_;
  const uint64_t max_bytes_;
  const net::CancelToken& cancel_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Frame> frames_;
  uint64_t bytes_ = 0;
  bool finished_ = false;
  std::optional<Error> aborted_;
  std::vector<Buffer> free_;
};

}  // namespace rapidbyte::engine
