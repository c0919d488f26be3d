#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/flamegraph.h"
#include "report/flamegraph_change.h"
#include "report/flamegraph_data.h"
#include "report/flamegraph_facts.h"
#include "report/flamegraph_sheet.h"
#include "report/flamegraph_text.h"
#include "report/flamegraph_tree.h"
#include "report/flamegraph_view.h"

namespace rapidbyte::report {
namespace {

using profile::Change;
using profile::Difference;

constexpr size_t kTopDownBytes = 600'000;
constexpr size_t kBottomUpBytes = 350'000;

WeightedStacks WeightsOf(const Difference& difference) {
  WeightedStacks weighted;
  weighted.stacks = &difference.stacks;
  weighted.side_of = {0, 1, 1};
  weighted.threads = {"all"};
  const bool shares = difference.basis == profile::Basis::kShare;
  for (uint32_t stack = 0; stack < difference.self.size(); ++stack) {
    const Change& change = difference.self[stack];
    const double sides[] = {shares ? change.before_share : change.before, shares ? change.after_share : change.after};
    for (uint32_t side = 0; side < kSides; ++side) {
      if (sides[side] > 0) weighted.weights.push_back({stack, 0, side, sides[side], 1});
    }
  }
  return weighted;
}

// By frame: how its own time changed.
std::vector<const Change*> OwnChangesOf(const Difference& difference) {
  std::vector<const Change*> own(difference.stacks.frame_count());
  for (const profile::FunctionChange& function : difference.functions) {
    own[profile::Index(function.frame)] = &function.self;
  }
  return own;
}

class DifferencePicture {
 public:
  DifferencePicture(const Difference& difference, const DifferentialOptions& options)
      : difference_(difference),
        options_(options),
        own_of_(OwnChangesOf(difference)),
        weighted_(WeightsOf(difference)),
        trees_(TreesOf(weighted_, {kTopDownBytes, kBottomUpBytes, options.min_share},
                       [this](const PictureTrees& trees) { return TestsJson(trees); })),
        view_(ViewOf(ShownTree(), {{true, true, false}, false})) {
    Unite(view_);
  }

  std::string Svg() const {
    Sheet sheet;
    sheet.title = options_.title.empty() ? "Differential flamegraph" : CleanText(options_.title, 300);
    for (const std::string& fact : options_.facts) sheet.facts.push_back(CleanText(fact));
    sheet.facts.push_back(RunsFact());
    if (const std::string pruned = PrunedFact(trees_.down, trees_.up); !pruned.empty()) sheet.facts.push_back(pruned);
    sheet.description =
        "Differential flamegraph: each frame is a function, as wide as its share afterwards; blue took less than "
        "before, orange more; what is gone stands striped in a gap.";
    sheet.legend = ChangeLegend(difference_.decided);
    for (const Box& box : BoxesOf(view_)) sheet.frames.push_back(FrameOf(box));
    sheet.icicle = options_.icicle;
    sheet.data = DataOf(sheet);
    return SvgOf(sheet);
  }

 private:
  const CallTree& ShownTree() const { return options_.reverse ? trees_.up : trees_.down; }

  std::string RunsFact() const {
    const std::string runs = fmt::format(
        "{} {} before, {} after, {}", difference_.before_runs, difference_.before_runs == 1 ? "run" : "runs",
        difference_.after_runs, difference_.basis == profile::Basis::kShare ? "as shares of each run" : "per run");
    if (!difference_.decided) {
      return runs + fmt::format(". Whether a change is more than noise is not known: it takes {} runs a side.",
                                profile::kMinRunsForDecision);
    }
    return runs + ". Pale: may be noise (Welch's t, false discoveries bounded after Benjamini and Hochberg).";
  }

  // The change that a node stands for was tested as: its place's, or the function's own time where the tree begins at
  // the leaves. Nothing where there was no such test.
  const Change* TestOf(const CallTree& tree, uint32_t node, const FrameList& frames) const {
    if (tree.frame[node] == kPrunedFrame) return nullptr;
    if (node == 0 && difference_.basis == profile::Basis::kShare) return nullptr;  // the whole is the whole
    if (node == 0 || tree.stack[node] != 0) return &difference_.total[tree.stack[node]];
    const bool is_leaf = tree.parent[node] == 0;
    return is_leaf ? own_of_[profile::Index(frames.frames()[tree.frame[node]])] : nullptr;
  }

  std::string TestsJson(const PictureTrees& trees) const {
    return ",\"tests\":{" + TestsJson("down", trees.down, trees) + "," + TestsJson("reverse", trees.up, trees) + "}";
  }

  // Per node 0: not tested, 1: tested, 2: significant; and of the tested the interval's ends, by zigzag.
  std::string TestsJson(std::string_view name, const CallTree& tree, const PictureTrees& trees) const {
    std::string verdicts, ends;
    for (uint32_t node = 0; node < tree.parent.size(); ++node) {
      const Change* test = TestOf(tree, node, trees.frames);
      const bool tested = test != nullptr && test->interval.has_value();
      AppendNumber(verdicts, !tested ? 0 : test->significant ? 2 : 1);
      if (!tested) continue;
      for (const double end : {test->interval->lower, test->interval->upper}) {
        const int64_t units = std::llround(std::clamp(end / trees.scale, -1e12, 1e12));
        AppendNumber(ends, static_cast<uint64_t>(units < 0 ? -2 * units - 1 : 2 * units));
      }
    }
    return "\"" + std::string(name) + "\":{\"verdict\":\"" + verdicts + "\",\"interval\":\"" + ends + "\"}";
  }

  SheetFrame FrameOf(const Box& box) const {
    const ViewNode& node = view_.nodes[box.node];
    const Change* test = TestOf(ShownTree(), node.tree_node, trees_.frames);
    const ChangeLook look{node.lanes[0], node.lanes[1], view_.lanes[0],
                          difference_.decided && (test == nullptr || !test->significant)};
    const bool named = node.frame != kNoFrame && node.frame != kPrunedFrame;
    const profile::FrameId id = named ? trees_.frames.frames()[node.frame] : profile::FrameId{};
    SheetFrame frame{box.left, box.width, node.depth, {}, {}, ChangeClasses(look), 0};
    frame.label = named ? CleanText(difference_.stacks.Name(id)) : node.frame == kPrunedFrame ? "(pruned)" : "all";
    frame.hatched = std::clamp(1 - node.lanes[1] / node.extent, 0.0, 1.0);
    frame.details = frame.label + "\n";
    if (named) frame.details += WhereOf(difference_.stacks, id) + "\n";
    frame.details += DetailsOf(node, test);
    return frame;
  }

  std::string DetailsOf(const ViewNode& node, const Change* test) const {
    std::string text = fmt::format("before {}, after {}, change {}", Amount(node.lanes[0]), Amount(node.lanes[1]),
                                   Signed(node.lanes[1] - node.lanes[0]));
    if (test == nullptr || !test->interval) return text;
    return text + fmt::format(" (95% interval {} to {}): {}", Signed(test->interval->lower),
                              Signed(test->interval->upper), test->significant ? "significant" : "may be noise");
  }

  std::string Amount(double amount) const {
    return difference_.basis == profile::Basis::kShare ? FormatPercent(amount) : FormatValue(amount, difference_.unit);
  }
  std::string Signed(double amount) const {
    if (difference_.basis == profile::Basis::kShare && std::abs(amount) < 0.00005) return "±0.00%";
    return (amount < 0 ? "−" : "+") + Amount(std::abs(amount));
  }

  std::string DataOf(const Sheet& sheet) const {
    return fmt::format(
        R"({{"version":1,"kind":"difference","title":{},"facts":[{}],"unit":"{}","scale":{:.17g},"decided":{},)"
        R"("show":{{"icicle":{},"reverse":{},"threads":false}},{}}})",
        JsonString(sheet.title), JsonStrings(sheet.facts),
        difference_.basis == profile::Basis::kShare       ? "share"
        : difference_.unit == profile::Unit::kNanoseconds ? "ns"
                                                          : "samples",
        trees_.scale, difference_.decided, options_.icicle, options_.reverse, trees_.json);
  }

  const Difference& difference_;
  const DifferentialOptions& options_;
  const std::vector<const Change*> own_of_;
  const WeightedStacks weighted_;
  const PictureTrees trees_;
  View view_;
};

}  // namespace

std::string DifferentialFlamegraph(const Difference& difference, const DifferentialOptions& options) {
  return DifferencePicture(difference, options).Svg();
}

}  // namespace rapidbyte::report
