// One view of a tree: which lanes count, threads merged or apart. Nodes are numbers; a parent's is below its children's.

// Grows the nodes that `weights` (indices, all of one thread where threads are apart) need below `top`.
function grow(tree, view, top, weights) {
  const {parent, frame, weights: all} = tree;
  const made = view.made.fill(0);
  const path = [];
  for (const w of weights) {
    let at = all.node[w];
    for (; at !== 0 && made[at] === 0; at = parent[at]) path.push(at);
    let node = at === 0 ? top : made[at];
    while (path.length > 0) {
      const place = path.pop();
      view.parent.push(node);
      view.frame.push(frame[place]);
      view.place.push(place);
      view.thread.push(-1);
      node = made[place] = view.parent.length - 1;
    }
    view.own.push(node, w);
  }
}

function sumUp(tree, view) {
  const size = view.parent.length;
  view.lanes = [0, 1, 2].map(() => new Float64Array(size));
  view.count = new Float64Array(size);
  view.selfLanes = [0, 1, 2].map(() => new Float64Array(size));
  for (let i = 0; i < view.own.length; i += 2) {
    const node = view.own[i], w = view.own[i + 1];
    view.selfLanes[tree.weights.lane[w]][node] += tree.weights.value[w];
    view.count[node] += tree.weights.count[w];
  }
  for (let lane = 0; lane < 3; ++lane) view.lanes[lane].set(view.selfLanes[lane]);
  view.depth = new Int32Array(size);
  for (let i = 1; i < size; ++i) view.depth[i] = view.depth[view.parent[i]] + 1;
  for (let i = size - 1; i > 0; --i) {
    for (const lane of view.lanes) lane[view.parent[i]] += lane[i];
    view.count[view.parent[i]] += view.count[i];
  }
}

// Children of each node in view.child from view.begin[node] on, wide ones first.
function sortChildren(view) {
  const size = view.parent.length, {extent} = view;
  const begin = new Int32Array(size + 1), child = new Int32Array(size);
  for (let i = 1; i < size; ++i) ++begin[view.parent[i] + 1];
  for (let i = 0; i < size; ++i) begin[i + 1] += begin[i];
  const next = begin.slice();
  for (let i = 1; i < size; ++i) child[next[view.parent[i]]++] = i;
  const last = (node) => view.frame[node] === PRUNED ? 1 : 0;
  for (let i = 0; i < size; ++i) {
    if (begin[i + 1] - begin[i] < 2) continue;
    child.subarray(begin[i], begin[i + 1]).sort((a, b) => last(a) - last(b) || extent[b] - extent[a] || a - b);
  }
  view.begin = begin;
  view.child = child;
}

function makeView(tree, {lanes, threads, extents}) {
  const {weights} = tree;
  const shown = [];
  for (let w = 0; w < weights.node.length; ++w) if (lanes[weights.lane[w]]) shown.push(w);
  const view = {tree, shown: lanes, parent: [0], frame: [ROOT], place: [0], thread: [-1], own: [],
                made: new Int32Array(tree.parent.length)};
  if (threads) {
    const byThread = new Map();
    for (const w of shown) {
      if (!byThread.has(weights.thread[w])) byThread.set(weights.thread[w], []);
      byThread.get(weights.thread[w]).push(w);
    }
    for (const [thread, list] of [...byThread].sort((a, b) => a[0] - b[0])) {
      view.parent.push(0);
      view.frame.push(ROOT);
      view.place.push(0);
      view.thread.push(thread);
      grow(tree, view, view.parent.length - 1, list);
    }
  } else {
    grow(tree, view, 0, shown);
  }
  sumUp(tree, view);
  view.extent = extents(view);
  sortChildren(view);
  return view;
}

// What a frame's width stands for: all lanes that are shown.
function sumOfLanes(view) {
  return view.lanes[0].map((value, node) => value + view.lanes[1][node] + view.lanes[2][node]);
}

// Names a node by the names on its way from the root, so that a link outlives the redrawing of newer data.
function addKeys(view, label) {
  if (view.keys) return view.keys;
  const size = view.parent.length, low = new Uint32Array(size), high = new Uint32Array(size);
  const hashes = new Map();
  for (let i = 1; i < size; ++i) {
    const text = label(i);
    if (!hashes.has(text)) {
      let a = 0x811c9dc5, b = 0x9747b28c;
      for (let c = 0; c < text.length; ++c) {
        a = Math.imul(a ^ text.charCodeAt(c), 0x01000193);
        b = Math.imul(b ^ text.charCodeAt(c), 0x5bd1e995);
      }
      hashes.set(text, [a, b]);
    }
    const [a, b] = hashes.get(text), up = view.parent[i];
    low[i] = Math.imul((low[up] ^ a) + 0x9e3779b9, 0x85ebca6b);
    high[i] = Math.imul((high[up] ^ b ^ low[i] >>> 15) + 0x7f4a7c15, 0xc2b2ae35);
  }
  const hex = (number) => number.toString(16).padStart(8, "0");
  view.keys = {of: (node) => hex(low[node]) + hex(high[node])};
  view.keys.find = (key) => {
    for (let i = 1; i < size; ++i) if (hex(low[i]) === key.slice(0, 8) && view.keys.of(i) === key) return i;
    return 0;
  };
  return view.keys;
}

// The share of the extent of `zoom` that lies in frames which `matches`, each stack once; and how many frames do.
function found(view, zoom, matches) {
  const state = new Uint8Array(view.parent.length);  // 1: below zoom, 2: that and covered by a match
  state[zoom] = 1;
  let extent = 0, count = 0, frames = 0;
  for (let i = zoom; i < state.length; ++i) {
    if (i !== zoom) state[i] = state[view.parent[i]];
    if (state[i] === 0 || !(view.extent[i] > 0) || view.frame[i] < 0 || !matches[view.frame[i]]) continue;
    ++frames;
    if (state[i] === 1) {
      extent += view.extent[i];
      count += view.count[i];
    }
    state[i] = 2;
  }
  return {share: view.extent[zoom] > 0 ? extent / view.extent[zoom] : 0, count, frames};
}
