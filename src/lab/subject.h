// Something that can be measured: a command line, with what surrounds one run of it.
//
// The runner calls Prepare, runs the command of NextCommand, then calls ReadMetrics and Verify on a run that ended
// well; only the command itself is timed. A subject knows nothing of blocks, clocks or samples. One thread.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/subprocess.h"
#include "record/cell_key.h"

namespace rapidbyte::lab {

class Subject {
 public:
  virtual ~Subject() = default;

  // Puts everything into the state that a run starts from. An error ends the campaign: nothing can be measured.
  virtual Status Prepare() = 0;
  virtual Result<Command> NextCommand() = 0;
  // What the program said about itself. An error makes the run a failed one.
  virtual Result<nlohmann::json> ReadMetrics(const SubprocessResult& run) = 0;
  // What is wrong with what the run left behind, or nothing. An error ends the campaign.
  virtual Result<std::optional<std::string>> Verify() = 0;
};

// A subject under the names by which its samples are kept.
struct Cell {
  record::CellKey key;
  std::unique_ptr<Subject> subject;
};

}  // namespace rapidbyte::lab
