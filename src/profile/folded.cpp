#include "profile/folded.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "profile/sample_sums.h"
#include "profile/text.h"

namespace rapidbyte::profile {
namespace {

constexpr std::string_view kBlank = " \t\r";

struct FoldedLine {
  std::string_view stack;
  double value = 0;
};

Result<FoldedLine> SplitLine(std::string_view line, const std::string& name, size_t number) {
  const auto fail = [&](std::string_view what) {
    return Fail(ErrorCode::kData, fmt::format("{}: {}: \"{}\"", Place(name, number), what, Excerpt(line)),
                "a line of folded stacks reads main;work;parse 12");
  };
  const size_t space = line.find_last_of(" \t");
  const std::optional<double> value = NumberOf(line.substr(space == std::string_view::npos ? 0 : space + 1));
  if (!value) return fail("no count after the stack");
  if (*value < 0) return fail("a negative count");
  const size_t end = space == std::string_view::npos ? space : line.find_last_not_of(kBlank, space);
  if (end == std::string_view::npos) return fail("a count without a stack");
  return FoldedLine{line.substr(0, end + 1), *value};
}

// Takes the mark off the end of the text, if it is there.
bool TakeMark(std::string_view& text, std::string_view mark) {
  if (text.size() <= mark.size() || text.substr(text.size() - mark.size()) != mark) return false;
  text.remove_suffix(mark.size());
  return true;
}

Frame FrameOf(std::string_view text, StackTable& stacks) {
  Frame frame;
  if (TakeMark(text, "_[k]")) {
    frame.origin = Origin::kKernel;
  } else if (TakeMark(text, "_[j]")) {
    frame.origin = Origin::kJit;
  } else if (TakeMark(text, "_[i]")) {
    frame.inlined = true;
  }
  frame.name = stacks.Intern(text.empty() ? "[unknown]" : text);
  return frame;
}

State TakeState(std::string_view& stack) {
  const size_t last = stack.rfind(';');
  const std::string_view leaf = last == std::string_view::npos ? "" : stack.substr(last + 1);
  if (leaf != "[blocked]" && leaf != "[preempted]") return State::kRunning;
  stack = stack.substr(0, last);
  return leaf == "[blocked]" ? State::kBlocked : State::kPreempted;
}

size_t CommonPrefix(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  size_t at = 0;
  while (at + 32 <= most && std::memcmp(a.data() + at, b.data() + at, 32) == 0) at += 32;
  while (at < most && a[at] == b[at]) ++at;
  return at;
}

// Stacks of lines one after the other. Most files are sorted: what a line has in common with the one before is not
// looked up again.
class LineStacks {
 public:
  explicit LineStacks(StackTable& stacks) : stacks_(stacks) {}

  StackId StackOf(std::string_view text) {
    const size_t common = CommonPrefix(text, previous_);
    while (!frames_.empty() && !IsWhole(frames_.back().end, common, text)) frames_.pop_back();
    size_t begin = frames_.empty() ? 0 : frames_.back().end + 1;
    StackId stack = frames_.empty() ? kRoot : frames_.back().stack;
    while (begin <= text.size()) {
      const size_t end = std::min(text.find(';', begin), text.size());
      stack = stacks_.Push(stack, stacks_.Intern(FrameOf(text.substr(begin, end - begin), stacks_)));
      frames_.push_back({end, stack});
      begin = end + 1;
    }
    previous_.assign(text);
    return stack;
  }

 private:
  struct FrameEnd {
    size_t end = 0;  // where its text ends in the line
    StackId stack{};
  };
  // A frame is the same in both lines if it ends where they are still equal, in both.
  bool IsWhole(size_t end, size_t common, std::string_view text) const {
    const auto ends_at = [end](std::string_view line) { return end == line.size() || line[end] == ';'; };
    return end <= common && ends_at(text) && ends_at(previous_);
  }

  StackTable& stacks_;
  std::string previous_;
  std::vector<FrameEnd> frames_;  // of the line before
};

uint32_t RecordsOf(double value) {
  return value >= 1 && value <= UINT32_MAX && std::floor(value) == value ? static_cast<uint32_t>(value) : 1;
}

}  // namespace

struct FoldedReader::State {
  explicit State(std::string its_name) : name(std::move(its_name)), stacks(profile.stacks) {}

  Status Take(std::string_view line) {
    ++number;
    const size_t last = line.find_last_not_of(kBlank);
    if (last == std::string_view::npos) return {};
    RB_ASSIGN(FoldedLine folded, SplitLine(line.substr(0, last + 1), name, number));
    Sample sample{.count = RecordsOf(folded.value), .value = folded.value};
    sample.state = TakeState(folded.stack);
    sample.stack = stacks.StackOf(folded.stack);
    sums.Add(sample);
    return {};
  }

  std::string name;
  size_t number = 0;  // of the line
  std::string begun;  // a line whose end has not come yet
  Profile profile;
  LineStacks stacks;
  SampleSums sums;
};

FoldedReader::FoldedReader(std::string name) : state_(std::make_unique<State>(std::move(name))) {}
FoldedReader::~FoldedReader() = default;

Status FoldedReader::Feed(std::string_view piece) {
  State& state = *state_;
  for (size_t end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    if (state.begun.empty()) {
      RB_TRY(state.Take(piece.substr(0, end)));
    } else {
      state.begun += piece.substr(0, end);
      RB_TRY(state.Take(state.begun));
      state.begun.clear();
    }
    piece.remove_prefix(end + 1);
  }
  state.begun += piece;
  return {};
}

Result<Profile> FoldedReader::Finish() {
  State& state = *state_;
  if (!state.begun.empty()) RB_TRY(state.Take(state.begun));
  if (state.sums.size() == 0) return Fail(ErrorCode::kData, fmt::format("{}: no stack in it", state.name));
  state.profile.unit = Unit::kSamples;
  state.profile.threads.emplace_back();
  state.profile.samples = state.sums.Take();
  for (const Sample& sample : state.profile.samples) state.profile.records += sample.count;
  return std::move(state.profile);
}

Result<Profile> ReadFolded(std::string_view text, const std::string& name) {
  std::string storage;
  RB_ASSIGN(text, DecodeText(text, name, storage));
  FoldedReader reader(name);
  RB_TRY(reader.Feed(text));
  return reader.Finish();
}

}  // namespace rapidbyte::profile
