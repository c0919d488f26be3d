// What to do about a machine, where something was found: whole sentences, the most harmful first. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/machine_noise.h"
#include "record/machine_facts.h"

namespace rapidbyte::analysis {

// One kind of fixed work, and how steadily the machine did it. `skipped` says why there is no noise.
struct ProbedWork {
  std::string name;  // "memory latency"
  std::string work;  // what was done
  std::string skipped;
  MachineNoise noise;
};

std::vector<std::string> Advice(const record::MachineFacts& facts, std::span<const ProbedWork> works);

}  // namespace rapidbyte::analysis
