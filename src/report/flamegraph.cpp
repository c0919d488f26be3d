#include "report/flamegraph.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/flamegraph_data.h"
#include "report/flamegraph_facts.h"
#include "report/flamegraph_sheet.h"
#include "report/flamegraph_text.h"
#include "report/flamegraph_tree.h"
#include "report/flamegraph_view.h"

namespace rapidbyte::report {
namespace {

using profile::Profile;
using profile::State;

// Of kMostDataBytes; strings take the rest.
constexpr size_t kTopDownBytes = 850'000;
constexpr size_t kBottomUpBytes = 450'000;

std::string NothingMore(const PictureTrees&) { return {}; }

// What the options come to for this profile.
struct Shown {
  FlamegraphState state;
  ViewChoice choice;
};

class ProfilePicture {
 public:
  ProfilePicture(const Profile& profile, const FlamegraphOptions& options)
      : profile_(profile),
        options_(options),
        weighted_(StacksOf(profile)),
        trees_(TreesOf(weighted_, {kTopDownBytes, kBottomUpBytes, options.min_share}, NothingMore)) {
    shown_.state = options.state;
    if (shown_.state == FlamegraphState::kOnCpu && !(weighted_.SideTotal(0) > 0) && weighted_.SideTotal(1) > 0) {
      shown_.state = FlamegraphState::kOffCpu;
    }
    const bool on = shown_.state != FlamegraphState::kOffCpu, off = shown_.state != FlamegraphState::kOnCpu;
    shown_.choice = {{on, off, off}, options.split_threads};
    view_ = ViewOf(options.reverse ? trees_.up : trees_.down, shown_.choice);
  }

  std::string Svg() const {
    Sheet sheet;
    sheet.title = options_.title.empty() ? TitleOf(profile_) : CleanText(options_.title, 300);
    sheet.facts = FactsOf(profile_);
    if (const std::string pruned = PrunedFact(trees_.down, trees_.up); !pruned.empty()) sheet.facts.push_back(pruned);
    sheet.description = Description();
    sheet.legend = Legend();
    for (const Box& box : BoxesOf(view_)) sheet.frames.push_back(FrameOf(box));
    sheet.icicle = options_.icicle;
    sheet.data = DataOf(sheet);
    return SvgOf(sheet);
  }

 private:
  std::string Description() const {
    const ViewNode& root = view_.nodes[0];
    if (!(root.extent > 0)) return "The profile has no samples in this view.";
    return fmt::format("Flamegraph of {} {}: each frame is a function, as wide as its share; {}.",
                       FormatValue(root.extent, profile_.unit), StateWords(),
                       options_.reverse ? "next to it stand its callers" : "next to it stand the functions it called");
  }

  const char* StateWords() const {
    if (profile_.unit == profile::Unit::kSamples && shown_.state == FlamegraphState::kOnCpu) return "in all";
    return shown_.state == FlamegraphState::kOnCpu    ? "on the CPU"
           : shown_.state == FlamegraphState::kOffCpu ? "off the CPU"
                                                      : "on and off the CPU";
  }

  // By the function that the time was spent in.
  std::array<std::array<double, kLanes>, profile::kOriginCount> LanesOfOrigins() const {
    std::array<std::array<double, kLanes>, profile::kOriginCount> sums = {};
    for (const Weight& weight : weighted_.weights) {
      if (weight.at == 0) continue;
      const profile::FrameId leaf = profile_.stacks.Leaf(profile::StackId(weight.at));
      sums[static_cast<size_t>(profile_.stacks.At(leaf).origin)][weight.lane] += weight.value;
    }
    return sums;
  }

  // The origins that are drawn, with the time by the function that it was spent in.
  std::vector<LegendEntry> Legend() const {
    std::array<bool, profile::kOriginCount> drawn = {};
    for (const ViewNode& node : view_.nodes) {
      const profile::Frame* frame = node.extent > 0 ? FrameAt(node) : nullptr;
      if (frame != nullptr) drawn[static_cast<size_t>(frame->origin)] = true;
    }
    const double whole = view_.nodes[0].extent;
    std::vector<LegendEntry> legend;
    const auto sums = LanesOfOrigins();
    for (size_t origin = 0; origin < sums.size(); ++origin) {
      double sum = 0;
      for (size_t lane = 0; lane < kLanes; ++lane) sum += shown_.choice.shown[lane] ? sums[origin][lane] : 0;
      const std::string label = OriginLabel(static_cast<profile::Origin>(origin));
      if (sum > 0 || drawn[origin]) {
        legend.push_back({label + " " + FormatPercent(sum / whole), fmt::format("o{}", origin), false});
      }
    }
    const double off = view_.lanes[1] + view_.lanes[2];
    if (off > 0) legend.push_back({"off CPU " + FormatPercent(off / whole), "o6", true});
    return legend;
  }

  SheetFrame FrameOf(const Box& box) const {
    const ViewNode& node = view_.nodes[box.node];
    SheetFrame frame{box.left, box.width, node.depth, LabelOf(node), {}, LookOf(node), 0};
    frame.hatched = (node.lanes[1] + node.lanes[2]) / node.extent;
    frame.details = DetailsOf(node, frame.label);
    return frame;
  }

  const profile::Frame* FrameAt(const ViewNode& node) const {
    if (node.frame == kNoFrame || node.frame == kPrunedFrame) return nullptr;
    return &profile_.stacks.At(trees_.frames.frames()[node.frame]);
  }

  std::string LabelOf(const ViewNode& node) const {
    if (node.thread != kNoThread) return weighted_.threads[node.thread];
    if (const profile::Frame* frame = FrameAt(node)) return CleanText(profile_.stacks.Text(frame->name));
    return node.frame == kPrunedFrame ? "(pruned)" : "all";
  }

  std::string LookOf(const ViewNode& node) const {
    const profile::Frame* frame = FrameAt(node);
    if (frame == nullptr) return "plain";
    return fmt::format("o{} s{}", static_cast<int>(frame->origin), ShadeOf(profile_.stacks.Text(frame->name)));
  }

  std::string DetailsOf(const ViewNode& node, const std::string& label) const {
    std::string text = label;
    if (FrameAt(node) != nullptr) text += "\n" + WhereOf(profile_.stacks, trees_.frames.frames()[node.frame]);
    text += fmt::format("\n{} of all, {}", FormatPercent(node.extent / view_.nodes[0].extent),
                        FormatValue(node.extent, profile_.unit));
    if (profile_.unit == profile::Unit::kNanoseconds) text += ", " + FormatSamples(node.count);
    if (shown_.state != FlamegraphState::kBoth) return text;
    return text + fmt::format("\non CPU {}, blocked {}, preempted {}", FormatPercent(node.lanes[0] / node.extent),
                              FormatPercent(node.lanes[1] / node.extent), FormatPercent(node.lanes[2] / node.extent));
  }

  std::string DataOf(const Sheet& sheet) const {
    constexpr const char* kStates[] = {"on", "off", "both"};
    std::string origins;
    for (const auto& lanes : LanesOfOrigins()) {
      origins += fmt::format("{}[{:.6g},{:.6g},{:.6g}]", origins.empty() ? "" : ",", lanes[0], lanes[1], lanes[2]);
    }
    return fmt::format(R"({{"version":1,"kind":"profile","title":{},"facts":[{}],"unit":"{}","scale":{:.17g},)"
                       R"("show":{{"state":"{}","icicle":{},"reverse":{},"threads":{}}},"origins":[{}],{}}})",
                       JsonString(sheet.title), JsonStrings(sheet.facts),
                       profile_.unit == profile::Unit::kNanoseconds ? "ns" : "samples", trees_.scale,
                       kStates[static_cast<size_t>(shown_.state)], options_.icicle, options_.reverse,
                       options_.split_threads, origins, trees_.json);
  }

  const Profile& profile_;
  const FlamegraphOptions& options_;
  WeightedStacks weighted_;
  PictureTrees trees_;
  Shown shown_;
  View view_;
};

}  // namespace

std::string Flamegraph(const Profile& profile, const FlamegraphOptions& options) {
  return ProfilePicture(profile, options).Svg();
}

}  // namespace rapidbyte::report
