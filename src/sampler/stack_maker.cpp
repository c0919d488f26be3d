#include "sampler/stack_maker.h"

#include <fmt/format.h>
#include <linux/perf_event.h>

#include "base/clock.h"

namespace rapidbyte::sampler {

profile::StackId StackMaker::Make(profile::StackTable& table, const SampleRecord& sample, int32_t pid,
                                  const AddressSpace& space, bool postgres, bool show_kernel) {
  const uint64_t start = ThreadCpuNanos();
  Unwind(sample, space, unwound_);
  ++stacks_;
  frames_ += unwound_.frames.size();
  const uint64_t unwound = ThreadCpuNanos();
  profile::StackId stack = profile::kRoot;
  if (unwound_.end == StackEnd::kCopyEnded) {
    ++copy_ended_;
    stack = table.Push(stack, table.Intern(profile::Frame{.name = table.Intern(kCopyEndedName)}));
  } else if (unwound_.end == StackEnd::kNoRule) {
    ++no_rule_;
    stack = table.Push(stack, table.Intern(profile::Frame{.name = table.Intern(kNoRuleName)}));
  }
  for (auto frame = unwound_.frames.rbegin(); frame != unwound_.frames.rend(); ++frame) {
    stack = symbolizer_.Push(table, stack, pid, space, frame->mapping, frame->address, postgres);
  }
  const auto& chain = sample.kernel_chain;
  for (size_t i = show_kernel ? chain.size() : 0; i-- > 0;) {
    if (chain[i] < PERF_CONTEXT_MAX) stack = symbolizer_.PushKernel(table, stack, chain[i]);
  }
  unwinding_ns_ += unwound - start;
  naming_ns_ += ThreadCpuNanos() - unwound;
  return stack;
}

std::vector<std::string> StackMaker::WhatIsMissing() const {
  std::vector<std::string> sentences;
  const auto share = [&](uint64_t count) { return static_cast<double>(count) / static_cast<double>(stacks_); };
  if (stacks_ > 0 && share(copy_ended_) > kWorthAWord) {
    sentences.push_back(fmt::format("{:.0f}% of the stacks end at {}: more of them should have been copied",
                                    100 * share(copy_ended_), kCopyEndedName));
  }
  if (stacks_ > 0 && share(no_rule_) > kWorthAWord) {
    sentences.push_back(fmt::format("{:.0f}% of the stacks end at {}: nothing tells the callers of that code",
                                    100 * share(no_rule_), kNoRuleName));
  }
  return sentences;
}

}  // namespace rapidbyte::sampler
