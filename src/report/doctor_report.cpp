#include "report/doctor_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "report/comparison_table.h"
#include "report/text_layout.h"

namespace rapidbyte::report {
namespace {

using analysis::MachineNoise;
using analysis::ProbedWork;
using nlohmann::json;
using record::MachineFacts;

constexpr size_t kWidth = 80;
constexpr size_t kNameWidth = 16;  // the longest name of a probe

std::string Percent(double share) { return fmt::format("{:.{}f}%", share * 100, share < 0.0995 ? 2 : 1); }

std::string OnOff(const std::optional<bool>& fact) { return !fact ? "not visible" : *fact ? "on" : "off"; }

template <typename T>
std::string OrNotVisible(const std::optional<T>& fact) {
  return fact ? fmt::format("{}", *fact) : "not visible";
}

std::string Aslr(const std::optional<int>& aslr) {
  return !aslr ? "not visible" : *aslr == 0 ? "off" : *aslr == 1 ? "on, but for the heap" : "on";
}

std::string Swap(const MachineFacts& facts) {
  if (facts.swap_total_bytes == 0) return "no swap";
  return fmt::format("swap {} of {} in use", FormatBytes(static_cast<double>(facts.swap_used_bytes)),
                     FormatBytes(static_cast<double>(facts.swap_total_bytes)));
}

std::string BusyText(const MachineFacts& facts) {
  std::string text = fmt::format("load {:.2f} before and {:.2f} after; others used {:.2f} of {} processors",
                                 facts.load_before, facts.load_after, facts.activity.other_cpus, facts.host.cpus);
  std::string names;
  for (const auto& process : facts.activity.busiest) {
    if (process.cpus < 0.005) break;
    names += fmt::format("{}{} {:.2f}", names.empty() ? "" : ", ", Printable(process.name), process.cpus);
  }
  return text + (names.empty() ? "" : " (" + names + ")") +
         fmt::format("; steal {}", Percent(facts.activity.steal_share));
}

std::string FactsText(const MachineFacts& facts) {
  const record::HostFingerprint& host = facts.host;
  std::string text = Wrap(
      "host      ",
      fmt::format("{}: Linux {}, {}, {} CPUs, {} of memory{}", host.hostname, host.kernel, host.cpu_model, host.cpus,
                  FormatBytes(static_cast<double>(host.memory_bytes)), facts.virtual_machine ? ", virtual" : ""),
      kWidth);
  text += Wrap(
      "settings  ",
      fmt::format("frequency governor {}, turbo {}, SMT {}, huge pages {}, address randomisation {}, "
                  "perf_event_paranoid {}, {}",
                  OrNotVisible(facts.governor), OnOff(facts.turbo), OnOff(facts.smt), OrNotVisible(facts.huge_pages),
                  Aslr(facts.aslr), OrNotVisible(facts.perf_event_paranoid), Swap(facts)),
      kWidth);
  text += Wrap("disk      ", facts.folder + " on " + facts.filesystem, kWidth);
  return text + Wrap("meanwhile ", BusyText(facts), kWidth);
}

std::vector<const ProbedWork*> Measured(const DoctorFindings& findings) {
  std::vector<const ProbedWork*> works;
  for (const ProbedWork& work : findings.works) {
    if (work.noise.blocks > 0) works.push_back(&work);
  }
  return works;
}

std::string NoiseTable(const std::vector<const ProbedWork*>& works) {
  std::string table = fmt::format("{:<{}}  {:>9}  {:>8}  {:>8}  {:>9}  {:>6}\n", "work", kNameWidth, "median", "spread",
                                  "pairs", "drift", "lag 1");
  for (const ProbedWork* work : works) {
    const MachineNoise& noise = work->noise;
    table += fmt::format("{}  {}  {:>8}  {}  {:>9}  {:>6.2f}{}\n", PadRight(work->name, kNameWidth),
                         PadLeft(FormatDuration(noise.median_secs), 9), Percent(noise.spread),
                         PadLeft(noise.pair_noise ? Percent(*noise.pair_noise) : "–", 8), FormatChange(noise.drift),
                         noise.correlation, noise.Drifts() ? "  drifts" : "");
  }
  return table;
}

std::string ResolutionTable(const std::vector<const ProbedWork*>& works) {
  std::string table =
      fmt::format("{:<{}}{:>24}{:>25}\n{:<{}}", "", kNameWidth, "one cell", "one of 54 cells", "blocks", kNameWidth);
  for (size_t group = 0; group < std::size(analysis::kResolvedCells); ++group) {
    table += group == 0 ? "" : " ";
    for (const size_t blocks : analysis::kResolvedBlocks) table += fmt::format("  {:>6}", blocks);
  }
  table += "\n";
  for (const ProbedWork* work : works) {
    std::string line = PadRight(work->name, kNameWidth);
    size_t cells = analysis::kResolvedCells[0];
    for (const analysis::Resolution& resolution : work->noise.resolution) {
      if (resolution.cells != cells) line += " ";
      cells = resolution.cells;
      line += "  " + PadLeft(resolution.ratio ? Percent(*resolution.ratio - 1) : "–", 6);
    }
    table += line + "\n";
  }
  return table;
}

std::string List(const std::string& heading, const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += Wrap("- ", sentence, kWidth);
  return text.empty() ? "" : "\n" + heading + "\n" + text;
}

json NoiseJson(const MachineNoise& noise) {
  json resolution = json::array();
  for (const analysis::Resolution& one : noise.resolution) {
    resolution.push_back({{"blocks", one.blocks},
                          {"cells", one.cells},
                          {"smallest_change", one.ratio ? json(*one.ratio - 1) : json(nullptr)}});
  }
  return {
      {"blocks", noise.blocks},           {"median_secs", noise.median_secs},
      {"spread", noise.spread},           {"pair_noise", noise.pair_noise ? json(*noise.pair_noise) : json(nullptr)},
      {"drift", noise.drift - 1},         {"drift_p", noise.drift_p},
      {"correlation", noise.correlation}, {"resolution", resolution}};
}

template <typename T>
json OrNull(const std::optional<T>& fact) {
  return fact ? json(*fact) : json(nullptr);
}

json FactsJson(const MachineFacts& facts) {
  json busiest = json::array();
  for (const auto& process : facts.activity.busiest)
    busiest.push_back({{"name", process.name}, {"cpus", process.cpus}});
  return {{"host",
           {{"hash", facts.host.Hash()},
            {"name", facts.host.hostname},
            {"kernel", facts.host.kernel},
            {"cpu_model", facts.host.cpu_model},
            {"cpus", facts.host.cpus},
            {"memory_bytes", facts.host.memory_bytes}}},
          {"virtual_machine", facts.virtual_machine},
          {"governor", OrNull(facts.governor)},
          {"turbo", OrNull(facts.turbo)},
          {"smt", OrNull(facts.smt)},
          {"perf_event_paranoid", OrNull(facts.perf_event_paranoid)},
          {"huge_pages", OrNull(facts.huge_pages)},
          {"aslr", OrNull(facts.aslr)},
          {"folder", facts.folder},
          {"filesystem", facts.filesystem},
          {"swap_total_bytes", facts.swap_total_bytes},
          {"swap_used_bytes", facts.swap_used_bytes},
          {"load_before", facts.load_before},
          {"load_after", facts.load_after},
          {"steal_share", facts.activity.steal_share},
          {"other_cpus", facts.activity.other_cpus},
          {"swap_pages", facts.activity.swap_pages},
          {"busiest", busiest}};
}

std::string Dump(const json& document) { return DumpJson(document, 2) + "\n"; }

std::string Conclusion(const EnvironmentFindings& findings, const stats::Ratio& ratio) {
  if (!ratio.interval) {
    return fmt::format("That takes {} blocks or more (--blocks).", 12);
  }
  const std::string interval = FormatInterval(*ratio.interval);
  if (ratio.p_value > 0.05) {
    return fmt::format("No dependence is shown: {} bytes against {} bytes {} (95% interval {}).",
                       findings.sizes[findings.effect->slowest], findings.sizes[findings.effect->fastest],
                       FormatChange(ratio.estimate), interval);
  }
  return fmt::format("The time depends on the environment's size: {} bytes against {} bytes {} (95% interval {}).",
                     findings.sizes[findings.effect->slowest], findings.sizes[findings.effect->fastest],
                     FormatChange(ratio.estimate), interval);
}

}  // namespace

std::string DoctorText(const DoctorFindings& findings) {
  const std::vector<const ProbedWork*> works = Measured(findings);
  std::string text = FactsText(findings.facts);
  size_t blocks = 0;
  for (const ProbedWork* work : works) blocks = std::max(blocks, work->noise.blocks);
  text += fmt::format("\n{} shuffled blocks of fixed work{}\n", blocks,
                      blocks < findings.planned_blocks ? "; then the time was up" : "");
  text += NoiseTable(works);
  for (const ProbedWork& work : findings.works) {
    if (!work.skipped.empty())
      text += Wrap(PadRight(work.name, kNameWidth) + "  ", "skipped: " + Printable(work.skipped), kWidth);
  }
  text += "\nSmallest change that a comparison in blocks finds in nine of ten cases\n" + ResolutionTable(works);
  text += "\n" + Wrap("",
                      "spread: robust sd of one time. pairs: sd of the ratio of neighbouring times, which is what a "
                      "comparison in blocks sees. drift: from the first to the last block. lag 1: correlation of "
                      "neighbouring times. Below the threshold of 1.5% nothing is called a change.",
                      kWidth);
  return text + List("What to do", analysis::Advice(findings.facts, findings.works));
}

std::string DoctorJson(const DoctorFindings& findings) {
  json works = json::array();
  for (const ProbedWork& work : findings.works) {
    works.push_back({{"name", work.name},
                     {"work", work.work},
                     {"skipped", work.skipped.empty() ? json(nullptr) : json(work.skipped)},
                     {"noise", work.noise.blocks > 0 ? NoiseJson(work.noise) : json(nullptr)}});
  }
  return Dump({{"format", "rapidbyte-bench-doctor"},
               {"version", 1},
               {"planned_blocks", findings.planned_blocks},
               {"facts", FactsJson(findings.facts)},
               {"probes", works},
               {"advice", analysis::Advice(findings.facts, findings.works)}});
}

std::string EnvironmentText(const EnvironmentFindings& findings) {
  std::string text = Wrap("command  ", Printable(findings.command), kWidth) +
                     fmt::format("{} shuffled blocks of one run with each size\n\n", findings.blocks);
  if (!findings.effect) return text;
  text += "padding   median\n";
  for (size_t i = 0; i < findings.sizes.size(); ++i) {
    text += fmt::format("{:>5} B  {}\n", findings.sizes[i], PadLeft(FormatDuration(findings.effect->medians[i]), 8));
  }
  text += "\n";
  if (findings.effect->ratio) text += Wrap("", Conclusion(findings, *findings.effect->ratio), kWidth);
  text += Wrap("", "The first half of the blocks chose the two sizes, the second half compared them.", kWidth);
  if (findings.aslr.value_or(0) != 0) {
    text += Wrap("",
                 "The kernel moves the stack at each start as well, which hides most of such an effect. \"setarch -R "
                 "COMMAND\" runs without that.",
                 kWidth);
  }
  return text;
}

std::string EnvironmentJson(const EnvironmentFindings& findings) {
  json document = {{"format", "rapidbyte-environment-size"},
                   {"version", 1},
                   {"command", findings.command},
                   {"blocks", findings.blocks},
                   {"padding_bytes", findings.sizes},
                   {"aslr", OrNull(findings.aslr)},
                   {"medians_secs", nullptr},
                   {"ratio", nullptr}};
  if (!findings.effect) return Dump(document);
  const analysis::EnvironmentEffect& effect = *findings.effect;
  document["medians_secs"] = effect.medians;
  document["fastest_bytes"] = findings.sizes[effect.fastest];
  document["slowest_bytes"] = findings.sizes[effect.slowest];
  if (effect.ratio) {
    document["ratio"] = {
        {"estimate", effect.ratio->estimate}, {"p_value", effect.ratio->p_value}, {"interval", nullptr}};
    if (const auto& interval = effect.ratio->interval) {
      document["ratio"]["interval"] = {interval->lower, interval->upper};
    }
  }
  return Dump(document);
}

}  // namespace rapidbyte::report
