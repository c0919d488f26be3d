// The registers of the machine, as the kernel samples them and as DWARF numbers them. x86-64 is known.
//
// A Registers value holds one frame's registers by DWARF number; kPc stands for the return address column, which the
// ABI makes a register of its own. Constants; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rapidbyte::sampler {

#if defined(__x86_64__)
constexpr bool kMachineKnown = true;
#else
constexpr bool kMachineKnown = false;
#endif

constexpr size_t kRegisters = 17;
constexpr size_t kFramePointer = 6;  // rbp
constexpr size_t kStackPointer = 7;  // rsp
constexpr size_t kPc = 16;           // rip, the return address column
using Registers = std::array<uint64_t, kRegisters>;

// asm/perf_regs.h: ax bx cx dx si di bp sp ip, then r8 to r15 after flags and segments.
constexpr uint64_t kPerfRegisterMask = 0x1ff | 0xff0000;
// The DWARF number of each sampled register, in the order of the mask's bits (System V ABI, figure 3.36).
constexpr std::array<uint8_t, kRegisters> kDwarfOfPerf = {0, 3, 2, 1, 4, 5, 6, 7, 16, 8, 9, 10, 11, 12, 13, 14, 15};

}  // namespace rapidbyte::sampler
