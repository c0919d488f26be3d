// Included into wasm2c's output before its first function: the loads and stores that it calls, as macros instead of
// inline functions.
//
// Profiles then end at the connector's function, not at "i32_load", and the debug information is much smaller; the
// machine code stays what it was. As in wasm2c's own functions, the empty asm keeps a load whose value is not wanted,
// for it may trap.
#pragma once

#define RB_LOAD(memory, address, stored, wide, type)                    \
  ({                                                                    \
    const wasm_rt_memory_t* const rb_memory = (memory);                 \
    const u64 rb_address = (address);                                   \
    stored rb_result;                                                   \
    memcpy(&rb_result, &rb_memory->data[rb_address], sizeof rb_result); \
    __asm__ volatile("" ::"r"(rb_result));                              \
    (type)(wide) rb_result;                                             \
  })
#define RB_STORE(memory, address, stored, value)                      \
  ({                                                                  \
    const wasm_rt_memory_t* const rb_memory = (memory);               \
    const u64 rb_address = (address);                                 \
    const stored rb_value = (stored)(value);                          \
    memcpy(&rb_memory->data[rb_address], &rb_value, sizeof rb_value); \
  })

#define i32_load(memory, address) RB_LOAD(memory, address, u32, u32, u32)
#define i64_load(memory, address) RB_LOAD(memory, address, u64, u64, u64)
#define f32_load(memory, address) RB_LOAD(memory, address, f32, f32, f32)
#define f64_load(memory, address) RB_LOAD(memory, address, f64, f64, f64)
#define i32_load8_s(memory, address) RB_LOAD(memory, address, s8, s32, u32)
#define i64_load8_s(memory, address) RB_LOAD(memory, address, s8, s64, u64)
#define i32_load8_u(memory, address) RB_LOAD(memory, address, u8, u32, u32)
#define i64_load8_u(memory, address) RB_LOAD(memory, address, u8, u64, u64)
#define i32_load16_s(memory, address) RB_LOAD(memory, address, s16, s32, u32)
#define i64_load16_s(memory, address) RB_LOAD(memory, address, s16, s64, u64)
#define i32_load16_u(memory, address) RB_LOAD(memory, address, u16, u32, u32)
#define i64_load16_u(memory, address) RB_LOAD(memory, address, u16, u64, u64)
#define i64_load32_s(memory, address) RB_LOAD(memory, address, s32, s64, u64)
#define i64_load32_u(memory, address) RB_LOAD(memory, address, u32, u64, u64)
#define i32_store(memory, address, value) RB_STORE(memory, address, u32, value)
#define i64_store(memory, address, value) RB_STORE(memory, address, u64, value)
#define f32_store(memory, address, value) RB_STORE(memory, address, f32, value)
#define f64_store(memory, address, value) RB_STORE(memory, address, f64, value)
#define i32_store8(memory, address, value) RB_STORE(memory, address, u8, value)
#define i32_store16(memory, address, value) RB_STORE(memory, address, u16, value)
#define i64_store8(memory, address, value) RB_STORE(memory, address, u8, value)
#define i64_store16(memory, address, value) RB_STORE(memory, address, u16, value)
#define i64_store32(memory, address, value) RB_STORE(memory, address, u32, value)
