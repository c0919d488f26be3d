// Numbers and elements for people.
const SVG = "http://www.w3.org/2000/svg";
const HTML = "http://www.w3.org/1999/xhtml";

function make(space, name, attributes, ...children) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 0.01) return "< 0.01%";
  return value.toFixed(value < 1 ? 2 : 1) + "%";
}

function signed(text, value) {
  return (value < 0 ? "−" : "+") + text;
}

function samples(count) {
  return count === 1 ? "1 sample" : count.toLocaleString("en-US", {maximumFractionDigits: 1}) + " samples";
}

function digits(value) {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

function duration(ns) {
  if (ns >= 120e9) return Math.floor(ns / 60e9) + " min " + String(Math.floor(ns / 1e9) % 60).padStart(2, "0") + " s";
  for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]]) if (ns >= size) return digits(ns / size) + " " + unit;
  return ns.toFixed(0) + " ns";
}

// As many columns of the labels' type as fit; wide letters take two.
function shortened(text, columns) {
  if (text.length * 2 <= columns) return text;
  let used = 0, end = 0;
  for (const letter of text) {
    const wide = letter.codePointAt(0) >= 0x1100 ? 2 : 1;
    if (used + wide > columns - 1) return text.length === end + letter.length && used + wide <= columns ? text : text.slice(0, end) + "…";
    used += wide;
    end += letter.length;
  }
  return text;
}
