// The descendants of this process, as /proc tells of them. Static memory only; one thread.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Calls visit(child, parent, context) for each child that any thread of `parent` has now. Nothing where the kernel
// keeps no lists of children (CONFIG_PROC_CHILDREN) or the parent is gone.
void ForEachChild(pid_t parent, void (*visit)(pid_t child, pid_t parent, void* context), void* context);

struct tree_memory {
  unsigned processes;
  uint64_t kib;  // resident, of all taken together
};

// What all descendants have in memory now. One that still shares its parent's memory, as between vfork and exec, adds
// none of its own. Pages that several have mapped, such as those of a library, count in each.
struct tree_memory MemoryOfDescendants(void);
