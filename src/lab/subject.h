// Something that can be measured: a command line, with what surrounds one run of it.
//
// The runner calls Setup once, then for each run Prepare, the command of NextCommand, Correct, ReadMetrics,
// ExtractMetrics and Verify where the run IsSuccess, and Conclude in any case; in the end Cleanup. Only the command
// itself is timed. A subject knows nothing of blocks, clocks or samples. One thread.
#pragma once

#include <map>
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

  // Once, before the first run. A failing hook makes every run of the cell a failed one; here as below, any other error
  // ends the campaign.
  virtual Status Setup() { return {}; }
  // Puts everything into the state that a run starts from. A failing hook makes the run a failed one.
  virtual Status Prepare() = 0;
  virtual Result<Command> NextCommand() = 0;
  // Whether a run that ended in time may be a sample; what it printed is read only then.
  virtual bool IsSuccess(const SubprocessResult& run) const { return run.exit_code == 0; }
  // Whether an exit code means what docs/exit_codes.md says; of another program it means nothing to us.
  virtual bool HasOurExitCodes() const { return true; }
  // Takes off what was measured with the command but is none of it, such as a shell.
  virtual void Correct(SubprocessResult& /*run*/) const {}
  // What the program said about itself. An error makes the run a failed one.
  virtual Result<nlohmann::json> ReadMetrics(const SubprocessResult& run) = 0;
  // The subject's own metrics by name. An error makes the run a failed one.
  virtual Result<std::map<std::string, double>> ExtractMetrics(const SubprocessResult& /*run*/) {
    return std::map<std::string, double>();
  }
  // What is wrong with what the run left behind, or nothing. An error ends the campaign.
  virtual Result<std::optional<std::string>> Verify() = 0;
  // After every run, also a failed one. A failing hook makes the run a failed one.
  virtual Status Conclude() { return {}; }
  // Once, after the last run, also where Setup or a run failed. An error is told, and leaves the runs what they are.
  virtual Status Cleanup() { return {}; }
};

// A subject under the names by which its samples are kept.
struct Cell {
  record::CellKey key;
  std::unique_ptr<Subject> subject;
  std::string build = {};  // the commit that the subject was built from, where a campaign measures several
};

}  // namespace rapidbyte::lab
