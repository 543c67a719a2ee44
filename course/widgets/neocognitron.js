// The explorer of lesson 6: a neocognitron, from the retina to the cells that stand for digits. All is computed here.

const SIZE = 16, FAR = 8, BASE = SIZE + 2 * FAR; // what is moved off the retina stays in a wider picture
const OWN = "your drawing", EMPTY = "empty";
const CELLS = { 16: 3, 10: 4, 8: 6, 6: 7, 2: 16, 1: 28 }; // screen pixels for a cell, by the side of a layer
const FACTORS = 4; // steps of the slider for r from one power of two to the next
const percent = (share) => `${Math.round(100 * share)}%`;
const within = (value, most) => Math.min(Math.max(value, 0), most);

export default {
  async render({ model, el }) {
    const facts = await unpacked(model.get("given").blob), { modules, alpha, meaning, looks } = facts;
    const { controls, stage, root, say } = frame({ model, el }), keep = remember(model);
    const layers = layersOf(modules, SIZE), last = layers.at(-1), names = facts.pictures[0].map((_, k) => String(k));
    const at = { held: false, own: [], ...model.get("view") };
    let base = null, retina = null, found = null, pen = [8, 8], ink = 1, from = null, stale = true, shownLayer = null;

    // --- The retina ---
    const noisy = () => chosenPixels(SIZE * SIZE, at.noise, at.draw);
    function load() {
      base = new Uint8Array(BASE * BASE);
      if (at.picture === OWN) at.own.forEach((k) => { base[k] = 1; });
      else if (at.picture !== EMPTY) {
        [...facts.pictures[at.look][at.picture]].forEach((digit, k) => {
          for (let bit = 0; bit < 4; bit += 1) {
            const pixel = 4 * k + bit, row = Math.floor(pixel / SIZE) + FAR;
            base[row * BASE + (pixel % SIZE) + FAR] = (parseInt(digit, 16) >> (3 - bit)) & 1;
          }
        });
      }
    }
    const under = (row, column) => (row - at.down + FAR) * BASE + column - at.right + FAR;
    function show() {
      retina = Float64Array.from({ length: SIZE * SIZE }, (_, k) => base[under(Math.floor(k / SIZE), k % SIZE)]);
      for (const k of noisy()) retina[k] = 1 - retina[k];
    }
    /** Make pixels of the retina bright or dark: from now on it is the reader's own. */
    function put(pixels, value) {
      const flipped = new Set(noisy());
      for (const [row, column] of pixels) base[under(row, column)] = flipped.has(row * SIZE + column) ? 1 - value : value;
      change({ picture: OWN, look: 0, own: [...base.keys()].filter((k) => base[k]) }, false);
    }

    // --- Controls ---
    const picture = [...names, EMPTY, OWN].map((name) => button(name, () => change({ picture: name, look: names.includes(name) ? at.look : 0 })));
    const look = choice({ label: "drawn", options: looks.map((name, k) => [k, name]), value: at.look, onchoose: (k) => change({ look: Number(k) }) });
    const way = (label, name) => slider({ label, min: -FAR, max: FAR, value: at[name], onchoose: (by) => change({ [name]: by }) });
    const sliders = {
      right: way("to the right", "right"), down: way("down", "down"),
      noise: slider({ label: "noise, pixels", min: 0, max: 32, value: at.noise, onchoose: (noise) => change({ noise }) }),
    };
    const other = button("Other pixels", () => change({ draw: at.draw + 1 }));
    const rOf = (i) => modules[i].r * 2 ** (at.r[i] / FACTORS);
    const choosy = modules.map((module, i) => slider({
      label: `r of US${i + 1}`, min: -2 * FACTORS, max: 2 * FACTORS, value: at.r[i],
      says: (k) => {
        const r = module.r * 2 ** (k / FACTORS);
        return `${number(r)}: ${percent(r / (1 + r))}${k === 0 ? " (trained)" : ""}`;
      },
      onchoose: (k) => change({ r: at.r.map((one, j) => (j === i ? k : one)) }),
    }));
    const again = button("Start again", () => change({ ...START }));
    const START = { picture: String(facts.task?.digit ?? 2), look: 0, down: 0, right: 0, noise: 0, draw: 1, r: modules.map(() => 0) };
    const group = (label, ...parts) => make("div", { class: "ce-controls", role: "group", "aria-label": label }, ...parts);
    const howChoosy = group("How choosy", ...choosy.map((one) => one.element));
    howChoosy.classList.add("nc-choosy");
    controls.append(group("Pattern", ...picture, look.element));
    controls.after(
      group("Changes", sliders.right.element, sliders.down.element, sliders.noise.element, other, again),
      howChoosy,
      make("p", { class: "nc-note" }, "r: how choosy S-cells are. A cell answers if the likeness of what it sees to what it has learned is above r / (1 + r), given in per cent."),
    );
    const goal = facts.task && taskOf();
    function taskOf() {
      const { digit, far, found: answer } = facts.task;
      const says = `how far to the right can the ${digit} go while its cell of ${last.name} still answers most?`;
      const { element, check } = task({ model, says, found: answer });
      controls.before(element);
      return () => check(at.picture === String(digit) && !at.look && !at.noise && !at.down && at.right === far && at.r.every((k) => k === 0));
    }

    // --- The layers ---
    const board = plane({ label: "", width: 208, caption: "U0, the retina: draw on it" });
    const held = tick({ label: "hold the cell (or click)", value: at.held, onchoose: (on) => { at.held = on; keep({ held: on }); } });
    const sheets = layers.map((layer, k) => k && sheetOf(layer, k));
    function sheetOf(layer, k) {
      const { name, planes, side } = layer, cell = CELLS[side] ?? Math.max(3, Math.round(48 / side));
      const grid = mosaic({ many: planes.length, side, cell, head: side === 1 ? 2 : Math.ceil(14 / cell) });
      const map = plane({ label: name, width: grid.width, caption: `${name}: ${side} × ${side} ${layer.isS ? "S" : "C"}-cells a plane` });
      const labels = planes.map((number, j) => {
        const [top, left] = grid.corner(j), [high, wide] = grid.size;
        return make("span", { class: "nc-label", style: `left:${(100 * left) / wide}%;bottom:${100 - (100 * top) / high}%` });
      });
      map.box.append(...labels);
      map.box.classList.add("nc-map");
      const here = () => {
        const [j, row, column] = at.layer === k ? at.cell : [0, 0, 0], [top, left] = grid.corner(j);
        return [top + row, left + column];
      };
      map.point({
        at: here,
        onpoint: (y, x, how) => {
          const [fromY, fromX] = here(), down = Math.sign(y - fromY), right = Math.sign(x - fromX);
          let unit = grid.unit(y, x);
          if (how === "key") { // a key that ends between two planes goes on to the next one
            for (let far = 1; !unit && far <= 8; far += 1) unit = grid.unit(y + far * down, x + far * right);
          }
          if (unit) point(k, unit, how);
        },
        onkey: (key) => {
          const by = { PageUp: -1, PageDown: 1 }[key];
          if (by) {
            const [j, row, column] = at.layer === k ? at.cell : [-by, 0, 0];
            point(k, [within(j + by, planes.length - 1), row, column], "key");
          }
          return Boolean(by);
        },
      });
      return { map, grid, labels };
    }
    const same = (one, two) => one.every((value, k) => value === two[k]);
    /** The reader points at a cell. A click holds it: then the pointer alone moves nothing. */
    function point(layer, cell, how) {
      const here = layer === at.layer && same(cell, at.cell);
      if (how === "move" && (at.held || here)) return;
      if (how === "press") held.value = at.held = !(at.held && here);
      Object.assign(at, { layer, cell });
      keep({ layer, cell, held: at.held });
      draw();
    }

    // --- What one cell sees, and computes ---
    const input = plane({ label: "", width: 150, caption: "" }), synapses = plane({ label: "", width: 150, caption: "" });
    const title = make("strong"), lines = make("div"), readout = make("div", { class: "nc-readout" }, title, lines, held.element);
    const bar = make("span", { class: "nc-bar", "aria-hidden": "true" });
    const key = make("p", { class: "nc-note" }, "Activity: 0 ", bar, " 1 and above. Grey, its number in brackets: a silent plane. Planes that have learned nothing are left out. "
      + "Orange: the cell. Blue: what it sees of the layer below. Dashed: what it sees of the retina. Pink: your pen.");
    stage.append(
      make("div", { class: "nc-row" }, board.element, ...sheets.slice(1, 3).map(({ map }) => map.element)),
      make("div", { class: "nc-row" }, ...sheets.slice(3, -2).map(({ map }) => map.element),
        make("div", { class: "nc-last" }, ...sheets.slice(-2).map(({ map }) => map.element))),
      key, root.querySelector(".ce-words"),
      make("div", { class: "nc-row nc-one" }, readout, input.element, synapses.element),
    );

    board.point({
      drag: true,
      at: () => pen,
      onpoint: (row, column, how) => {
        pen = [row, column];
        if (how === "key") return draw();
        if (how === "move" && from === null) return; // pressed elsewhere
        if (how === "press") {
          ink = 1 - retina[row * SIZE + column];
          from = pen;
        }
        const steps = Math.max(Math.abs(row - from[0]), Math.abs(column - from[1]), 1);
        const along = (k, axis) => Math.round(from[axis] + ((pen[axis] - from[axis]) * k) / steps);
        put(Array.from({ length: steps + 1 }, (_, k) => [along(k, 0), along(k, 1)]), ink);
        from = pen;
      },
      onkey: (pressed) => {
        const rubs = pressed === "Delete" || pressed === "Backspace";
        if (pressed !== " " && !rubs) return false;
        put([pen], rubs ? 0 : 1 - retina[pen[0] * SIZE + pen[1]]);
        return true;
      },
    });

    board.box.addEventListener("pointerup", () => { from = null; });

    // --- Computing and drawing ---
    function change(chosen, fresh = true) {
      Object.assign(at, chosen);
      keep(chosen);
      if (fresh) load();
      stale = true;
      draw();
    }
    const answerWords = () => {
      const answers = last.planes.map((plane, k) => ({ plane, value: found.at(-1).maps[k][0] })).sort((one, two) => two.value - one.value);
      const [best, ...others] = answers.filter(({ value }) => value > 0);
      if (!best) return `no cell of ${last.name} answers.`;
      const stands = best.plane in meaning ? `it answers to ${meaning[best.plane]}` : "it stands for no digit";
      const rest = others.map(({ plane, value }) => `cell ${plane}, ${number(value)}`).join("; ");
      return `cell ${best.plane} of ${last.name} answers most, ${number(best.value)}: ${stands}.${rest ? ` Also ${rest}.` : ""}`;
    };
    const moveWords = () => {
      const moves = [[at.down, "down", "up"], [at.right, "to the right", "to the left"]].filter(([by]) => by)
        .map(([by, ahead, back]) => `${Math.abs(by)} ${by > 0 ? ahead : back}`);
      const drawn = at.look ? `, ${looks[at.look]}` : "", noise = at.noise ? `, with ${at.noise} pixels flipped` : "";
      const what = at.picture === OWN ? "Your drawing" : at.picture === EMPTY ? "An empty retina" : `The ${at.picture}`;
      return `${what}${drawn}${moves.length ? `, moved by ${moves.join(" and ")}` : ""}${noise}`;
    };
    function compute() {
      show();
      found = answersOf(layers, retina, modules.map((_, i) => rOf(i)), alpha);
      board.paint(retina, SIZE, SIZE);
      const best = last.planes.map((_, k) => found.at(-1).maps[k][0]), most = Math.max(...best);
      sheets.slice(1).forEach(({ map, grid, labels }, k) => {
        const { maps } = found[k + 1];
        grid.paint(map, maps);
        layers[k + 1].planes.forEach((plane, j) => {
          const [value] = maps[j], words = layers[k + 1] !== last ? [] : [number(value), ...(plane in meaning ? ["answers", `to ${meaning[plane]}`] : ["no digit"])];
          const text = [isSilent(maps[j]) ? `(${plane})` : String(plane), ...words].join("\n");
          if (labels[j].textContent !== text) labels[j].textContent = text;
          labels[j].toggleAttribute("data-most", layers[k + 1] === last && value > 0 && value === most);
        });
      });
      const chosen = [...names, EMPTY, OWN];
      picture.forEach((one, k) => one.setAttribute("aria-pressed", String(chosen[k] === at.picture)));
      picture.at(-1).disabled = at.own.length === 0 && at.picture !== OWN;
      look.disabled = !names.includes(at.picture);
      look.value = at.look;
      other.disabled = at.noise === 0;
      for (const name of ["right", "down", "noise"]) if (sliders[name].value !== at[name]) sliders[name].value = at[name];
      choosy.forEach((one, i) => { if (one.value !== at.r[i]) one.value = at.r[i]; });
      stale = false;
      goal?.();
    }
    const draw = onFrame(() => {
      const computed = stale;
      if (stale) compute();
      const k = at.layer, [j, row, column] = at.cell, layer = layers[k], here = { row, column, height: 1, width: 1 };
      const seen = seenBelow(layers, k, here), field = fieldOf(layers, k, here);
      const heard = layer.isS ? layers[k - 1].planes.map((_, one) => one) : [j];
      sheets.slice(1).forEach(({ map, grid }, n) => {
        const inPlane = (plane, box, colour) => {
          const [top, left] = grid.corner(plane);
          return { ...box, row: top + box.row, column: left + box.column, colour };
        };
        const around = layer.side > 5 ? { row: row - 0.5, column: column - 0.5, height: 2, width: 2 } : here;
        map.frames(n + 1 === k ? [inPlane(j, around, COLOURS.orange)]
          : n + 1 === k - 1 ? heard.map((plane) => inPlane(plane, seen, COLOURS.sky)) : []);
        map.label(labelOf(n + 1));
      });
      const penFrame = { row: pen[0], column: pen[1], height: 1, width: 1, colour: COLOURS.pink };
      board.frames([k === 1 ? { ...field, colour: COLOURS.sky } : { ...field, dashed: true }, penFrame]);
      const bright = retina[pen[0] * SIZE + pen[1]] ? "bright" : "dark";
      board.label(`Retina of ${SIZE} × ${SIZE} pixels. Pen in row ${pen[0]}, column ${pen[1]}, ${bright}. Arrow keys move the pen, the space bar changes a pixel, Delete makes it dark.`);
      enlarge(k, j, row, column, heard, computed);
      say(`${moveWords()}: ${answerWords()} ${cellWords(k, j, row, column)}`);
    });
    const labelOf = (k) => {
      const [j, row, column] = at.layer === k ? at.cell : [0, 0, 0], { name, planes, side } = layers[k];
      const answering = found[k].maps.filter((map) => !isSilent(map)).length;
      return `${name}: ${answering} of ${planes.length} planes answer. Plane ${planes[j]}, row ${row}, column ${column}: `
        + `${number(found[k].maps[j][row * side + column])}. Arrow keys go from cell to cell, Page Up and Page Down from plane to plane.`;
    };
    const cellWords = (k, j, row, column) => {
      const { name, planes, side } = layers[k];
      return `${name}, plane ${planes[j]}, row ${row}, column ${column}: ${number(found[k].maps[j][row * side + column])}.`;
    };
    /** Enlarge what the cell sees and its synapses, and write down what it computes. */
    function enlarge(k, j, row, column, heard, computed) {
      const { name, planes, side, window, padding, stride, module, isS } = layers[k], below = layers[k - 1], place = row * side + column;
      const many = heard.length, cell = many > 1 ? 6 : 24, grid = mosaic({ many, side: window, cell, gap: many > 1 ? 1 : 0 });
      const options = { stride, padding };
      const seen = heard.map((one) => windowAt(found[k - 1].maps[one], below.side, below.side, [row, column], [window, window], options));
      for (const { box } of [input, synapses]) {
        box.style.width = `${grid.width}px`;
        box.classList.toggle("nc-map", many > 1); // one map alone has an outline: it may be as white as the page
      }
      const scale = k === 1 ? "grey" : "viridis", ordered = many > 1 ? ` (planes in the order of ${below.name})` : "";
      const [inputCaption, synapsesCaption] = [input, synapses].map(({ element }) => element.querySelector("figcaption"));
      grid.paint(input, seen, { scale, pale: k > 1 });
      inputCaption.textContent = `what it sees of ${below.name}${ordered}`;
      input.label(`What the cell sees of ${below.name}: ${heard.filter((_, n) => seen[n].some((value) => value > 0)).length} of ${many} planes are not silent there.`);
      const weights = isS ? module.a[j] : [module.d], largest = Math.max(...weights.map((one) => Math.max(...one)));
      const chosen = `${k}.${j}`;
      if (shownLayer !== chosen) {
        grid.paint(synapses, weights, { scale: "grey", high: largest, pale: many > 1 });
        synapsesCaption.textContent = isS ? `synapses a of all cells of plane ${planes[j]}: black 0, white ${number(largest)}` : `synapses d: black 0, white ${number(largest)}`;
        const order = weights.map((one, n) => [Math.max(...one), n]).sort((one, two) => two[0] - one[0]).slice(0, 4);
        const strong = order.filter(([value]) => value > 0).map(([value, n]) => `plane ${below.planes[n]}, ${number(value)}`).join("; ");
        synapses.label(isS && many > 1 ? `Synapses a: the strongest, from ${below.name}: ${strong}.` : `Synapses ${isS ? "a" : "d"}, 0 to ${number(largest)}.`);
        shownLayer = chosen;
      }
      title.textContent = `${name}, plane ${planes[j]}, row ${row}, column ${column}`;
      const answer = found[k].maps[j][place];
      if (isS) {
        const r = rOf((k - 1) / 2), b = module.b[j], e = found[k].excitation[j][place], v = found[k].inhibition[place], by = shunt(b, v, r);
        const alike = v > 0 ? `Likeness, E / (2 · b · v_C): ${percent(e / (2 * b * v))}. It answers above ${percent(r / (1 + r))}.` : "It sees nothing.";
        lines.replaceChildren(...[
          `excitation E = Σ a · u = ${number(e)}`, `inhibition: v_C = ${number(v)}, b = ${number(b)}, r = ${number(r)}`,
          `u = r · φ((1 + E) / (1 + 2r / (1 + r) · b · v_C) − 1)`, `= ${number(r)} · φ(${number(1 + e)} / ${number(1 + by)} − 1) = ${number(answer)}`, alike,
        ].map((text) => make("p", {}, text)));
      } else {
        const sum = found[k].sums[j][place], mean = found[k].mean[place];
        lines.replaceChildren(...[
          `S-cells of its plane: Σ d · u = ${number(sum)}`, `mean of the sums of all ${module.planes} planes: v_S = ${number(mean)}`,
          "u = ψ((1 + Σ d · u) / (1 + v_S) − 1)", `= ψ(${number(1 + sum)} / ${number(1 + mean)} − 1) = ${number(answer)}`, `ψ(x) = x / (${number(alpha, 1)} + x) above 0, and 0 below`,
        ].map((text) => make("p", {}, text)));
      }
    }
    load();
    draw();
  },
};
