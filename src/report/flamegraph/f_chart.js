// Draws a view into an <svg> and moves about in it. Only frames that are wide enough and in sight become elements;
// slivers of one look are one path.
const ROW = 18;
const LEAST = 0.4;   // px: what is narrower is not drawn
const SLIVER = 3;    // px: narrower frames have neither a label nor an element of their own
const MARGIN = 300;  // px above and below the window that are drawn too

class Chart {
  constructor(scroller, subject, on) {
    this.scroller = scroller;
    this.subject = subject;
    this.on = on;
    this.svg = make(SVG, "svg", {role: "tree", "aria-label": "Frames: arrow keys move, Enter zooms, Escape goes back"});
    this.hover = make(SVG, "rect", {class: "hover", height: ROW, visibility: "hidden"});
    scroller.append(this.svg);
    const probe = make(SVG, "text", {class: "label"}, "x".repeat(100));
    this.svg.append(probe);
    this.column = (probe.getComputedTextLength() || 730) / 100;
    this.focused = 0;
    this.listen();
  }

  show(view, zoom, settings, matches) {
    Object.assign(this, {view, zoom, settings, matches});
    this.layOut();
    this.lines = this.thin.reduce((lines, {row}) => Math.max(lines, row + 1), this.rows.length);
    this.paint();
  }

  // Of flames the row at the bottom stays there when the window gets another height.
  resize() {
    const {scroller, settings} = this;
    this.height = scroller.clientHeight;
    if (!settings.icicle) scroller.scrollTop = scroller.scrollHeight - this.height - this.below;
    this.show(this.view, this.zoom, settings, this.matches);
  }

  showRoot() {
    const {scroller} = this;
    this.height = scroller.clientHeight;
    scroller.scrollTop = this.settings.icicle ? 0 : scroller.scrollHeight;
    this.paint();
  }

  // this.rows[depth]: boxes from left to right; an ancestor of the zoomed frame fills its row.
  layOut() {
    const {view, zoom} = this;
    const width = this.width = Math.max(this.scroller.clientWidth, 100);
    this.rows = [];
    this.thin = [];
    this.box = new Map();
    const put = (node, x, w) => {
      const box = {node, x, w, row: view.depth[node]};
      (this.rows[box.row] ??= []).push(box);
      this.box.set(node, box);
    };
    for (let at = zoom; at !== 0;) put(at = view.parent[at], 0, width);
    if (!(view.extent[zoom] > 0)) {
      put(zoom, 0, width);
      return;
    }
    const scale = width / view.extent[zoom];
    const open = [[zoom, 0]];
    while (open.length > 0) {
      const [node, x] = open.pop();
      put(node, x, view.extent[node] * scale);
      const below = [];
      let left = x, thin = 0, thinLeft = x, count = 0;  // what is too narrow, together
      for (let i = view.begin[node]; i < view.begin[node + 1]; ++i) {
        const w = view.extent[view.child[i]] * scale;
        if (w >= LEAST) {
          below.push([view.child[i], left]);
        } else if (w > 0) {
          if (count++ === 0) thinLeft = left;
          thin += w;
        }
        left += w;
      }
      if (thin > SLIVER) this.thin.push({x: thinLeft, w: thin, row: view.depth[node] + 1, count});
      open.push(...below.reverse());
    }
  }

  yOf(row) {
    return (this.settings.icicle ? row : this.lines - 1 - row) * ROW;
  }

  paint() {
    const {svg, scroller, rows} = this;
    const hadFocus = svg.contains(document.activeElement);
    if (!this.box.has(this.focused)) this.focused = this.zoom;
    svg.setAttribute("width", this.width);
    svg.setAttribute("height", this.lines * ROW);
    // Another height may have moved the scroller already: then resize() comes next.
    if (scroller.clientHeight === this.height) this.below = scroller.scrollHeight - this.height - scroller.scrollTop;
    const top = scroller.scrollTop - MARGIN, bottom = scroller.scrollTop + scroller.clientHeight + MARGIN;
    const slivers = new Map(), frames = [];
    const addSliver = (look, {x, w}, y) => slivers.set(look, (slivers.get(look) ?? "") +
      `M${x.toFixed(2)} ${y + 0.5}h${w.toFixed(2)}v${ROW - 1}h-${w.toFixed(2)}z`);
    for (const run of this.thin) {
      const y = this.yOf(run.row);
      if (y + ROW >= top && y <= bottom) addSliver("thin", run, y);
    }
    for (let row = 0; row < rows.length; ++row) {
      const y = this.yOf(row);
      if (y + ROW < top || y > bottom) {
        const box = this.box.get(this.focused);
        if (box.row === row) frames.push(this.element(box, y));  // or else the keyboard would lose its place
        continue;
      }
      for (const box of rows[row]) {
        if (box.w >= SLIVER || box.node === this.focused) {
          frames.push(this.element(box, y));
        } else {
          addSliver(this.lookOf(box.node), box, y);
        }
      }
    }
    const paths = [...slivers].map(([look, d]) => make(SVG, "path", {class: look, d}));
    this.hover.setAttribute("visibility", "hidden");
    svg.replaceChildren(...paths, ...frames, this.hover);
    this.markFocus(hadFocus);
  }

  lookOf(node) {
    const {view, matches, subject} = this;
    const dim = matches && !(view.frame[node] >= 0 && matches[view.frame[node]]);
    const above = !dim && node !== this.zoom && this.box.get(node).w === this.width && view.depth[node] < view.depth[this.zoom];
    return subject.look(view, node) + (dim ? " dim" : "") + (above ? " above" : "");
  }

  element(box, y) {
    const {view, subject} = this, {node, x, w} = box;
    const label = subject.label(view, node);
    const group = make(SVG, "g", {class: "call", id: "call" + node, role: "treeitem", tabindex: -1,
      "aria-level": box.row + 1, "aria-label": label + ", " + subject.measure(view, node),
      "aria-selected": node === this.zoom ? "true" : null});
    group.append(make(SVG, "rect", {class: "frame " + this.lookOf(node), x, y, width: w, height: ROW}));
    const hatched = subject.hatched(view, node);
    if (hatched > 0.004) {
      group.append(make(SVG, "rect", {class: "hatch", x: x + w * (1 - hatched), y, width: w * hatched, height: ROW}));
    }
    if (w >= 18) {
      group.append(make(SVG, "text", {class: "label", x: x + 4, y: y + 13}, shortened(label, Math.floor((w - 6) / this.column))));
    }
    return group;
  }

  markFocus(take) {
    const element = this.svg.querySelector("#call" + this.focused);
    element.setAttribute("tabindex", 0);
    if (take) element.focus({preventScroll: true});
  }

  scrollTo(node) {
    const y = this.yOf(this.view.depth[node]), {scroller} = this;
    if (y < scroller.scrollTop) scroller.scrollTop = y;
    if (y + ROW > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = y + ROW - scroller.clientHeight;
  }

  focus(node, take = true) {
    this.focused = node;
    this.scrollTo(node);
    this.paint();
    this.markFocus(take);
    this.on.point(node);
  }

  // The frame, or the run of thin ones, that is under the pointer.
  at(event) {
    const area = this.svg.getBoundingClientRect();
    const line = Math.floor((event.clientY - area.top) / ROW), x = event.clientX - area.left;
    const row = this.settings.icicle ? line : this.lines - 1 - line;
    const isHit = (box) => box.row === row && x >= box.x && x < box.x + box.w;
    return this.rows[row]?.find(isHit) ?? this.thin.find(isHit);
  }

  move(key) {
    const box = this.box.get(this.focused) ?? this.rows[0][0];
    const row = this.rows[box.row], place = row.indexOf(box);
    const inward = this.settings.icicle ? "ArrowDown" : "ArrowUp";
    if (key === "ArrowLeft") return row[place - 1]?.node;
    if (key === "ArrowRight") return row[place + 1]?.node;
    if (key === "Home") return 0;
    if (key !== inward) return box.row > 0 ? this.view.parent[box.node] : undefined;
    return this.rows[box.row + 1]?.find((next) => this.view.parent[next.node] === box.node)?.node;
  }

  listen() {
    const {svg} = this;
    svg.addEventListener("mousemove", (event) => {
      const box = this.at(event);
      this.hover.setAttribute("visibility", box ? "visible" : "hidden");
      if (box) {
        for (const [name, value] of [["x", box.x], ["y", this.yOf(box.row)], ["width", box.w]]) this.hover.setAttribute(name, value);
      }
      if (box?.count) this.on.thin(box);
      else this.on.point(box ? box.node : this.zoom);
    });
    svg.addEventListener("mouseleave", () => {
      this.hover.setAttribute("visibility", "hidden");
      this.on.point(this.zoom);
    });
    svg.addEventListener("click", (event) => {
      const box = this.at(event);
      if (box && !box.count) this.on.zoom(box.node);
    });
    svg.addEventListener("focusin", (event) => {
      const id = event.target.id ?? "";
      if (id.startsWith("call")) this.on.point(this.focused = Number(id.slice(4)));
    });
    svg.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.on.zoom(this.focused);
      } else if (event.key.startsWith("Arrow") || event.key === "Home") {
        event.preventDefault();
        const next = this.move(event.key);
        if (next !== undefined) this.focus(next);
      }
    });
    this.scroller.addEventListener("scroll", () => {
      this.pending ??= requestAnimationFrame(() => {
        this.pending = null;
        this.paint();
      });
    });
  }
}
