// Two trees: the profile's, of frames, and one of texts, in which frames that read the same are one. A line is a path
// of the second; no line is kept as a whole, since deep stacks share most of what they are.
#include <algorithm>
#include <map>

#include "profile/folded.h"
#include "profile/text.h"

namespace rapidbyte::profile {
namespace {

constexpr double kNoValue = -1;
constexpr size_t kPieceBytes = size_t{1} << 18;

std::string Marked(const Frame& frame, std::string_view name, const FoldedOptions& options) {
  std::string text(name);
  std::replace(text.begin(), text.end(), ';', ':');
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (options.mark_inlined && frame.inlined) {
    if (text.find("_[i]") == std::string::npos) text += "_[i]";
  } else if (options.mark_kernel && frame.origin == Origin::kKernel) {
    text += "_[k]";
  } else if (options.mark_jit && frame.origin == Origin::kJit) {
    if (text.find("_[j]") == std::string::npos) text += "_[j]";
  }
  return text;
}

std::string RootText(const Thread& thread, FoldedRoot root) {
  const bool by_process = root == FoldedRoot::kProcess;
  std::string text = by_process ? thread.process : thread.name;
  if (text.empty()) text = by_process ? thread.name : thread.process;
  if (root == FoldedRoot::kNone || (text.empty() && thread.pid == 0 && thread.tid == 0)) return {};
  const std::string pid = thread.pid < 0 ? "?" : std::to_string(thread.pid);
  if (root == FoldedRoot::kThreadPid) text += "-" + pid;
  if (root == FoldedRoot::kThreadTid) text += "-" + pid + "/" + std::to_string(thread.tid);
  std::replace(text.begin(), text.end(), ' ', '_');
  std::replace(text.begin(), text.end(), '\n', '_');
  return text.empty() ? std::to_string(thread.pid) : text;
}

// The tree of texts with its values.
class TextTree {
 public:
  TextTree(const Profile& profile, const FoldedOptions& options) : profile_(profile), options_(options) {
    frame_of_.assign(profile.stacks.frame_count(), kNone);
    node_of_.assign(profile.stacks.stack_count(), kNone);
    std::map<std::string, std::vector<const Sample*>> samples_of;
    for (const Sample& sample : profile.samples) {
      if (!options.states[static_cast<size_t>(sample.state)]) continue;
      samples_of[RootText(profile.threads[sample.thread], options.root)].push_back(&sample);
    }
    for (const auto& [root, samples] : samples_of) AddThread(root, samples);
  }

  const StackTable& nodes() const { return nodes_; }
  double value(size_t node) const { return node < values_.size() ? values_[node] : kNoValue; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  // A semicolon in the root's text separates frames, as it does for whoever reads the line.
  void AddThread(std::string_view root, const std::vector<const Sample*>& samples) {
    StackId top = kRoot;
    for (bool more = !root.empty(); more;) {
      const size_t end = root.find(';');
      top = nodes_.Push(top, nodes_.Intern(Frame{.name = nodes_.Intern(root.substr(0, end))}));
      more = end != std::string_view::npos;
      if (more) root.remove_prefix(end + 1);
    }
    node_of_[0] = static_cast<uint32_t>(Index(top));
    for (const Sample* sample : samples) AddSample(*sample);
    for (const StackId stack : touched_) node_of_[Index(stack)] = kNone;
    touched_.clear();
  }

  void AddSample(const Sample& sample) {
    StackId node = NodeOf(sample.stack);
    if (options_.mark_states && sample.state != State::kRunning) {
      const std::string leaf = "[" + std::string(StateName(sample.state)) + "]";
      node = nodes_.Push(node, nodes_.Intern(Frame{.name = nodes_.Intern(leaf)}));
    }
    if (Index(node) >= values_.size()) values_.resize(std::max(nodes_.stack_count(), values_.size() * 2), kNoValue);
    const bool by_value = options_.value == FoldedValue::kValue || profile_.unit == Unit::kSamples;
    double& value = values_[Index(node)];
    value = std::max(value, 0.0) + (by_value ? sample.value : sample.count);
  }

  StackId NodeOf(StackId stack) {
    path_.clear();
    while (node_of_[Index(stack)] == kNone) {
      path_.push_back(stack);
      stack = profile_.stacks.Parent(stack);
    }
    StackId node{node_of_[Index(stack)]};
    for (size_t i = path_.size(); i-- > 0;) {
      node = nodes_.Push(node, FrameOf(profile_.stacks.Leaf(path_[i])));
      node_of_[Index(path_[i])] = static_cast<uint32_t>(Index(node));
      touched_.push_back(path_[i]);
    }
    return node;
  }

  FrameId FrameOf(FrameId frame) {
    uint32_t& found = frame_of_[Index(frame)];
    if (found == kNone) {
      const std::string text = Marked(profile_.stacks.At(frame), profile_.stacks.Name(frame), options_);
      found = static_cast<uint32_t>(Index(nodes_.Intern(Frame{.name = nodes_.Intern(text)})));
    }
    return FrameId{found};
  }

  const Profile& profile_;
  const FoldedOptions& options_;
  StackTable nodes_;
  std::vector<double> values_;      // by node of nodes_
  std::vector<uint32_t> frame_of_;  // by frame of the profile: of nodes_
  std::vector<uint32_t> node_of_;   // by stack of the profile, for the thread at hand: of nodes_
  std::vector<StackId> touched_;
  std::vector<StackId> path_;
};

// What is next on the way through the tree: the line that ends at a node, or those that go on from it.
struct Step {
  std::string_view name;
  uint32_t node = 0;
  uint32_t depth = 0;  // bytes of the line before the name
  bool goes_on = false;
};

// By the bytes of the lines: where one goes on, a semicolon follows its name.
bool Before(const Step& a, const Step& b) {
  const size_t common = std::min(a.name.size(), b.name.size());
  const int order = a.name.substr(0, common).compare(b.name.substr(0, common));
  if (order != 0) return order < 0;
  if (a.name.size() == b.name.size()) return a.goes_on < b.goes_on;
  if (a.name.size() < b.name.size()) return !a.goes_on || static_cast<unsigned char>(b.name[common]) > ';';
  return b.goes_on && static_cast<unsigned char>(a.name[common]) < ';';
}

class LineWriter {
 public:
  LineWriter(const TextTree& tree, const std::function<void(std::string_view)>& out) : tree_(tree), out_(out) {
    const StackTable& nodes = tree.nodes();
    first_child_.assign(nodes.stack_count(), 0);
    next_sibling_.assign(nodes.stack_count(), 0);
    for (uint32_t node = 1; node < nodes.stack_count(); ++node) {
      uint32_t& first = first_child_[Index(nodes.Parent(StackId{node}))];
      next_sibling_[node] = std::exchange(first, node);
    }
  }

  void Write() {
    AddSteps(0);
    while (!steps_.empty()) {
      const Step step = steps_.back();
      steps_.pop_back();
      line_.resize(step.depth);
      line_ += step.name;
      if (step.goes_on) {
        line_ += ';';
        AddSteps(step.node);
      } else {
        WriteLine(tree_.value(step.node));
      }
    }
    if (!piece_.empty()) out_(piece_);
  }

 private:
  // The next step of all is the last of the list.
  void AddSteps(uint32_t parent) {
    const size_t start = steps_.size();
    const auto depth = static_cast<uint32_t>(line_.size());
    for (uint32_t node = first_child_[parent]; node != 0; node = next_sibling_[node]) {
      const std::string_view name = tree_.nodes().Name(tree_.nodes().Leaf(StackId{node}));
      if (tree_.value(node) != kNoValue) steps_.push_back({name, node, depth, false});
      if (first_child_[node] != 0) steps_.push_back({name, node, depth, true});
    }
    std::sort(steps_.begin() + static_cast<ptrdiff_t>(start), steps_.end(),
              [](const Step& a, const Step& b) { return Before(b, a); });
  }

  void WriteLine(double value) {
    piece_ += line_;
    piece_ += ' ';
    AppendNumber(value, piece_);
    piece_ += '\n';
    if (piece_.size() < kPieceBytes) return;
    out_(piece_);
    piece_.clear();
  }

  const TextTree& tree_;
  const std::function<void(std::string_view)>& out_;
  std::vector<uint32_t> first_child_, next_sibling_;  // by node; 0 where there is none
  std::vector<Step> steps_;
  std::string line_;
  std::string piece_;
};

}  // namespace

void WriteFolded(const Profile& profile, const FoldedOptions& options,
                 const std::function<void(std::string_view)>& out) {
  const TextTree tree(profile, options);
  LineWriter(tree, out).Write();
}

std::string WriteFolded(const Profile& profile, const FoldedOptions& options) {
  std::string text;
  WriteFolded(profile, options, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace rapidbyte::profile
