// The program that a recording starts: made ready, held before its exec until everything is attached, and reaped.
//
// It gets our working directory, environment and open streams. If the recording goes away before the release, the
// program never runs. One thread at a time.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace rapidbyte::sampler {

class Target {
 public:
  // `environment`: "NAME=VALUE", in addition to ours. `output`: a descriptor for its standard output, or -1.
  static Result<Target> Hold(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                             int output);
  ~Target();  // kills it where it was not reaped
  Target(Target&& other) noexcept;
  Target& operator=(Target&&) = delete;

  pid_t pid() const { return pid_; }
  int end_fd() const { return pidfd_; }  // readable when it has ended
  // Calls exec. Errors: kUsage where there is no such program.
  Status Release();
  // As waitpid has it; nothing as long as it runs.
  std::optional<int> Reap();

 private:
  Target() = default;

  std::string name_;
  pid_t pid_ = -1;
  int pidfd_ = -1;
  int gate_ = -1;     // written to let it go
  int failure_ = -1;  // tells errno where exec failed, ends where it did not
};

}  // namespace rapidbyte::sampler
