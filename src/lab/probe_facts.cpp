#include "lab/probe_facts.h"

#include <fmt/format.h>
#include <sys/vfs.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "lab/fingerprint.h"

namespace rapidbyte::lab {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> FirstLine(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line) || line.empty()) return std::nullopt;
  return line;
}

std::optional<int> Number(const fs::path& file) {
  std::ifstream in(file);
  int number = 0;
  if (!(in >> number)) return std::nullopt;
  return number;
}

// Intel's driver says it the other way round.
std::optional<bool> Turbo(const fs::path& cpus) {
  if (const auto off = Number(cpus / "intel_pstate/no_turbo")) return *off == 0;
  if (const auto on = Number(cpus / "cpufreq/boost")) return *on == 1;
  return std::nullopt;
}

std::optional<bool> Smt(const fs::path& cpus) {
  if (const auto active = Number(cpus / "smt/active")) return *active == 1;
  return std::nullopt;
}

// "always [madvise] never": the choice stands in brackets.
std::optional<std::string> Chosen(const std::optional<std::string>& line) {
  if (!line) return std::nullopt;
  const size_t open = line->find('['), close = line->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  return line->substr(open + 1, close - open - 1);
}

bool HasHypervisor(const fs::path& cpuinfo) {
  std::ifstream in(cpuinfo);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("flags")) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (word == "hypervisor") return true;
    }
    return false;
  }
  return false;
}

uint64_t MemoryLine(const fs::path& meminfo, const std::string& name) {
  std::ifstream in(meminfo);
  for (std::string line; std::getline(in, line);) {
    uint64_t kibibytes = 0;
    if (line.starts_with(name + ":") && std::istringstream(line.substr(name.size() + 1)) >> kibibytes) {
      return kibibytes * 1024;
    }
  }
  return 0;
}

}  // namespace

double LoadAverage(const fs::path& root) {
  std::ifstream in(root / "proc/loadavg");
  double load = 0;
  in >> load;
  return in ? load : 0;
}

std::string FilesystemOf(const fs::path& folder) {
  struct statfs info {};
  if (statfs(folder.c_str(), &info) != 0) return "unknown";
  constexpr std::pair<unsigned long, const char*> kNames[] = {
      {0xef53, "ext4"},          {0x58465342, "xfs"}, {0x9123683e, "btrfs"}, {0x01021994, "tmpfs"},
      {0x794c7630, "overlayfs"}, {0x6969, "nfs"},     {0x2fc12fc1, "zfs"},   {0xf2f52010, "f2fs"},
  };
  const auto type = static_cast<unsigned long>(info.f_type);
  for (const auto& [number, name] : kNames) {
    if (type == number) return name;
  }
  return fmt::format("{:#x}", type);
}

record::MachineFacts ReadMachineFacts(const fs::path& folder, const fs::path& root) {
  const fs::path cpus = root / "sys/devices/system/cpu";
  record::MachineFacts facts;
  facts.host = ReadHostFingerprint();
  facts.governor = FirstLine(cpus / "cpu0/cpufreq/scaling_governor");
  facts.turbo = Turbo(cpus);
  facts.smt = Smt(cpus);
  facts.virtual_machine = HasHypervisor(root / "proc/cpuinfo");
  facts.perf_event_paranoid = Number(root / "proc/sys/kernel/perf_event_paranoid");
  facts.huge_pages = Chosen(FirstLine(root / "sys/kernel/mm/transparent_hugepage/enabled"));
  facts.aslr = Number(root / "proc/sys/kernel/randomize_va_space");
  facts.folder = folder.string();
  facts.filesystem = FilesystemOf(folder);
  const fs::path meminfo = root / "proc/meminfo";
  facts.swap_total_bytes = MemoryLine(meminfo, "SwapTotal");
  facts.swap_used_bytes = facts.swap_total_bytes - MemoryLine(meminfo, "SwapFree");
  facts.load_before = LoadAverage(root);
  return facts;
}

}  // namespace rapidbyte::lab
