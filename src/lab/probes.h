// Small pieces of fixed work, timed over and over: what a machine does to times that should all be the same.
//
// Each piece uses one part of a machine: the processor, memory, the disk, the start of processes, a PostgreSQL server.
// The work is the same on every machine and in every version of this program, so that medians compare. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/interrupt.h"

namespace rapidbyte::lab {

struct Probe {
  std::string name;                     // "memory latency"
  std::string work;                     // "200,000 dependent loads from 64 MiB"
  std::function<Result<double>()> run;  // does it once; seconds
};

struct ProbeSeries {
  std::string name;
  std::string work;
  std::string skipped;       // why there is nothing; empty where there is
  std::vector<double> secs;  // one per block
};

struct ProbePlan {
  uint32_t blocks = 60;
  uint64_t seed = 1;
  double deadline_secs = 0;  // by elapsed_secs; 0: none. What comes after it is left out, but for the first six blocks
  std::function<double()> elapsed_secs;
  const Interrupt* interrupt = nullptr;
};

// One warm-up block, then the planned ones in shuffled order. A probe that fails is left out with its reason. Errors:
// kInterrupted.
Result<std::vector<ProbeSeries>> RunProbes(const std::vector<Probe>& probes, const ProbePlan& plan);

// The probes of this machine. They live as long as the set, which holds what they need.
class ProbeSet {
 public:
  // `folder` is where the disk is measured; it is left as it was. Errors: kInterrupted, kInternal where the folder
  // cannot be written to. A part that is missing here (PostgreSQL) fails when it is run.
  static Result<std::unique_ptr<ProbeSet>> Make(const std::filesystem::path& folder, const Interrupt& interrupt);
  virtual ~ProbeSet() = default;

  virtual const std::vector<Probe>& probes() const = 0;
  // Processes, besides this one, that work for the probes.
  virtual std::set<int64_t> Processes() const = 0;
};

}  // namespace rapidbyte::lab
