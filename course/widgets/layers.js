// A table of layers in which a reader edits: numbers by typing, arrow keys or little arrows; add, move, remove.

const NUMBERS = ["kernel", "stride", "padding", "dilation"];
const RESULTS = ["map", "size", "jump", "start"];
const KINDS = ["convolution", "pooling"];
const PLAIN = { kind: "convolution", kernel: 3, stride: 1, padding: 0, dilation: 1 };

/**
 * The table of `layers`, which it changes in place. `limits`: [least, most] of each number; `most`: of layers.
 * `onchange()` is called after each change, `trouble(sentence or null)` tells what cannot be used.
 */
function layerTable({ layers, limits, most, onchange, trouble }) {
  const body = make("tbody"), wrong = new Map();
  const add = button("Add a layer", () => edit(() => layers.push({ ...(layers.at(-1) ?? PLAIN) }), layers.length));
  const head = make("tr", {}, ...["", "kind", ...NUMBERS, ...RESULTS, ""].map((name) => make("th", { scope: "col" }, name)));
  const element = make("div", { class: "rf-layers" },
    make("table", { "aria-label": "The layers, from the picture upwards" }, make("thead", {}, head), body), add);
  const tell = () => trouble([...wrong.values()][0] ?? null);
  const edit = (change, next, name = "kernel") => {
    change();
    wrong.clear();
    build();
    onchange();
    (body.rows[next + 1]?.querySelector(`[data-name="${name}"]:not(:disabled)`) ?? add).focus();
  };
  const field = (layer, n, name) => {
    const [low, high] = limits[name], label = `${name} of layer ${n}`;
    const take = (text) => {
      const value = typed(text), good = Number.isInteger(value) && value >= low && value <= high;
      input.setAttribute("aria-invalid", String(!good));
      wrong.delete(label);
      if (!good) wrong.set(label, `The ${label} is “${text.slice(0, 20)}”. Write a whole number from ${low} to ${high}.`);
      else input.setAttribute("aria-valuenow", value);
      if (!good || layer[name] === value) return tell();
      layer[name] = value;
      return onchange();
    };
    const step = (by) => {
      input.value = String(Math.min(Math.max(layer[name] + by, low), high));
      take(input.value);
    };
    const onkey = (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      step(by);
    };
    const input = make("input", { type: "text", inputmode: "numeric", role: "spinbutton", value: layer[name],
      "aria-label": label, "data-name": name, "aria-valuenow": layer[name], "aria-valuemin": low, "aria-valuemax": high,
      input: () => take(input.value), keydown: onkey });
    const arrow = (sign, by) => make("span", { "aria-hidden": "true", class: "rf-step",
      pointerdown: (event) => { event.preventDefault(); step(by); } }, sign);
    return make("td", { "data-says": name },
      make("span", { class: "rf-field" }, input, make("span", {}, arrow("▴", 1), arrow("▾", -1))));
  };
  const results = () => RESULTS.map((name) => make("td", { "data-says": name, class: "rf-result" }));
  const row = (layer, k) => {
    const n = k + 1;
    const kind = make("select", { "aria-label": `kind of layer ${n}`, "data-name": "kind" },
      ...KINDS.map((name) => make("option", { value: name, selected: name === layer.kind }, name)));
    kind.addEventListener("change", () => { layer.kind = kind.value; onchange(); });
    const tool = (sign, says, name, act, off) => make("button", { type: "button", "aria-label": `${says} layer ${n}`,
      title: `${says} layer ${n}`, "data-name": name, click: act, disabled: off }, sign);
    const swap = (by, name) => edit(() => layers.splice(k + by, 0, ...layers.splice(k, 1)), k + by, name);
    const remove = () => edit(() => layers.splice(k, 1), Math.min(k, layers.length - 2), "remove");
    return make("tr", {}, make("th", { scope: "row" }, String(n)), make("td", { "data-says": "kind" }, kind),
      ...NUMBERS.map((name) => field(layer, n, name)), ...results(), make("td", { class: "rf-tools" },
        tool("↑", "Move up", "up", () => swap(-1, "up"), k === 0),
        tool("↓", "Move down", "down", () => swap(1, "down"), k === layers.length - 1),
        tool("✕", "Remove", "remove", remove, layers.length === 1)));
  };
  const build = () => {
    const picture = make("td", { class: "rf-base", colspan: 1 + NUMBERS.length }, "the picture");
    const base = make("tr", {}, make("th", { scope: "row" }, "0"), picture, ...results(), make("td"));
    body.replaceChildren(base, ...layers.map(row));
    add.disabled = layers.length >= most;
  };
  /** Write what follows: `steps` and `sizes` of the picture and each layer; those above layer `fitted` have no map. */
  const show = ({ steps, sizes, fitted, level, why }) => {
    [...body.rows].forEach((line, k) => {
      line.dataset.out = String(k > fitted);
      line.dataset.chosen = String(k === level && k > 0);
      const { size, jump, start } = steps[k];
      const text = [`${count(sizes[0][k])} × ${count(sizes[1][k])}`, count(size), count(jump),
        number(start, Number.isInteger(start) ? 0 : 1)];
      line.querySelectorAll(".rf-result").forEach((cell, at) => { cell.textContent = k > fitted ? "–" : text[at]; });
    });
    wrong.delete("fit");
    if (why) wrong.set("fit", why);
    tell();
  };
  build();
  return { element, show };
}
