// How to get from one frame to its caller's at one code address: DWARF call frame information, made ready for use.
//
// Compiled once for an address and then applied to every sample that passes it, which is what makes unwinding a hundred
// thousand stacks a matter of a second. Common rules are a register and an offset; anything else keeps its DWARF
// expression. Rules point into nothing. Pure; any thread.
#pragma once

#include <elfutils/libdw.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sampler/machine.h"

namespace rapidbyte::sampler {

struct StackMemory {
  uint64_t start = 0;  // the sampled stack pointer
  std::span<const std::byte> bytes;

  std::optional<uint64_t> Load(uint64_t address) const;
};

enum class StepResult : uint8_t {
  kCaller,     // the registers are the caller's now
  kOutermost,  // there is no caller: the stack is whole
  kBeyond,     // the caller's frame lies beyond the memory that was sampled
  kUnknown,    // there is no way to tell the caller
};

class UnwindRule {
 public:
  // Of a frame as libdw has it. A rule without an address of the frame answers kUnknown.
  static UnwindRule Compile(Dwarf_Frame* frame);

  StepResult Apply(Registers& registers, const StackMemory& stack) const;

  // The frame of a signal handler's caller: interrupted anywhere, so that its pc is no return address.
  bool signal_frame() const { return signal_frame_; }

 private:
  enum class Kind : uint8_t { kUndefined, kAtCfa, kIsCfa, kRegister, kAtExpression, kIsExpression };
  struct Location {
    uint8_t target = 0;  // the register that is restored
    Kind kind = Kind::kUndefined;
    uint8_t source = 0;  // kRegister
    int64_t offset = 0;  // kAtCfa, kIsCfa, kRegister (of the frame's address)
    std::vector<Dwarf_Op> expression;
  };
  static Location LocationOf(std::span<const Dwarf_Op> ops);

  std::optional<uint64_t> ValueOf(const Location& location, const Registers& registers, uint64_t cfa,
                                  const StackMemory& stack, bool& beyond) const;

  bool known_ = false;
  bool outermost_ = false;
  bool signal_frame_ = false;
  Location cfa_;
  std::vector<Location> restored_;  // registers that the caller has elsewhere; the others it has unchanged
};

}  // namespace rapidbyte::sampler
