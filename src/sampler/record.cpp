#include "sampler/record.h"

#include <fmt/format.h>

#include "sampler/machine.h"
#include "sampler/perf_session.h"
#include "sampler/recorder.h"
#include "sampler/timer_recorder.h"

namespace rapidbyte::sampler {
namespace {

constexpr double kMostHz = 50'000;

Status Check(const RecordOptions& options) {
  if (options.argv.empty() == !options.pid) {
    return Fail(ErrorCode::kUsage, "give either a command to start or a process to watch");
  }
  if (!(options.frequency_hz >= 1) || options.frequency_hz > kMostHz) {
    return Fail(ErrorCode::kUsage,
                fmt::format("{} Hz is no frequency to sample at: 1 to {}", options.frequency_hz, kMostHz));
  }
  if (options.stack_bytes % 8 != 0 || options.stack_bytes > kMostStackBytes) {
    return Fail(ErrorCode::kUsage, fmt::format("{} bytes of stack cannot be copied: a multiple of 8 up to {} can",
                                               options.stack_bytes, kMostStackBytes));
  }
  if (!options.on_cpu && !options.off_cpu) return Fail(ErrorCode::kUsage, "neither running nor waiting is asked for");
  if (!kMachineKnown) return Fail(ErrorCode::kConfiguration, "the sampler knows x86-64 only");
  return {};
}

}  // namespace

Result<Recording> Record(const RecordOptions& options) {
  RB_TRY(Check(options));
  const Permission permission = options.method == Method::kTimers ? Permission{} : AskKernel();
  if (permission.events) return RecordByEvents(options, permission);
  if (options.method == Method::kEvents) {
    return Fail(ErrorCode::kConfiguration, "the kernel refuses perf events",
                "lower kernel.perf_event_paranoid to 2 (sysctl), or allow perf_event_open in the container's profile");
  }
  return RecordByTimers(options);
}

}  // namespace rapidbyte::sampler
