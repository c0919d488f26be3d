// Starts one program, waits for its end and reports what it took. Run by subprocess.cpp, out of memory:
//
//   launcher PARENT_PID PROGRAM ARGUMENT…
//
// It is small and statically linked, because the kernel folds the peak memory of the process that calls exec into the
// peak of the program that it becomes: what is reported for the program is never less than what we weigh here. The
// report goes to descriptor 3. SIGTERM kills the program and its process group.
#define _GNU_SOURCE
#include "lab/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static pid_t StartProgram(char** argv) {
  sigset_t term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, &before);
  const pid_t launcher = getpid();
  const pid_t pid = vfork();
  if (pid == 0) Become(argv, launcher, &before);
  if (pid > 0) program = pid;
  sigprocmask(SIG_SETMASK, &before, NULL);
  return pid;
}

// The zombie keeps its number until wait4, so that killing the rest of its group can hit no other one.
static void ReapProgram(pid_t pid, struct launcher_report* report) {
  siginfo_t info;
  while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  report->end_nanos = Nanos();
  kill(-pid, SIGKILL);
  program = -1;
  struct rusage usage;
  while (wait4(pid, &report->status, 0, &usage) < 0 && errno == EINTR) {
  }
  report->user_micros = (uint64_t)usage.ru_utime.tv_sec * 1000000u + (uint64_t)usage.ru_utime.tv_usec;
  report->system_micros = (uint64_t)usage.ru_stime.tv_sec * 1000000u + (uint64_t)usage.ru_stime.tv_usec;
  report->max_rss_kib = (uint64_t)usage.ru_maxrss;
  report->blocks_read = (uint64_t)usage.ru_inblock;
  report->blocks_written = (uint64_t)usage.ru_oublock;
  report->voluntary_switches = (uint64_t)usage.ru_nvcsw;
  report->involuntary_switches = (uint64_t)usage.ru_nivcsw;
}

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc < 3 || getppid() != atoi(argv[1])) return 1;
  fcntl(LAUNCHER_REPORT_FD, F_SETFD, FD_CLOEXEC);
  close_range(LAUNCHER_REPORT_FD + 1, ~0u, 0);
  struct sigaction action = {.sa_handler = KillProgram};
  sigaction(SIGTERM, &action, NULL);

  struct launcher_report report = {.start_nanos = Nanos()};
  const pid_t pid = StartProgram(argv + 2);
  if (pid < 0) {
    report.error = errno;
  } else {
    ReapProgram(pid, &report);
    report.error = exec_error;
  }
  return write(LAUNCHER_REPORT_FD, &report, sizeof report) == (ssize_t)sizeof report ? 0 : 1;
}
