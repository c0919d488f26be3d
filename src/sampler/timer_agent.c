// Loaded into the measured program (LD_PRELOAD) where the kernel allows no perf events: gives each thread a timer on
// its CPU time, whose signal handler copies registers and stack into the recorder's memory (timer_ring.h).
//
// A CPU-time timer never runs out while its thread waits, so that sleeps stay as long as they are. Threads are met as
// pthread_create starts them. The signal is a real-time one that nothing else acts on, because SIGPROF may be the
// program's own. Whatever fails here leaves the program as it is, without samples.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "sampler/timer_ring.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static struct timer_ring* ring;
static const char* ring_path;
static int sample_signal;
static int (*real_pthread_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

// Of the thread. Initial-exec: a signal handler must not make the C library allocate it.
static __thread __attribute__((tls_model("initial-exec"))) uintptr_t stack_end;
static __thread __attribute__((tls_model("initial-exec"))) timer_t timer;
static __thread __attribute__((tls_model("initial-exec"))) int has_timer;

static uint64_t time_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct timer_slot* slot_at(uint64_t position) {
  unsigned char* first = (unsigned char*)(ring + 1);
  return (struct timer_slot*)(first + (position & (ring->slots - 1)) * ring->slot_bytes);
}

// The slot to fill, or none where the reader is behind.
static struct timer_slot* take_slot(uint64_t* position) {
  uint64_t at = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);
  for (;;) {
    struct timer_slot* slot = slot_at(at);
    const int64_t ahead = (int64_t)(__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) - at);
    if (ahead < 0) {
      __atomic_fetch_add(&ring->lost, 1, __ATOMIC_RELAXED);
      return NULL;
    }
    if (ahead > 0) {
      at = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);
    } else if (__atomic_compare_exchange_n(&ring->head, &at, at + 1, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      *position = at;
      slot->time_ns = time_ns(CLOCK_MONOTONIC);
      slot->pid = getpid();
      slot->tid = (int32_t)syscall(SYS_gettid);
      slot->parent_pid = 0;
      slot->overrun = 0;
      slot->stack_used = 0;
      prctl(PR_GET_NAME, slot->name);
      return slot;
    }
  }
}

static void give_slot(struct timer_slot* slot, uint64_t position, uint32_t kind) {
  slot->kind = kind;
  __atomic_store_n(&slot->sequence, position + 1, __ATOMIC_RELEASE);
}

// Up to the end of the thread's stack; of any other stack no more than the page, which is surely there.
static void copy_stack(struct timer_slot* slot, uintptr_t from) {
  uintptr_t end = stack_end;
  if (from >= end || end - from > (uintptr_t)64 << 20) end = (from | 4095) + 1;
  uintptr_t bytes = end - from;
  if (bytes > ring->stack_bytes) bytes = ring->stack_bytes;
  memcpy(slot + 1, (const void*)from, bytes);
  slot->stack_used = (uint32_t)bytes;
}

static void on_timer(int number, siginfo_t* info, void* opaque) {
  (void)number;
  const int saved = errno;
  uint64_t position;
  const int ours = has_timer && info->si_code == SI_TIMER && info->si_value.sival_ptr == ring;
  struct timer_slot* slot = ours ? take_slot(&position) : NULL;
  if (slot != NULL) {
#if defined(__x86_64__)
    static const int in_dwarf_order[TIMER_RING_REGISTERS] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                                             REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                                             REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    const ucontext_t* context = opaque;
    for (int i = 0; i < TIMER_RING_REGISTERS; ++i) {
      slot->registers[i] = (uint64_t)context->uc_mcontext.gregs[in_dwarf_order[i]];
    }
    copy_stack(slot, slot->registers[7]);
#else
    (void)opaque;
#endif
    slot->overrun = info->si_overrun > 0 ? (uint32_t)info->si_overrun : 0;
    give_slot(slot, position, TIMER_SLOT_SAMPLE);
  }
  errno = saved;
}

static void find_stack(void) {
  pthread_attr_t attributes;
  void* low = NULL;
  size_t bytes = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  if (pthread_attr_getstack(&attributes, &low, &bytes) == 0) stack_end = (uintptr_t)low + bytes;
  pthread_attr_destroy(&attributes);
}

// The first that has its default action, from the highest but one on: that is the least likely to be the program's.
static int free_signal(void) {
  struct sigaction action;
  for (int number = SIGRTMAX - 1; number > SIGRTMIN; --number) {
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_DFL) return number;
  }
  return 0;
}

// The program may have given the signal an action of its own meanwhile.
static int has_signal(void) {
  struct sigaction action;
  const int has = sample_signal != 0 && sigaction(sample_signal, NULL, &action) == 0 && action.sa_sigaction == on_timer;
  if (!has) __atomic_store_n(&ring->signal_taken, 1, __ATOMIC_RELAXED);
  return has;
}

// Somewhere within the first period, so that threads that live for less are seen as often as their time is worth.
static struct timespec first_expiry(int tid) {
  uint64_t mixed = (time_ns(CLOCK_MONOTONIC) ^ ((uint64_t)tid << 32)) * 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 32)) % ring->period_ns + 1;
  return (struct timespec){(time_t)(mixed / 1000000000u), (long)(mixed % 1000000000u)};
}

static void start_timer(void) {
  if (!has_signal()) return;
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = sample_signal;
  event.sigev_value.sival_ptr = ring;
  event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
  if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0) return;
  has_timer = 1;
  const struct timespec period = {(time_t)(ring->period_ns / 1000000000u), (long)(ring->period_ns % 1000000000u)};
  const struct itimerspec expiries = {period, first_expiry(event.sigev_notify_thread_id)};
  timer_settime(timer, 0, &expiries, NULL);
}

// The kernel looks at timers when its clock ticks, so the last of a thread's time is in no sample: the sum is told.
static void stop_timer(void* unused) {
  (void)unused;
  if (!has_timer) return;
  timer_delete(timer);
  has_timer = 0;
  has_signal();
  const uint64_t took = time_ns(CLOCK_THREAD_CPUTIME_ID);
  uint64_t position;
  struct timer_slot* slot = take_slot(&position);
  if (slot == NULL) return;
  slot->registers[0] = took;
  give_slot(slot, position, TIMER_SLOT_END);
}

struct start {
  void* (*body)(void*);
  void* argument;
};

static void* run_thread(void* opaque) {
  const struct start start = *(struct start*)opaque;
  free(opaque);
  find_stack();
  start_timer();
  void* result = NULL;
  pthread_cleanup_push(stop_timer, NULL);
  result = start.body(start.argument);
  pthread_cleanup_pop(1);
  return result;
}

// A program that gives every signal its default action, as servers do at their start, would be ended by ours.
static int keeps_signal(int number, void (*handler)(int)) {
  return sample_signal != 0 && number == sample_signal && (handler == SIG_DFL || handler == SIG_IGN);
}

// This and what follows with default visibility stand before the C library's.
__attribute__((visibility("default"))) int sigaction(int number, const struct sigaction* action,
                                                     struct sigaction* before) {
  static int (*real)(int, const struct sigaction*, struct sigaction*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "sigaction");
  return real(number, action != NULL && keeps_signal(number, action->sa_handler) ? NULL : action, before);
}

__attribute__((visibility("default"))) void (*signal(int number, void (*handler)(int)))(int) {
  static void (*(*real)(int, void (*)(int)))(int);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "signal");
  return keeps_signal(number, handler) ? SIG_DFL : real(number, handler);
}

__attribute__((visibility("default"))) int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                                                          void* (*body)(void*), void* argument) {
  if (real_pthread_create == NULL) *(void**)&real_pthread_create = dlsym(RTLD_NEXT, "pthread_create");
  struct start* start = ring != NULL ? malloc(sizeof *start) : NULL;
  if (start == NULL) return real_pthread_create(thread, attributes, body, argument);
  start->body = body;
  start->argument = argument;
  const int error = real_pthread_create(thread, attributes, run_thread, start);
  if (error != 0) free(start);
  return error;
}

static pid_t forking_pid;
static void before_fork(void) { forking_pid = getpid(); }

// Timers are not inherited.
static void in_child(void) {
  uint64_t position;
  struct timer_slot* slot = take_slot(&position);
  if (slot != NULL) {
    slot->parent_pid = forking_pid;
    give_slot(slot, position, TIMER_SLOT_FORK);
  }
  start_timer();
}

static void save_maps(uint64_t slot_time_ns) {
  char path[4096], block[4096];
  snprintf(path, sizeof path, "%s.%llu", ring_path, (unsigned long long)slot_time_ns);
  const int from = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  const int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  ssize_t got = 0;
  while (from >= 0 && to >= 0 && (got = read(from, block, sizeof block)) > 0) {
    if (write(to, block, (size_t)got) != got) break;
  }
  if (from >= 0) close(from);
  if (to >= 0) close(to);
}

static struct timer_ring* open_ring(void) {
  ring_path = getenv(TIMER_RING_VARIABLE);
  if (ring_path == NULL) return NULL;
  const int file = open(ring_path, O_RDWR | O_CLOEXEC);
  struct stat status;
  void* memory = MAP_FAILED;
  if (file >= 0 && fstat(file, &status) == 0) {
    memory = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  if (file >= 0) close(file);
  return memory == MAP_FAILED ? NULL : memory;
}

__attribute__((constructor)) static void load(void) {
  ring = open_ring();
  if (ring == NULL) return;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_timer;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sample_signal = free_signal();
  if (sample_signal != 0) sigaction(sample_signal, &action, NULL);
  uint64_t position;
  struct timer_slot* slot = take_slot(&position);
  if (slot != NULL) {
    slot->registers[0] = time_ns(CLOCK_THREAD_CPUTIME_ID);
    save_maps(slot->time_ns);
    give_slot(slot, position, TIMER_SLOT_IMAGE);
  }
  pthread_atfork(before_fork, NULL, in_child);
  find_stack();
  start_timer();
}

__attribute__((destructor)) static void unload(void) { stop_timer(NULL); }
