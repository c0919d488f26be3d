// The memory that the timer agent, inside the measured program, shares with the recorder: a queue of fixed slots.
//
// Bounded, many writers, one reader (D. Vyukov's queue): a slot's sequence says whose turn it is, so that a signal
// handler writes without a lock, and a full queue costs a count instead of a wait. C and C++; written and read on one
// machine within one build. The maps of a process lie beside the queue's file: its path, a dot, and the slot's time.
#pragma once

#include <stdint.h>

#define TIMER_RING_VARIABLE "RAPIDBYTE_TIMER_RING"  // names the file
#define TIMER_RING_REGISTERS 17                     // by DWARF number

enum timer_slot_kind {
  TIMER_SLOT_SAMPLE = 1,
  TIMER_SLOT_IMAGE = 2,  // a program was loaded; its maps are in a file; registers[0] as below: before it
  TIMER_SLOT_FORK = 3,
  TIMER_SLOT_END = 4,  // of a thread; registers[0] is the CPU time in ns that it took
};

struct timer_ring {
  uint64_t slots;       // a power of two
  uint64_t slot_bytes;  // with the stack
  uint64_t stack_bytes;
  uint64_t period_ns;
  uint64_t head;          // the next to be written; atomic
  uint64_t lost;          // atomic
  uint64_t signal_taken;  // atomic: a program left no signal to the timers, or took theirs
};

struct timer_slot {
  uint64_t sequence;  // atomic: the position that may write it, or that plus one once it is written
  uint64_t time_ns;   // CLOCK_MONOTONIC
  int32_t pid;
  int32_t tid;
  int32_t parent_pid;
  uint32_t kind;
  uint32_t overrun;  // periods that passed besides the one of this sample
  uint32_t stack_used;
  char name[16];
  uint64_t registers[TIMER_RING_REGISTERS];
};  // and then the stack, from the stack pointer up
