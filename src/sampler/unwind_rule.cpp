#include "sampler/unwind_rule.h"

#include <dwarf.h>

#include <array>
#include <cstring>

namespace rapidbyte::sampler {
namespace {

constexpr size_t kDeepestExpression = 32;

// The stack machine of DWARF 5, section 2.5, as far as compilers use it in call frame information.
class Evaluator {
 public:
  Evaluator(const Registers& registers, uint64_t cfa, const StackMemory& memory, bool& beyond)
      : registers_(registers), cfa_(cfa), memory_(memory), beyond_(beyond) {}

  std::optional<uint64_t> Run(std::span<const Dwarf_Op> ops) {
    for (const Dwarf_Op& op : ops) {
      if (!Step(op)) return std::nullopt;
    }
    return Pop();
  }

 private:
  bool Push(uint64_t value) {
    if (depth_ == stack_.size()) return false;
    stack_[depth_++] = value;
    return true;
  }
  std::optional<uint64_t> Pop() {
    if (depth_ == 0) return std::nullopt;
    return stack_[--depth_];
  }
  bool PushRegister(uint64_t number, uint64_t offset) {
    return number < kRegisters && Push(registers_[number] + offset);
  }
  bool Load() {
    const auto address = Pop();
    if (!address) return false;
    const auto value = memory_.Load(*address);
    beyond_ = beyond_ || !value;
    return value && Push(*value);
  }
  bool Binary(uint8_t atom) {
    const auto right = Pop(), left = Pop();
    if (!right || !left) return false;
    const auto signed_left = static_cast<int64_t>(*left), signed_right = static_cast<int64_t>(*right);
    switch (atom) {
      case DW_OP_and:
        return Push(*left & *right);
      case DW_OP_or:
        return Push(*left | *right);
      case DW_OP_plus:
        return Push(*left + *right);
      case DW_OP_minus:
        return Push(*left - *right);
      case DW_OP_mul:
        return Push(*left * *right);
      case DW_OP_shl:
        return Push(*right < 64 ? *left << *right : 0);
      case DW_OP_shr:
        return Push(*right < 64 ? *left >> *right : 0);
      case DW_OP_eq:
        return Push(*left == *right);
      case DW_OP_ne:
        return Push(*left != *right);
      case DW_OP_ge:
        return Push(signed_left >= signed_right);
      case DW_OP_gt:
        return Push(signed_left > signed_right);
      case DW_OP_le:
        return Push(signed_left <= signed_right);
      case DW_OP_lt:
        return Push(signed_left < signed_right);
      default:
        return false;
    }
  }
  bool Step(const Dwarf_Op& op) {
    const uint8_t atom = op.atom;
    if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) return PushRegister(atom - DW_OP_breg0, op.number);
    if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) return Push(atom - DW_OP_lit0);
    switch (atom) {
      case DW_OP_bregx:
        return PushRegister(op.number, op.number2);
      case DW_OP_call_frame_cfa:
        return Push(cfa_);
      case DW_OP_deref:
        return Load();
      case DW_OP_plus_uconst: {
        const auto value = Pop();
        return value && Push(*value + op.number);
      }
      case DW_OP_const1u:
      case DW_OP_const1s:
      case DW_OP_const2u:
      case DW_OP_const2s:
      case DW_OP_const4u:
      case DW_OP_const4s:
      case DW_OP_const8u:
      case DW_OP_const8s:
      case DW_OP_constu:
      case DW_OP_consts:
        return Push(op.number);
      case DW_OP_dup: {
        const auto value = Pop();
        return value && Push(*value) && Push(*value);
      }
      case DW_OP_nop:
        return true;
      default:
        return Binary(atom);
    }
  }

  const Registers& registers_;
  uint64_t cfa_;
  const StackMemory& memory_;
  bool& beyond_;
  std::array<uint64_t, kDeepestExpression> stack_{};
  size_t depth_ = 0;
};

}  // namespace

std::optional<uint64_t> StackMemory::Load(uint64_t address) const {
  if (address < start || bytes.size() < sizeof(uint64_t) || address - start > bytes.size() - sizeof(uint64_t)) {
    return std::nullopt;
  }
  uint64_t value = 0;
  std::memcpy(&value, bytes.data() + (address - start), sizeof value);
  return value;
}

UnwindRule::Location UnwindRule::LocationOf(std::span<const Dwarf_Op> ops) {
  Location location;
  const bool is_value = ops.back().atom == DW_OP_stack_value;
  if (is_value) ops = ops.first(ops.size() - 1);
  const bool from_cfa = !ops.empty() && ops[0].atom == DW_OP_call_frame_cfa &&
                        (ops.size() == 1 || (ops.size() == 2 && ops[1].atom == DW_OP_plus_uconst));
  if (from_cfa) {
    location.kind = is_value ? Kind::kIsCfa : Kind::kAtCfa;
    location.offset = ops.size() == 2 ? static_cast<int64_t>(ops[1].number) : 0;
  } else if (ops.size() == 1 &&
             (ops[0].atom == DW_OP_regx || (ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31))) {
    const uint64_t number = ops[0].atom == DW_OP_regx ? ops[0].number : uint64_t{ops[0].atom} - DW_OP_reg0;
    if (number < kRegisters) location = {.kind = Kind::kRegister, .source = static_cast<uint8_t>(number)};
  } else {
    location.kind = is_value ? Kind::kIsExpression : Kind::kAtExpression;
    location.expression.assign(ops.begin(), ops.end());
  }
  return location;
}

UnwindRule UnwindRule::Compile(Dwarf_Frame* frame) {
  UnwindRule rule;
  dwarf_frame_info(frame, nullptr, nullptr, &rule.signal_frame_);
  Dwarf_Op* ops = nullptr;
  size_t count = 0;
  if (dwarf_frame_cfa(frame, &ops, &count) != 0) return rule;
  if (count == 0) {  // the frame has no address: only the outermost says so on purpose
    rule.outermost_ = true;
    return rule;
  }
  const bool is_register = count == 1 && ((ops[0].atom == DW_OP_bregx && ops[0].number < kRegisters) ||
                                          (ops[0].atom >= DW_OP_breg0 && ops[0].atom < DW_OP_breg0 + kRegisters));
  if (is_register) {
    const bool indexed = ops[0].atom == DW_OP_bregx;
    rule.cfa_.kind = Kind::kRegister;
    rule.cfa_.source = static_cast<uint8_t>(indexed ? ops[0].number : uint64_t{ops[0].atom} - DW_OP_breg0);
    rule.cfa_.offset = static_cast<int64_t>(indexed ? ops[0].number2 : ops[0].number);
  } else {
    rule.cfa_.kind = Kind::kIsExpression;
    rule.cfa_.expression.assign(ops, ops + count);
  }
  for (uint8_t target = 0; target < kRegisters; ++target) {
    Dwarf_Op space[3];
    if (dwarf_frame_register(frame, target, space, &ops, &count) != 0) return rule;
    if (count != 0) {
      rule.restored_.push_back(LocationOf({ops, count}));
      rule.restored_.back().target = target;
    } else if (target == kPc && ops != nullptr) {  // undefined: nobody to return to
      rule.outermost_ = true;
    } else if (target == kPc) {  // unchanged, so that it would be its own caller
      return rule;
    }
  }
  rule.known_ = true;
  return rule;
}

std::optional<uint64_t> UnwindRule::ValueOf(const Location& location, const Registers& registers, uint64_t cfa,
                                            const StackMemory& stack, bool& beyond) const {
  const auto load = [&](uint64_t address) {
    const auto value = stack.Load(address);
    beyond = beyond || !value;
    return value;
  };
  switch (location.kind) {
    case Kind::kUndefined:
      return std::nullopt;
    case Kind::kAtCfa:
      return load(cfa + location.offset);
    case Kind::kIsCfa:
      return cfa + location.offset;
    case Kind::kRegister:
      return registers[location.source] + location.offset;
    case Kind::kAtExpression: {
      const auto address = Evaluator(registers, cfa, stack, beyond).Run(location.expression);
      return address ? load(*address) : std::nullopt;
    }
    case Kind::kIsExpression:
      return Evaluator(registers, cfa, stack, beyond).Run(location.expression);
  }
  return std::nullopt;
}

StepResult UnwindRule::Apply(Registers& registers, const StackMemory& stack) const {
  if (outermost_) return StepResult::kOutermost;
  if (!known_) return StepResult::kUnknown;
  bool beyond = false;
  const auto cfa = ValueOf(cfa_, registers, 0, stack, beyond);
  if (!cfa) return beyond ? StepResult::kBeyond : StepResult::kUnknown;
  // Frames lie above the stack pointer of what they called. An alternate signal stack may lie anywhere.
  if (!signal_frame_ && *cfa <= registers[kStackPointer]) return StepResult::kUnknown;
  Registers caller = registers;
  caller[kStackPointer] = *cfa;
  for (const Location& location : restored_) {
    const auto value = ValueOf(location, registers, *cfa, stack, beyond);
    if (value) {
      caller[location.target] = *value;
    } else if (location.target == kPc) {
      return beyond ? StepResult::kBeyond : StepResult::kUnknown;
    }
  }
  registers = caller;
  return registers[kPc] == 0 ? StepResult::kOutermost : StepResult::kCaller;
}

}  // namespace rapidbyte::sampler
