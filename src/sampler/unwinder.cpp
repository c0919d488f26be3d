#include "sampler/unwinder.h"

namespace rapidbyte::sampler {
namespace {

constexpr size_t kDeepest = 4096;  // frames; more do not fit into the largest piece of stack that the kernel copies

// push %rbp; mov %rsp,%rbp: the caller's pair lies where rbp points.
StepResult StepByFramePointer(Registers& registers, const StackMemory& stack, const AddressSpace& space) {
  const uint64_t frame = registers[kFramePointer];
  if (frame < registers[kStackPointer] || frame % sizeof(uint64_t) != 0) return StepResult::kUnknown;
  const auto caller_frame = stack.Load(frame);
  const auto return_address = stack.Load(frame + sizeof(uint64_t));
  if (!caller_frame || !return_address) return StepResult::kUnknown;
  if (space.Find(*return_address - 1) == nullptr) return StepResult::kUnknown;
  registers[kFramePointer] = *caller_frame;
  registers[kStackPointer] = frame + 2 * sizeof(uint64_t);
  registers[kPc] = *return_address;
  return StepResult::kCaller;
}

}  // namespace

void Unwind(const SampleRecord& sample, const AddressSpace& space, Unwound& unwound) {
  unwound.frames.clear();
  unwound.end = StackEnd::kNoRule;
  unwound.bytes = 0;
  if (!sample.has_registers) {
    unwound.frames.push_back({space.Find(sample.ip), sample.ip});
    return;
  }
  Registers registers = sample.registers;
  const StackMemory stack{registers[kStackPointer], sample.stack};
  bool is_return_address = false;  // whose call is the instruction before
  while (unwound.frames.size() < kDeepest) {
    const uint64_t address = registers[kPc] - (is_return_address ? 1 : 0);
    const Mapping* mapping = space.Find(address);
    if (mapping == nullptr && !unwound.frames.empty()) return;
    unwound.frames.push_back({mapping, address});
    if (stack.bytes.empty()) unwound.end = StackEnd::kOutermost;
    if (mapping == nullptr || stack.bytes.empty()) return;
    StepResult step = StepResult::kUnknown;
    bool signal_frame = false;
    if (mapping->module != nullptr) {
      const uint64_t pc = address - mapping->bias;
      const UnwindRule* rule = &mapping->module->RuleAt(pc);
      step = rule->Apply(registers, stack);
      signal_frame = rule->signal_frame();
    }
    if (step == StepResult::kUnknown) {
      // The ABI marks the outermost frame by a frame pointer of 0: the dynamic loader's start has no other mark.
      const bool marked = mapping->module != nullptr && registers[kFramePointer] == 0;
      step = marked ? StepResult::kOutermost : StepByFramePointer(registers, stack, space);
    }
    if (step != StepResult::kCaller) {
      if (step == StepResult::kOutermost) unwound.end = StackEnd::kOutermost;
      if (step == StepResult::kBeyond) unwound.end = StackEnd::kCopyEnded;
      return;
    }
    if (registers[kStackPointer] > stack.start) unwound.bytes = registers[kStackPointer] - stack.start;
    is_return_address = !signal_frame;
  }
}

}  // namespace rapidbyte::sampler
