// The channel between source and destination: the batches of all streams in order, bounded by number and by bytes.
//
// One producer and one consumer, each on its own thread; anybody may abort. What the producer says about a stream
// travels behind its batches: the consumer takes all that came before an end or a failure. An abort overtakes
// everything. Buffers travel with the batches and come back by Recycle(), so that a steady stream allocates nothing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"

namespace rapidbyte::engine {

// Bytes that are not cleared when they grow.
class Buffer {
 public:
  uint8_t* data() { return data_.get(); }
  const uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }
  // Room for at least `bytes`; the content is lost where there was less.
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
  // At most `max_frames` (at least one) and `max_bytes`; a frame above that is let in alone.
  Channel(size_t max_frames, uint64_t max_bytes) : max_frames_(max_frames), max_bytes_(max_bytes) {}

  // Producer. Push blocks while the channel is full and adds that time to *wait_nanos. Errors: the reason of an Abort.
  Status Push(Frame frame, uint64_t* wait_nanos);
  void EndStream();                // the stream is whole; the next one begins
  void BreakStream(Error reason);  // the stream has failed, and nothing follows

  // Consumer. The next frame, or nothing at the end of a stream, once for each. Blocks while the channel is empty and
  // adds that time to *wait_nanos. Errors: the reason of an Abort or, where its turn has come, of BreakStream.
  Result<std::optional<Frame>> Pop(uint64_t* wait_nanos);

  // Any thread: from now on, both sides fail.
  void Abort(Error reason);
  // What went wrong first, as far as the consumer is concerned: it may fail by itself before it hears of a failure
  // that the producer has reported.
  std::optional<Error> reason() const;

  // A buffer that was recycled, or a fresh one.
  Buffer TakeBuffer();
  void Recycle(Buffer buffer);

 private:
  struct Item {
    bool is_end = false;
    Frame frame;  // empty where is_end
  };
  bool HasRoomFor(uint64_t bytes) const;
  template <typename Ready>
  Status WaitUntil(std::unique_lock<std::mutex>& lock, Ready ready, uint64_t* wait_nanos);

  const size_t max_frames_;
  const uint64_t max_bytes_;
  mutable std::mutex mutex_;
  // One for both sides: never do both wait, for a channel is not full and empty at once.
  std::condition_variable changed_;
  std::vector<Item> items_;  // the oldest first; a handful, so that moving them up is cheap, and no node is allocated
  size_t frames_ = 0;
  uint64_t bytes_ = 0;
  std::optional<Error> broken_;  // after the last item
  std::optional<Error> aborted_;
  std::vector<Buffer> free_;
};

}  // namespace rapidbyte::engine
