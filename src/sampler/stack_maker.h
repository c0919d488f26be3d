// From samples to stacks of a profile: walked, named, and counted by how they end.
//
// A stack that does not reach its outermost frame has a frame in its place that says why, so that pictures keep such
// stacks together and apart from whole ones: kCopyEndedName or kNoRuleName. The profile's StackTable has to be the same
// one each time. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "profile/profile.h"
#include "sampler/address_space.h"
#include "sampler/perf_record.h"
#include "sampler/symbolizer.h"
#include "sampler/unwinder.h"

namespace rapidbyte::sampler {

constexpr const char* kCopyEndedName = "[beyond the copied stack]";
constexpr const char* kNoRuleName = "[no rule to unwind]";
constexpr double kWorthAWord = 0.01;  // a share of what was recorded that the profile says is missing

class StackMaker {
 public:
  explicit StackMaker(SymbolOptions symbols) : symbolizer_(std::move(symbols)) {}

  // Frames of this file are left out: it is ours.
  void Hide(std::string path) { hidden_ = std::move(path); }

  profile::StackId Make(profile::StackTable& table, const SampleRecord& sample, int32_t pid, const AddressSpace& space,
                        bool postgres, bool show_kernel);

  uint64_t stacks() const { return stacks_; }
  uint64_t frames() const { return frames_; }
  uint64_t truncated() const { return copy_ended_ + no_rule_; }
  // Sentences: how much of the time is in stacks that are not whole, and why.
  std::vector<std::string> WhatIsMissing(const profile::Profile& profile) const;
  bool kernel_names_hidden() const { return symbolizer_.kernel_names_hidden(); }
  uint64_t unwinding_ns() const { return unwinding_ns_; }  // of CPU time
  uint64_t naming_ns() const { return naming_ns_; }

 private:
  Symbolizer symbolizer_;
  std::string hidden_;
  Unwound unwound_;
  uint64_t stacks_ = 0;
  uint64_t frames_ = 0;
  uint64_t copy_ended_ = 0;
  uint64_t most_copied_ = 0;  // of these: no more can be
  uint64_t no_rule_ = 0;
  uint64_t unwinding_ns_ = 0;
  uint64_t naming_ns_ = 0;
};

}  // namespace rapidbyte::sampler
