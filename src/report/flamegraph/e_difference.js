// What a differential picture shows: lanes are before and after, hues are changes, stripes are what is gone.
const STEPS = [0.001, 0.005, 0.02, 0.05];  // of the whole; flamegraph_change.cpp has the same

// The after side, with room for what is only on the before side.
function unite(view) {
  const [before, after] = view.lanes;
  const extent = view.selfLanes[1].slice();
  for (let node = extent.length - 1; node >= 0; --node) {
    if (!(after[node] > 0)) extent[node] = before[node];
    if (node > 0) extent[view.parent[node]] += extent[node];
  }
  return extent;
}

function readTests({verdict, interval}, scale) {
  const verdicts = numbers(verdict);
  const ends = numbers(interval).map((n) => (n % 2 ? -(n + 1) / 2 : n / 2) * scale);
  let next = 0;
  return verdicts.map((v) => ({verdict: v, low: v ? ends[next++] : 0, high: v ? ends[next++] : 0}));
}

class DifferenceSubject {
  constructor(data) {
    this.data = data;
    this.toggles = [{key: "side", label: "Widths",
                     values: [["before", "Before", "1"], ["after", "After", "2"], ["union", "After and gone", "3"]]}];
    this.initial = {side: "union"};
    this.splitsThreads = false;
    this.tests = {};
  }

  viewOptions({side}) {
    const extents = side === "union" ? unite : (view) => view.lanes[side === "before" ? 0 : 1].slice();
    return {lanes: [true, true, false], extents};
  }

  testOf(view, node) {
    const name = view.tree === this.data.tree("down") ? "down" : "reverse";
    this.tests[name] ??= readTests(this.data.tests[name], this.data.scale);
    return this.tests[name][view.place[node]];
  }

  look(view, node) {
    const [before, after] = view.lanes;
    const change = before[0] > 0 ? (after[node] - before[node]) / before[0] : 0;
    const step = STEPS.filter((least) => Math.abs(change) >= least).length;
    if (step === 0) return "c0";
    const pale = this.data.decided && this.testOf(view, node).verdict !== 2;
    return (change < 0 ? "l" : "m") + step + (pale ? " pale" : "");
  }

  hatched(view, node) {
    return view.extent[node] > 0 ? Math.max(0, 1 - view.lanes[1][node] / view.extent[node]) : 0;
  }

  value(amount) {
    return this.data.unit === "share" ? percent(amount) : this.data.unit === "ns" ? duration(amount) : samples(amount);
  }

  change(amount) {
    if (this.data.unit === "share" && Math.abs(amount) < 0.00005) return "±0.00%";
    return signed(this.value(Math.abs(amount)), amount);
  }

  measure(view, node) {
    const [before, after] = view.lanes;
    return "before " + this.value(before[node]) + ", after " + this.value(after[node]);
  }

  details(view, node, zoom, settings) {
    const [before, after] = view.lanes;
    const lines = view.frame[node] >= 0 ? [whereOf(this.data, view.frame[node])] : [];
    const test = this.testOf(view, node);
    let text = `before ${this.value(before[node])} · after ${this.value(after[node])} · change ` +
               this.change(after[node] - before[node]);
    if (before[node] > 0) text += ` (× ${(after[node] / before[node]).toFixed(2)})`;
    lines.push(text + (after[node] > 0 ? "" : " · gone") + (before[node] > 0 ? "" : " · new"));
    if (test.verdict > 0) {
      lines.push(`95% interval ${this.change(test.low)} to ${this.change(test.high)} · ` +
                 (test.verdict === 2 ? "significant" : "may be noise"));
    } else {
      lines.push(node === 0 ? "this is the whole, which is not tested"
        : !this.data.decided ? "whether it is more than noise is not known: too few runs"
        : settings.reverse && view.depth[node] > 1 ? "not tested at this place" : "not tested: too rare");
    }
    return lines;
  }

  legend() {
    const entry = (look, label, hatched) => ({look, label, hatched});
    const points = (step) => STEPS[step - 1] * 100 + " points";
    return [...[4, 3, 2, 1].map((step) => entry("l" + step, "≤ −" + points(step))), entry("c0", "no change"),
      ...[1, 2, 3, 4].map((step) => entry("m" + step, "≥ +" + points(step))),
      ...(this.data.decided ? [entry("m4 pale", "may be noise")] : []), entry("l4", "gone", true)];
  }
}
