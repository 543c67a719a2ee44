// What every explorer stands on: elements, controls, planes of pixels, keys, words, and the line to Python.
// Python puts this file, ops.js, pictures.js and the explorer's own file into one module (see explorer.py).

const CALM = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;

// --- Elements and controls --------------------------------------------------------------------------

/** Return a new element. Attributes that are functions are listeners; null and false attributes are left out. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

let names = 0;
/** Return a name that no other element of the page has. */
const newId = (stem) => `course-${stem}-${(names += 1)}-${Math.random().toString(36).slice(2, 7)}`;

/** A number as the course writes it: a true minus sign, never "−0.00". */
function number(value, digits = 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** 12345 as "12,345". */
const count = (value) => Math.round(value).toLocaleString("en-US").replace("-", "−");

/**
 * A slider with a name and its value in words. `onchoose(value)` is called for each move.
 * The result has `element`, `value` (to read and to set, without a call) and `disabled`.
 */
function slider({ label, min, max, step = 1, value, says = (at) => String(at).replace("-", "−"), onchoose }) {
  const id = newId("slider");
  const input = make("input", { type: "range", id, min, max, step, value });
  const words = make("output", { for: id });
  const tell = () => {
    words.textContent = says(Number(input.value));
    input.setAttribute("aria-valuetext", words.textContent);
  };
  input.addEventListener("input", () => { tell(); onchoose(Number(input.value)); });
  // JupyterLab takes the arrow keys from a range: move it here.
  const moves = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -1e9, End: 1e9 };
  input.addEventListener("keydown", (event) => {
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const before = input.value;
    input.value = String(Number(input.value) + moves[event.key] * Number(input.step));
    if (input.value !== before) input.dispatchEvent(new Event("input"));
  });
  tell();
  return {
    element: make("span", { class: "ce-control" }, make("label", { for: id }, label), input, words),
    get value() { return Number(input.value); },
    set value(at) { input.value = String(at); tell(); },
    set max(most) { input.max = String(most); tell(); },
    set disabled(off) { input.disabled = off; },
  };
}

/** A list to choose from. `options`: names, or pairs [value, name]. */
function choice({ label, options, value, onchoose }) {
  const id = newId("choice");
  const select = make("select", { id });
  const fill = (list) => {
    const kept = select.value;
    const pairs = list.map((one) => (Array.isArray(one) ? one : [one, one]));
    select.replaceChildren(...pairs.map(([key, name]) => make("option", { value: key }, name)));
    if (pairs.some(([key]) => String(key) === kept)) select.value = kept;
  };
  fill(options);
  if (value !== undefined) select.value = String(value);
  select.addEventListener("change", () => onchoose(select.value));
  return {
    element: make("span", { class: "ce-control" }, make("label", { for: id }, label), select),
    get value() { return select.value; },
    set value(at) { select.value = String(at); },
    set options(list) { fill(list); },
    set disabled(off) { select.disabled = off; },
  };
}

/** A button. */
const button = (label, onclick, attributes = {}) => make("button", { type: "button", click: onclick, ...attributes }, label);

/** A box to tick. */
function tick({ label, value = false, onchoose }) {
  const box = make("input", { type: "checkbox", checked: value, change: () => onchoose(box.checked) });
  return {
    element: make("label", { class: "ce-control" }, box, label),
    get value() { return box.checked; },
    set value(on) { box.checked = on; },
    set disabled(off) { box.disabled = off; },
  };
}

/**
 * A button that plays: `step()` is called again and again until it returns false, or the button is pressed again.
 * Who asked for less motion gets one step a second.
 */
function player({ label = "Play", pause = "Pause", interval = 120, step, onstop = () => {} }) {
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    if (timer !== null) onstop();
    timer = null;
    element.textContent = label;
  };
  const element = button(label, () => {
    if (timer !== null) return stop();
    element.textContent = pause;
    timer = setInterval(() => (element.isConnected && step() !== false) || stop(), CALM ? Math.max(interval, 1000) : interval);
  });
  return { element, stop, get playing() { return timer !== null; } };
}

/** Return a function that calls `draw` once in the next frame, however often it is called before. */
function onFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  };
}

// --- Colours ------------------------------------------------------------------------------------------

// Okabe and Ito's colours, told apart by all; in figures/base.py they stand for the same things.
const COLOURS = { blue: "#0072B2", orange: "#E69F00", green: "#009E73", red: "#D55E00", sky: "#56B4E9", pink: "#CC79A7", yellow: "#F0E442" };

const between = (stops) => (share) => {
  const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  return stops[low].map((part, k) => part + (at - low) * (stops[low + 1][k] - part));
};
/** Shares from 0 to 1 as red, green and blue from 0 to 255. */
const SCALES = {
  grey: between([[0, 0, 0], [255, 255, 255]]),
  viridis: between([[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]]),
  signed: between([[84, 39, 136], [247, 247, 247], [179, 88, 6]]), // purple below 0, orange above
};
const TABLES = Object.fromEntries(Object.entries(SCALES).map(([name, scale]) => [
  name, Uint8ClampedArray.from({ length: 256 }, (_, k) => k).reduce((table, k) => {
    table.set(scale(k / 255), 4 * k);
    table[4 * k + 3] = 255;
    return table;
  }, new Uint8ClampedArray(1024)),
]));

// --- Planes: pictures and maps that one points at ---------------------------------------------------------

/**
 * One picture or map. A cell of the array is a square on the screen; frames and crosses lie above it.
 *
 *   const map = plane({ label: "feature map", width: 300 });
 *   map.paint(values, rows, columns, { low: -1, high: 1, scale: "signed" });
 *   map.frames([{ row: 2, column: 3, height: 3, width: 3, colour: COLOURS.orange }]);
 *   map.point({ onpoint: (row, column) => ..., at: () => [2, 3] });
 */
function plane({ label, width, caption = null }) {
  const canvas = make("canvas", { "aria-hidden": "true" });
  const above = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  above.setAttribute("aria-hidden", "true");
  const box = make("div", { class: "ce-plane", role: "img", "aria-label": label, style: `width:${width}px` }, canvas, above);
  const element = make("figure", { class: "ce-figure" }, ...(caption === null ? [] : [make("figcaption", {}, caption)]), box);
  const self = { element, box, canvas, rows: 1, columns: 1 };

  const resize = (rows, columns) => {
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
    }
    self.cells(rows, columns);
  };
  /** Count rows × columns cells from now on, however many pixels the canvas has: after painting a large map made small. */
  self.cells = (rows, columns) => {
    if (self.rows === rows && self.columns === columns && box.style.aspectRatio) return;
    Object.assign(self, { rows, columns });
    above.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    box.style.aspectRatio = `${columns} / ${rows}`;
  };
  /** Draw an array of rows × columns: `low` is the first colour of the scale, `high` the last. */
  self.paint = (values, rows, columns, { low = 0, high = 1, scale = "grey" } = {}) => {
    resize(rows, columns);
    const table = new Uint32Array(TABLES[scale].buffer), image = new ImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer), factor = 255 / (high - low || 1);
    for (let k = 0; k < pixels.length; k += 1) {
      const level = Math.round((values[k] - low) * factor);
      pixels[k] = table[level < 0 ? 0 : level > 255 ? 255 : level || 0];
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  };
  /** Draw colour pixels: red, green, blue, opacity, from 0 to 255. */
  self.paintColours = (rgba, rows, columns) => {
    resize(rows, columns);
    canvas.getContext("2d").putImageData(new ImageData(rgba, columns, rows), 0, 0);
  };
  /** Draw frames over whole cells, with a dark and a light rim so that they are seen on any picture. */
  self.frames = (list) => {
    const rims = list.flatMap(({ colour = COLOURS.orange, ...where }) => [
      { ...where, colour: "#000", stroke: 5 }, { ...where, colour: "#fff", stroke: 4 }, { ...where, colour, stroke: 2.5 },
    ]);
    const drawn = [...above.querySelectorAll("rect")];
    while (drawn.length < rims.length) {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      above.append(rect);
      drawn.push(rect);
    }
    drawn.splice(rims.length).forEach((rect) => rect.remove());
    rims.forEach(({ row, column, height, width, colour, stroke, dashed = false }, k) => {
      const set = { x: column, y: row, width, height, stroke: colour, "stroke-width": stroke, "stroke-dasharray": dashed ? "5 4" : "none" };
      for (const [name, value] of Object.entries(set)) drawn[k].setAttribute(name, value);
    });
  };
  /** Draw crosses on cells [row, column]. */
  self.crosses = (cells) => {
    const path = above.querySelectorAll("path").length ? [...above.querySelectorAll("path")] : ["#fff", COLOURS.red].map((colour, k) => {
      const one = document.createElementNS("http://www.w3.org/2000/svg", "path");
      one.setAttribute("stroke", colour);
      one.setAttribute("stroke-width", k ? 2 : 4.5);
      above.append(one);
      return one;
    });
    const lines = cells.map(([i, j]) => `M${j + 0.25} ${i + 0.25}l.5 .5m0 -.5l-.5 .5`).join("");
    path.forEach((one) => one.setAttribute("d", lines));
  };
  /** Set what the plane is called. */
  self.label = (text) => box.setAttribute("aria-label", text);
  /**
   * Let the reader point: with the pointer over it, and with the arrow keys (Shift: five cells; Home, End: the row's ends).
   * `at()` says where the reader is, as [row, column]; `rows()` and `columns()` how far one may go, if not all over it.
   * `drag: true`: the pointer counts only while it is pressed. `onkey(key)` may take further keys, and returns whether it did.
   */
  self.point = ({ onpoint, at, rows = () => self.rows, columns = () => self.columns, drag = false, onkey = () => false }) => {
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.classList.add("ce-pointed");
    if (drag) box.style.touchAction = "none";
    const inside = (k, most) => Math.min(Math.max(k, 0), most - 1);
    const go = (row, column, how) => onpoint(inside(row, rows()), inside(column, columns()), how);
    const hover = (event, how) => {
      const { left, top, width: wide, height: tall } = canvas.getBoundingClientRect();
      go(Math.floor(((event.clientY - top) / tall) * self.rows), Math.floor(((event.clientX - left) / wide) * self.columns), how);
    };
    box.addEventListener("pointerdown", (event) => {
      box.focus({ preventScroll: true });
      if (drag) box.setPointerCapture(event.pointerId);
      hover(event, "press");
    });
    box.addEventListener("pointermove", (event) => { if (!drag || event.buttons) hover(event, "move"); });
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const far = event.shiftKey ? 5 : 1, [row, column] = at();
      const moves = { ArrowUp: [row - far, column], ArrowDown: [row + far, column], ArrowLeft: [row, column - far],
        ArrowRight: [row, column + far], Home: [row, 0], End: [row, columns() - 1] };
      if (event.key in moves) go(...moves[event.key], "key");
      else if (!onkey(event.key)) return;
      event.preventDefault();
    });
  };
  return self;
}

// --- Numbers ------------------------------------------------------------------------------------------------

/**
 * A small table of numbers, its cells shaded: `paint(values, rows, columns)`, or with `{ low, high }` for this painting.
 * With `onedit(row, column, text)` each cell is a field to type in; `bad(row, column, isBad)` marks one.
 */
function numbers({ label, caption = null, digits = 2, scale = "grey", low = null, high = null, onedit = null }) {
  const table = make("table", { class: "ce-numbers", "aria-label": label });
  const element = make("figure", { class: "ce-figure" }, ...(caption === null ? [] : [make("figcaption", {}, caption)]), table);
  let cells = [], shape = "";
  const self = { element, table };
  self.paint = (values, rows, columns, limits = {}) => {
    if (shape !== `${rows}x${columns}`) {
      shape = `${rows}x${columns}`;
      cells = Array.from({ length: rows * columns }, (_, k) => {
        const [row, column] = [Math.floor(k / columns), k % columns];
        const field = onedit && make("input", { inputmode: "text", "aria-label": `${label}, row ${row}, column ${column}`,
          input: (event) => onedit(row, column, event.target.value) });
        return make("td", {}, ...(field ? [field] : []));
      });
      table.replaceChildren(...Array.from({ length: rows }, (_, i) => make("tr", {}, ...cells.slice(i * columns, (i + 1) * columns))));
    }
    const most = limits.high ?? high ?? Math.max(...values.map(Math.abs), 1e-9);
    const least = limits.low ?? low ?? (Math.min(...values) < 0 || scale === "signed" ? -most : 0);
    cells.forEach((cell, k) => {
      const share = (values[k] - least) / (most - least || 1), [r, g, b] = SCALES[scale](share);
      const text = onedit ? String(Number(values[k].toFixed(columns > 5 ? 3 : 4))).replace("-", "−") : number(values[k], digits);
      cell.style.background = `rgb(${r},${g},${b})`;
      const ink = 0.299 * r + 0.587 * g + 0.114 * b > 117 ? "#000" : "#fff"; // at least 4.5 to 1 on any grey
      (cell.firstElementChild ?? cell).style.color = ink;
      if (!onedit) cell.textContent = text;
      else if (document.activeElement !== cell.firstElementChild) cell.firstElementChild.value = text;
    });
  };
  self.bad = (row, column, isBad) => {
    const field = table.rows[row].cells[column].firstElementChild;
    field.setAttribute("aria-invalid", String(isBad));
  };
  return self;
}

/** The number that a reader typed, or null: "−1", "0.5", "1/9" and "0,5" are numbers. */
function typed(text) {
  const parts = text.trim().replaceAll("−", "-").replace(",", ".").split("/");
  const values = parts.map((part) => (part.trim() === "" ? NaN : Number(part)));
  const value = values.length === 2 ? values[0] / values[1] : values[0];
  return values.length <= 2 && Number.isFinite(value) ? value : null;
}

// --- The frame, and the line to Python ---------------------------------------------------------------------------

/**
 * The frame of an explorer: a title, a row of controls, a stage, words, and a place for what went wrong.
 * `say(text)` shows words at once and lets a screen reader hear them when they stay; `trouble(text)` shows what is
 * wrong until `trouble(null)`.
 */
function frame({ model, el }) {
  const title = make("strong", { id: newId("title") }, model.get("title"));
  const controls = make("div", { class: "ce-controls" });
  const stage = make("div", { class: "ce-stage" });
  const words = make("p", { class: "ce-words" });
  const heard = make("div", { class: "ce-heard", role: "status", "aria-live": "polite" });
  const wrong = make("p", { class: "ce-trouble", role: "alert" });
  const root = make("section", { class: "course-explorer", "aria-labelledby": title.id },
    make("style", {}, STYLES), title, controls, stage, words, wrong, heard);
  // Letters typed here would edit the notebook. Shortcuts with Ctrl, Meta or Alt, and Shift+Enter, go on to JupyterLab.
  root.addEventListener("keydown", (event) => {
    const shortcut = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
    if (!shortcut) event.stopPropagation();
  });
  let later = null;
  const say = (text) => {
    if (words.textContent === text) return;
    words.textContent = text;
    clearTimeout(later);
    later = setTimeout(() => { heard.textContent = text; }, 700);
  };
  const trouble = (text) => { if (wrong.textContent !== (text ?? "")) wrong.textContent = text ?? ""; };
  el.replaceChildren(root);
  return { root, controls, stage, say, trouble };
}

/**
 * The line to Python. `ask(kind, content, buffers)` sends a question to the method `answer_<kind>` of the explorer, and
 * promises [content, buffers]; the promise fails with a sentence that a reader can be shown. Without a kernel it never ends.
 */
function lineTo(model) {
  const open = new Map();
  let asked = 0;
  model.on("msg:custom", (content, buffers) => {
    const promise = open.get(content.answers);
    open.delete(content.answers);
    if (content.trouble) promise?.[1](new Error(content.trouble));
    else promise?.[0]([content, buffers ?? []]);
  });
  return (kind, content = {}, buffers = []) => new Promise((resolve, reject) => {
    const id = `${kind}-${(asked += 1)}-${Math.random().toString(36).slice(2, 7)}`;
    open.set(id, [resolve, reject]);
    try {
      model.send?.({ asks: kind, id, ...content }, undefined, buffers);
    } catch { // the kernel was restarted
      open.delete(id);
      reject(new Error("Python no longer knows this explorer. Run its cell again."));
    }
  });
}

/** Return a function that does `work(...)`, one at a time: of the calls that come meanwhile, only the last counts. */
function latest(work) {
  let busy = false, next = null;
  return async (...given) => {
    next = given;
    if (busy) return;
    busy = true;
    try {
      while (next !== null) {
        const now = next;
        next = null;
        await work(...now);
      }
    } finally {
      busy = false;
    }
  };
}

/** Keep the reader's choices in the model, where Python and a saved notebook find them: at once here, later there. */
function remember(model) {
  let later = null, fresh = {};
  const put = () => model.set("view", { ...model.get("view"), ...fresh });
  return (view) => {
    Object.assign(fresh, view);
    put();
    clearTimeout(later);
    later = setTimeout(() => {
      // Once more: what Python echoes of an earlier view may have come in between.
      put();
      fresh = {};
      model.save_changes();
    }, 250);
  };
}

/**
 * A task with an answer that the reader can find. `check(isFound)` is called for each thing that the reader does; once
 * found it stays found, is said, and stands in the model's view under `name`: tasks side by side need names of their own.
 */
function task({ model, says, found, name = "found" }) {
  const words = make("span", { role: "status" });
  const room = make("span", { class: "ce-room", "aria-hidden": "true" }, `✓ Found. ${found}`); // nothing moves when it is found
  const element = make("p", { class: "ce-task" }, make("strong", {}, "Task: "), says, " ", words, room);
  let done = false;
  const check = (isFound) => {
    if (done || !isFound) return;
    done = true;
    element.dataset.done = "true";
    room.remove();
    words.textContent = `✓ Found. ${found}`;
    model.set("view", { ...model.get("view"), [name]: true });
    model.save_changes();
  };
  check(model.get("view")[name]);
  return { element, check };
}

/** Show an explorer on a page without a kernel: its model is only what the page holds. */
function alone(explorer, el, state) {
  const revive = (value) => {
    if (Array.isArray(value)) return value.map(revive);
    if (value === null || typeof value !== "object") return value;
    if (typeof value.base64 === "string") return new DataView(Uint8Array.from(atob(value.base64), (one) => one.charCodeAt(0)).buffer);
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revive(part)]));
  };
  const held = revive(state), nothing = () => {};
  const model = { get: (name) => held[name], set: (name, value) => { held[name] = value; }, on: nothing, off: nothing, save_changes: nothing };
  explorer.render({ model, el });
}

export { alone };
