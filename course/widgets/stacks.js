// Feature maps: the windows that feed one unit, Equation 14-1 term by term, and the unit's neighbours in the other maps.
// Python answers "maps": what the reader's own function makes of the picture that is shown.

const OPENED = 40; // the longer side of a picture that is opened, in pixels
const MANY = 80; // more crosses than this hide a map: some of them stand for all
const OWN = "own"; // the kernel that is none of the list

/** Numbers of a buffer that begins anywhere. */
const floats = ({ buffer, byteOffset, byteLength }) => new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
const same = (one, other) => String(one) === String(other);
const rounded = (kernel) => kernel.flat().map(Math.fround);

/** The picture that Python gives, as planes: 12 bits a number, from the smallest to the largest. */
function givenPicture({ name, rows, columns, low, high, bytes }, depth) {
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), size = rows * columns;
  const level = (k) => { // two numbers lie in three bytes
    const [one, two, three] = data.subarray(3 * (k >> 1));
    return k % 2 ? (two >> 4) | (three << 4) : one | ((two & 15) << 8);
  };
  const planes = Array.from({ length: depth }, (_, c) =>
    Float32Array.from({ length: size }, (_, k) => low + ((high - low) * level(c * size + k)) / 4095));
  return { name, rows, columns, low, high, planes };
}

/** A picture of the reader's as planes: its colours, or the same grey in each channel. */
function planesOf({ name, rows, columns, grey, rgba }, depth) {
  const colour = (c) => Float32Array.from(grey, (_, k) => rgba[4 * k + c] / 255);
  const planes = Array.from({ length: depth }, (_, c) => (rgba && depth === 3 ? colour(c) : grey));
  return { name, rows, columns, low: 0, high: 1, planes };
}

/** All maps of one layer: { maps, rows, columns, most }, with the largest size of an answer. */
function layerOf({ planes, rows, columns }, kernels, bias, [f_h, f_w], options) {
  const high = outputSize(rows, f_h, options), wide = outputSize(columns, f_w, options);
  const maps = kernels.map((kernel, k) => {
    const sum = new Float64Array(high * wide).fill(bias[k]);
    planes.forEach((plane, c) => {
      const part = correlate2d(plane, rows, columns, kernel[c], f_h, f_w, options).values;
      for (let at = 0; at < part.length; at += 1) sum[at] += part[at];
    });
    return sum;
  });
  const most = maps.reduce((largest, one) => one.reduce((size, value) => Math.max(size, Math.abs(value)), largest), 1e-9);
  return { maps, rows: high, columns: wide, most };
}

/** "=", or "≈" where the rounded parts do not add up to the rounded sum. */
const equals = (parts, sum) => {
  const off = parts.reduce((rest, part) => rest - Number(part.toFixed(2)), Number(sum.toFixed(2)));
  return Math.abs(off) < 0.005 ? "=" : "≈";
};
/** A number as a field of weights shows it. */
const short = (value) => String(Number(value.toFixed(4))).replace("-", "−");

/** "0.70 − 0.23 + 0.10" */
const summed = (values) => values.map((value, k) => {
  const text = number(value);
  return k === 0 ? text : text.startsWith("−") ? `− ${text.slice(1)}` : `+ ${text}`;
}).join(" ");

export default {
  render({ model, el }) {
    const { root, controls, stage, say, trouble } = frame({ model, el });
    const given = model.get("given"), view = model.get("view"), keep = remember(model), ask = lineTo(model);
    const { names, channels, bias: firstBias } = given, [f_h, f_w] = given.kernel, depth = channels.length;
    const cells = f_h * f_w, terms = depth * cells, firstWeight = floats(given.weight);
    root.classList.add("sk");

    // --- What is shown ---
    const kernelsFrom = (flat) => names.map((_, k) => channels.map((_, c) =>
      Array.from(flat.slice((k * depth + c) * cells, (k * depth + c + 1) * cells))));
    const firstPicture = givenPicture(given.picture, depth), firstKernels = kernelsFrom(firstWeight);
    let picture = firstPicture, kernels = kernelsFrom(view.weight ?? firstWeight), bias = [...(view.bias ?? firstBias)];
    let options = { stride: view.stride, padding: view.padding }, map = view.map, place = view.place;
    let added = view.terms ?? terms, layer = null, differing = [], round = 0, stale = true, listed = null;
    const untouched = () => picture === firstPicture && same(kernels, firstKernels) && same(bias, firstBias)
      && options.stride === 1 && options.padding === 0;

    // What the reader typed or opened comes before what the reader's function did.
    const wrongs = {};
    const complain = (about, text) => {
      wrongs[about] = text;
      trouble(wrongs.input ?? wrongs.function ?? null);
    };

    // --- Controls ---
    const whole = firstKernels[0], filled = (value) => whole.map((slice) => slice.map(() => value));
    const ready = new Map(firstKernels.map((kernel, k) => [String(k), kernel]));
    ready.set("mean", filled(1 / terms)).set("zeros", filled(0));
    const mapMenu = choice({ label: "map", options: names.map((name, k) => [k, `${k}: ${name}`]), value: map,
      onchoose: (k) => move({ to: Number(k) }) });
    const kernelMenu = choice({ label: "its kernel",
      options: [...names.entries(), ["mean", "mean of the window"], ["zeros", "all zeros"], [OWN, "your own"]],
      onchoose: (key) => {
        if (key !== OWN) kernels[map] = ready.get(key).map((slice) => [...slice]);
        complain("input", null);
        change();
      } });
    const option = (label, list) => choice({ label, options: list, onchoose: (text) => change({ [label]: Number(text) }) });
    const strideMenu = option("stride", [1, 2, 3]), paddingMenu = option("padding", [0, 1, 2]);
    const reset = button("Reset the layer", () => {
      kernels = kernelsFrom(firstWeight);
      bias = [...firstBias];
      complain("input", null);
      change({ stride: 1, padding: 0 });
    });
    controls.append(mapMenu.element, kernelMenu.element, strideMenu.element, paddingMenu.element, reset);

    // --- The sum: a row for each channel, and one for the total ---
    let before = null; // what a field held when the reader began to type: “1e” and “1e9” are no numbers, “1” was one
    const edited = (text, what, old) => {
      const value = typed(text), fine = value !== null && Math.abs(value) <= 1000;
      before ??= old;
      complain("input", fine ? null : `${text.trim() ? `“${text}”` : "An empty field"} is no number from −1,000 to 1,000. `
        + `${what} stays ${short(before)}: type a number such as −0.5 or 1/9.`);
      return { fine, value: fine ? value : before };
    };
    const sign = (text) => make("span", { class: "sk-sign", "aria-hidden": "true" }, text);
    const rowOf = (name, c) => {
      const sheet = plane({ label: name, width: 104, caption: name });
      const seen = numbers({ label: `${name}: what the unit sees`, caption: "it sees" });
      const products = numbers({ label: `${name}: products`, caption: "products", scale: "signed" });
      const onedit = (row, column, text) => {
        const at = row * f_w + column;
        const { fine, value } = edited(text, `The weight in row ${row}, column ${column} of ${name}`, kernels[map][c][at]);
        weights.bad(row, column, !fine);
        if (value === kernels[map][c][at]) return;
        kernels[map][c][at] = value;
        change();
      };
      const weights = numbers({ label: `${name}: weights`, caption: "weights", scale: "signed", onedit });
      weights.element.classList.add("sk-weights");
      products.element.classList.add("sk-products");
      weights.table.addEventListener("focusout", () => {
        before = null;
        for (let at = 0; at < cells; at += 1) weights.bad(Math.floor(at / f_w), at % f_w, false);
        draw();
      });
      const tables = [seen.element, sign("×"), weights.element, sign("="), products.element];
      const element = make("div", { class: "sk-row" }, sheet.element, make("div", { class: "sk-terms" }, ...tables));
      return { name, sheet, seen, weights, products, sum: products.element.querySelector("figcaption"), element };
    };
    const rows = channels.map(rowOf);
    const together = given.coloured ? plane({ label: "the picture in colours", width: 104, caption: "all together" }) : null;
    const biasField = make("input", { inputmode: "text", id: newId("bias"), class: "sk-bias", input: () => {
      const { fine, value } = edited(biasField.value, `The bias of map ${map}`, bias[map]);
      biasField.setAttribute("aria-invalid", String(!fine));
      if (value === bias[map]) return;
      bias[map] = value;
      change();
    }, focusout: () => { before = null; biasField.setAttribute("aria-invalid", "false"); draw(); } });
    const equation = make("p", { class: "sk-equation" });
    const addTo = (to) => {
      added = to;
      amount.value = to;
      keep({ terms: to });
      draw();
    };
    const addOne = () => addTo(added >= terms ? 0 : added + 1);
    const says = (at) => `${at} of ${terms}`;
    const amount = slider({ label: "terms added", min: 0, max: terms, value: added, says, onchoose: addTo });
    const play = player({ label: "Add up, term by term", interval: 350, step: () => { addOne(); return added < terms; } });
    const total = make("div", { class: "sk-total" },
      make("div", { class: "ce-control" }, make("label", { for: biasField.id }, "bias"), biasField), equation,
      make("div", { class: "ce-controls" }, play.element, button("Next term", addOne), amount.element));

    // --- The maps ---
    const sheets = names.map((name, k) => {
      const sheet = plane({ label: name, width: 160, caption: "" });
      sheet.element.querySelector("figcaption").append(make("b"), make("span", {}, name));
      const onkey = (key) => {
        const to = key === "PageUp" ? map - 1 : key === "PageDown" ? map + 1 : key === "Enter" || key === " " ? k
          : /^\d$/.test(key) ? Number(key) : null;
        if (to === null) return false;
        if (to < 0 || to >= names.length) return true;
        move({ to });
        sheets[to].box.focus();
        return true;
      };
      sheet.element.classList.add("sk-map");
      sheet.point({ rows: () => layer.rows, columns: () => layer.columns, at: () => place, onkey,
        onpoint: (row, column, how) => pointed([row, column], how, k) });
      return sheet;
    });
    const held = tick({ label: "hold the place (or click)", onchoose: () => {} });
    const key = make("p", { class: "sk-key" }), verdict = make("p", { class: "sk-verdict", role: "status" });
    const grid = make("div", { class: "sk-maps", "data-few": names.length <= 4 }, ...sheets.map((one) => one.element));
    stage.append(
      make("div", { class: "sk-layer" }, ...rows.map((one) => one.element),
        make("div", { class: "sk-row" }, ...(together ? [together.element] : []), total)),
      make("div", { class: "sk-side" }, grid, key, held.element),
    );
    if (given.function) stage.after(verdict);
    const goal = task({ model, says: given.task.says, found: given.task.found });
    controls.before(goal.element);

    // --- Moving about ---
    function move({ to = map, at = place }) {
      map = to;
      place = at;
      mapMenu.value = to;
      keep({ map, place });
      const here = place[0] * layer.columns + place[1];
      goal.check(untouched() && given.task.need.every(([k, least]) => layer.maps[k][here] >= least));
      draw();
    }
    const typing = () => root.contains(document.activeElement) && document.activeElement.matches(".sk-weights input, .sk-bias");
    /** The pointer or the keys are at a place. A click holds it: then the pointer alone moves nothing. */
    function pointed(at, how, to = map) {
      const here = same(at, place) && to === map;
      if (how === "move" && (held.value || here || typing())) return;
      if (how === "press") held.value = !(held.value && here);
      move({ to, at });
    }
    /** Over a channel one points at the middle of the window. */
    const overChannel = ({ box, canvas, rows: high, columns: wide }, event) => {
      const { left, top, width, height } = canvas.getBoundingClientRect(), { stride, padding } = options;
      const unit = (share, size, f, places) =>
        Math.min(Math.max(Math.round((Math.floor(share * size) - (f - 1) / 2 + padding) / stride), 0), places - 1);
      pointed([unit((event.clientY - top) / height, high, f_h, layer.rows),
        unit((event.clientX - left) / width, wide, f_w, layer.columns)], event.type === "pointerdown" ? "press" : "move");
      box.classList.add("ce-pointed");
    };
    for (const sheet of [...rows.map((one) => one.sheet), ...(together ? [together] : [])]) {
      const hover = (event) => overChannel(sheet, event);
      for (const kind of ["pointerdown", "pointermove"]) sheet.box.addEventListener(kind, hover);
    }

    // --- Computing and drawing ---
    /** Something of the layer is another: compute all maps, and ask for the reader's. */
    function change(other = {}, chosen = true) {
      options = { ...options, ...other };
      layer = layerOf(picture, kernels, bias, given.kernel, options);
      place = [Math.min(place[0], layer.rows - 1), Math.min(place[1], layer.columns - 1)];
      if (chosen) keep({ ...options, place, bias, weight: same(kernels, firstKernels) ? null : kernels.flat(2) });
      differing = [];
      stale = true;
      round += 1;
      if (given.function) compare(round);
      draw();
    }
    /** A plane has a box that is 80% as high as wide, whatever its shape: the stage keeps its height. */
    const fit = ({ box }, high, wide) => {
      const share = Math.min(1, (0.8 * wide) / high);
      box.style.width = `${100 * share}%`;
      box.style.marginBottom = `${Math.max(80 - (100 * share * high) / wide, 0)}%`;
    };
    const crossed = (k) => {
      const here = differing.filter((one) => one.map === k), wide = layer.columns;
      const places = here.map(({ at }) => [Math.floor(at / wide), at % wide]);
      return places.length > MANY ? places.filter(([row, column]) => row % 3 === 1 && column % 3 === 1) : places;
    };
    const paint = () => {
      const { rows: high, columns: wide, planes } = picture;
      rows.forEach(({ sheet }, c) => {
        sheet.paint(planes[c], high, wide, { low: Math.min(picture.low, 0), high: picture.high });
        fit(sheet, high, wide);
      });
      if (together) {
        const level = (_, k) => (k % 4 === 3 ? 255 : 255 * planes[k % 4][k >> 2]);
        together.paintColours(Uint8ClampedArray.from({ length: 4 * high * wide }, level), high, wide);
        fit(together, high, wide);
      }
      sheets.forEach((sheet, k) => {
        sheet.paint(layer.maps[k], layer.rows, layer.columns, { low: -layer.most, high: layer.most, scale: "signed" });
        sheet.crosses(crossed(k));
        fit(sheet, layer.rows, layer.columns);
      });
      const most = number(layer.most, layer.most < 0.05 ? 4 : 2);
      key.textContent = `Purple below 0, white 0, orange above; maps from −${most} to ${most}.`;
    };
    const list = () => {
      const known = [...ready].find(([, kernel]) => same(rounded(kernel), rounded(kernels[map])));
      kernelMenu.value = known ? known[0] : OWN;
      [strideMenu.value, paddingMenu.value] = [options.stride, options.padding];
      [listed, stale] = [map, false];
    };
    /** Mark a table's cells: the term that was added last, and, empty, those that are not added yet. */
    const mark = ({ table }, c, empty) => table.querySelectorAll("td").forEach((cell, k) => {
      const term = c * cells + k;
      cell.toggleAttribute("data-now", added < terms && term === added - 1);
      if (!empty || term < added) return;
      cell.textContent = "";
      cell.style.background = "none";
    });
    const draw = onFrame(() => {
      if (stale) paint();
      if (stale || listed !== map) list();
      const [row, column] = place, { stride, padding } = options, kernel = kernels[map];
      const seen = picture.planes.map((one) => windowAt(one, picture.rows, picture.columns, place, given.kernel, options));
      const products = seen.map((one, c) => one.map((value, k) => value * kernel[c][k]));
      const plus = (sum, value) => sum + value;
      const sums = products.map((one, c) => one.slice(0, Math.max(added - c * cells, 0)).reduce(plus, 0));
      const z = sums.reduce(plus, bias[map]);
      const reach = Math.max(...kernel.flat().map(Math.abs), ...products.flat().map(Math.abs), 1e-9);
      const box = { row: row * stride - padding, column: column * stride - padding, height: f_h, width: f_w };
      const reads = `rows ${number(box.row, 0)} to ${number(box.row + f_h - 1, 0)} and columns ${number(box.column, 0)} to `
        + number(box.column + f_w - 1, 0);
      rows.forEach((one, c) => {
        const now = added - 1 - c * cells, isHere = added < terms && now >= 0 && now < cells;
        const [u, v] = [Math.floor(now / f_w), now % f_w];
        const pixel = { row: box.row + u, column: box.column + v, height: 1, width: 1, colour: COLOURS.red };
        one.sheet.frames(isHere ? [box, pixel] : [box]);
        one.sheet.label(`${one.name}: the unit sees ${reads}`);
        one.seen.paint(seen[c], f_h, f_w, { low: Math.min(picture.low, 0), high: picture.high });
        one.weights.paint(kernel[c], f_h, f_w, { low: -reach, high: reach });
        one.products.paint(products[c], f_h, f_w, { low: -reach, high: reach });
        for (const table of [one.seen, one.weights, one.products]) mark(table, c, table === one.products);
        one.sum.replaceChildren("products", ...(added > c * cells ? [", sum ", make("b", {}, number(sums[c]))] : []));
      });
      together?.frames([box]);
      const at = row * layer.columns + column, answers = layer.maps.map((one) => number(one[at]));
      sheets.forEach((sheet, k) => {
        const chosen = k === map, around = { row: row - 1, column: column - 1, height: 3, width: 3 };
        sheet.frames([{ ...around, dashed: !chosen, colour: chosen ? COLOURS.orange : COLOURS.sky }]);
        sheet.element.toggleAttribute("data-chosen", chosen);
        const [answer] = sheet.element.querySelectorAll("figcaption b");
        const value = layer.maps[k][at];
        answer.textContent = `map ${k}: ${Math.abs(value) < 100 ? answers[k] : number(value, 0)}`;
        sheet.label(`Map ${k}, ${names[k]}, row ${row}, column ${column}: ${answers[k]}${chosen ? ", chosen" : ""}. `
          + "Arrow keys move; digits choose a map.");
      });
      if (document.activeElement !== biasField) biasField.value = short(bias[map]);
      const more = added < terms, begun = sums.slice(0, Math.ceil(added / cells));
      const [open, end] = more ? [" …", " so far"] : ["", ""];
      const parts = [bias[map], ...begun], sum = `${summed(parts)}${open} ${equals(parts, z)} ${number(z)}`;
      equation.textContent = `z = b + Σ x · w = ${sum}${end}`;
      say(more ? termInWords(seen, products, z) : placeInWords(reads, sums, answers));
    });
    const termInWords = (seen, products, z) => {
      if (added === 0) return `No term is added yet: the sum begins with the bias, ${number(z)}.`;
      const c = Math.floor((added - 1) / cells), k = (added - 1) % cells;
      const parts = [number(seen[c][k]), short(kernels[map][c][k]), number(products[c][k])];
      return `Term ${added} of ${terms}: ${channels[c]}, row ${Math.floor(k / f_w)}, column ${k % f_w} of the window: `
        + `${parts[0]} × ${parts[1]} = ${parts[2]}. The sum so far is ${number(z)}.`;
    };
    const placeInWords = (reads, sums, answers) => {
      const others = answers.map((answer, k) => `map ${k} ${answer}`).filter((_, k) => k !== map).join(", ");
      const parts = channels.map((name, c) => `${name} ${number(sums[c])}`).join(", ");
      return `Map ${map}, ${names[map]}: the unit in row ${place[0]}, column ${place[1]} sees ${reads} of `
        + `${depth} channel${depth === 1 ? "" : "s"}. Sums: ${parts}, bias ${number(bias[map])}; z = ${answers[map]}.`
        + (others ? ` Same inputs, other weights: ${others}.` : "");
    };

    // --- The reader's function ---
    const flat = (parts) => Float32Array.from(parts.flatMap((one) => [...one])).buffer;
    const judged = (theirs) => {
      const each = layer.rows * layer.columns, most = 1e-4 * Math.max(1, layer.most), all = count(theirs.length);
      differing = [...theirs].map((value, k) => ({ map: Math.floor(k / each), at: k % each, value }))
        .filter((one) => Math.abs(one.value - layer.maps[one.map][one.at]) > most);
      if (differing.length === 0) return `✓ ${given.function} gives the same numbers in all ${all} units.`;
      const { map: k, at, value } = differing[0], wide = layer.columns;
      const where = `row ${Math.floor(at / wide)}, column ${at % wide}`;
      return `✗ ${given.function} differs from Equation 14-1 in ${count(differing.length)} of ${all} units (crosses). `
        + `The first is map ${k}, ${where}: yours is ${number(value, 3)}, the equation's ${number(layer.maps[k][at], 3)}.`;
    };
    const compare = latest(async (now) => {
      const waiting = setTimeout(() => {
        verdict.textContent = `${given.function} has not answered yet. It needs the running notebook, `
          + "and waits while another cell runs.";
      }, 1000);
      const shapes = [[1, depth, picture.rows, picture.columns], [names.length, depth, f_h, f_w], [names.length]];
      const inputs = [flat(picture.planes), flat(kernels.flat()), flat([bias])];
      try {
        const [, [answer]] = await ask("maps", { shapes, ...options }, inputs);
        if (now !== round) return;
        complain("function", null);
        verdict.textContent = judged(floats(answer));
        stale = true;
        draw();
      } catch (error) {
        if (now !== round) return;
        complain("function", error.message);
        verdict.textContent = `✗ ${given.function} has no maps to compare.`;
      } finally {
        clearTimeout(waiting);
      }
    });

    // --- Pictures ---
    const largeEnough = (one) => {
      if (one.rows >= f_h && one.columns >= f_w) return one;
      throw new Error(`${one.name} is shown with ${one.rows} × ${one.columns} pixels: too few for a window of `
        + `${f_h} × ${f_w}. Open a picture with more.`);
    };
    if (depth === 3 || depth === 1) {
      const menu = pictureMenu({ pictures: [firstPicture], side: OPENED, drawing: 24, fit: largeEnough,
        trouble: (text) => complain("input", text),
        onpicture: (one) => {
          picture = one.planes ? one : planesOf(one, depth);
          change();
        } });
      controls.append(menu.element);
      stage.before(menu.pad);
    }
    change({}, false);
  },
};
