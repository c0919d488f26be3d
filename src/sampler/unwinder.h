// From the registers and the piece of stack of a sample to the chain of its code addresses.
//
// Call frame information decides. Code without any (jit code, hand-written assembly) is walked by its frame pointer,
// and only as far as what it yields is code: a guess that fails ends the stack there, as a truncated one, instead of
// adding frames that never were. A process that is being replaced or has ended has no stack any more: its one frame is
// the outermost. One thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "sampler/address_space.h"
#include "sampler/perf_record.h"

namespace rapidbyte::sampler {

struct CodeAddress {
  const Mapping* mapping = nullptr;  // null: nothing is known to be mapped there
  uint64_t address = 0;              // as the process sees it, within the call for callers
};

enum class StackEnd : uint8_t {
  kOutermost,  // the stack is whole
  kCopyEnded,  // the caller's frame lies beyond the copied bytes of the stack
  kNoRule,     // nothing at that code address tells who its caller is
};

struct Unwound {
  std::vector<CodeAddress> frames;  // leaf first; at least one
  StackEnd end = StackEnd::kNoRule;
  uint64_t bytes = 0;  // of the stack that the frames take
};

// The frames point into `space`.
void Unwind(const SampleRecord& sample, const AddressSpace& space, Unwound& unwound);

}  // namespace rapidbyte::sampler
