// The frame lines of one sample of `perf script` after the other, and the stack that they are.
//
// Lines are only hashed as they come. A stack is looked up by the chain of its lines' hashes from the root; what is not
// known yet is taken apart, from the first line that differs from all stacks before. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/hash_memo.h"
#include "profile/perf_line.h"
#include "profile/perf_script.h"
#include "profile/stack_table.h"
#include "profile/text_hash.h"

namespace rapidbyte::profile {

class PerfStackReader {
 public:
  // Lines that were no frames.
  struct Unknown {
    size_t count = 0;
    size_t first = 0;  // the number of the first of them
    std::string excerpt;
  };

  // Both must outlive the reader.
  PerfStackReader(const PerfScriptOptions& options, StackTable& stacks) : options_(options), stacks_(stacks) {}

  // The next line towards the root. `java`: its names are of Java. `line` must hold until Finish or ReadLines.
  void Add(std::string_view line, size_t number, bool java);
  // Takes apart the lines so far, whose text is about to go away.
  void ReadLines();
  // The stack of the lines since the last call.
  StackId Finish();
  void Drop() { lines_.clear(); }  // without a stack

  void AddUnknown(std::string_view line, size_t number);
  Unknown TakeUnknown() { return std::exchange(unknown_, {}); }

 private:
  // The frames of a line, from the outermost: a place in frame_lists_.
  struct Meaning {
    uint32_t first = 0;
    uint32_t count = 0;
  };
  enum class LineState : uint8_t { kUnread, kRead, kUnusual, kUnknown };
  struct Line {
    TextHash hash;
    std::string_view text;
    size_t number = 0;
    size_t function = 0;  // where it starts in the text
    bool java = false;
    LineState state = LineState::kUnread;
    Meaning meaning = {};
  };

  void Read(Line& line);
  void InternFrames(const PerfFrameLine& line, bool java);
  void InternLookedUp(const PerfFrameLine& line, Frame frame);
  void Forget();

  const PerfScriptOptions& options_;
  StackTable& stacks_;
  TextHasher hasher_;
  HashMemo<Meaning> line_memo_;
  HashMemo<StackId> stack_memo_;
  std::vector<FrameId> frame_lists_;
  Unknown unknown_;

  std::vector<Line> lines_;  // of the sample at hand, from the leaf
  std::vector<TextHash> chain_;
  std::vector<FrameId> frames_;  // of one line
};

}  // namespace rapidbyte::profile
