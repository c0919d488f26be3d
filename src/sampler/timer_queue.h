// The recorder's side of the memory that it shares with the timer agent (timer_ring.h).
//
// The measured program can write to that memory, and cut its file short, so that nothing in it is believed twice: slots
// are copied with read calls, which at worst give less, and the sizes are our own. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file_descriptor.h"
#include "sampler/timer_ring.h"

namespace rapidbyte::sampler {

struct TimerSlot {
  timer_slot head{};
  std::vector<std::byte> stack;
  std::string maps;  // of the recorder's own slots
};

class TimerQueue {
 public:
  // Errors: kInternal where there is no room for the file, which must not exist.
  Status Make(const std::filesystem::path& file, uint64_t period_ns, uint32_t stack_bytes);

  // The next slot, or nothing where it is not written yet.
  std::optional<TimerSlot> Take();
  uint64_t slots() const { return slots_; }
  uint64_t lost() const;
  bool signal_taken() const;

 private:
  uint64_t PlaceOf(uint64_t position) const { return sizeof(timer_ring) + (position & (slots_ - 1)) * slot_bytes_; }
  bool ReadBytes(uint64_t place, void* to, size_t size) const;
  template <typename T>
  std::optional<T> Read(uint64_t place) const {
    T value{};
    return ReadBytes(place, &value, sizeof value) ? std::optional(value) : std::nullopt;
  }
  bool WriteBytes(uint64_t place, const void* from, size_t size) const;

  os::FileDescriptor file_;
  uint64_t slots_ = 1;
  uint64_t slot_bytes_ = 0;
  uint32_t stack_bytes_ = 0;
  uint64_t next_ = 0;
};

}  // namespace rapidbyte::sampler
