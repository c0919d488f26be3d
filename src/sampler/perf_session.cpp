#include "sampler/perf_session.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

#include "base/clock.h"
#include "sampler/ring.h"

namespace rapidbyte::sampler {
namespace {

// The kernel clears and maps every page of a buffer at once, about 0.15 ms a mebibyte. The one for samples holds 500 of
// the stacks of switches that a recording begins with: a twentieth of a second at the rate that is thinned.
constexpr size_t kMostRingBytes = size_t{8} << 20;
constexpr size_t kMostTrackingBytes = size_t{1} << 20;
constexpr size_t kClosedAtOnce = 32;

bool Opens(uint32_t type, uint64_t config, bool kernel) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = type;
  attributes.config = config;
  attributes.sample_period = 10'000'000;
  attributes.disabled = 1;
  attributes.exclude_kernel = kernel ? 0 : 1;
  attributes.exclude_hv = 1;
  const int fd = OpenPerfEvent(attributes, 0, -1);
  if (fd < 0) return false;
  close(fd);
  return true;
}

Error OpenError(pid_t tid) {
  const int error = errno;
  const std::string reason = std::generic_category().message(error);
  if (error == EMFILE || error == ENFILE) {
    return {ErrorCode::kConfiguration, fmt::format("cannot open events for thread {}: {}", tid, reason),
            "raise the limit of open files (ulimit -n): each thread takes three descriptors per CPU"};
  }
  if (error == EACCES || error == EPERM) {
    return {ErrorCode::kConfiguration, fmt::format("not allowed to sample thread {}: {}", tid, reason),
            "sample processes of your own, or run as root"};
  }
  return {ErrorCode::kInternal, fmt::format("cannot open events for thread {}: {}", tid, reason), {}};
}

// Every thread of the measured processes takes descriptors; a limit that we may raise is no limit.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void CloseAll(std::vector<int>& fds) {
  for (const int fd : fds) close(fd);
  fds.clear();
}

}  // namespace

Permission AskKernel() {
  Permission permission;
  permission.events = Opens(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, false);
  permission.kernel = Opens(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, true);
  permission.cycles = Opens(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, permission.kernel);
  return permission;
}

Result<std::unique_ptr<PerfSession>> PerfSession::Open(const SamplingPlan& plan) {
  RaiseFileLimit();
  std::unique_ptr<PerfSession> session(new PerfSession());
  session->plan_ = plan;
  session->generations_.push_back({0, plan.switch_period});
  const long cpus = sysconf(_SC_NPROCESSORS_CONF);
  for (int cpu = 0; cpu < cpus; ++cpu) {
    errno = 0;
    auto ring = Ring::Open(cpu, kMostRingBytes);
    if (!ring && errno == ENODEV) continue;  // offline
    if (!ring) {
      return Fail(ErrorCode::kConfiguration,
                  fmt::format("no room for the samples of CPU {}: {}", cpu, std::generic_category().message(errno)),
                  "raise kernel.perf_event_mlock_kb (sysctl) or the limit of locked memory (ulimit -l)");
    }
    session->sample_rings_.push_back(ring.get());
    session->rings_.push_back(std::move(ring));
  }
  for (const Ring* samples : session->sample_rings_) {
    auto own = Ring::Open(samples->cpu(), kMostTrackingBytes);
    session->tracking_rings_.push_back(own ? own.get() : samples);
    if (own) session->rings_.push_back(std::move(own));
  }
  return session;
}

PerfSession::~PerfSession() {
  CloseAll(sampling_);
  CloseAll(tracking_);
}

std::vector<int> PerfSession::poll_fds() const {
  std::vector<int> fds;
  for (const auto& ring : rings_) fds.push_back(ring->fd());
  return fds;
}

perf_event_attr PerfSession::AttributesOf(EventKind kind, const Ring& ring, bool on_exec) const {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.disabled = 1;
  attributes.enable_on_exec = on_exec ? 1 : 0;
  attributes.inherit = 1;
  attributes.exclude_hv = 1;
  attributes.exclude_kernel = plan_.kernel ? 0 : 1;
  attributes.use_clockid = 1;
  attributes.clockid = CLOCK_MONOTONIC;
  attributes.sample_id_all = 1;
  attributes.watermark = 1;
  attributes.wakeup_watermark = static_cast<uint32_t>(ring.bytes() / 4);
  if (kind == EventKind::kTracking) {
    attributes.config = PERF_COUNT_SW_DUMMY;
    attributes.exclude_kernel = 1;
    attributes.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
    attributes.mmap = attributes.mmap2 = attributes.build_id = 1;
    attributes.comm = attributes.comm_exec = 1;
    attributes.task = 1;
    attributes.context_switch = 1;
    return attributes;
  }
  attributes.sample_type = kSampleBits;
  attributes.sample_regs_user = kPerfRegisterMask;
  attributes.sample_stack_user = kind == EventKind::kSwitch ? plan_.switch_stack_bytes : plan_.stack_bytes;
  if (plan_.kernel) {
    attributes.sample_type |= PERF_SAMPLE_CALLCHAIN;
    attributes.exclude_callchain_user = 1;
  }
  if (kind == EventKind::kSwitch) {
    // With PERF_SAMPLE_PERIOD the kernel would take every switch, whatever the period.
    attributes.config = PERF_COUNT_SW_CONTEXT_SWITCHES;
    attributes.sample_period = plan_.switch_period;
    return attributes;
  }
  attributes.sample_type |= PERF_SAMPLE_PERIOD;
  if (plan_.cycles) {
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_CPU_CYCLES;
    attributes.freq = 1;
    attributes.sample_freq = static_cast<uint64_t>(plan_.frequency_hz + 0.5);
  } else {
    attributes.config = PERF_COUNT_SW_CPU_CLOCK;
    attributes.sample_period = static_cast<uint64_t>(1e9 / plan_.frequency_hz);
  }
  return attributes;
}

Status PerfSession::OpenEvent(EventKind kind, pid_t tid, const Ring& ring, bool on_exec, std::vector<int>& opened) {
  perf_event_attr attributes = AttributesOf(kind, ring, on_exec);
  const int fd = OpenPerfEvent(attributes, tid, ring.cpu());
  if (fd < 0 && errno == ESRCH) return {};
  if (fd < 0) return Fail(OpenError(tid));
  uint64_t id = 0;
  if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring.fd()) != 0 || ioctl(fd, PERF_EVENT_IOC_ID, &id) != 0) {
    const Error error = OpenError(tid);
    close(fd);
    return Fail(error);
  }
  opened.push_back(fd);
  events_[id] = {kind, tid, generations_.size() - 1};
  return {};
}

Status PerfSession::OpenEvents(pid_t tid, bool on_exec, bool tracking, std::vector<int>& opened) {
  for (size_t cpu = 0; cpu < sample_rings_.size(); ++cpu) {
    if (tracking) RB_TRY(OpenEvent(EventKind::kTracking, tid, *tracking_rings_[cpu], on_exec, tracking_));
    if (plan_.on_cpu) RB_TRY(OpenEvent(EventKind::kOnCpu, tid, *sample_rings_[cpu], on_exec, opened));
    if (plan_.off_cpu) RB_TRY(OpenEvent(EventKind::kSwitch, tid, *sample_rings_[cpu], on_exec, opened));
  }
  return {};
}

Status PerfSession::AttachBeforeExec(pid_t pid) { return OpenEvents(pid, true, true, sampling_); }

Status PerfSession::AttachUntilStill(const std::function<std::vector<pid_t>()>& threads, bool tracking,
                                     const std::function<Status()>& meanwhile, std::vector<int>& opened) {
  std::unordered_set<pid_t> attached;
  for (bool still = false; !still;) {
    still = true;
    for (const pid_t tid : threads()) {
      if (!attached.insert(tid).second) continue;
      still = false;
      RB_TRY(OpenEvents(tid, false, tracking, opened));
      RB_TRY(meanwhile());
    }
  }
  return {};
}

Status PerfSession::AttachRunning(const std::function<std::vector<pid_t>()>& threads) {
  return AttachUntilStill(
      threads, true, [] { return Status(); }, sampling_);
}

void PerfSession::Enable() {
  for (const auto* fds : {&tracking_, &sampling_}) {
    for (const int fd : *fds) ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
  }
}

Status PerfSession::Replace(const SamplingPlan& plan, const std::function<std::vector<pid_t>()>& threads,
                            const std::function<Status()>& meanwhile) {
  plan_ = plan;
  generations_.push_back({UINT64_MAX, plan.switch_period});
  std::vector<int> fresh;
  if (auto attached = AttachUntilStill(threads, false, meanwhile, fresh); !attached) {
    CloseAll(fresh);
    generations_.pop_back();
    return attached;
  }
  for (const int fd : fresh) ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
  generations_.back().start_ns = MonotonicNanos();
  sampling_.swap(fresh);
  Status drained;
  while (!fresh.empty()) {
    const size_t left = fresh.size() - std::min(fresh.size(), kClosedAtOnce);
    std::vector<int> old(fresh.begin() + static_cast<ptrdiff_t>(left), fresh.end());
    fresh.resize(left);
    CloseAll(old);
    if (drained) drained = meanwhile();
  }
  return drained;
}

Status PerfSession::Drain(const std::function<Status(size_t, std::span<const std::byte>)>& take) {
  for (size_t ring = 0; ring < rings_.size(); ++ring) {
    RB_TRY(rings_[ring]->Drain([&](std::span<const std::byte> record) { return take(ring, record); }));
  }
  return {};
}

}  // namespace rapidbyte::sampler
