// The page: header, controls, chart and details in place of the static drawing, and the state that a link carries.
class App {
  constructor(data) {
    this.data = data;
    this.subject = data.kind === "difference" ? new DifferenceSubject(data) : new ProfileSubject(data);
    this.subject.label ??= (view, node) => frameLabel(data, view, node);
    this.defaults = {...this.subject.initial, icicle: data.show.icicle, reverse: data.show.reverse,
                     threads: data.show.threads, s: "", x: ""};
    this.settings = {...this.defaults};
    this.zooms = [];  // keys of what was zoomed before
    this.toggles = [...this.subject.toggles,
      {key: "icicle", label: "Direction", values: [[false, "Flames", "f"], [true, "Icicles", "i"]]},
      {key: "reverse", label: "Order", values: [[false, "Callees", "c"], [true, "Callers (reverse)", "r"]]}];
    if (this.subject.splitsThreads && data.threads.length > 1) {
      this.toggles.push({key: "threads", label: "Threads", values: [[false, "Merged", "m"], [true, "By thread", "t"]]});
    }
    this.build();
    this.listen();
    this.readLink();
  }

  build() {
    const {data} = this;
    const html = (name, attributes, ...children) => make(HTML, name, attributes, ...children);
    this.buttons = this.toggles.flatMap(({key, values}) => values.map(([value, label, shortcut]) => {
      const button = html("button", {type: "button", title: "key " + shortcut}, label);
      button.addEventListener("click", () => this.change({[key]: value}));
      return {key, value, shortcut, button};
    }));
    const groups = this.toggles.map(({key, label}) =>
      html("div", {class: "group", role: "group", "aria-label": label},
           ...this.buttons.filter((entry) => entry.key === key).map((entry) => entry.button)));
    this.search = html("input", {type: "search", placeholder: "Search (regex)", "aria-label":
                       "Search by regular expression", spellcheck: "false", autocomplete: "off"});
    this.found = html("span", {class: "found", role: "status"});
    this.reset = html("button", {type: "button", title: "Escape takes one step back"}, "Reset zoom");
    this.legend = html("ul", {class: "legend", "aria-label": "Legend"});
    this.scroller = html("div", {class: "chart"});
    this.detail = html("div", {class: "details", role: "status", "aria-live": "polite"});
    const app = html("div", {class: "app"}, html("h1", {title: data.title}, data.title),
      html("div", {class: "facts"}, ...data.facts.map((fact) => html("p", {}, fact))),
      html("div", {class: "bar", role: "toolbar", "aria-label": "View"}, ...groups, this.search, this.reset, this.found),
      this.legend, this.scroller, this.detail);
    document.getElementById("drawing").remove();
    document.documentElement.setAttribute("height", "100%");
    document.documentElement.setAttribute("role", "document");
    document.documentElement.append(make(SVG, "foreignObject", {width: "100%", height: "100%"}, app));
    this.chart = new Chart(this.scroller, this.subject, {
      zoom: (node) => this.zoomTo(node), point: (node) => this.describe(node),
      thin: ({count}) => this.detail.replaceChildren(make(HTML, "div", {},
        `${count.toLocaleString("en-US")} frames too narrow to be drawn: zoom into the frame that they belong to`))});
  }

  listen() {
    this.search.addEventListener("input", () => {
      this.settings.s = this.search.value;
      this.update();
    });
    this.reset.addEventListener("click", () => this.zoomTo(0));
    window.addEventListener("hashchange", () => this.readLink());
    new ResizeObserver(() => {
      if (this.view) this.chart.resize();
    }).observe(this.scroller);
    window.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const inSearch = event.target === this.search;
    const find = (event.ctrlKey || event.metaKey) && event.key === "f";
    if (find || (event.key === "/" && !inSearch)) {
      event.preventDefault();
      this.search.focus();
      this.search.select();
    } else if (event.key === "Escape") {
      this.escape(inSearch);
    } else if (inSearch && event.key === "Enter") {
      this.step(event.shiftKey ? -1 : 1, false);
    } else if (!inSearch && !event.ctrlKey && !event.altKey && !event.metaKey) {
      const entry = this.buttons.find(({shortcut}) => shortcut === event.key);
      if (entry) this.change({[entry.key]: entry.value});
      if (event.key === "n" || event.key === "N") this.step(event.key === "n" ? 1 : -1, true);
    }
  }

  // First what was searched, then one zoom after the other.
  escape(inSearch) {
    if (inSearch && this.settings.s) {
      this.search.value = this.settings.s = "";
      this.update();
    } else if (inSearch) {
      this.chart.focus(this.chart.focused);
    } else if (this.zoom !== 0) {
      const left = this.zoom, key = this.zooms.pop();
      this.setZoom(key ? this.view.keys.find(key) : 0, left);
    }
  }

  // To the next frame in sight that matches.
  step(direction, takeFocus) {
    if (!this.matches) return;
    const hits = this.chart.rows.flat().filter(({node}) => this.view.frame[node] >= 0 && this.matches[this.view.frame[node]]);
    if (hits.length === 0) return;
    const now = hits.findIndex(({node}) => node === this.chart.focused);
    const next = now < 0 ? (direction > 0 ? 0 : hits.length - 1) : (now + direction + hits.length) % hits.length;
    this.chart.focus(hits[next].node, takeFocus);
  }

  change(values) {
    const key = this.zoom ? this.view.keys?.of(this.zoom) : "";
    Object.assign(this.settings, values, {x: key ?? ""});
    if ("threads" in values || "reverse" in values) {
      this.settings.x = "";
      this.zooms = [];
    }
    this.applySettings();
    this.writeLink();
  }

  applySettings() {
    const {settings} = this;
    const tree = this.data.tree(settings.reverse ? "reverse" : "down");
    this.view = makeView(tree, {...this.subject.viewOptions(settings), threads: settings.threads});
    const keys = settings.x ? addKeys(this.view, (node) => this.subject.label(this.view, node)) : null;
    this.zoom = keys ? keys.find(settings.x) : 0;
    this.legend.replaceChildren(...this.subject.legend(this.view, settings).map(({look, label, hatched}) =>
      make(HTML, "li", {}, make(SVG, "svg", {width: 14, height: 12, "aria-hidden": "true"},
        make(SVG, "rect", {class: look, width: 14, height: 12}),
        ...(hatched ? [make(SVG, "rect", {class: "hatch", width: 14, height: 12})] : [])), label)));
    this.chart.focused = this.zoom;
    this.search.value = settings.s;
    this.update();
    this.chart.showRoot();
  }

  update() {
    this.findMatches();
    this.chart.show(this.view, this.zoom, this.settings, this.matches);
    for (const {key, value, button} of this.buttons) button.setAttribute("aria-pressed", String(this.settings[key] === value));
    this.reset.disabled = this.zoom === 0;
    this.describe(this.zoom);
    this.writeLink();
  }

  findMatches() {
    this.matches = null;
    this.found.textContent = "";
    this.search.setAttribute("aria-invalid", "false");
    if (!this.settings.s) return;
    let pattern;
    try {
      pattern = new RegExp(this.settings.s, "i");
    } catch {
      this.search.setAttribute("aria-invalid", "true");
      this.found.textContent = "not a regular expression yet";
      return;
    }
    const {name, file, image} = this.data.frame;
    this.matches = name.map((text, frame) => pattern.test(text) || pattern.test(file[frame]) || pattern.test(image[frame]));
    const {share, count, frames} = found(this.view, this.zoom, this.matches);
    this.found.textContent = `${percent(share)} · ${frames.toLocaleString("en-US")} frame${frames === 1 ? "" : "s"}` +
      (count > 0 ? " · " + samples(count) : "");
  }

  zoomTo(node) {
    if (node === 0) this.zooms = [];
    else if (node !== this.zoom) this.zooms.push(this.settings.x);
    this.setZoom(node, node);
  }

  setZoom(node, focused) {
    if (node > 0) addKeys(this.view, (n) => this.subject.label(this.view, n));
    this.zoom = node;
    this.settings.x = node > 0 ? this.view.keys.of(node) : "";
    this.chart.focused = focused;
    this.update();
    this.chart.scrollTo(this.chart.focused);
    this.chart.paint();
  }

  describe(node) {
    const {view, subject} = this;
    if (!(view.extent[node] > 0)) {
      this.detail.replaceChildren(make(HTML, "div", {}, "Nothing was sampled in this view."));
      return;
    }
    const keys = "Click or Enter: zoom · Escape: back · / or Ctrl+F: search, n: next · arrows: move";
    const lines = node === 0 && this.zoom === 0 ? [...subject.details(view, 0, 0, this.settings), keys]
                                                : subject.details(view, node, this.zoom, this.settings);
    this.detail.replaceChildren(make(HTML, "div", {}, make(HTML, "b", {}, subject.label(view, node))),
                                ...lines.map((line) => make(HTML, "div", {}, line)));
  }

  readLink() {
    const link = new URLSearchParams(location.hash.slice(1));
    if (this.view && this.linkText() === link.toString()) return;
    const next = {...this.defaults};
    for (const key of Object.keys(next)) {
      if (!link.has(key)) continue;
      next[key] = typeof next[key] === "boolean" ? link.get(key) === "true" : link.get(key);
    }
    for (const {key, values} of this.subject.toggles) {
      if (!values.some(([value]) => value === next[key])) next[key] = this.defaults[key];
    }
    this.settings = next;
    this.zooms = [];
    this.applySettings();
  }

  linkText() {
    const link = new URLSearchParams();
    for (const [key, value] of Object.entries(this.settings)) if (value !== this.defaults[key]) link.set(key, value);
    return link.toString();
  }

  writeLink() {
    const text = this.linkText();
    if (text !== location.hash.slice(1)) history.replaceState(null, "", text ? "#" + text : location.pathname);
  }
}

new App(readData(document.getElementById("data").textContent));
