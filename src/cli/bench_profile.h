// Profiled runs of the cells of a scenario: one flamegraph, and the profile behind it, for each.
//
// A profiled run is prepared, verified and cleaned up like a measured one, and is never a sample.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/bench_progress.h"
#include "cli/options.h"
#include "lab/interrupt.h"
#include "lab/scenario_setup.h"
#include "lab/subject.h"
#include "record/cell_key.h"
#include "scenario/scenario.h"

namespace rapidbyte::cli {

struct ProfileRequest {
  std::filesystem::path folder = "target/profiles";
  std::string campaign;  // whose cells these are; empty: the files are named after cell and time instead
  std::string commit;    // of cells that name none; empty: the working directory's
  uint32_t runs = 1;     // of each cell; three of each side tell noise from change
  double frequency_hz = 499;
  bool off_cpu = true;
  bool server = false;  // the PostgreSQL server's backends too
};

// --profile and --profile-runs, of a command that measures.
void AddProfileOptions(Command command, bool& profile, ProfileRequest& request);

struct CellProfile {
  record::CellKey cell;
  std::filesystem::path profile;
  std::filesystem::path picture;
  uint64_t running_samples = 0;
};

// In the order of the cells, all runs of a cell together. Errors: those of the subject; a run that fails or leaves
// wrong rows ends it, with its own error.
Result<std::vector<CellProfile>> ProfileCells(const std::vector<lab::Cell>& cells, const scenario::Scenario& scenario,
                                              const ProfileRequest& request, lab::ScenarioSetup& setup,
                                              const lab::Interrupt& interrupt, BenchProgress& progress);

// The profiles that a campaign has of a cell, in the order they were made; empty where it has none.
std::vector<std::filesystem::path> ProfilesOf(const std::filesystem::path& folder, const std::string& campaign,
                                              const record::CellKey& cell, const std::string& build);

}  // namespace rapidbyte::cli
