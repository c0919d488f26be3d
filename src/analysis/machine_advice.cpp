#include "analysis/machine_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rapidbyte::analysis {
namespace {

using record::MachineFacts;

constexpr double kMuchSteal = 0.005;   // of the machine's time
constexpr double kBusy = 0.05;         // of one processor
constexpr double kLargeDrift = 0.01;   // less is no reason to act
constexpr double kNoisyPairs = 0.10;   // sd of a pair's log ratio
constexpr size_t kNamedProcesses = 3;  // the others are in the list of facts
constexpr int kParanoidForUsers = 2;   // above that users may not count anything

std::string Percent(double share) { return fmt::format("{:.{}f}%", share * 100, share < 0.0995 ? 1 : 0); }

void AdviseOnOthers(const record::Activity& activity, int cpus, std::vector<std::string>& advice) {
  if (activity.other_cpus >= kBusy) {
    std::string names;
    for (const auto& process : activity.busiest) {
      if (process.cpus < kBusy / 2 || std::count(names.begin(), names.end(), ',') + 1 >= long{kNamedProcesses}) break;
      names += fmt::format("{}{} {:.2f}", names.empty() ? "" : ", ", process.name, process.cpus);
    }
    advice.push_back(
        fmt::format("Other processes used {:.2f} of {} processors meanwhile{}. Stop them, or measure when "
                    "they are idle.",
                    activity.other_cpus, cpus, names.empty() ? "" : " (" + names + ")"));
  }
  if (activity.steal_share >= kMuchSteal) {
    advice.push_back(
        fmt::format("The hypervisor gave {} of the processors' time to other machines (steal). Use a "
                    "machine whose processors are its own, or add blocks.",
                    Percent(activity.steal_share)));
  }
  if (activity.swap_pages > 0) {
    advice.push_back("Memory was swapped meanwhile. Free memory, or switch swap off (swapoff -a), before measuring.");
  }
}

void AdviseOnSettings(const MachineFacts& facts, std::vector<std::string>& advice) {
  if (facts.governor && *facts.governor != "performance") {
    advice.push_back(
        fmt::format("The frequency governor is \"{}\". Set it to performance (cpupower frequency-set -g "
                    "performance).",
                    *facts.governor));
  }
  if (facts.turbo == true) {
    advice.push_back(
        "Turbo is on: the clock depends on temperature and on what the other cores do. Switch it off for "
        "the smallest differences.");
  }
  if (facts.smt == true && !facts.virtual_machine) {
    advice.push_back("Two threads share a core (SMT). Keep the sibling of a measured core idle, or switch SMT off.");
  }
  if (facts.virtual_machine && !facts.governor) {
    advice.push_back(
        "This is a virtual machine: clock frequency and neighbours are out of sight. Compare versions "
        "within one run, in blocks; not one run with another day's.");
  }
  if (facts.huge_pages == "always") {
    advice.push_back(
        "Transparent huge pages are \"always\": time and memory depend on what the kernel finds free. "
        "Set madvise in /sys/kernel/mm/transparent_hugepage/enabled.");
  }
  if (facts.aslr == 0) {
    advice.push_back(
        "Address randomisation is off, so that all runs share one memory layout, whose luck looks like a "
        "difference. Set kernel.randomize_va_space = 2.");
  }
  if (facts.filesystem == "tmpfs") {
    advice.push_back(
        fmt::format("{} lies in memory: syncing costs nothing there. Let TMPDIR name a folder on a disk "
                    "to measure servers as they run elsewhere.",
                    facts.folder));
  }
  if (facts.perf_event_paranoid && *facts.perf_event_paranoid > kParanoidForUsers) {
    advice.push_back(
        fmt::format("Hardware counters are closed to users. Profiles need kernel.perf_event_paranoid = 2 "
                    "or less; it is {}.",
                    *facts.perf_event_paranoid));
  }
}

std::string Listed(const std::vector<std::string>& names) {
  std::string list;
  for (size_t i = 0; i < names.size(); ++i) {
    list += i == 0 ? names[i] : i + 1 == names.size() ? " and " + names[i] : ", " + names[i];
  }
  return list;
}

void AdviseOnNoise(std::span<const ProbedWork> works, std::vector<std::string>& advice) {
  std::vector<std::string> drifting, noisy, alike;
  for (const ProbedWork& work : works) {
    const MachineNoise& noise = work.noise;
    if (noise.Drifts() && std::abs(noise.drift - 1) >= kLargeDrift) {
      drifting.push_back(fmt::format("{} ({:+.1f}%)", work.name, (noise.drift - 1) * 100));
    } else if (noise.NeighboursResemble()) {
      alike.push_back(fmt::format("{} ({:.2f})", work.name, noise.correlation));
    }
    if (noise.pair_noise.value_or(0) >= kNoisyPairs) {
      noisy.push_back(fmt::format("{} ({:.0f}%)", work.name, *noise.pair_noise * 100));
    }
  }
  if (!noisy.empty()) {
    advice.push_back("Neighbouring runs differ much: " + Listed(noisy) +
                     ". Small differences need many blocks here; --until-decided adds them where they are needed.");
  }
  if (!drifting.empty()) {
    advice.push_back("The machine changed in the course of the probes: " + Listed(drifting) +
                     ". Pairs within blocks are not affected; two runs one after the other would be.");
  }
  if (!alike.empty()) {
    advice.push_back("Neighbouring runs resemble each other (correlation): " + Listed(alike) +
                     ". What runs one after the other then differs by its time alone; blocks avoid that.");
  }
}

}  // namespace

std::vector<std::string> Advice(const MachineFacts& facts, std::span<const ProbedWork> works) {
  std::vector<std::string> advice;
  AdviseOnOthers(facts.activity, facts.host.cpus, advice);
  AdviseOnNoise(works, advice);
  AdviseOnSettings(facts, advice);
  return advice;
}

}  // namespace rapidbyte::analysis
