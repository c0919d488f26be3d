// What a profile's picture shows: lanes are running, blocked, preempted; hues are origins; stripes are time off the CPU.
const ORIGINS = ["program", "connector", "library", "PostgreSQL", "JIT", "kernel", "unknown"];

function frameLabel(data, view, node) {
  if (view.thread[node] >= 0) return data.threads[view.thread[node]];
  const frame = view.frame[node];
  return frame >= 0 ? data.frame.name[frame] : frame === PRUNED ? "(pruned)" : "all";
}

function whereOf(data, frame) {
  const {image, file, line, origin, inlined} = data.frame;
  const parts = [ORIGINS[origin[frame]]];
  if (image[frame]) parts.push(image[frame]);
  if (file[frame]) parts.push(file[frame] + (line[frame] > 0 ? ":" + line[frame] : ""));
  if (inlined[frame]) parts.push("inlined");
  return parts.join(" · ");
}

class ProfileSubject {
  constructor(data) {
    this.data = data;
    const state = {key: "state", label: "State", values: [["on", "On-CPU", "1"], ["off", "Off-CPU", "2"], ["both", "Both", "3"]]};
    const hasOff = data.origins.some(([, blocked, preempted]) => blocked + preempted > 0);
    this.toggles = hasOff ? [state] : [];
    this.initial = {state: data.show.state};
    this.splitsThreads = true;
  }

  viewOptions(settings) {
    const on = settings.state !== "off", off = settings.state !== "on";
    return {lanes: [on, off, off], extents: sumOfLanes};
  }

  look(view, node) {
    const frame = view.frame[node];
    if (frame < 0) return "plain";
    return "o" + this.data.frame.origin[frame] + " s" + this.data.frame.shade[frame];
  }

  hatched(view, node) {
    return (view.lanes[1][node] + view.lanes[2][node]) / view.extent[node];
  }

  value(amount) {
    return this.data.unit === "ns" ? duration(amount) : samples(amount);
  }

  measure(view, node) {
    return percent(view.extent[node] / view.extent[0]);
  }

  details(view, node, zoom, settings) {
    const extent = view.extent[node];
    const lines = [];
    if (view.frame[node] >= 0) lines.push(whereOf(this.data, view.frame[node]));
    const sums = [this.value(extent), percent(extent / view.extent[0]) + " of all"];
    if (zoom !== 0) sums.push(percent(extent / view.extent[zoom]) + " of the zoomed frame");
    if (this.data.unit === "ns") sums.push(samples(view.count[node]));
    if (!settings.reverse) {
      const self = view.selfLanes[0][node] + view.selfLanes[1][node] + view.selfLanes[2][node];
      sums.push("itself " + this.value(self) + " (" + percent(self / view.extent[0]) + ")");
    }
    lines.push(sums.join(" · "));
    if (settings.state !== "on") {
      const part = (lane) => percent(view.lanes[lane][node] / extent) + " (" + this.value(view.lanes[lane][node]) + ")";
      lines.push((settings.state === "both" ? "on CPU " + part(0) + " · " : "") + "blocked " + part(1) + " · preempted " +
                 part(2));
    }
    return lines;
  }

  // The origins that are drawn, with the time by the function that it was spent in.
  legend(view) {
    const sum = (lanes) => lanes.reduce((all, value, lane) => all + (view.shown[lane] ? value : 0), 0);
    const sums = this.data.origins.map(sum);
    const drawn = new Set();
    view.frame.forEach((frame, node) => {
      if (frame >= 0 && view.extent[node] > 0) drawn.add(this.data.frame.origin[frame]);
    });
    const entries = [];
    sums.forEach((value, origin) => {
      if (!(value > 0) && !drawn.has(origin)) return;
      entries.push({look: "o" + origin, label: ORIGINS[origin] + " " + percent(value / view.extent[0])});
    });
    const off = view.lanes[1][0] + view.lanes[2][0];
    if (off > 0) entries.push({look: "o6", label: "off CPU " + percent(off / view.extent[0]), hatched: true});
    return entries;
  }
}
