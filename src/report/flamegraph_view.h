// One view of a call tree: which lanes count, threads merged or apart, and where each frame stands. Pure.
//
// The script in the file (flamegraph/view.js) makes the same views in a browser; this one is for the static drawing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "report/flamegraph_tree.h"

namespace rapidbyte::report {

constexpr uint32_t kNoThread = UINT32_MAX;

struct ViewNode {
  uint32_t parent = 0;  // below the node's own number; node 0 is the root
  uint32_t frame = kNoFrame;
  uint32_t tree_node = 0;
  uint32_t thread = kNoThread;  // of a node that stands for a thread
  uint32_t depth = 0;
  std::array<double, kLanes> lanes = {};  // with all below
  double count = 0;
  double extent = 0;                    // what its width stands for
  std::array<double, kLanes> own = {};  // without what is below
};

struct View {
  std::vector<ViewNode> nodes;
  std::array<double, kLanes> lanes = {};  // of the whole
};

struct ViewChoice {
  std::array<bool, kLanes> shown = {true, false, false};
  bool split_threads = false;
};

View ViewOf(const CallTree& tree, const ViewChoice& choice);

struct Box {
  uint32_t node = 0;
  double left = 0, width = 0;  // shares of the root's
};

// What is drawn for viewers without JavaScript: frames that show on a page of 1200 pixels, and not so many that the
// drawing takes much of the file.
constexpr double kLeastBoxWidth = 0.8 / 1200;
constexpr size_t kMostBoxes = 900;

// The frames of at least `least_width`, and no more than `most`, in preorder, wide siblings first.
std::vector<Box> BoxesOf(const View& view, double least_width = kLeastBoxWidth, size_t most = kMostBoxes);

}  // namespace rapidbyte::report
