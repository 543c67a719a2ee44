// Slide a picture under a grid of pooling windows: what each layer passes on, what stays, and what moves along.

const LARGEST = 64; // a picture's longer side, in its own pixels

export default {
  render({ model, el }) {
    const given = model.get("given"), { controls, stage, root, say, trouble } = frame({ model, el });
    const ask = lineTo(model), keep = remember(model), moves = given.moves, SIDE = SIDES[moves];
    const at = { picture: "letter", ...NOT_MOVED, window: 2, kind: "max", layers: 1, by: "browser", ...model.get("view") };
    let picture = null, cell = null, kernel = false, axis = "right", failed = false, answered = null, seen = null;
    let visited = new Map(), visitedFor = "";

    // --- What there is to see: the picture, a plane for each layer, and below them a chart, a meter and words ---

    const slot = (label) => {
      const caption = make("figcaption"), map = plane({ label, width: SIDE });
      const off = make("div", { class: "pool-off", hidden: true });
      map.element.prepend(caption);
      map.box.after(off);
      map.element.classList.add("pool-slot");
      map.element.style.width = `${SIDE}px`;
      map.element.style.minHeight = `${SIDE + (moves ? 44 : 24)}px`;
      return { map, caption, off };
    };
    const shown = slot("The picture"), outputs = Array.from({ length: moves ? 3 : 1 }, (_, k) => slot(`Layer ${k + 1}`));
    const grid = overlay(shown.map.box, "grid"), marks = outputs.map(({ map }) => overlay(map.box, "mark"));
    const planes = make("div", { class: `pool-planes${moves ? " pool-moving" : ""}` },
      shown.map.element, ...outputs.map(({ map }) => map.element));
    const meter = make("progress", { max: 1, value: 1, "aria-label": "Invariance: cells of the last layer that stay" });
    const meterWords = make("span"), chart = chartOf();
    const words = root.querySelector(".ce-words"), measured = make("div", { class: "pool-measured" });
    const below = make("div", { class: "pool-below" }, chart.element, measured);
    if (moves) {
      measured.append(make("p", {}, meter, " ", meterWords), words);
      stage.append(planes, below);
    } else stage.append(planes);
    const tasks = tasksOf({ model, moves });
    controls.before(make("div", { class: "pool-tasks" }, ...tasks.map(({ element }) => element)));

    const titled = (one) => {
      if (given.pictures.some(({ name }) => name === one.name)) return `The ${one.name}`;
      return one.name === "your drawing" ? "Your drawing" : one.name;
    };
    const screenSize = (cells) => (SIDE * cells) / Math.max(picture.rows, picture.columns);
    const paintPicture = ({ pixels, after }) => {
      const { rows, columns } = picture, size = `${rows} × ${columns} pixels`;
      shown.map.paint(pixels, rows, columns, { high: 255 });
      shown.map.box.style.width = `${screenSize(columns)}px`;
      shown.caption.textContent = `${picture.name}, ${size}${moves ? "\ndrag it, or arrow keys" : ""}`;
      const how = moves ? " Arrow keys move it, with Shift by 5; Home brings it back." : "";
      shown.map.label(`${titled(picture)}, ${size}${moves ? `, ${moveWords(at)}` : ""}.${how}`);
      grid(after.length ? gridPath(after[0], at.window) : "", rows, columns);
    };
    const paintOutput = ({ map, caption, off }, k, before, after, differing) => {
      const name = moves ? `layer ${k + 1}` : seen.kind === "max" ? "the maxima" : "the means";
      map.box.hidden = !after;
      off.hidden = Boolean(after);
      map.element.classList.toggle("pool-unused", !after);
      if (!after) {
        caption.textContent = `${name}: ${k < seen.layers ? "no window fits" : "not used"}`;
        return;
      }
      const { rows, columns, values } = after, { cells, kept, total, share } = compared(before, after);
      map.paint(values, rows, columns, { high: 255 });
      map.box.style.width = `${screenSize(columns * seen.window ** (k + 1))}px`;
      map.box.classList.toggle("pool-fine", screenSize(seen.window ** (k + 1)) < 20);
      map.crosses(moves ? cells : []);
      marks[k](differing.map(([i, j]) => `M${j + 0.1} ${i + 0.1}h.8v.8h-.8z`).join(""), rows, columns);
      caption.textContent = `${name}: ${rows} × ${columns} cells${moves ? `\n${percent(share)} stay` : ""}`;
      const stay = moves ? `, ${kept} of ${total} stay; crosses mark those that changed` : "";
      map.label(`Layer ${k + 1}: ${rows} × ${columns} cells${stay}. Arrow keys go from cell to cell.`);
    };
    /** Frame the cell that the reader points at, and what it sees; say which it is. */
    const pointOut = (before, after) => {
      const output = cell && after[cell.layer], size = output ? seen.window ** (cell.layer + 1) : 0;
      if (output) {
        cell.row = Math.min(cell.row, output.rows - 1);
        cell.column = Math.min(cell.column, output.columns - 1);
      }
      outputs.forEach(({ map }, k) => map.frames(output && cell.layer === k ? [{ ...cell, height: 1, width: 1 }] : []));
      if (!output) {
        shown.map.frames([]);
        return "";
      }
      const { layer, row, column } = cell, place = row * output.columns + column;
      shown.map.frames([{ row: row * size, column: column * size, height: size, width: size }]);
      const value = output.values[place], was = before[layer].values[place];
      const reach = (first) => (size === 1 ? ` ${first}` : `s ${first} to ${first + size - 1}`);
      const where = `row${reach(row * size)} and column${reach(column * size)}`;
      const earlier = isClose(was, value) ? "" : `, and before the move ${level(was)}`;
      return ` Cell (${row}, ${column}) of layer ${layer + 1} sees ${where}, and is ${level(value)}${earlier}.`;
    };
    const chartIt = (share, bare) => { // without a share the chart has no mark here
      const other = axis === "right" ? seen.down : seen.right;
      const { turn, scale, window, kind: passed, layers, by } = seen;
      const settings = [seen.picture.id, axis, other, turn, scale, window, passed, layers, by].join();
      if (settings !== visitedFor) visited = new Map();
      visitedFor = settings;
      if (share !== null) visited.set(seen[axis], [seen[axis], share, bare]);
      const points = [...visited.values()].sort((one, two) => one[0] - two[0]);
      chart.paint(points, axis === "right" ? "to the right" : "down", seen[axis]);
    };
    /** Show the meter and the chart; return what they say. */
    const measure = (before, after, pixels) => {
      const last = after.at(-1);
      if (after.length < seen.layers) {
        meter.value = 0;
        meterWords.textContent = "nothing to measure";
        chartIt(null);
        const into = last ? `${last.rows} × ${last.columns} cells` : "the picture";
        return `no window of ${seen.window} × ${seen.window} fits into ${into}.`;
      }
      const { kept, total, share } = compared(before.at(-1), last);
      meter.value = share;
      meterWords.textContent = `${percent(share)} of the cells stay (invariance ${number(share)})`;
      chartIt(share, compared({ ...seen.picture, values: seen.picture.levels }, { values: pixels }).share);
      const gap = gapWords(before.at(-1), last, seen);
      return `${kept} of ${plural(total, "cell")} stay (invariance ${number(share)}). Gap to equivariance: ${gap}.`;
    };
    /** Draw the outputs, the browser's or the reader's, and say what they show. */
    const show = (now, yours = null) => {
      const { pixels, before, after } = seen = now;
      const [was, is] = yours ?? [before, after], name = given.yours[seen.kind];
      const differing = is.map((output, k) => (yours ? compared(after[k], output).cells : []));
      outputs.forEach((one, k) => paintOutput(one, k, was[k], is[k], differing[k]));
      const pointed = pointOut(was, is), wrong = differing.flat().length;
      const all = is.reduce((sum, { values }) => sum + values.length, 0);
      const same = `Computed by ${name}; the browser finds the same.`;
      const differs = `Dashed squares: ${name} and the browser differ in ${wrong} of ${plural(all, "cell")}.`;
      const none = ` By the browser: it was given no function for the ${seen.kind}.`;
      const whose = yours && all ? ` ${wrong ? differs : same}` : seen.by === "yours" && kernel && !name ? none : "";
      const start = `${titled(seen.picture)}${moves ? `, ${moveWords(seen)},` : ""} ${windowWords(seen)}: `;
      const levels = () => (is.length ? levelWords(is[0], seen.picture, seen.window) : "no window fits.");
      const found = moves ? measure(was, is, pixels) : levels();
      say(start + found + pointed + whose);
      const pooledAt = (other) => {
        const settings = { ...seen, ...other };
        return pooled(movedPicture(seen.picture, settings), seen.picture.rows, seen.picture.columns, settings);
      };
      tasks.forEach((one) => one.look({ at: seen, picture: seen.picture, before, after, pooledAt }));
    };

    // --- The reader's own functions: asked for both pictures at once, as a batch of two -------------------------

    const fromPython = (buffers, after) => {
      const batches = buffers.map((one, k) => {
        const both = new Float64Array(one.buffer.slice(one.byteOffset, one.byteOffset + one.byteLength));
        const size = both.length / 2;
        return [0, 1].map((which) => ({ ...after[k], values: both.slice(which * size, (which + 1) * size) }));
      });
      return [0, 1].map((which) => batches.map((batch) => batch[which]));
    };
    const byYours = () => at.by === "yours" && kernel && given.yours[at.kind];
    const askYours = latest(async (now) => {
      const { rows, columns, levels } = now.picture, both = new Float64Array(2 * rows * columns);
      both.set(levels);
      both.set(now.pixels, rows * columns);
      const waiting = setTimeout(() => say(`Waiting for ${given.yours[now.kind]} to answer.`), 400);
      try {
        const question = { kind: now.kind, window: now.window, layers: now.layers, rows, columns };
        const [, buffers] = await ask("pool", question, [both.buffer]);
        answered = { key: now.key, outputs: fromPython(buffers, now.after) };
        if (byYours()) show(now, answered.outputs);
        if (failed) trouble(null);
        failed = false;
      } catch (error) {
        answered = { key: now.key, outputs: null };
        failed = true;
        trouble(`${error.message.replace(/[^.!?]$/, "$&.")} The browser’s own numbers are shown.`);
        if (byYours()) show(now);
      } finally {
        clearTimeout(waiting);
      }
    });
    const draw = onFrame(() => {
      if (picture === null) return;
      const { rows, columns, levels } = picture, pixels = movedPicture(picture, at);
      const before = pooled(levels, rows, columns, at), after = pooled(pixels, rows, columns, at);
      const key = [picture.id, at.right, at.down, at.turn, at.scale, at.window, at.kind, at.layers].join();
      const now = { ...at, picture, pixels, before, after, key };
      paintPicture(now);
      who.disabled = !kernel;
      if (!byYours()) show(now);
      else if (answered?.key === key) show(now, answered.outputs);
      else askYours(now);
    });

    // --- What the reader moves ----------------------------------------------------------------------------------

    const change = (view) => {
      Object.assign(at, view);
      keep(view);
      for (const name of ["right", "down", "turn"]) sliders[name].value = at[name];
      sliders.scale.value = Math.round(100 * at.scale);
      draw();
    };
    const chosen = (view) => { play.stop(); change(view); };
    const within = (value) => Math.min(Math.max(value, -MOST), MOST);
    const sliding = (name, label, min, max, more = {}) =>
      slider({ label, min, max, value: at[name], onchoose: (value) => chosen({ [name]: value }), ...more });
    const sliders = {
      right: sliding("right", "to the right", -MOST, MOST),
      down: sliding("down", "down", -MOST, MOST),
      turn: sliding("turn", "turn", -180, 180, { says: (degrees) => `${number(degrees, 0)}°` }),
      scale: sliding("scale", "scale", 50, 150, { step: 5, value: Math.round(100 * at.scale),
        says: (share) => `× ${number(share / 100)}`, onchoose: (share) => chosen({ scale: share / 100 }) }),
      window: sliding("window", "window and stride", 1, 4, { says: (size) => `${size} × ${size}` }),
      layers: sliding("layers", "layers", 1, 3),
    };
    const choosing = (name, label, options) =>
      choice({ label, options, value: at[name], onchoose: (value) => chosen({ [name]: value }) });
    const kind = choosing("kind", "passes on the", Object.entries(KINDS));
    const who = choosing("by", "computed by", [["browser", "the browser"], ["yours", "your functions"]]);
    let onward = true;
    const play = player({ label: "Play the shift", interval: 250, step: () => {
      if (at[axis] >= MOST) onward = false;
      change({ [axis]: at[axis] + (onward ? 1 : -1) });
      return onward || at[axis] > 0;
    } });
    play.element.addEventListener("click", () => { onward = at[axis] < MOST; });
    const direction = choice({ label: "and chart it", options: [["right", "to the right"], ["down", "down"]],
      onchoose: (value) => { play.stop(); axis = value; draw(); } });
    const back = button("Back to the start", () => chosen(NOT_MOVED));
    const note = make("p", { class: "pool-note" }, "Your own functions answer in the running notebook: run its cells.");

    const { box } = shown.map;
    let from = null;
    const press = (event) => {
      from = [event.clientX, event.clientY, at.right, at.down];
      box.setPointerCapture(event.pointerId);
      box.focus({ preventScroll: true });
    };
    const drag = (event) => {
      if (!event.buttons || from === null) return;
      const size = box.clientWidth / picture.columns, [x, y] = [event.clientX - from[0], event.clientY - from[1]];
      const right = within(from[2] + Math.round(x / size)), down = within(from[3] + Math.round(y / size));
      if (right !== at.right || down !== at.down) chosen({ right, down });
    };
    const key = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const far = event.shiftKey ? 5 : 1;
      const moveBy = {
        ArrowRight: [far, 0], ArrowLeft: [-far, 0], ArrowDown: [0, far], ArrowUp: [0, -far], Home: [-at.right, -at.down],
      };
      if (!(event.key in moveBy)) return;
      event.preventDefault();
      const [right, down] = moveBy[event.key];
      chosen({ right: within(at.right + right), down: within(at.down + down) });
    };
    if (moves) {
      box.tabIndex = 0;
      box.setAttribute("role", "application");
      box.classList.add("pool-dragged");
      box.addEventListener("pointerdown", press);
      box.addEventListener("pointermove", drag);
      box.addEventListener("keydown", key);
    }
    outputs.forEach(({ map }, layer) => map.point({
      at: () => (cell?.layer === layer ? [cell.row, cell.column] : [0, 0]),
      onpoint: (row, column) => { cell = { layer, row, column }; draw(); },
    }));

    Promise.all(given.pictures.map(pictureFrom)).then((pictures) => {
      let ids = 0;
      const onpicture = (one) => {
        picture = { ...one, id: (ids += 1), levels: Float64Array.from(one.grey, (share) => Math.round(255 * share)) };
        chosen({ picture: one.name });
      };
      const menu = pictureMenu({ pictures, side: LARGEST, drawing: 28, onpicture, trouble });
      const row = (...parts) =>
        make("div", { class: "ce-controls pool-controls" }, ...parts.map((one) => one.element ?? one));
      const functions = Object.keys(given.yours).length ? [who, note] : [];
      const { right, down, turn, scale, window, layers } = sliders;
      controls.append(menu.element);
      const [where, what] = [row(right, down, turn, scale), row(window, kind, layers)];
      const rows = [where, what, row(play, direction, back, ...functions)];
      controls.after(...(moves ? rows : [row(window, kind, ...functions)]));
      (moves ? below : planes).append(menu.pad);
      note.hidden = Boolean(model.send);
      setTimeout(() => { note.hidden = kernel; }, 3000);
      if (functions.length) ask("hello").then(() => { kernel = note.hidden = true; draw(); });
      menu.show(pictures.some(({ name }) => name === at.picture) ? at.picture : pictures[0].name);
    }).catch((error) => trouble(error.message));
  },
};
