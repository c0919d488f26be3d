#include "profile/folded.h"

#include <fmt/format.h>

#include <cmath>

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

StackId StackOf(std::string_view text, StackTable& stacks) {
  StackId stack = kRoot;
  while (true) {
    const size_t end = text.find(';');
    stack = stacks.Push(stack, stacks.Intern(FrameOf(text.substr(0, end), stacks)));
    if (end == std::string_view::npos) return stack;
    text.remove_prefix(end + 1);
  }
}

uint32_t RecordsOf(double value) {
  return value >= 1 && value <= UINT32_MAX && std::floor(value) == value ? static_cast<uint32_t>(value) : 1;
}

}  // namespace

Result<Profile> ReadFolded(std::string_view text, const std::string& name) {
  std::string storage;
  RB_ASSIGN(text, DecodeText(text, name, storage));
  Profile profile;
  profile.unit = Unit::kSamples;
  SampleSums sums;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t last = line.find_last_not_of(kBlank);
    if (last == std::string_view::npos) continue;
    RB_ASSIGN(FoldedLine folded, SplitLine(line.substr(0, last + 1), name, number));
    Sample sample{.count = RecordsOf(folded.value), .value = folded.value};
    sample.state = TakeState(folded.stack);
    sample.stack = StackOf(folded.stack, profile.stacks);
    sums.Add(sample);
  }
  if (sums.size() == 0) return Fail(ErrorCode::kData, fmt::format("{}: no stack in it", name));
  profile.threads.emplace_back();
  profile.samples = sums.Take();
  for (const Sample& sample : profile.samples) profile.records += sample.count;
  return profile;
}

}  // namespace rapidbyte::profile
