// What `perf script` prints, of any size, read in pieces and summed up at once: memory grows with the number of
// distinct stacks, not with the text.
//
// A sample counts with its period where perf prints one. Only one kind of event is taken: merging cycles with page
// faults says nothing. What is left out or not understood becomes a sentence in Profile::missing. Most lines of a
// recording come again and again, so what a line means is looked up by its text. Not thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "profile/profile.h"

namespace rapidbyte::profile {

enum class PerfThreads { kByComm, kByPid, kByTid };  // which samples have a thread of the profile to themselves

// What addr2line says of an address: the functions there from the outermost, or none.
using InlineLookup = std::function<std::vector<std::string>(std::string_view address, std::string_view function,
                                                            std::string_view image)>;

struct PerfScriptOptions {
  PerfThreads threads = PerfThreads::kByTid;
  std::string event;            // empty: the one that comes first
  bool addresses = false;       // of frames without a symbol
  bool inlined_by_perf = true;  // frames that perf itself calls "(inlined)" are so in the profile
  InlineLookup lookup = {};     // of frames in files; where empty, perf's own names are all there is
};

class PerfScriptReader {
 public:
  explicit PerfScriptReader(PerfScriptOptions options, std::string name);
  ~PerfScriptReader();
  PerfScriptReader(PerfScriptReader&&) noexcept;

  // What is fed from here on is another text, whose samples go into the same profile.
  void Next(std::string name);
  // Errors: kData for a line without an end.
  Status Feed(std::string_view piece);
  // Where a tid or pid is not known it is -1. Errors: kData where no sample was found.
  Result<Profile> Finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

Result<Profile> ReadPerfScript(std::string_view text, const std::string& name, const PerfScriptOptions& options = {});

// Whether the text begins like perf's: with comments, a header of a sample, or a frame.
bool LooksLikePerfScript(std::string_view beginning);

}  // namespace rapidbyte::profile
