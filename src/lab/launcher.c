// Starts one program, waits for its end and reports what it took. Run by subprocess.cpp, out of memory:
//
//   launcher PARENT_PID LEFTOVERS PROGRAM ARGUMENT…     (LEFTOVERS: a letter of launcher.h)
//
// It is small and statically linked, because the kernel folds the peak memory of the process that calls exec into the
// peak of the program that it becomes: what is reported for the program is never less than what we weigh here. The
// report goes to descriptor 3. SIGTERM, which also comes when the parent dies, kills the program and its process group.
#define _GNU_SOURCE
#include "lab/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/descendants.h"

// Between two looks at the tree's memory: at the least, and so many times what a look takes.
#define LEAST_LOOK_NANOS 10000000u
#define LOOK_COST_FACTOR 500u

static volatile pid_t program;   // 0: not started; -1: reaped
static volatile int exec_error;  // written by the child of vfork, which shares our memory

static void KillProgram(int number) {
  (void)number;
  if (program > 0) kill(-program, SIGKILL);
}

static uint64_t Nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// Between vfork and exec: nothing here may outlive the child but exec_error.
static void Become(char** argv, pid_t launcher, const sigset_t* mask) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launcher) _exit(127);
  sigprocmask(SIG_SETMASK, mask, NULL);
  execvp(argv[0], argv);
  exec_error = errno;
  _exit(127);
}

// SIGCHLD stays blocked here: it is waited for.
static pid_t StartProgram(char** argv) {
  sigset_t both, term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  both = term;
  sigaddset(&both, SIGCHLD);
  sigprocmask(SIG_BLOCK, &both, &before);
  const pid_t launcher = getpid();
  const pid_t pid = vfork();
  if (pid == 0) Become(argv, launcher, &before);
  if (pid > 0) program = pid;
  sigprocmask(SIG_UNBLOCK, &term, NULL);
  return pid;
}

static uint64_t Micros(const struct timeval* time) {
  return (uint64_t)time->tv_sec * 1000000u + (uint64_t)time->tv_usec;
}

// Reaps a child and adds what it took. 0: none is ready; -1: there is none.
static pid_t Reap(pid_t pid, int options, int* status, struct launcher_report* report) {
  struct rusage usage;
  pid_t reaped;
  while ((reaped = wait4(pid, status, options, &usage)) < 0 && errno == EINTR) {
  }
  if (reaped <= 0) return reaped;
  report->user_micros += Micros(&usage.ru_utime);
  report->system_micros += Micros(&usage.ru_stime);
  if ((uint64_t)usage.ru_maxrss > report->max_rss_kib) report->max_rss_kib = (uint64_t)usage.ru_maxrss;
  report->blocks_read += (uint64_t)usage.ru_inblock;
  report->blocks_written += (uint64_t)usage.ru_oublock;
  report->voluntary_switches += (uint64_t)usage.ru_nvcsw;
  report->involuntary_switches += (uint64_t)usage.ru_nivcsw;
  return reaped;
}

struct looks {
  uint64_t next_nanos;
  uint64_t most_kib;  // the largest sum that was seen
};

// One process alone is left to wait4, which knows its peak exactly.
static void LookWhereDue(struct looks* looks) {
  const uint64_t start = Nanos();
  if (start < looks->next_nanos) return;
  const struct tree_memory memory = MemoryOfDescendants();
  if (memory.processes > 1 && memory.kib > looks->most_kib) looks->most_kib = memory.kib;
  const uint64_t end = Nanos();
  const uint64_t pause = (end - start) * LOOK_COST_FACTOR;
  looks->next_nanos = end + (pause > LEAST_LOOK_NANOS ? pause : LEAST_LOOK_NANOS);
}

static void AwaitSignalOfChild(uint64_t until_nanos) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const uint64_t now = Nanos();
  const uint64_t left = until_nanos > now ? until_nanos - now : 0;
  const struct timespec time = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
  sigtimedwait(&child, NULL, &time);
}

// Until the program has ended. Its orphans become our children where we are their reaper; they are reaped as they end,
// or a program that makes many would run out of process numbers.
static void AwaitProgram(pid_t pid, struct looks* looks, struct launcher_report* report) {
  for (;;) {
    siginfo_t info = {.si_pid = 0};
    waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG);
    if (info.si_pid == pid) return;
    if (info.si_pid != 0) {
      int status;
      Reap(info.si_pid, 0, &status, report);
    } else {
      AwaitSignalOfChild(looks->next_nanos);
      LookWhereDue(looks);
    }
  }
}

static void Kill(pid_t child, pid_t parent, void* killed) {
  (void)parent;
  kill(child, SIGKILL);
  ++*(int*)killed;
}

// The children of one that dies become ours in turn, so this goes on until nobody is left. Without a list of our
// children from the kernel there is nothing to be done.
static void KillDescendants(struct launcher_report* report) {
  int status;
  for (;;) {
    const pid_t reaped = Reap(-1, WNOHANG, &status, report);
    if (reaped < 0) return;
    if (reaped > 0) continue;
    int killed = 0;
    ForEachChild(getpid(), Kill, &killed);
    if (killed == 0 || Reap(-1, 0, &status, report) < 0) return;
  }
}

// The zombie keeps its number until it is reaped, so that killing the rest of its group can hit no other one.
static void FinishProgram(pid_t pid, char leftovers, struct launcher_report* report) {
  struct looks looks = {.next_nanos = UINT64_MAX};
  if (leftovers == LAUNCHER_TREE) looks.next_nanos = report->start_nanos + LEAST_LOOK_NANOS;
  AwaitProgram(pid, &looks, report);
  report->end_nanos = Nanos();
  if (leftovers != LAUNCHER_KEEP) kill(-pid, SIGKILL);
  program = -1;
  Reap(pid, 0, &report->status, report);
  if (leftovers == LAUNCHER_TREE) KillDescendants(report);
  report->tree_rss_kib = looks.most_kib > report->max_rss_kib ? looks.most_kib : report->max_rss_kib;
}

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (argc < 4 || getppid() != atoi(argv[1])) return 1;
  fcntl(LAUNCHER_REPORT_FD, F_SETFD, FD_CLOEXEC);
  close_range(LAUNCHER_REPORT_FD + 1, ~0u, 0);
  struct sigaction action = {.sa_handler = KillProgram};
  sigaction(SIGTERM, &action, NULL);

  const char leftovers = argv[2][0];
  if (leftovers == LAUNCHER_TREE) prctl(PR_SET_CHILD_SUBREAPER, 1);

  struct launcher_report report = {.start_nanos = Nanos()};
  const pid_t pid = StartProgram(argv + 3);
  if (pid < 0) {
    report.error = errno;
  } else {
    FinishProgram(pid, leftovers, &report);
    report.error = exec_error;
  }
  return write(LAUNCHER_REPORT_FD, &report, sizeof report) == (ssize_t)sizeof report ? 0 : 1;
}
