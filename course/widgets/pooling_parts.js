// What the pooling explorer measures, draws and says. tests/browser/test_pooling_explorer.py holds the measures against
// course.ops.invariance.

const SIDES = { true: 190, false: 220 }; // screen pixels for the longer side of a picture that moves, and that does not
const MOST = 8; // how far a picture moves, in its own pixels
const KINDS = { max: "maximum", mean: "mean" };
const NOT_MOVED = { right: 0, down: 0, turn: 0, scale: 1 };

// --- Measures ---------------------------------------------------------------------------------------------

/** Pool again and again: [{ values, rows, columns }, ...], fewer than `layers` where no window fits any more. */
function pooled(values, rows, columns, { window, kind, layers }) {
  const outputs = [];
  let last = { values, rows, columns };
  while (outputs.length < layers && Math.min(last.rows, last.columns) >= window) {
    last = pool2d(last.values, last.rows, last.columns, window, { mean: kind === "mean" });
    outputs.push(last);
  }
  return outputs;
}

/** A picture that is moved, in whole grey levels. */
function movedPicture({ levels, rows, columns }, place) {
  const values = moved(levels, rows, columns, place);
  return place.turn || place.scale !== 1 ? values.map(Math.round) : values;
}

/** Whether two numbers are the same up to rounding, as numpy.isclose says. */
const isClose = (before, after) => Math.abs(before - after) <= 1e-8 + 1e-5 * Math.abs(after);

/** The cells that differ, and the share of those that stay: the invariance. */
function compared(before, after) {
  const cells = [], total = before.values.length;
  for (let k = 0; k < total; k += 1) {
    if (!isClose(before.values[k], after.values[k])) cells.push([Math.floor(k / before.columns), k % before.columns]);
  }
  return { cells, total, kept: total - cells.length, share: 1 - cells.length / total };
}

/** The mean absolute difference from an output that has moved along by whole cells; null where no cell is left. */
function gapOf(before, after, down, right) {
  const { rows, columns } = before;
  let sum = 0, cells = 0;
  for (let i = Math.max(down, 0); i < rows + Math.min(down, 0); i += 1) {
    for (let j = Math.max(right, 0); j < columns + Math.min(right, 0); j += 1) {
      sum += Math.abs(after.values[i * columns + j] - before.values[(i - down) * columns + j - right]);
      cells += 1;
    }
  }
  return cells ? sum / cells : null;
}

export { compared, gapOf, movedPicture, pooled };

// --- Words ------------------------------------------------------------------------------------------------

const percent = (share) => `${Math.round(100 * share)}%`;
const plural = (many, one) => `${count(many)} ${one}${many === 1 ? "" : "s"}`;
const level = (value) => number(value, Number.isInteger(value) ? 0 : 2);
const turnWords = (degrees) => (degrees ? `${Math.abs(degrees)}° ${degrees > 0 ? "clockwise" : "anticlockwise"}` : "0°");

/** "moved by 1 down, turned by 20° clockwise". */
function moveWords({ down, right, turn, scale }) {
  const shifts = [], changes = [];
  if (down) shifts.push(`${Math.abs(down)} ${down > 0 ? "down" : "up"}`);
  if (right) shifts.push(`${Math.abs(right)} to the ${right > 0 ? "right" : "left"}`);
  if (shifts.length) changes.push(`moved by ${shifts.join(" and ")}`);
  if (turn) changes.push(`turned by ${turnWords(turn)}`);
  if (scale !== 1) changes.push(`scaled by ${number(scale)}`);
  return changes.join(", ") || "not moved";
}

/** "under 2 layers of 2 × 2 windows that pass on the maximum". */
const windowWords = ({ window, kind, layers }) =>
  `under ${layers === 1 ? "" : `${layers} layers of `}${window} × ${window} windows that pass on the ${KINDS[kind]}`;

/** How far the last output is from moving along, in words. */
function gapWords(before, after, { down, right, turn, scale, window, layers }) {
  const stride = window ** layers;
  if (turn || scale !== 1) return "measured for shifts alone, not for a turned or scaled picture";
  if (down % stride || right % stride) return `not defined, since the shift is no multiple of a cell’s ${stride} pixels`;
  const gap = gapOf(before, after, down / stride, right / stride);
  return gap === null ? "not defined, since no cell is left to compare" : `${number(gap, 1)} grey levels`;
}

/** What one layer makes of a picture that does not move. */
function levelWords({ values, rows, columns }, picture, window) {
  const over = [[picture.rows - rows * window, "row"], [picture.columns - columns * window, "column"]];
  const left = over.filter(([many]) => many);
  const levels = [...new Set([...values].map((one) => Number(one.toFixed(1))))].sort((one, other) => one - other);
  const edge = left.map(([many, what]) => plural(many, what)).join(" and ");
  const found = levels.length > 4 ? `${levels.length} of them` : levels.join(", ");
  const where = edge ? `${edge} in no window` : "Each pixel is in a window";
  return `${rows} × ${columns} cells. ${where}. Grey levels: ${found}.`;
}

// --- Drawings -----------------------------------------------------------------------------------------------

/** Return an element of an SVG drawing. */
function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Lines above a plane, with a rim that is seen on any picture: returns a function that draws a path. */
function overlay(box, name) {
  const paths = ["rim", "line"].map((part) => shape("path", { class: `pool-${name}-${part}` }));
  const svg = shape("svg", { "aria-hidden": "true" }, ...paths);
  box.append(svg);
  return (path, rows, columns) => {
    svg.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    paths.forEach((one) => one.setAttribute("d", path));
  };
}

/** The lines of a grid of rows × columns windows. */
function gridPath({ rows, columns }, window) {
  const across = Array.from({ length: rows + 1 }, (_, i) => `M0 ${i * window}h${columns * window}`);
  const upright = Array.from({ length: columns + 1 }, (_, j) => `M${j * window} 0v${rows * window}`);
  return across.concat(upright).join("");
}

/** The chart of what stays, by the shift: `paint(points, name, at)` with points [shift, share, share without pooling]. */
function chartOf() {
  const x = (shift) => 44 + ((shift + MOST) / (2 * MOST)) * 250, y = (share) => 112 - share * 96;
  const text = (words, left, top, anchor = "middle") => shape("text", { x: left, y: top, "text-anchor": anchor }, words);
  const axis = text("", 169, 144), drawn = shape("g");
  const rules = [0, 0.5, 1].map((share) => shape("path", { class: "pool-rule", d: `M44 ${y(share)}h250` }));
  const shares = [0, 0.5, 1].map((share) => text(percent(share), 40, y(share) + 4, "end"));
  const shifts = [-8, -4, 0, 4, 8].map((shift) => text(number(shift, 0), x(shift), 127));
  const svg = shape("svg", { viewBox: "0 0 304 150", role: "img", class: "pool-chart" });
  svg.append(...rules, ...shares, ...shifts, axis, drawn);
  const line = (points, which, name) =>
    shape("path", { class: name, d: points.map((one, k) => `${k ? "L" : "M"}${x(one[0])} ${y(one[which])}`).join("") });
  const square = ([shift, , bare]) =>
    shape("rect", { class: "pool-without-mark", x: x(shift) - 3, y: y(bare) - 3, width: 6, height: 6 });
  const dot = ([shift, share]) => shape("circle", { class: "pool-with-mark", cx: x(shift), cy: y(share), r: 3 });
  const paint = (points, name, at) => {
    axis.textContent = `shift ${name}, in pixels`;
    drawn.replaceChildren(shape("path", { class: "pool-now", d: `M${x(at)} 12V112` }), line(points, 2, "pool-without"),
      line(points, 1, "pool-with"), ...points.map(square), ...points.map(dot));
    const told = points.map(([shift, share, bare]) => `${number(shift, 0)}: ${percent(share)} and ${percent(bare)}`);
    svg.setAttribute("aria-label", `Cells that stay, pooled and not pooled, by the shift ${name}. ${told.join("; ")}.`);
  };
  const key = make("figcaption", {}, "cells that stay: ● pooled, □ not pooled");
  return { element: make("figure", { class: "ce-figure" }, key, svg), paint };
}

// --- Tasks --------------------------------------------------------------------------------------------------

/**
 * The tasks. `look(now)` sees whether what is shown is the answer: `now` is { at, picture, before, after, pooledAt }, where
 * `pooledAt(other)` gives the layers for other settings.
 */
function tasksOf({ model, moves }) {
  const share = ({ before, pooledAt }, other = {}) => compared(before.at(-1), pooledAt(other).at(-1)).share;
  const usual = ({ at, picture }, name, layers) => picture.name === name && at.layers === layers && at.window === 2
    && at.kind === "max" && !at.turn && at.scale === 1;
  const isFlat = ({ values }) => values.every((one) => one === values[0]);
  const moving = [{
    says: "the stripes under one layer of 2 × 2 maxima: find a shift by one pixel that changes nothing.",
    found: "Up or down: each window keeps one of two equal rows.",
    isFound: (now) => usual(now, "stripes", 1) && Math.abs(now.at.right) + Math.abs(now.at.down) === 1 && share(now) === 1,
  }, {
    says: "the sneaker, same layer: find the smallest shift straight down at which fewer than half the cells stay.",
    found: "3 pixels: 49% stay. With 2 it is 55%.",
    isFound: (now) => usual(now, "sneaker", 1) && !now.at.right && now.at.down > 0
      && share(now) < 0.5 && share(now, { down: now.at.down - 1 }) >= 0.5,
  }, {
    says: "the trouser under three such layers: how far to the right can it go, and all 9 cells stay?",
    found: "5 pixels. With 6, two cells change.",
    isFound: (now) => usual(now, "trouser", 3) && !now.at.down && now.at.right > 0
      && share(now) === 1 && share(now, { right: now.at.right + 1 }) < 1,
  }];
  const still = [{
    says: "find the smallest windows whose maxima show no stripes any more.",
    found: "3 × 3: each has a bright pixel, so every maximum is 255.",
    isFound: ({ at, picture, after, pooledAt }) => picture.name === "stripes" && at.kind === "max"
      && isFlat(after[0]) && !isFlat(pooledAt({ window: at.window - 1 })[0]),
  }, {
    says: "find windows that leave one row of a garment over.",
    found: "3 × 3: nine of them fit into 28 rows.",
    isFound: ({ at, picture }) => ["trouser", "sneaker", "shirt"].includes(picture.name) && picture.rows % at.window === 1,
  }];
  return (moves ? moving : still).map(({ says, found, isFound }, k) => {
    const { element, check } = task({ model, says, found, name: `found${k + 1}` });
    return { element, look: (now) => check(now.after.length === now.at.layers && isFound(now)) };
  });
}
