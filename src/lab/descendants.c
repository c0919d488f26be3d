#define _GNU_SOURCE
#include "lab/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

// "/proc/", then parts and numbers. Every path here fits.
struct path {
  char text[96];
  size_t size;
};

static void Add(struct path* path, const char* part) {
  while (*part != 0 && path->size + 1 < sizeof path->text) path->text[path->size++] = *part++;
  path->text[path->size] = 0;
}

static void AddNumber(struct path* path, pid_t number) {
  char digits[16];
  size_t place = sizeof digits - 1;
  digits[place] = 0;
  do digits[--place] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  Add(path, digits + place);
}

static struct path PathOf(pid_t pid, const char* file) {
  struct path path = {.size = 0};
  Add(&path, "/proc/");
  AddNumber(&path, pid);
  Add(&path, file);
  return path;
}

static int Open(const struct path* path, int flags) { return open(path->text, O_RDONLY | O_CLOEXEC | flags); }

// The kernel lists them as numbers with a space behind each, which a read may cut in two.
static void ForEachInList(int file, pid_t parent, void (*visit)(pid_t, pid_t, void*), void* context) {
  char list[1024];
  pid_t child = 0;
  for (ssize_t size; (size = read(file, list, sizeof list)) > 0;) {
    for (ssize_t i = 0; i < size; ++i) {
      if (list[i] >= '0' && list[i] <= '9') {
        child = child * 10 + (list[i] - '0');
      } else if (child > 0) {
        visit(child, parent, context);
        child = 0;
      }
    }
  }
}

static void ForEachChildOfThread(const struct path* tasks, const char* thread, pid_t parent,
                                 void (*visit)(pid_t, pid_t, void*), void* context) {
  struct path path = *tasks;
  Add(&path, "/");
  Add(&path, thread);
  Add(&path, "/children");
  const int file = Open(&path, 0);
  if (file < 0) return;
  ForEachInList(file, parent, visit, context);
  close(file);
}

void ForEachChild(pid_t parent, void (*visit)(pid_t, pid_t, void*), void* context) {
  const struct path tasks = PathOf(parent, "/task");
  const int folder = Open(&tasks, O_DIRECTORY);
  if (folder < 0) return;
  _Alignas(struct dirent64) char entries[2048];
  for (ssize_t size; (size = getdents64(folder, entries, sizeof entries)) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const struct dirent64* entry = (const struct dirent64*)(entries + at);
      at += entry->d_reclen;
      if (entry->d_name[0] != '.') ForEachChildOfThread(&tasks, entry->d_name, parent, visit, context);
    }
  }
  close(folder);
}

// The second number of statm, in pages.
static uint64_t ResidentKib(pid_t pid) {
  char text[128];
  const struct path path = PathOf(pid, "/statm");
  const int file = Open(&path, 0);
  const ssize_t size = file < 0 ? 0 : read(file, text, sizeof text);
  if (file >= 0) close(file);
  ssize_t i = 0;
  while (i < size && text[i] != ' ') ++i;
  uint64_t pages = 0;
  for (++i; i < size && text[i] >= '0' && text[i] <= '9'; ++i) pages = pages * 10 + (uint64_t)(text[i] - '0');
  return pages * ((uint64_t)sysconf(_SC_PAGESIZE) / 1024);
}

static int SharesMemory(pid_t one, pid_t other) { return syscall(SYS_kcmp, one, other, KCMP_VM, 0, 0) == 0; }

static void Weigh(pid_t pid, pid_t parent, void* context) {
  struct tree_memory* memory = context;
  ++memory->processes;
  if (!SharesMemory(parent, pid)) memory->kib += ResidentKib(pid);
  ForEachChild(pid, Weigh, context);
}

struct tree_memory MemoryOfDescendants(void) {
  struct tree_memory memory = {0, 0};
  ForEachChild(getpid(), Weigh, &memory);
  return memory;
}
