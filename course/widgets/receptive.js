// A picture under a stack of layers: point at a unit of any layer, and what it sees lights up in all below it.
// What it sees is computed in fields.js, the layers are edited in layers.js; to measure a reader's network is Python's part.

/** What an experiment has found against what theory says: pixels that both, only the one and only the other count. */
function compared({ moved, area, wide }, seen) {
  const [rows, columns] = seen.map((list) => new Set(list)), tally = { both: 0, more: 0, less: 0 };
  moved.forEach((far, n) => {
    const inTheory = rows.has(area[0] + Math.floor(n / wide)) && columns.has(area[2] + (n % wide));
    if (far > 0 && inTheory) tally.both += 1;
    else if (far > 0) tally.more += 1;
    else if (inTheory) tally.less += 1;
  });
  return tally;
}

function measuredWords(measured, seen, map) {
  const { moved, all, shape } = measured, pixels = (n) => `${count(n)} ${n === 1 ? "pixel" : "pixels"}`;
  if (moved.length < all) return `Measuring: ${Math.floor((100 * moved.length) / all)}% of ${count(all)} pixels.`;
  const { both, more, less } = compared(measured, seen);
  const other = shape.join() === map.join() ? ""
    : ` Your network's map has ${shape.join(" × ")} units; the table says ${map.join(" × ")}.`;
  if (more + less === 0) return `Measured (blue): ${pixels(both)} move it. Theory agrees to the pixel.${other}`;
  const out = more ? ` it leaves out ${count(more)} of them` : "", extra = less ? ` it counts ${count(less)} more, which do not` : "";
  return `Measured (blue): ${pixels(both + more)} move it. Theory differs:${out}${more && less ? ", and" : ""}${extra}.${other}`;
}

export default {
  render({ model, el }) {
    const { root, controls, stage, say, trouble } = frame({ model, el });
    const ask = lineTo(model), keep = remember(model), given = model.get("given"), view = model.get("view");
    const single = given.mode === "window", layers = view.layers.map((layer) => ({ ...layer }));
    let wanted = view.layer, level = wanted, unit = [...view.unit], place = null, held = false; // where the reader is
    let picture = null, measured = null, turn = 0;
    let sizes = [[], []], steps = [], fitted = 0, stale = true; // what follows of the layers
    root.classList.add(single ? "rf-one" : "rf-stack");
    const wrong = {}, problem = (who) => (text) => {
      wrong[who] = text;
      trouble(wrong.layers ?? wrong.network ?? wrong.picture ?? null);
    };

    const [wide, near] = single ? [520, 260] : [372, 190];
    const big = plane({ label: "The picture", width: wide,
      caption: single ? "the picture" : "the picture; its black rim stands for zeros" });
    const zoom = plane({ label: "What it sees, enlarged", width: near, caption: "what it sees, enlarged" });
    const maps = Array.from({ length: single ? 0 : given.most }, (_, k) =>
      plane({ label: `The map of layer ${k + 1}`, width: 96, caption: "" }));
    const strip = make("div", { class: "rf-maps" }, ...maps.map((map) => map.element));
    const table = single ? null : layerTable({ layers, limits: given.limits, most: given.most, trouble: problem("layers"),
      onchange: () => { stale = true; settle(); draw(); } });
    const rim = () => (single ? 0 : Math.max(2, Math.round(0.04 * Math.max(...picture.size))));
    const zeros = (k) => (k < fitted ? layers[k].padding : 0); // that the layer above puts round map k
    const mapSize = (k) => [sizes[0][k], sizes[1][k]];
    const below = () => layers.slice(0, level);

    // --- Where the reader points ---
    const middle = () => unit.map((index) => steps[level].start + index * steps[level].jump);
    const nearest = (k) => place.map((at, axis) => clamped(Math.round((at - steps[k].start) / steps[k].jump), sizes[axis][k]));
    const choose = (k, where) => {
      wanted = level = k;
      unit = where.map((index, axis) => clamped(index, sizes[axis][k]));
      place = middle();
      keep({ layer: level, unit });
      table?.show({ steps, sizes, fitted, level, why: whyOut() });
      draw();
    };
    const whyOut = () => (fitted === layers.length ? null : whyNot(layers[fitted], fitted + 1, mapSize(fitted)));
    /** After a change of layers or picture: look at the same place, or at the same unit of a network that is measured. */
    const settle = () => {
      steps = traceOf(layers);
      sizes = picture.size.map((size) => mapSizes(size, layers));
      fitted = layers.findIndex((layer, k) => whyNot(layer, k + 1, mapSize(k)) !== null);
      if (fitted < 0) fitted = layers.length;
      wanted = Math.min(wanted, layers.length);
      level = Math.min(wanted, fitted);
      if (level > 0) {
        const same = given.measures || place === null;
        unit = same ? unit.map((index, axis) => clamped(index, sizes[axis][level])) : nearest(level);
        place = same ? middle() : place;
      }
      table?.show({ steps, sizes, fitted, level, why: whyOut() });
      keep({ layers: layers.map((layer) => ({ ...layer })), layer: wanted, unit });
    };
    big.point({
      drag: true,
      at: () => unit,
      rows: () => Math.max(big.rows, sizes[0][level]), // the pointer counts pixels, the keys units
      columns: () => Math.max(big.columns, sizes[1][level]),
      onpoint: (row, column, how) => {
        if (level === 0) return;
        if (how !== "key") place = [row - rim(), column - rim()];
        choose(level, how === "key" ? [row, column] : nearest(level));
      },
    });
    maps.forEach((map, n) => map.point({
      at: () => (level === n + 1 ? unit : nearest(n + 1)),
      rows: () => Math.max(map.rows, sizes[0][n + 1]),
      columns: () => Math.max(map.columns, sizes[1][n + 1]),
      onpoint: (row, column, how) => {
        const k = n + 1;
        if (k > fitted || (how === "move" && held)) return;
        const where = [row, column].map((at, axis) => clamped(at - (how === "key" ? 0 : zeros(k)), sizes[axis][k]));
        const same = level === k && where.join() === unit.join();
        if (how === "press") hold.value = held = !(held && same);
        if (!same) choose(k, where);
      },
    }));
    const hold = tick({ label: "hold the unit (or press on it)", onchoose: (on) => { held = on; } });

    // --- What is drawn ---
    const drawMaps = () => maps.forEach((map, n) => {
      const k = n + 1, size = mapSize(k), shown = k <= fitted, says = shown ? size.map(count).join(" × ") : "no map";
      map.element.style.visibility = k > layers.length ? "hidden" : "visible";
      map.box.tabIndex = shown ? 0 : -1;
      if (shown) {
        map.paintColours(...mapColours(picture, layers.slice(0, k), size, zeros(k)));
        map.cells(size[0] + 2 * zeros(k), size[1] + 2 * zeros(k));
      } else map.paintColours(new Uint8ClampedArray([127, 127, 127, 255]), 1, 1);
      map.box.style.width = `${Math.min(96, Math.max((84 * map.columns) / map.rows, 8))}px`;
      map.element.querySelector("figcaption").textContent = `layer ${k}\n${says}`;
      map.label(`Map of layer ${k}: ${shown ? `${says} units. The arrow keys choose one.` : says}`);
    });
    /** Draw the part of the picture that begins at [top, left] on a canvas, with a veil over what is not seen. */
    const paint = (canvas, part, scale, seen, veil) => {
      const [top, left, high, across] = part, pen = canvas.getContext("2d"), { image, size } = picture;
      canvas.width = Math.max(Math.round(across * scale), 1);
      canvas.height = Math.max(Math.round(high * scale), 1);
      pen.scale(canvas.width / across, canvas.height / high);
      pen.fillRect(0, 0, across, high);
      pen.imageSmoothingEnabled = image.height < size[0];
      pen.drawImage(image, -left, -top, size[1], size[0]);
      pen.fillStyle = veil;
      if (seen) pen.fill(unseen(seen, part, size));
      if (!isMeasured()) return;
      const most = Math.max(...measured.moved) || 1;
      pen.fillStyle = COLOURS.blue;
      measured.moved.forEach((far, n) => {
        if (far === 0) return;
        pen.globalAlpha = 0.4 + (0.5 * far) / most;
        const row = measured.area[0] + Math.floor(n / measured.wide), column = measured.area[2] + (n % measured.wide);
        pen.fillRect(column - left, row - top, 1, 1);
      });
    };
    const box = ([rows, columns], pad, colour) => ({ row: rows[0] + pad, column: columns[0] + pad,
      height: rows[1] - rows[0] + 1, width: columns[1] - columns[0] + 1, colour });
    const draw = onFrame(() => {
      if (picture === null) return;
      if (stale) { // the place is kept for a higher picture
        big.element.style.minHeight = `${Math.round(0.69 * Math.min(wide, root.clientWidth - 26)) + 20}px`;
        drawMaps();
      }
      stale = false;
      const pad = rim(), [rows, columns] = picture.size.map((size) => size + 2 * pad);
      const seen = level > 0 && unit.map((index, axis) => seenOnAxis(below(), picture.size[axis], index));
      paint(big.canvas, [-pad, -pad, rows, columns], 1, seen, "rgba(0, 0, 0, 0.45)");
      big.cells(rows, columns);
      big.box.style.width = `${Math.min(wide, (0.69 * wide * columns) / rows)}px`;
      maps.forEach((map, n) => {
        const k = n + 1, at = unit.map((index) => (k === level ? [index, index] : unitWindow(layers.slice(k, level), index)));
        map.frames(k > level ? [] : [box(at, zeros(k), k === level ? COLOURS.orange : COLOURS.sky)]);
      });
      zoom.box.style.visibility = seen ? "visible" : "hidden";
      if (!seen) {
        big.frames([]);
        say("No layer fits on the picture, so there is no unit that sees anything.");
        return;
      }
      const window = unit.map((index) => unitWindow(below(), index));
      const [high, across] = window.map(([first, last]) => last - first + 1);
      big.frames([box(window, pad, COLOURS.orange)]);
      const part = [window[0][0], window[1][0], high, across];
      paint(zoom.canvas, part, Math.max(1, near / high), seen, "rgba(128, 128, 128, 0.85)");
      zoom.cells(high, across);
      const who = single ? "The neuron" : `Unit (${unit.join(", ")}) of layer ${level}`;
      const words = fieldWords({ who, window, seen, size: picture.size });
      say(isMeasured() ? `${words} ${measuredWords(measured, seen, mapSize(level))}` : words);
      big.label(`${picture.name}: the arrow keys move the ${single ? "neuron" : "unit"}. ${words}`);
      quest.check(isFound(seen));
    });

    // --- The reader's own network: Python measures it in small pieces ---
    const key = () => `${level} ${unit} ${picture.name}`;
    const isMeasured = () => measured !== null && measured.key === key();
    const areaOf = () => { // all of a small picture, and of a large one what lies around theory's field
      const all = picture.size[0] * picture.size[1] <= 4096, window = unit.map((index) => unitWindow(below(), index));
      return window.flatMap(([first, last], axis) =>
        (all ? [0, picture.size[axis] - 1] : [Math.max(first - 3, 0), Math.min(last + 3, picture.size[axis] - 1)]));
    };
    const measure = async () => {
      const mine = (turn += 1), tell = problem("network");
      tell(null);
      if (level === 0) return tell("There is no unit to measure, since no layer fits on the picture.");
      const area = areaOf(), across = area[3] - area[2] + 1, all = (area[1] - area[0] + 1) * across;
      const question = { layer: level, layers: layers.length, unit, shape: picture.size, area };
      measured = { key: key(), area, wide: across, all, moved: [], shape: [] };
      try {
        while (mine === turn && measured.moved.length < all && root.isConnected) {
          const [{ shape }, [buffer]] = await ask("measure", { ...question, first: measured.moved.length });
          if (mine !== turn) return null;
          const more = new Float32Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength));
          measured = { ...measured, shape, moved: [...measured.moved, ...more] };
          draw();
        }
      } catch (error) {
        if (mine !== turn) return null;
        measured = null;
        tell(error.message);
        draw();
      }
      return null;
    };

    // --- The task ---
    const quest = task({ model, ...given.task });
    const isFound = (seen) => {
      const used = below(), map = mapSize(level);
      if (given.task.kind === "agree") {
        if (!isMeasured() || measured.moved.length < measured.all) return false;
        const { more, less } = compared(measured, seen);
        return more + less === 0 && measured.shape.join() === map.join();
      }
      if (given.task.kind === "eleven") {
        return steps[level].size === 11 && used.every(({ kernel, stride, dilation }) => kernel === 3 && stride * dilation === 1);
      }
      const [top, bottom, left, right] = given.box, holds = (list, first, last) =>
        list.filter((at) => at >= first && at <= last).length === last - first + 1;
      return picture.name === given.picture.name && holds(seen[0], top, bottom) && holds(seen[1], left, right) &&
        (single ? layers[0].kernel <= 405 : level <= 4 && used.every((layer) => reachOf(layer) <= 5));
    };

    // --- Put together ---
    const show = (chosen) => {
      picture = Object.assign(chosen, { size: chosen.size ?? [chosen.rows, chosen.columns],
        image: chosen.image ?? imageOf(chosen), sums: chosen.sums ?? sumsOf(chosen) });
      stale = true;
      settle();
      keep({ picture: picture.name });
      draw();
    };
    const start = button("Measure it", measure, { disabled: true });
    const note = make("span", { class: "rf-note" }, "To measure your network, run this notebook.");
    const begin = async () => {
      const first = { ...await pictureFrom(given.picture), size: given.picture.size };
      const menu = pictureMenu({ pictures: [first], onpicture: show, trouble: problem("picture"), drawing: single ? 0 : 28 });
      if (single) {
        const [height, width] = given.picture.size;
        controls.append(slider({ label: "window", min: 10, max: Math.min(height, width), value: layers[0].kernel,
          says: (side) => `${side} × ${side}`, onchoose: (side) => { layers[0].kernel = side; settle(); draw(); } }).element);
      }
      controls.append(menu.element, ...(single ? [] : [hold.element]), ...(given.measures ? [start, note] : []));
      stage.append(big.element, ...(single ? [zoom.element] : [strip, menu.pad, table.element, zoom.element]));
      root.insertBefore(quest.element, controls);
      menu.show(first.name);
      const [, [whole]] = await ask("hello");
      start.disabled = false;
      note.textContent = "";
      if (whole) first.image = imageOf(await pictureFrom({ name: first.name, bytes: whole }));
      draw();
    };
    begin().catch((error) => problem("picture")(error.message));
  },
};
