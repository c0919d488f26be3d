#include "lab/fingerprint.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <optional>

#include "lab/git_repository.h"
#include "lab/subprocess.h"
#include "os/temporary_folder.h"

namespace rapidbyte::lab {
namespace {

// The value of the first line "name : value" of a file in /proc; empty where there is none.
std::string ProcValue(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const size_t colon = line.find(':');
    if (!line.starts_with(name) || colon == std::string::npos) continue;
    const size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? std::string() : line.substr(value);
  }
  return {};
}

std::optional<std::string> Git(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  const auto run = RunSubprocess({.argv = arguments, .environment = {}, .working_directory = folder});
  if (!run || run->exit_code != 0) return std::nullopt;
  return run->out.substr(0, run->out.find_last_not_of('\n') + 1);
}

std::tm UtcTime(std::chrono::system_clock::time_point time) {
  return fmt::gmtime(std::chrono::system_clock::to_time_t(time));
}

}  // namespace

record::HostFingerprint ReadHostFingerprint() {
  record::HostFingerprint host;
  utsname system{};
  if (uname(&system) == 0) {
    host.hostname = system.nodename;
    host.kernel = system.release;
    host.cpu_model = system.machine;
  }
  if (const std::string model = ProcValue("/proc/cpuinfo", "model name"); !model.empty()) host.cpu_model = model;
  host.cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  host.memory_bytes = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return host;
}

GitState ReadGitState(const std::filesystem::path& folder) {
  GitState state;
  const auto sha = Git(folder, {"rev-parse", "HEAD"});
  if (!sha) return state;
  state.sha = *sha;
  state.branch = Git(folder, {"rev-parse", "--abbrev-ref", "HEAD"}).value_or("unknown");
  std::vector<std::string> status = {"--no-optional-locks",   "status", "--porcelain",
                                     "--untracked-files=all", "--",     ":(top)"};
  for (const std::string_view files : kOwnFiles) status.push_back(fmt::format(":(top,glob,exclude){}", files));
  state.dirty = !Git(folder, status).value_or("").empty();
  return state;
}

std::string UtcNow() {
  const auto now = std::chrono::system_clock::now();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", UtcTime(now), millis);
}

std::string NewCampaignId() {
  return fmt::format("{:%Y%m%dT%H%M%S}-{}", UtcTime(std::chrono::system_clock::now()), os::RandomHex(4));
}

}  // namespace rapidbyte::lab
