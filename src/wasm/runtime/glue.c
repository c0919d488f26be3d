/* Compiled into every module's shared object beside wasm2c's output: the runtime that the output calls (wasm-rt.h),
 * the host functions as wasm2c names them, and the one exported symbol.
 *
 * Memory is a reservation without access, of which a prefix of at most 1 GiB is opened. It is 8 GiB and a guard: a
 * 32-bit address plus a 32-bit offset, and the 8 bytes there, can not leave it. So loads and stores need no check, and
 * a stray one ends in SIGSEGV, which the host turns into a trap. */
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>

#include "host_api.h"
#include "module.h" /* wasm2c's output, module name "connector" */

#define RB_PAGE 65536ull
#define RB_RESERVATION ((8ull << 30) + RB_PAGE)
#define RB_MAX_PAGES 16384u

static const struct rb_host_api* rb_host;

/* ---- wasm-rt.h ---- */

void wasm_rt_init(void) {}
bool wasm_rt_is_initialized(void) { return true; }
void wasm_rt_free(void) {}

void wasm_rt_trap(wasm_rt_trap_t code) {
  rb_host->raise_trap((int)code);
  abort(); /* raise_trap does not return */
}

/* Function types are compared by number in call_indirect; equal types share one. */
enum { RB_MAX_TYPES = 1024, RB_MAX_ARITY = 32 };
struct rb_type {
  uint32_t params, results;
  uint8_t values[RB_MAX_ARITY];
};
static struct rb_type rb_types[RB_MAX_TYPES];
static uint32_t rb_type_count;
static bool rb_types_exceeded;

uint32_t wasm_rt_register_func_type(uint32_t params, uint32_t results, ...) {
  struct rb_type type = {params, results, {0}};
  if (params > RB_MAX_ARITY || results > RB_MAX_ARITY - params) {
    rb_types_exceeded = true;
    return 0;
  }
  va_list values;
  va_start(values, results);
  for (uint32_t i = 0; i < params + results; ++i) type.values[i] = (uint8_t)va_arg(values, int);
  va_end(values);
  for (uint32_t i = 0; i < rb_type_count; ++i) {
    if (memcmp(&rb_types[i], &type, sizeof type) == 0) return i + 1;
  }
  if (rb_type_count == RB_MAX_TYPES) {
    rb_types_exceeded = true;
    return 0;
  }
  rb_types[rb_type_count++] = type;
  return rb_type_count;
}

void wasm_rt_allocate_memory(wasm_rt_memory_t* memory, uint32_t pages, uint32_t max_pages) {
  memory->max_pages = max_pages < RB_MAX_PAGES ? max_pages : RB_MAX_PAGES;
  if (pages > memory->max_pages) rb_host->raise_trap(RB_TRAP_NO_MEMORY);
  void* base = mmap(NULL, RB_RESERVATION, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) rb_host->raise_trap(RB_TRAP_NO_MEMORY);
  memory->data = base;
  memory->pages = 0;
  memory->size = 0;
  if (wasm_rt_grow_memory(memory, pages) == UINT32_MAX) rb_host->raise_trap(RB_TRAP_NO_MEMORY);
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t* memory, uint32_t delta) {
  const uint32_t old_pages = memory->pages;
  if (delta > memory->max_pages - old_pages) return UINT32_MAX;
  if (delta != 0 && mprotect(memory->data + old_pages * RB_PAGE, delta * RB_PAGE, PROT_READ | PROT_WRITE) != 0) {
    return UINT32_MAX;
  }
  memory->pages = old_pages + delta;
  memory->size = memory->pages * (uint32_t)RB_PAGE;
  return old_pages;
}

void wasm_rt_free_memory(wasm_rt_memory_t* memory) {
  if (memory->data != NULL) munmap(memory->data, RB_RESERVATION);
  memory->data = NULL;
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t* table, uint32_t elements, uint32_t max_elements) {
  table->data = calloc(elements ? elements : 1, sizeof(wasm_rt_funcref_t));
  if (table->data == NULL) rb_host->raise_trap(RB_TRAP_NO_MEMORY);
  table->size = elements;
  table->max_size = max_elements;
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t* table) {
  free(table->data);
  table->data = NULL;
}

/* ---- the host functions: module "rapidbyte" ---- */

struct Z_rapidbyte_instance_t {
  void* context;
  Z_connector_instance_t* guest;
};

static int32_t rb_call_host(struct Z_rapidbyte_instance_t* host, uint32_t function, const uint64_t* args) {
  const wasm_rt_memory_t* memory = Z_connectorZ_memory(host->guest);
  const struct rb_guest_memory view = {memory->data, memory->size};
  int32_t result = 0;
  const int trap = rb_host->hostcall(host->context, view, function, args, &result);
  if (trap != RB_TRAP_NONE) rb_host->raise_trap(trap);
  return result;
}

typedef uint32_t rb_ptr;
#define RB_UNPAREN(...) __VA_ARGS__
#define RB_HOST_FUNCTION(id, name, parameters, arguments)                                    \
  uint32_t Z_rapidbyteZ_##name(struct Z_rapidbyte_instance_t* host, RB_UNPAREN parameters) { \
    const uint64_t args[] = {RB_UNPAREN arguments};                                          \
    return (uint32_t)rb_call_host(host, id, args);                                           \
  }
#include "host_functions.inc"

/* ---- the exported symbol ---- */

struct rb_instance {
  Z_connector_instance_t guest;
  struct Z_rapidbyte_instance_t host;
};

static void rb_instantiate(void* instance, void* context) {
  struct rb_instance* self = instance;
  self->host.context = context;
  self->host.guest = &self->guest;
  Z_connector_instantiate(&self->guest, &self->host);
}

static void rb_free_instance(void* instance) { Z_connector_free(&((struct rb_instance*)instance)->guest); }

static struct rb_guest_memory rb_memory(void* instance) {
  const wasm_rt_memory_t* memory = Z_connectorZ_memory(&((struct rb_instance*)instance)->guest);
  return (struct rb_guest_memory){memory->data, memory->size};
}

static void rb_initialize(void* instance) { Z_connectorZ__initialize(&((struct rb_instance*)instance)->guest); }

static int32_t rb_call(void* instance, uint32_t function) {
  Z_connector_instance_t* guest = &((struct rb_instance*)instance)->guest;
  switch (function) {
    case 0:
      return (int32_t)Z_connectorZ_rb_open(guest);
    case 1:
      return (int32_t)Z_connectorZ_rb_discover(guest);
    case 2:
      return (int32_t)Z_connectorZ_rb_validate(guest);
    case 3:
      return (int32_t)Z_connectorZ_rb_run_read(guest);
    case 4:
      return (int32_t)Z_connectorZ_rb_run_write(guest);
    case 5:
      return (int32_t)Z_connectorZ_rb_close(guest);
  }
  wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
  return 1;
}

__attribute__((visibility("default"))) const struct rb_module_api* rb_module(const struct rb_host_api* host) {
  static const struct rb_module_api api = {
      sizeof(struct rb_instance), RB_RESERVATION, rb_instantiate, rb_free_instance, rb_memory, rb_initialize, rb_call};
  if (rb_host == NULL) {
    rb_host = host;
    Z_connector_init_module();
  }
  return rb_types_exceeded ? NULL : &api;
}
