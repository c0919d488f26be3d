#include "report/flamegraph_data.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "report/flamegraph_text.h"

namespace rapidbyte::report {
namespace {

using profile::FrameId;
using profile::StringId;

// Strings numbered in order of first use.
class StringList {
 public:
  explicit StringList(const profile::StackTable& stacks) : stacks_(stacks) {}

  uint32_t NumberOf(StringId id) {
    const auto [at, fresh] = numbers_.emplace(static_cast<uint32_t>(id), static_cast<uint32_t>(numbers_.size()));
    if (fresh) json_ += (json_.empty() ? "" : ",") + JsonString(CleanText(stacks_.Text(id)));
    return at->second;
  }
  const std::string& json() const { return json_; }

 private:
  const profile::StackTable& stacks_;
  std::unordered_map<uint32_t, uint32_t> numbers_;
  std::string json_;
};

double ScaleOf(const WeightedStacks& weighted) {
  constexpr double kLargest = 1e8;
  double total = 0;
  bool whole_numbers = true;
  for (const Weight& weight : weighted.weights) {
    total += weight.value;
    whole_numbers = whole_numbers && weight.value == std::floor(weight.value);
  }
  if (!(total > 0) || (whole_numbers && total <= kLargest)) return 1;
  return std::pow(10, std::ceil(std::log10(total / kLargest)));
}

std::string FramesJson(const profile::StackTable& stacks, const FrameList& frames) {
  StringList strings(stacks);
  std::string names, images, files, lines, kinds;
  for (const FrameId id : frames.frames()) {
    const profile::Frame& frame = stacks.At(id);
    AppendNumber(names, strings.NumberOf(frame.name));
    AppendNumber(images, strings.NumberOf(frame.image));
    AppendNumber(files, strings.NumberOf(frame.file));
    AppendNumber(lines, frame.line);
    const auto origin = static_cast<uint32_t>(frame.origin);
    AppendNumber(kinds, origin + 8 * ShadeOf(stacks.Name(id)) + (frame.inlined ? 32 : 0));
  }
  return "\"strings\":[" + strings.json() + "],\"frames\":{\"name\":\"" + names + "\",\"image\":\"" + images +
         "\",\"file\":\"" + files + "\",\"line\":\"" + lines + "\",\"kind\":\"" + kinds + "\"}";
}

std::string TreeJson(std::string_view name, const CallTree& tree, double scale) {
  std::string ups, frames, nodes, lanes, values, counts;
  std::vector<uint32_t> depth(tree.parent.size());
  for (size_t node = 1; node < tree.parent.size(); ++node) {
    depth[node] = depth[tree.parent[node]] + 1;
    AppendNumber(ups, depth[node - 1] + 1 - depth[node]);
    AppendNumber(frames, tree.frame[node] == kPrunedFrame ? 0 : tree.frame[node] + 1);
  }
  uint32_t last = 0;
  for (const Weight& weight : tree.weights) {
    AppendNumber(nodes, weight.at - last);
    last = weight.at;
    AppendNumber(lanes, weight.thread * kLanes + weight.lane);
    AppendNumber(values, static_cast<uint64_t>(std::llround(weight.value / scale)));
    AppendNumber(counts, weight.count);
  }
  return "\"" + std::string(name) + "\":{\"up\":\"" + ups + "\",\"frame\":\"" + frames + "\",\"node\":\"" + nodes +
         "\",\"lane\":\"" + lanes + "\",\"value\":\"" + values + "\",\"count\":\"" + counts + "\"}";
}

}  // namespace

void AppendNumber(std::string& column, uint64_t number) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr uint64_t kMore = 32;
  for (; number >= kMore; number >>= 5) column += kDigits[number % kMore + kMore];
  column += kDigits[number];
}

uint32_t ShadeOf(std::string_view name) {
  uint32_t hash = 2166136261;
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619;
  return (hash ^ hash >> 15) % 4;
}

PictureTrees TreesOf(const WeightedStacks& weighted, const PictureLimits& limits,
                     const std::function<std::string(const PictureTrees&)>& more) {
  // The budgets are of estimates; where those were too low, less is kept.
  for (double part = 1;; part *= 0.75) {
    PictureTrees trees{FrameList(*weighted.stacks), {}, {}, ScaleOf(weighted), {}};
    const auto limit = [&](size_t bytes) {
      return TreeLimits{static_cast<size_t>(static_cast<double>(bytes) * part), limits.min_share};
    };
    trees.down = TopDown(weighted, limit(limits.down_bytes), trees.frames);
    trees.up = BottomUp(weighted, limit(limits.up_bytes), trees.frames);
    trees.json = FramesJson(*weighted.stacks, trees.frames) + ",\"threads\":[" + JsonStrings(weighted.threads) + "]," +
                 TreeJson("down", trees.down, trees.scale) + "," + TreeJson("reverse", trees.up, trees.scale) +
                 more(trees);
    if (trees.json.size() <= kMostDataBytes) return trees;
  }
}

}  // namespace rapidbyte::report
