// The explorer of lesson 5: a network from the inside. Python is asked for what the network makes of a picture, and for
// the pictures that excite its units; fields, and answers to small shifts once they are known, are looked up here.

const BOX = [300, 300]; // pixels on the screen, for the maps of a layer
const NEEDS = "This was computed before: other pictures, layers and weights, and what excites a unit need the running notebook.";

/** Where `maps` maps lie in one picture of all of them: as large as the box allows. */
function mosaic([maps, rows, columns], [wide, high] = BOX) {
  const gap = rows * columns > 1 ? 1 : 0, tall = rows + gap, broad = columns + gap;
  let best = { across: 1, size: [1, 1], cell: 0 };
  for (let across = 1; across <= maps; across += 1) {
    const size = [Math.ceil(maps / across) * tall - gap, across * broad - gap];
    const cell = Math.min(wide / size[1], high / size[0], 34);
    if (cell >= best.cell) best = { across, size, cell };
  }
  const { across, size, cell } = best, corner = (map) => [Math.floor(map / across) * tall, (map % across) * broad];
  return {
    corner,
    width: Math.round(size[1] * cell),
    /** The unit in a cell; null between the maps, and behind the last one. */
    unit: (y, x) => {
      const [map, row, column] = [Math.floor(y / tall) * across + Math.floor(x / broad), y % tall, x % broad];
      return map < maps && row < rows && column < columns ? [map, row, column] : null;
    },
    /** Paint maps: `level(value)` is a level of the scale, from 0 to 255. What lies between the maps stays clear. */
    paint: (board, values, scale, level) => {
      const pixels = new Uint32Array(size[0] * size[1]), table = new Uint32Array(TABLES[scale].buffer);
      for (let k = 0; k < values.length; k += 1) {
        const inside = k % (rows * columns), [y, x] = corner(Math.floor(k / (rows * columns)));
        pixels[(y + Math.floor(inside / columns)) * size[1] + x + (inside % columns)] = table[Math.round(level(values[k]))];
      }
      board.paintColours(new Uint8ClampedArray(pixels.buffer), ...size);
    },
  };
}

/** How numbers become colours: by their square roots, so that weak ones are seen beside strong ones. */
function shades(values, signed = values.some((value) => value < 0)) {
  const most = values.reduce((far, value) => Math.max(far, Math.abs(value)), 0) || 1;
  const share = (value) => Math.sign(value) * Math.sqrt(Math.abs(value) / most);
  if (!signed) return { scale: "viridis", level: (value) => 255 * share(value), key: `dark 0, bright ${number(most)}` };
  const key = `purple ${number(-most)}, white 0, orange ${number(most)}`;
  return { scale: "signed", level: (value) => 127.5 * (1 + share(value)), key };
}

/** Which pixels a unit sees, perhaps beyond the picture; `whole` where it may be all of it. */
function fieldOf({ field }, row, column, [rows, columns]) {
  if (field === null) return { whole: true, row: 0, column: 0, height: rows, width: columns };
  const [[height, down, top], [width, right, left]] = field;
  return { row: top + row * down, column: left + column * right, height, width };
}

/** The part of a field that lies within the picture. */
function within(field, [rows, columns]) {
  const row = Math.max(field.row, 0), column = Math.max(field.column, 0);
  const [down, right] = [Math.min(field.row + field.height, rows), Math.min(field.column + field.width, columns)];
  return { row, column, height: down - row, width: right - column };
}

const numbersIn = (Kind, view) => new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
const floats = (view) => numbersIn(Float32Array, view);
const levels = (grey) => Uint8Array.from(grey, (level) => Math.round(255 * level));
const largest = (values) => values.reduce((best, value, k) => (value > values[best] ? k : best), 0);
const span = (from, length) => (length === 1 ? `${from}` : `${from} to ${from + length - 1}`);
const percent = (share) => `${Math.round(100 * share)}%`;

/** Bars with names and per cent, and words for the answer and the truth: paint(shares, truth). */
function shareBars(classes) {
  const rows = classes.map((name) => ["", "ne-track", "ne-share", "ne-mark"].map((kind) => make("span", { class: kind })));
  const items = rows.map((parts) => make("li", {}, ...parts));
  const bars = rows.map(([name, track], k) => {
    name.textContent = classes[k];
    track.append(make("span", { class: "ne-fill" }));
    return track.firstChild;
  });
  const head = make("figcaption", {}, "how likely each class is");
  const paint = (shares, truth) => rows.forEach(([, , share, mark], k) => {
    const answer = shares !== null && k === largest(shares);
    bars[k].style.width = `${shares === null ? 0 : 100 * shares[k]}%`;
    share.textContent = shares === null ? "" : percent(shares[k]);
    mark.textContent = answer ? (k === truth ? "answer ✓" : "answer") : k === truth ? "truth" : "";
    items[k].dataset.kind = answer ? "answer" : "";
  });
  return { element: make("figure", { class: "ce-figure ne-bars" }, head, make("ol", {}, ...items)), paint };
}

/** What Python gave, unpacked: the facts, and of one picture { grey, table, maps, filters }. */
async function unpacked(blob) {
  const stream = new Blob([blob]).stream().pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(stream).arrayBuffer(), length = new DataView(content).getUint32(0, true);
  const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  let from = 4 + length;
  const take = (many, read) => Float32Array.from(new Uint8Array(content, (from += many) - many, many), read);
  const grey = take(facts.size[0] * facts.size[1], (level) => level / 255);
  const places = (2 * facts.most + 1) ** 2, many = facts.classes.length, byClass = take(places * many, (level) => level / 100);
  const table = byClass.map((_, k) => byClass[(k % many) * places + Math.floor(k / many)]);
  const [[, filters], ...maps] = facts.scales.map(([name, step, zero, many]) => [name, take(many, (level) => (level - zero) * step)]);
  return { facts, grey, table, filters, maps: new Map(maps) };
}

/** A picture from a file as the network knows pictures: small and square, a bright thing on a dark ground. */
function asGarment(file, side) {
  const { grey, ...square } = squared(file, side), last = side - 1;
  const edge = grey.filter((_, k) => k < side || k >= side * last || k % side === 0 || k % side === last);
  const bright = edge.reduce((sum, level) => sum + level, 0) > edge.length / 2;
  const note = bright ? "your file, as a negative" : `your file, as ${side} × ${side} pixels`;
  return { ...square, note, grey: bright ? grey.map((level) => 1 - level) : grey };
}

export default {
  async render({ model, el }) {
    const { facts, ...held } = await unpacked(model.get("given").blob);
    const { classes, size, stages, most, searched } = facts;
    const { controls, stage: floor, say, trouble } = frame({ model, el }), ask = lineTo(model), keep = remember(model);
    const start = model.get("view"), area = size[0] * size[1], middle = size.map((length) => Math.floor(length / 2));
    const pictures = facts.pictures.map(([k, truth]) => ({ name: `${classes[truth]} (picture ${k})`, truth, grey: null }));
    const layers = facts.layers.map(([id, name, shape, field]) => ({ id, name, shape, field, single: shape[1] * shape[2] === 1 }));
    const last = stages.length - 1, side = 2 * most + 1;
    pictures[0].grey = held.grey;

    // What the reader has chosen, and what is known of it.
    let picture = pictures[0], chosen = 0, choices = 0, now = held.grey, shift = [0, 0], stage = last;
    let layer = layers.find((one) => one.id === start.layer) ?? layers[0], unit = start.unit ?? [0, 0, 0];
    let grid = mosaic(layer.shape), anywhere = start.anywhere ?? false;
    let seen = { maps: held.maps, filters: held.filters, shares: Float32Array.from(facts.shares) };
    let table = { key: `0/${last}`, shares: held.table }; // the answers to a picture at a stage, for each small shift
    let alive = false, failed = false, waited = !model.send, stale = true, sample = null, labels = [];
    const right = stages.map(() => null), exciting = new Map(); // of a stage, and of a stage and a layer

    const small = [140, 140], kernels = mosaic(facts.filters, small), sheet = mosaic([9, ...size], [240, 240]);
    const name = "The picture. Drag it, or press the arrow keys, to move it.";
    const board = plane({ label: name, width: 196, caption: "the picture" });
    const maps = plane({ label: "Maps", width: BOX[0], caption: "" });
    const glass = plane({ label: "What the unit sees, enlarged", width: small[0], caption: "what the unit sees" });
    const filters = plane({ label: "The filters of the first layer", width: kernels.width, caption: "the first filters" });
    const nine = plane({ label: "", width: 240, caption: "the pictures that excite it most" });
    const bars = shareBars(classes), [shifted, best] = ["ne-moved", "ne-best"].map((kind) => make("p", { class: kind }));
    const goal = task({ model, found: "No shift of that picture by fewer pixels does it. And the other pictures?",
      says: "move the picture by as few pixels as you can (rows and columns are added) until the network says something else." });

    // What Python is asked.
    const asking = (work, fail = () => {}) => latest(async () => {
      try { if (alive) await work(); } catch (error) { failed = true; trouble(error.message); fail(); }
    });
    const look = asking(async () => {
      const of = chosen, about = { layer: layer.id, stage };
      const [content, [shares, weights, ...rest]] = await ask("look", about, [levels(now).buffer]);
      if (failed) trouble(null); // what is wrong with a file is said until another one is chosen
      failed = false;
      if (of !== chosen) return;
      const found = new Map(content.layers.map((one, k) => [one, floats(rest[k])]));
      seen = { shares: floats(shares), filters: floats(weights), maps: found };
      refresh();
    }, () => { // what was there before is not true of what the reader has chosen now
      seen = { ...seen, shares: null, maps: new Map() };
      refresh();
    });
    const tryShifts = asking(async () => {
      const key = `${chosen}/${stage}`;
      if (table.key === key) return;
      const [, [shares]] = await ask("moved", { stage }, [levels(picture.grey).buffer]);
      table = { key, shares: floats(shares) };
      draw();
    });
    const excite = asking(async () => {
      const key = `${stage}/${layer.id}`;
      if (exciting.has(key)) return;
      const [content, parts] = await ask("exciting", { layer: layer.id, stage });
      const read = parts.map((one, k) => numbersIn(k === 1 || k === 4 ? Float32Array : Uint16Array, one));
      const [ids, values, mapIds, places, mapValues] = read;
      exciting.set(key, { count: content.best, ids, values, mapIds, places, mapValues });
      draw();
    });
    const measure = asking(async () => {
      const of = stage;
      if (last === 0 || right[of] !== null) return;
      right[of] = (await ask("right", { stage: of }))[0].right;
      steps.value = stage;
    });
    let timer = null;
    const inquire = () => { // what may wait until the reader pauses
      clearTimeout(timer);
      timer = setTimeout(() => { measure(); tryShifts(); excite(); }, 150);
    };

    // What is drawn.
    const refresh = () => { stale = true; draw(); };
    const known = () => alive || (picture === pictures[0] && stage === last);
    const tried = (k) => {
      const isHere = table.key === `${chosen}/${stage}`;
      return isHere ? table.shares.subarray(k * classes.length, (k + 1) * classes.length) : null;
    };
    const answersNow = () => {
      return tried((shift[0] + most) * side + shift[1] + most) ?? (known() ? seen.shares : null);
    };
    /** The answer where nothing is moved, and how far the smallest shift is that changes it; null while that is not known. */
    const smallest = () => {
      if (tried(0) === null) return null;
      const answers = Array.from({ length: side * side }, (_, k) => largest(tried(k))), home = answers[(side * side - 1) / 2];
      const far = (k) => Math.abs(Math.floor(k / side) - most) + Math.abs((k % side) - most);
      return { home, pixels: Math.min(...answers.map((one, k) => (one === home ? Infinity : far(k)))) };
    };
    const drawMaps = () => {
      stale = false;
      const values = known() ? seen.maps.get(layer.id) : undefined, key = values && shades(values);
      maps.box.style.width = `${grid.width}px`;
      const old = alive || !shift.some(Boolean) ? "" : " (not moved)";
      maps.element.firstChild.textContent = values ? key.key + old : alive ? "no maps" : "needs the running notebook";
      grid.paint(maps, values ?? [], key?.scale ?? "grey", key?.level); // without values an empty box, where focus stays
      if (seen.filters.length) kernels.paint(filters, known() ? seen.filters : [], "signed", shades(seen.filters, true).level);
    };
    const drawNine = (words) => {
      const found = exciting.get(`${stage}/${layer.id}`), [, rows, columns] = layer.shape, [map, row, column] = unit;
      const whole = anywhere || found?.ids.length === 0, from = whole ? map : (map * rows + row) * columns + column;
      const list = Array.from({ length: found && sample ? found.count : 0 }, (_, k) => {
        const at = from * found.count + k;
        return whole ? { id: found.mapIds[at], value: found.mapValues[at], place: found.places[at] }
          : { id: found.ids[at], value: found.values[at], place: row * columns + column };
      }).filter(({ value }) => value !== 0);
      const pixels = new Uint8Array(list.length * area), times = new Map();
      list.forEach(({ id }, k) => {
        pixels.set(sample.subarray(id * area, (id + 1) * area), k * area);
        times.set(labels[id], (times.get(labels[id]) ?? 0) + 1);
      });
      sheet.paint(nine, pixels, "grey", (level) => level);
      nine.frames(list.map(({ place }, k) => {
        const part = within(fieldOf(layer, Math.floor(place / columns), place % columns, size), size), [y, x] = sheet.corner(k);
        return { ...part, row: part.row + y, column: part.column + x };
      }));
      const kinds = [...times].sort((a, b) => b[1] - a[1]).map(([label, many]) => `${classes[label]} ×\u00a0${many}`).join(", ");
      const [where, there] = whole && !layer.single ? [`map ${map}`, ", wherever in it"] : [words, ""], among = `Of ${count(searched)} test pictures,`;
      best.textContent = !found ? (waited && !alive ? NEEDS : "")
        : list.length === 0 ? `${among} none excites ${where}${there}: it gives 0 for all of them.`
          : `${among} these excite ${where} most${there}: ${kinds}. It gives ${number(list[0].value)} to ${number(list.at(-1).value)}.`;
      nine.label(best.textContent || "no pictures yet");
    };
    const draw = onFrame(() => {
      const [map, row, column] = unit, [, rows, columns] = layer.shape, [y, x] = grid.corner(map);
      const field = fieldOf(layer, row, column, size), inside = within(field, size);
      if (stale) drawMaps();
      board.paint(now, ...size);
      board.frames([inside]);
      const here = { row: y + row, column: x + column, height: 1, width: 1 };
      maps.frames(layer.single ? [here] : [{ row: y, column: x, height: rows, width: columns, colour: COLOURS.sky }, here]);
      const part = new Float32Array(field.height * field.width), beyond = inside.height * inside.width < part.length;
      const edge = { ...inside, row: inside.row - field.row, column: inside.column - field.column, dashed: true, colour: COLOURS.sky };
      for (let i = 0; i < inside.height; i += 1) {
        const from = (inside.row + i) * size[1] + inside.column;
        part.set(now.subarray(from, from + inside.width), (edge.row + i) * field.width + edge.column);
      }
      glass.paint(part, field.height, field.width);
      glass.frames(beyond ? [edge] : []);
      const words = layer.single ? `neuron ${map}` : `map ${map}, row ${row}, column ${column}`;
      drawNine(words);
      const shares = answersNow(), answer = shares && largest(shares);
      bars.paint(shares, picture.truth ?? null);

      const value = known() ? seen.maps.get(layer.id)?.[(map * rows + row) * columns + column] : undefined;
      const gives = value === undefined ? "" : `: ${alive ? "" : "about "}${number(value)}`;
      const lines = `rows ${span(inside.row, inside.height)} and columns ${span(inside.column, inside.width)}`;
      const sees = field.whole ? "It may see the whole picture."
        : `It sees ${lines}${beyond ? ", and zeros around the picture (the dashed frame is its edge)" : ""}.`;
      const told = picture.truth === answer ? " That is true." : ` The truth is ${classes[picture.truth]}.`;
      const truth = picture.truth === undefined ? "" : told;
      const verdict = shares ? ` The network says ${classes[answer]}, ${percent(shares[answer])} sure.${truth}` : "";
      say(`${layer.name}, ${words}${gives}. ${sees}${verdict}`);

      const least = smallest(), amount = Math.abs(shift[0]) + Math.abs(shift[1]);
      const changed = least !== null && amount > 0 && answer !== least.home;
      const ways = [["down", "up"], ["to the right", "to the left"]];
      const moves = ways.map(([ahead, back], k) => `${Math.abs(shift[k])} ${shift[k] > 0 ? ahead : back}`).filter((_, k) => shift[k]).join(", ");
      const none = least?.pixels === Infinity ? ` No shift by up to ${most} rows and ${most} columns changes this answer.` : "";
      const shortest = changed && amount === least.pixels, pixels = amount === 1 ? "pixel" : "pixels";
      const further = shortest ? ", and no shorter shift does it" : "; a shorter shift does it, too";
      const effect = changed ? `Another answer${further}.` : "The same answer.";
      shifted.textContent = amount === 0 ? `Not moved.${none}` : `Moved ${moves}: ${amount} ${pixels}. ${least === null ? "" : effect}`;
      goal.check(shortest);
    });

    // What the reader does.
    const goTo = (place) => {
      if (place === null || place.every((at, k) => at === unit[k])) return;
      unit = place;
      keep({ unit });
      draw();
    };
    const show = (by) => {
      shift = by.map((at) => Math.min(Math.max(at, -most), most));
      [downs.value, rights.value] = shift;
      now = moved(picture.grey, ...size, { down: shift[0], right: shift[1] });
      look();
      refresh();
    };
    const move = (by) => { show(by); keep({ shift }); };
    const setLayer = (index) => {
      const scaled = unit.map((at, axis) => Math.floor(((at + 0.5) * layers[index].shape[axis]) / layer.shape[axis]));
      layer = layers[index];
      grid = mosaic(layer.shape);
      unit = [unit[0], scaled[1], scaled[2]].map((at, axis) => Math.min(at, layer.shape[axis] - 1));
      maps.label(`Maps of ${layer.name}. Arrow keys go from unit to unit, Page Up and Page Down from map to map.`);
      if (!seen.maps.has(layer.id)) look();
      inquire();
      refresh();
    };
    const setStage = (at) => {
      stage = at;
      keep({ stage });
      refresh();
      look();
      if (facts.small || !play.playing) inquire();
    };
    const choose = (one) => {
      if (one.grey === null) { trouble(NEEDS); source.show(picture.name); return; }
      if (one === picture) return;
      picture = one;
      chosen = one === pictures[0] ? 0 : (choices += 1);
      board.element.firstChild.textContent = one.note ?? "the picture";
      show([0, 0]);
      keep({ shift, picture: one.name });
      inquire();
    };
    const described = ({ name, shape, single }) => `${name}: ${shape[0]} ${single ? "neurons" : `maps of ${shape[1]} × ${shape[2]}`}`;
    const depth = slider({ label: "layer", min: 0, max: layers.length - 1, value: layers.indexOf(layer),
      says: (k) => described(layers[k]), onchoose: (k) => { setLayer(k); keep({ layer: layer.id, unit }); } });
    const downs = slider({ label: "down", min: -most, max: most, value: 0, onchoose: (by) => move([by, shift[1]]) });
    const rights = slider({ label: "right", min: -most, max: most, value: 0, onchoose: (by) => move([shift[0], by]) });
    const steps = slider({ label: "training", min: 0, max: last, value: last, onchoose: setStage,
      says: (k) => stages[k] + (right[k] === null ? "" : `: ${percent(right[k])} of ${count(searched)} right`) });
    let patience = 0;
    const play = player({ label: "Play the training", interval: 500, onstop: inquire, step: () => {
      const counting = alive && facts.small && stage !== last && right[stage] === null; // how many are right is worth a wait
      if (counting && (patience += 1) < 6) return true;
      patience = 0;
      setStage(stage === last ? 0 : stage + 1);
      steps.value = stage;
      return stage !== last;
    } });
    const choosePlace = (on) => { anywhere = on; keep({ anywhere }); draw(); };
    const wherever = tick({ label: "wherever in its map", value: anywhere, onchoose: choosePlace });
    let grip = null;
    board.box.classList.add("ne-grab");
    board.point({
      drag: true,
      at: () => [middle[0] + shift[0], middle[1] + shift[1]],
      onpoint: (y, x, how) => {
        const from = how === "key" ? middle : grip;
        if (how === "press") grip = [y - shift[0], x - shift[1]];
        else move([y - from[0], x - from[1]]);
      },
    });
    const here = () => { const [y, x] = grid.corner(unit[0]); return [y + unit[1], x + unit[2]]; };
    maps.point({
      at: here,
      onpoint: (y, x, how) => {
        const [fromY, fromX] = here(); // a key that ends between two maps goes on to the next one
        goTo(grid.unit(y, x) ?? (how === "key" ? grid.unit(y + Math.sign(y - fromY), x + Math.sign(x - fromX)) : null));
      },
      onkey: (key) => {
        const by = { PageUp: -1, PageDown: 1 }[key];
        if (by) goTo([Math.min(Math.max(unit[0] + by, 0), layer.shape[0] - 1), unit[1], unit[2]]);
        return Boolean(by);
      },
    });

    // All together.
    const drawing = size[0] === size[1] ? size[0] : 0;
    const source = pictureMenu({ pictures, drawing, trouble, onpicture: choose, fit: (file) => asGarment(file, size[0]) });
    const training = make("div", { class: "ce-controls ne-stage" }, steps.element, play.element);
    training.hidden = last === 0;
    filters.element.hidden = facts.filters[0] === 0;
    depth.element.classList.add("ne-layer");
    controls.append(source.element, depth.element);
    controls.after(goal.element, training);
    const left = make("div", { class: "ne-left" }, board.element, downs.element, rights.element, shifted, source.pad);
    const excites = make("div", { class: "ne-nine" }, nine.element, make("div", {}, wherever.element, best));
    floor.append(left, make("div", { class: "ne-maps" }, maps.element), bars.element);
    floor.after(make("div", { class: "ce-stage" }, glass.element, excites, filters.element));
    setLayer(layers.indexOf(layer));
    if (!model.send) return;
    setTimeout(() => { waited = true; draw(); }, 1500);
    ask("hello").then(([content, [shown, all]]) => {
      [alive, labels, sample] = [true, content.labels, numbersIn(Uint8Array, all)];
      const pixels = Float32Array.from(numbersIn(Uint8Array, shown), (level) => level / 255);
      pictures.forEach((one, k) => { one.grey = pixels.subarray(k * area, (k + 1) * area); });
      if (start.stage !== undefined) steps.value = stage = Math.min(start.stage, last);
      if (pictures.some((one) => one.name === start.picture)) source.show(start.picture);
      if (start.shift) move(start.shift);
      look();
      inquire();
    }).catch((error) => trouble(error.message));
  },
};
