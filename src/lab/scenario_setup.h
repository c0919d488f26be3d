// What the cells of a scenario need while they are measured: a server, datasets, a folder, and a subject for each cell.
//
// A throwaway server and everything on it is gone with this object; on a server that was there before, TearDown drops
// what was made. One thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/dataset.h"
#include "lab/environment.h"
#include "lab/guardian.h"
#include "lab/interrupt.h"
#include "lab/pipeline_subject.h"
#include "lab/postgres.h"
#include "lab/subject.h"
#include "os/temporary_folder.h"
#include "scenario/matrix.h"
#include "scenario/scenario.h"

namespace rapidbyte::lab {

// The program that is measured: the {binary} and the {worktree} of commands, and what runs pipelines.
struct MeasuredProgram {
  std::filesystem::path executable;
  std::filesystem::path worktree;  // the sources that it was built from
};

struct SetupOptions {
  const Interrupt* interrupt = nullptr;
  // Runs one part of the set-up; the caller may show it. `what` is a word or two: "seeding".
  std::function<Status(const std::string& what, const std::function<Status()>& part)> step;
};

class ScenarioSetup {
 public:
  // `scenario` has the overrides in it, and must outlive this. Errors: as of Environment, Seed and the subjects.
  static Result<std::unique_ptr<ScenarioSetup>> Make(const scenario::Scenario& scenario,
                                                     const std::vector<scenario::PlannedCell>& cells,
                                                     const SetupOptions& options);
  // The cells in their order, each with its subject. Several sets may be made, for several builds of the executable.
  Result<std::vector<Cell>> MakeCells(const std::vector<scenario::PlannedCell>& cells, const MeasuredProgram& program);

  // The process whose children serve sessions; nothing without a server, or where it runs on another machine.
  std::optional<pid_t> ServerProcess();
  // "PostgreSQL 15.14, shared_buffers = …", or empty without a server.
  std::string server() const { return environment_ ? environment_->description() : ""; }

  // By a session of its own: the campaign's may be lost, or refuse to work on after Ctrl-C.
  Status TearDown();

 private:
  ScenarioSetup(const scenario::Scenario& scenario, const SetupOptions& options)
      : scenario_(scenario), options_(options) {}

  Status BringUp();
  Status SeedAll(const std::vector<scenario::PlannedCell>& cells);
  Status MakeWorkFolder();
  uint64_t SizeOf(const scenario::PlannedCell& cell) const;  // rows or scale
  std::optional<DatasetAtHand> DatasetOf(const scenario::PlannedCell& cell);
  std::map<std::string, std::string> Placeholders(const scenario::PlannedCell& cell, const MeasuredProgram& program);
  Result<std::unique_ptr<Subject>> MakeSubject(const scenario::PlannedCell& cell, const std::string& name,
                                               const MeasuredProgram& program);

  const scenario::Scenario& scenario_;
  SetupOptions options_;
  std::unique_ptr<Environment> environment_;
  // For the documents of pipelines, where there are any; gone even if we are killed, with the folder that it is in: a
  // throwaway server's, or one that has a guardian for it alone.
  std::unique_ptr<Guardian> guardian_;
  std::optional<os::TemporaryFolder> folder_;
  std::optional<Postgres> session_;
  std::map<uint64_t, Dataset> datasets_;  // by size
  size_t documents_ = 0;                  // written so far
};

}  // namespace rapidbyte::lab
