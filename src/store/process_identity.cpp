#include "store/process_identity.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>
#include <sstream>

namespace rapidbyte::store {
namespace {

constexpr int kStartTimeField = 22;  // proc(5), /proc/PID/stat; the name in field 2 may hold spaces and brackets

std::string HostName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string BootId() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

// Nothing where there is no such process, or where it has ended and only waits to be reaped.
std::optional<int64_t> StartTime(int64_t pid) {
  std::string line;
  std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  std::string state;
  fields >> state;
  if (state == "Z" || state == "X") return std::nullopt;
  std::string skipped;
  for (int field = 4; field < kStartTimeField; ++field) fields >> skipped;
  int64_t ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  return ticks;
}

}  // namespace

ProcessIdentity ThisProcess() {
  const int64_t pid = getpid();
  return {HostName(), BootId(), pid, StartTime(pid).value_or(0)};
}

bool IsGone(const ProcessIdentity& process) {
  if (process.host_name != HostName()) return false;
  if (process.boot_id != BootId()) return true;
  return StartTime(process.pid) != process.pid_started;
}

}  // namespace rapidbyte::store
