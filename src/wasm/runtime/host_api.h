// The seam between a compiled module and the host process, shared by both: plain C.
//
// A shared object exports one symbol, rb_module. The host gives it rb_host_api once, and gets rb_module_api back.
// Traps are raised inside the shared object by raise_trap, which leaves the guest's C frames and nothing else: no
// frame of the host is ever skipped.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Trap codes: those of wasm-rt.h, and our own from 100 on. */
enum {
  RB_TRAP_NONE = 0,
  RB_TRAP_BAD_POINTER = 100, /* a host call was given an address outside of the memory */
  RB_TRAP_NO_STACK = 101,    /* too little stack left for a host call */
  RB_TRAP_NO_MEMORY = 102,   /* the host has no room for a new instance */
  RB_TRAP_STOPPED = 103      /* the host wants no more of it */
};

struct rb_guest_memory {
  uint8_t* base;
  uint64_t size;
};

struct rb_host_api {
  /* Runs one host function. Returns RB_TRAP_NONE with *result set, or a trap code that the caller must raise. */
  int (*hostcall)(void* context, struct rb_guest_memory memory, uint32_t function, const uint64_t* args,
                  int32_t* result);
  /* Ends the current call of the guest on this thread. Does not return. */
  void (*raise_trap)(int code);
};

struct rb_module_api {
  uint64_t instance_size;
  uint64_t reservation_size; /* of one memory: addressable bytes and guard */
  /* Makes an instance in zeroed memory of instance_size bytes; may trap. context goes to every hostcall. */
  void (*instantiate)(void* instance, void* context);
  void (*free_instance)(void* instance);
  struct rb_guest_memory (*memory)(void* instance);
  void (*initialize)(void* instance);
  int32_t (*call)(void* instance, uint32_t function); /* an export, by its number in the connector interface */
};

/* Returns null for a module that exceeds a limit of the runtime. Not to be called by two threads at once. */
typedef const struct rb_module_api* (*rb_module_function)(const struct rb_host_api* host);

#ifdef __cplusplus
}
#endif
