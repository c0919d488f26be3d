// Folded stacks: a line for each stack, its frames from the root to the leaf between semicolons, a space, and its
// value.
//
// Kernel, jitted and inlined frames carry the usual marks: _[k], _[j], _[i]; a leaf [blocked] or [preempted] says that
// the thread was off the CPU there. Reading takes what other tools write: fractions, exponents, spaces in frames, CRLF,
// UTF-16 with a byte order mark. Pure; any thread.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "profile/profile.h"

namespace rapidbyte::profile {

// Equal stacks are summed, so that there is one sample of each. The unit is samples, and there is one thread, without a
// name. Errors: kData with name and line; an empty text is one.
Result<Profile> ReadFolded(std::string_view text, const std::string& name);

// The frame before all others. A thread that is not known at all (no pid, tid or name) has none.
enum class FoldedRoot {
  kNone,
  kProcess,    // the process's name, or else the thread's
  kThread,     // the thread's name, or else the process's
  kThreadPid,  // "name-pid"
  kThreadTid,  // "name-pid/tid"
};

enum class FoldedValue { kValue, kSamples };  // in the profile's unit, or how many samples there were

struct FoldedOptions {
  FoldedRoot root = FoldedRoot::kProcess;
  FoldedValue value = FoldedValue::kValue;
  std::array<bool, kStateCount> states = {true, false, false};  // which to write, by State
  bool mark_states = false;                                     // [blocked] and [preempted] as leaves
  bool mark_kernel = false;
  bool mark_jit = false;
  bool mark_inlined = false;
};

// Stacks that read the same are one line with their sum; lines are sorted by their bytes. Semicolons in the name of a
// frame become colons, spaces in the name of a thread underscores. `out` gets the text in pieces of whole lines.
void WriteFolded(const Profile& profile, const FoldedOptions& options,
                 const std::function<void(std::string_view)>& out);
std::string WriteFolded(const Profile& profile, const FoldedOptions& options = {});

}  // namespace rapidbyte::profile
