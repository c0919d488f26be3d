#include "sampler/stack_maker.h"

#include <fmt/format.h>
#include <linux/perf_event.h>

#include <map>
#include <string_view>

#include "base/clock.h"
#include "sampler/perf_session.h"

namespace rapidbyte::sampler {
namespace {

std::string_view OutermostName(const profile::StackTable& stacks, profile::StackId stack) {
  while (stacks.Parent(stack) != profile::kRoot) stack = stacks.Parent(stack);
  return stacks.Name(stacks.Leaf(stack));
}

}  // namespace

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
    if (sample.stack.size() >= kMostStackBytes) ++most_copied_;
    stack = table.Push(stack, table.Intern(profile::Frame{.name = table.Intern(kCopyEndedName)}));
  } else if (unwound_.end == StackEnd::kNoRule) {
    ++no_rule_;
    stack = table.Push(stack, table.Intern(profile::Frame{.name = table.Intern(kNoRuleName)}));
  }
  for (auto frame = unwound_.frames.rbegin(); frame != unwound_.frames.rend(); ++frame) {
    if (frame->mapping != nullptr && !hidden_.empty() && frame->mapping->path == hidden_) continue;
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

std::vector<std::string> StackMaker::WhatIsMissing(const profile::Profile& profile) const {
  double all = 0;
  std::map<std::string_view, double> below;  // by outermost frame
  for (const profile::Sample& sample : profile.samples) {
    all += sample.value;
    if (sample.stack != profile::kRoot) below[OutermostName(profile.stacks, sample.stack)] += sample.value;
  }
  std::vector<std::string> sentences;
  const auto say = [&](const char* name, std::string_view why) {
    if (below[name] <= kWorthAWord * all) return;
    sentences.push_back(
        fmt::format("{:.0f}% of the time is in stacks that end at {}: {}", 100 * below[name] / all, name, why));
  };
  say(kCopyEndedName, 2 * most_copied_ > copy_ended_
                          ? fmt::format("most are deeper than the {} bytes that can be copied", kMostStackBytes)
                          : "more of them should have been copied");
  say(kNoRuleName, "nothing tells the callers of that code");
  sentences.insert(sentences.end(), symbolizer_.refused_maps().begin(), symbolizer_.refused_maps().end());
  return sentences;
}

}  // namespace rapidbyte::sampler
