// Reads the columns that the file carries: see docs/formats/flamegraph_data.md.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const digitOf = new Uint8Array(128);
for (let i = 0; i < 64; ++i) digitOf[DIGITS.charCodeAt(i)] = i;

const ROOT = -2;
const PRUNED = -1;

function numbers(column) {
  const list = [];
  let value = 0, factor = 1;
  for (let i = 0; i < column.length; ++i) {
    const digit = digitOf[column.charCodeAt(i)];
    value += (digit & 31) * factor;
    if (digit & 32) {
      factor *= 32;
    } else {
      list.push(value);
      value = 0;
      factor = 1;
    }
  }
  return list;
}

// Nodes in preorder: `up` says how many levels to go up from the node before to the parent.
function readTree(columns, scale) {
  const up = numbers(columns.up), frames = numbers(columns.frame);
  const parent = new Int32Array(up.length + 1), frame = new Int32Array(up.length + 1);
  frame[0] = ROOT;
  const path = [0];
  for (let i = 0; i < up.length; ++i) {
    path.length -= up[i];
    parent[i + 1] = path[path.length - 1];
    frame[i + 1] = frames[i] - 1;
    path.push(i + 1);
  }
  const node = numbers(columns.node), lane = numbers(columns.lane);
  for (let i = 1; i < node.length; ++i) node[i] += node[i - 1];
  const weights = {
    node, thread: lane.map((l) => Math.floor(l / 3)), lane: lane.map((l) => l % 3),
    value: numbers(columns.value).map((v) => v * scale), count: numbers(columns.count),
  };
  return {parent, frame, weights};
}

function readData(json) {
  const data = JSON.parse(json);
  const columns = data.frames;
  const kind = numbers(columns.kind);
  const text = (column) => numbers(column).map((i) => data.strings[i]);
  data.frame = {
    name: text(columns.name), image: text(columns.image), file: text(columns.file), line: numbers(columns.line),
    origin: kind.map((k) => k & 7), shade: kind.map((k) => k >> 3 & 3), inlined: kind.map((k) => k >> 5 & 1),
  };
  const trees = {};
  data.tree = (name) => trees[name] ??= readTree(data[name], data.scale);
  return data;
}
