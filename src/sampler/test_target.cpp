// What the sampler's tests record: a program whose functions spend known shares of known kinds of time. Built with -O2
// and debug information whatever the build is. The first argument says what to do.
#include <sched.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace work {

volatile uint64_t sink;
std::atomic<bool> done;
std::mutex lock;

uint64_t CpuNanos() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

// A leaf that needs no frame.
__attribute__((noinline)) uint64_t FramelessLeaf(uint64_t value) {
  for (int i = 0; i < 200'000; ++i) value = value * 6364136223846793005u + 1442695040888963407u;
  return value;
}

inline __attribute__((always_inline)) uint64_t InlinedMiddle(uint64_t value) { return FramelessLeaf(value) ^ value; }
// No frame of its own.
inline __attribute__((always_inline, artificial)) uint64_t Wrapper(uint64_t value) { return InlinedMiddle(value) + 1; }

__attribute__((noinline)) void Burn(double secs) {
  const uint64_t end = CpuNanos() + static_cast<uint64_t>(secs * 1e9);
  while (CpuNanos() < end) sink = Wrapper(sink);
}

// Burns without call frame information and with the frame pointer in use for something else.
extern "C" void RuleLess(uint64_t steps);
asm(R"(
  .text
  .type RuleLess, @function
RuleLess:
  push %rbp
  mov $1, %ebp
0:
  dec %rdi
  jnz 0b
  pop %rbp
  ret
  .size RuleLess, . - RuleLess
)");

__attribute__((noinline)) int Recurse(int depth, double secs) {
  if (depth == 0) {
    Burn(secs);
    return 0;
  }
  return Recurse(depth - 1, secs) + static_cast<int>(sink & 1);
}

__attribute__((noinline)) void WaitInSleep(double secs) {
  timespec pause{static_cast<time_t>(secs),
                 static_cast<long>((secs - static_cast<double>(static_cast<time_t>(secs))) * 1e9)};
  while (nanosleep(&pause, &pause) != 0) {
  }
  sink = sink + 1;
}

__attribute__((noinline)) void WaitForLock() {
  lock.lock();
  sink = sink + 1;
  lock.unlock();
}

// Prints what the thread says of itself: its name, its number, the CPU time that it took.
template <typename Body>
void Reporting(const char* name, Body body) {
  body();
  std::printf("%s %ld %llu\n", name, syscall(SYS_gettid), static_cast<unsigned long long>(CpuNanos()));
}

int States() {
  lock.lock();
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {  // on one CPU: they preempt each other
    threads.emplace_back([] {
      cpu_set_t first;
      CPU_ZERO(&first);
      CPU_SET(0, &first);
      sched_setaffinity(0, sizeof first, &first);
      Reporting("burner", [] { Burn(0.4); });
    });
  }
  threads.emplace_back([] { Reporting("sleeper", [] { WaitInSleep(0.5); }); });
  threads.emplace_back([] { Reporting("locker", [] { WaitForLock(); }); });
  WaitInSleep(0.6);
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
  return 0;
}

__attribute__((noinline)) void GrandchildWork() { Burn(0.2); }
__attribute__((noinline)) void ChildWork() { Burn(0.2); }

int Forks() {
  if (fork() == 0) {
    if (fork() == 0) {
      GrandchildWork();
      _exit(0);
    }
    ChildWork();
    wait(nullptr);
    _exit(0);
  }
  wait(nullptr);
  return 0;
}

// The program anew, on another CPU than the one that it is forked on.
int Elsewhere(const char* depth) {
  const auto run_on = [](int cpu) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
  };
  run_on(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)) - 1);
  if (fork() == 0) {
    run_on(0);
    execl("/proc/self/exe", "sampler_target", "deep", depth, nullptr);
    _exit(127);
  }
  wait(nullptr);
  return 0;
}

int Threads(int count) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([] {
      Burn(0.0005);
      while (!done) WaitInSleep(0.01);
    });
  }
  WaitInSleep(1);
  done = true;
  for (std::thread& thread : threads) thread.join();
  return 0;
}

// Two threads that hand a byte to and fro: nothing but context switches.
int Switches(int count) {
  int ping[2], pong[2];
  if (pipe(ping) != 0 || pipe(pong) != 0) return 1;
  std::thread other([&] {
    char byte = 0;
    for (int i = 0; i < count && read(ping[0], &byte, 1) == 1; ++i) {
      if (write(pong[1], &byte, 1) != 1) return;
    }
  });
  char byte = 0;
  for (int i = 0; i < count; ++i) {
    if (write(ping[1], &byte, 1) != 1 || read(pong[0], &byte, 1) != 1) return 1;
  }
  other.join();
  return 0;
}

// Burns, and is then another program.
int Exec(double secs) {
  Burn(secs);
  execl("/bin/sleep", "sleep", "0.01", nullptr);
  return 1;
}

// Nothing of it runs.
int Hang(double secs) {
  lock.lock();
  std::thread waiter([] { WaitForLock(); });
  WaitInSleep(secs);
  lock.unlock();
  waiter.join();
  return 0;
}

// Does with SIGPROF what profilers do; a number of signals that its own timer does not explain is an error.
int OwnProfilingSignal() {
  std::signal(SIGPROF, SIG_DFL);
  Burn(0.3);
  static std::atomic<int> signals = 0;
  std::signal(SIGPROF, [](int) { ++signals; });
  const itimerval every{{0, 10'000}, {0, 10'000}};
  setitimer(ITIMER_PROF, &every, nullptr);
  Burn(0.3);
  return signals <= 40 ? 0 : 1;
}

// Gives every signal its default action.
int DefaultSignals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number <= SIGRTMAX; ++number) std::signal(number, SIG_DFL);
  for (int number = 1; number <= SIGRTMAX; ++number) sigaction(number, &action, nullptr);
  Burn(0.3);
  return 0;
}

// Acts on every signal that is free to be acted on.
int OwnRealTimeSignals() {
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) std::signal(number, [](int) {});
  std::thread([] { Burn(0.1); }).join();
  return 0;
}

// Ready to be watched from outside: says so, waits for work to be allowed, then burns in forks and in itself.
int Serve() {
  std::printf("%d\n", getpid());
  std::fflush(stdout);
  for (int i = 0; i < 10; ++i) {
    if (fork() == 0) {
      ChildWork();
      _exit(0);
    }
    Burn(0.05);
    wait(nullptr);
  }
  return 0;
}

}  // namespace work

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const double amount = argc > 2 ? std::atof(argv[2]) : 0;
  if (what == "burn") work::Burn(amount);
  if (what == "elsewhere") return work::Elsewhere(argv[2]);
  if (what == "ruleless") work::RuleLess(static_cast<uint64_t>(amount));
  if (what == "deep") work::Recurse(static_cast<int>(amount), 0.7);
  if (what == "sleep") work::WaitInSleep(amount);
  if (what == "states") return work::States();
  if (what == "forks") return work::Forks();
  if (what == "threads") return work::Threads(static_cast<int>(amount));
  if (what == "switches") return work::Switches(static_cast<int>(amount));
  if (what == "exec") return work::Exec(amount);
  if (what == "hang") return work::Hang(amount);
  if (what == "own-sigprof") return work::OwnProfilingSignal();
  if (what == "default-signals") return work::DefaultSignals();
  if (what == "own-signals") return work::OwnRealTimeSignals();
  if (what == "serve") return work::Serve();
  if (what == "exit") return static_cast<int>(amount);
  if (what == "abort") std::abort();
  return 0;
}
