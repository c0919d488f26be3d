// A subject whose command runs under `rapidbyte profile record`: everything else of it stays as it is.
//
// What was profiled is no sample: sampling costs a little, and never the same. One thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "lab/subject.h"

namespace rapidbyte::lab {

struct ProfiledRun {
  std::filesystem::path recorder;  // rapidbyte itself
  std::filesystem::path file;      // where the profile goes
  double frequency_hz = 499;       // per thread
  bool off_cpu = true;             // also where threads wait
  std::optional<pid_t> server;     // whose new children are in the profile too: a PostgreSQL server
};

// For runs between the set-up and the cleaning up of `subject`, which must outlive it and sees to both itself. Replaces
// its command alone; preparation and verification are done as ever.
std::unique_ptr<Subject> MakeProfiledSubject(Subject& subject, const ProfiledRun& run);

}  // namespace rapidbyte::lab
