// What a profile weighs per stack, thread and lane.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "report/flamegraph_text.h"
#include "report/flamegraph_tree.h"

namespace rapidbyte::report {
namespace {

using profile::Profile;

constexpr size_t kMostThreads = 200;
constexpr size_t kThreadLabelBytes = 60;

// Each thread's number in the picture, and the labels: the heaviest threads by themselves, the rest as one.
struct ThreadList {
  std::vector<uint32_t> number_of;
  std::vector<std::string> labels;
};

std::string LabelOf(const profile::Thread& thread) {
  const std::string& name = thread.name.empty() ? thread.process : thread.name;
  const std::string clean = CleanText(name, kThreadLabelBytes);
  if (thread.tid == 0) return clean.empty() ? "thread" : clean;
  return clean.empty() ? fmt::format("thread {}", thread.tid) : fmt::format("{} ({})", clean, thread.tid);
}

ThreadList ThreadsOf(const Profile& profile) {
  std::vector<double> values(std::max<size_t>(profile.threads.size(), 1));
  for (const profile::Sample& sample : profile.samples) {
    if (sample.thread < values.size() && sample.value > 0) values[sample.thread] += sample.value;
  }
  std::vector<uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return values[a] > values[b]; });
  ThreadList list;
  list.number_of.resize(values.size());
  const bool all = order.size() <= kMostThreads;
  for (size_t i = 0; i < order.size(); ++i) {
    list.number_of[order[i]] = static_cast<uint32_t>(all ? i : std::min(i, kMostThreads - 1));
    if (!all && i >= kMostThreads - 1) continue;
    list.labels.push_back(order[i] < profile.threads.size() ? LabelOf(profile.threads[order[i]]) : "thread");
  }
  if (!all) list.labels.push_back(fmt::format("{} other threads", order.size() - (kMostThreads - 1)));
  return list;
}

uint64_t HashOf(const Weight& weight) {
  const uint64_t key = uint64_t{weight.at} << 32 | weight.thread << 2 | weight.lane;
  const uint64_t mixed = (key ^ key >> 29) * 0x9E3779B97F4A7C15u;
  return mixed ^ mixed >> 32;
}

bool SamePlace(const Weight& a, const Weight& b) { return a.at == b.at && a.thread == b.thread && a.lane == b.lane; }

}  // namespace

double WeightedStacks::SideTotal(uint32_t side) const {
  double total = 0;
  for (const Weight& weight : weights) {
    if (side_of[weight.lane] == side) total += weight.value;
  }
  return total;
}

WeightedStacks StacksOf(const Profile& profile) {
  WeightedStacks result;
  result.stacks = &profile.stacks;
  ThreadList threads = ThreadsOf(profile);
  result.threads = std::move(threads.labels);
  std::vector<Weight>& weights = result.weights;
  profile::IdIndex index;
  for (const profile::Sample& sample : profile.samples) {
    if (!(sample.value > 0) || !std::isfinite(sample.value)) continue;
    const Weight weight{static_cast<uint32_t>(sample.stack),
                        threads.number_of[std::min<size_t>(sample.thread, threads.number_of.size() - 1)],
                        static_cast<uint32_t>(sample.state), sample.value, sample.count};
    const uint32_t id = index.FindOrAdd(HashOf(weight), static_cast<uint32_t>(weights.size()),
                                        [&](uint32_t other) { return SamePlace(weights[other], weight); });
    if (id == weights.size()) {
      weights.push_back(weight);
    } else {
      weights[id].value += weight.value;
      weights[id].count += weight.count;
    }
  }
  return result;
}

}  // namespace rapidbyte::report
