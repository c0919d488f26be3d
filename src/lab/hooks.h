// Command lines around a measurement: once for a cell, and around each of its runs. Never measured.
//
// Lines for a shell; placeholders are gone from them. What they start in the background lives on. One thread.
//
// A hook that fails says that what it surrounds cannot be measured, and nothing of other cells.
#pragma once

#include <string>

#include "base/result.h"
#include "lab/interrupt.h"
#include "lab/subprocess.h"

namespace rapidbyte::lab {

struct CommandHooks {  // empty: none
  std::string setup, prepare, conclude, cleanup;
};

// Whether the error is that of a hook.
bool IsHookFailure(const Error& error);

class HookRunner {
 public:
  // `surroundings` has the environment and the folder that they run in. `interrupt` ends a hook, but not a cleanup; it
  // may be null and must outlive this.
  HookRunner(CommandHooks hooks, Command surroundings, std::string shell, const Interrupt* interrupt)
      : hooks_(std::move(hooks)),
        surroundings_(std::move(surroundings)),
        shell_(std::move(shell)),
        interrupt_(interrupt) {}

  // Errors: a hook failure, kConfiguration, with the line and what it printed; kInterrupted.
  Status Setup() const { return Run("setup", hooks_.setup, interrupt_); }
  Status Prepare() const { return Run("prepare", hooks_.prepare, interrupt_); }
  Status Conclude() const { return Run("conclude", hooks_.conclude, interrupt_); }
  Status Cleanup() const { return Run("cleanup", hooks_.cleanup, nullptr); }

 private:
  Status Run(const char* name, const std::string& line, const Interrupt* interrupt) const;

  CommandHooks hooks_;
  Command surroundings_;
  std::string shell_;
  const Interrupt* interrupt_;
};

}  // namespace rapidbyte::lab
