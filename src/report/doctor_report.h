// The reports of `bench doctor`: what a machine can resolve, and whether a command minds its environment's size. Pure
// renderers; any thread. docs/doctor.md has the meaning of everything and the keys of the JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/environment_effect.h"
#include "analysis/machine_advice.h"
#include "record/machine_facts.h"

namespace rapidbyte::report {

struct DoctorFindings {
  uint32_t planned_blocks = 0;  // fewer ran where the time was up
  record::MachineFacts facts;
  std::vector<analysis::ProbedWork> works;
};

// At most 80 columns wide; ends with a line feed.
std::string DoctorText(const DoctorFindings& findings);
std::string DoctorJson(const DoctorFindings& findings);

struct EnvironmentFindings {
  std::string command;
  size_t blocks = 0;
  std::vector<size_t> sizes;  // bytes of padding, in ascending order
  std::optional<analysis::EnvironmentEffect> effect;
  std::optional<int> aslr;
};

std::string EnvironmentText(const EnvironmentFindings& findings);
std::string EnvironmentJson(const EnvironmentFindings& findings);

}  // namespace rapidbyte::report
