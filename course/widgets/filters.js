// A picture, a kernel and the map that they make. Python alone knows the reader's own function and the exact pictures.

const WIDEST = 440, TALLEST = 300, MOST = 99;
const ONE = { rows: 1, columns: 1, values: [1] };

export default {
  render({ model, el }) {
    const { root, controls, stage, say, trouble } = frame({ model, el });
    const ask = lineTo(model), keep = remember(model), given = model.get("given"), view = model.get("view");
    const whole = Boolean(given.filters), { function: whose } = given;
    const filters = new Map((given.filters ?? []).map(([name, effect, size, values]) => [name, { name, effect, size, values }]));
    const state = { by: "browser", turned: false, padding: 0, stride: 1, at: [0, 0], filter: "your own", ...view };
    state.kernel = view.kernel ?? given.kernel;
    let pictures = new Map(), picture = null, lying = ONE, map = null, theirs = null, stale = true, sent = null, kernelHere = false, asked = 0, wrongs = null;
    const change = () => { stale = true; draw(); };
    const shape = () => ({ stride: state.stride, padding: state.padding });

    // The planes. Pictures are drawn with their padding, so that each window lies inside.
    const input = plane({ label: "picture", width: WIDEST, caption: "picture" });
    const output = plane({ label: "feature map", width: WIDEST, caption: "feature map" });
    const captions = [input, output].map(({ element }) => element.querySelector("figcaption"));
    const fit = ({ box, canvas }, rows, columns, scale) => {
      box.style.width = `${Math.max((100 * columns * scale) / WIDEST, 2)}%`; // of its figure, which shrinks with the page
      canvas.style.imageRendering = scale < 1 ? "auto" : "pixelated";
    };
    const scaleOf = () => Math.min(WIDEST / (picture.columns + 2 * state.padding), TALLEST / (picture.rows + 2 * state.padding));
    const half = () => [Math.floor(lying.rows / 2), Math.floor(lying.columns / 2)];
    const goTo = (row, column) => {
      state.at = [Math.min(Math.max(row, 0), Math.max(map.rows - 1, 0)), Math.min(Math.max(column, 0), Math.max(map.columns - 1, 0))];
      keep({ at: state.at });
      if (theirs && !theirs.whole) askPython();
      draw();
    };
    const middle = () => state.at.map((at, k) => at * state.stride + half()[k]);
    input.point({ at: middle, onpoint: (row, column, how) => {
      const from = middle(), moved = [row, column].map((to, k) => (to - from[k]) / state.stride);
      const steps = how === "key" ? moved.map((far) => Math.sign(far) * Math.ceil(Math.abs(far))) : moved.map(Math.round);
      goTo(state.at[0] + steps[0], state.at[1] + steps[1]);
    } });
    output.point({ at: () => state.at, onpoint: (row, column) => goTo(row, column) });

    // The numbers: window, kernel, products.
    const cellOf = (target) => {
      const cell = target?.closest?.("td");
      return cell && table.table.contains(cell) ? cell.parentElement.rowIndex * lying.columns + cell.cellIndex : null;
    };
    const seen = numbers({ label: "window", caption: "window", low: 0, high: 1 });
    const table = numbers({ label: "kernel", caption: "kernel", onedit: whole ? (row, column, text) => {
      const value = typed(text), bad = value === null || Math.abs(value) > MOST;
      table.bad(row, column, bad);
      if (bad) trouble(`“${text}” in row ${row}, column ${column} of the kernel is no number from −${MOST} to ${MOST}. The last good number is kept.`);
      else setCell(row * lying.columns + column, value);
    } : null });
    const products = numbers({ label: "products", caption: "window × kernel" });
    const tables = [seen, table, products];
    tables.forEach(({ element }) => element.classList.add("f-table"));
    const sign = (text) => make("span", { class: "f-sign", "aria-hidden": "true" }, text);
    const wholeRow = make("div", { class: "ce-stage f-numbers" }, seen.element, sign("×"), table.element, sign("="), products.element);

    const setKernel = (kernel, name) => {
      state.kernel = kernel;
      state.filter = name;
      if (list) list.value = name;
      if (size) size.value = Math.max(kernel.rows, kernel.columns);
      trouble(null);
      keep({ kernel, filter: name });
      change();
    };
    const setCell = (k, value) => {
      const values = [...state.kernel.values];
      values[state.turned ? values.length - 1 - k : k] = Math.min(Math.max(Number(value.toFixed(6)), -MOST), MOST);
      setKernel({ ...state.kernel, values }, "your own");
    };
    const fieldAt = (k) => table.table.rows[Math.floor(k / lying.columns)]?.cells[k % lying.columns]?.firstElementChild;
    const nudge = (k, by) => {
      setCell(k, Math.round((lying.values[k] + by) * 1e4) / 1e4);
      const field = fieldAt(k);
      field.value = String(Number(lying.values[k].toFixed(4))).replace("-", "−");
      field.removeAttribute("aria-invalid");
    };
    table.table.addEventListener("keydown", (event) => {
      const k = cellOf(event.target), far = event.shiftKey ? 1 : 0.1;
      if (k === null || !whole || event.ctrlKey || event.metaKey || event.altKey) return;
      const by = { ArrowUp: far, ArrowDown: -far }[event.key], move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) nudge(k, by);
      else if (move && k + move >= 0 && k + move < lying.values.length) { fieldAt(k + move).focus(); fieldAt(k + move).select(); }
      else if (!move) return;
      event.preventDefault();
    });
    table.table.addEventListener("focusout", (event) => { event.target.removeAttribute("aria-invalid"); requestAnimationFrame(draw); });
    let drag = null;
    table.table.addEventListener("pointerdown", (event) => {
      const k = cellOf(event.target);
      if (k === null || !whole) return;
      drag = { k, y: event.clientY, value: lying.values[k], moved: false };
      table.table.setPointerCapture(event.pointerId);
      if (brush.value !== "turn") { event.preventDefault(); setCell(k, Number(brush.value)); }
    });
    table.table.addEventListener("pointermove", (event) => {
      if (drag === null || !event.buttons) return;
      if (brush.value !== "turn") {
        const k = cellOf(document.elementFromPoint(event.clientX, event.clientY));
        if (k !== null && lying.values[k] !== Number(brush.value)) setCell(k, Number(brush.value));
        return;
      }
      const far = Math.round((drag.y - event.clientY) / 6);
      drag.moved ||= far !== 0;
      if (drag.moved) { event.preventDefault(); nudge(drag.k, Math.round((drag.value + far / 10 - lying.values[drag.k]) * 1e4) / 1e4); }
    });
    for (const end of ["pointerup", "pointercancel"]) table.table.addEventListener(end, () => {
      if (drag && !drag.moved && brush.value === "turn") { fieldAt(drag.k)?.focus(); fieldAt(drag.k)?.select(); }
      drag = null;
    });

    // The controls.
    const names = [...filters.keys(), "your own"], choose = (key, after = change) => (value) => { state[key] = value; keep({ [key]: value }); after(); };
    const list = whole && choice({ label: "filter", options: names, value: state.filter, onchoose: (name) =>
      setKernel(filters.has(name) ? named(filters.get(name)) : state.kernel, name) });
    const size = whole && slider({ label: "size", min: 1, max: 7, value: state.kernel.rows, says: (at) => `${at} × ${at}`, onchoose: (at) => {
      const row = filters.get(state.filter);
      if (row && row.values === null) setKernel(named(row, at), row.name);
      else setKernel(resized(state.kernel, at), "your own");
    } });
    const padding = slider({ label: "padding", min: 0, max: 3, value: state.padding, onchoose: choose("padding") });
    const stride = slider({ label: "stride", min: 1, max: 4, value: state.stride, onchoose: choose("stride") });
    const turn = tick({ label: "half a turn (convolution)", value: state.turned, onchoose: choose("turned") });
    const brush = choice({ label: "dragging over the kernel", options: [["turn", "changes a cell"], ["1", "paints 1"], ["-1", "paints −1"],
      ["0.5", "paints 0.5"], ["0", "paints 0"]], onchoose: () => {} });
    const zero = button("all 0", () => setKernel({ ...state.kernel, values: state.kernel.values.map(() => 0) }, "your own"));
    const share = button("make the sum 1", () => {
      const total = state.kernel.values.reduce((sum, one) => sum + one, 0);
      if (Math.abs(total) < 1e-6) trouble("The weights sum to 0, and no factor makes that 1. Change a weight first.");
      else setKernel({ ...state.kernel, values: state.kernel.values.map((one) => one / total) }, "your own");
    });
    const play = player({ label: "Play the window", interval: 120, step: () => {
      const hop = Math.max(1, Math.round(map.columns / 60)), [row, column] = state.at;
      if (column + hop < map.columns) return goTo(row, column + hop);
      if (row + hop >= map.rows) return false;
      return goTo(row + hop, 0);
    } });
    const by = whose && choice({ label: "computed by", value: state.by, onchoose: choose("by"),
      options: [["browser", "the browser"], ["yours", `your ${whose}`], ["both", "both: where they differ"]] });
    const calm = make("p", { class: "f-calm" });
    if (by) by.disabled = true;

    // Computing and drawing.
    const askPython = latest(async () => {
      if (!kernelHere || state.by === "browser" || map.rows * map.columns === 0) return;
      const version = asked, now = picture;
      try {
        const known = pictures.has(now.name) && pictures.get(now.name) === now;
        if (!known && sent !== now) {
          await ask("picture", { rows: now.rows, columns: now.columns }, [Float32Array.from(now.grey).buffer]);
          sent = now;
        }
        const question = { picture: known ? now.name : null, kernel: [...lying.values], rows: lying.rows, columns: lying.columns, ...shape(), at: state.at };
        const [content, [bytes]] = await ask("map", question);
        if (version !== asked) return;
        theirs = { ...content, values: floats(bytes) };
        wrongs = compared(map, theirs, lying);
        trouble(null);
      } catch (error) {
        theirs = null;
        trouble(error.message);
      }
      paintMap();
      draw();
    });
    const paintMap = () => {
      if (map.rows * map.columns === 0) return output.paint([0], 1, 1);
      const shown = range(map, lying), yours = state.by === "yours" && theirs;
      if (yours && theirs.whole) output.paint(theirs.values, theirs.rows, theirs.columns, shown);
      else output.paint(map.values, map.rows, map.columns, shown);
      const marked = state.by === "both" && theirs ? wrongs.cells : [];
      output.crosses(marked.length <= 300 ? marked : []);
      if (yours && !theirs.whole) partOf(output, theirs, shown);
      if (marked.length > 300) hatch(output, marked);
      return null;
    };
    const compute = () => {
      const turned = [...state.kernel.values];
      lying = { ...state.kernel, values: state.turned ? turned.reverse() : turned };
      map = correlate2d(picture.grey, picture.rows, picture.columns, lying.values, lying.rows, lying.columns, shape());
      state.at = state.at.map((at, k) => Math.max(Math.min(at, (k ? map.columns : map.rows) - 1), 0));
      const ring = state.padding, wide = picture.columns + 2 * ring, scale = scaleOf();
      if (painted !== `${ring}` || drawn !== picture.grey) {
        painted = `${ring}`;
        drawn = picture.grey;
        const room = ring ? correlate2d(picture.grey, picture.rows, picture.columns, [1], 1, 1, { padding: ring }).values : picture.grey;
        input.paint(room, picture.rows + 2 * ring, wide);
        fit(input, input.rows, wide, scale);
      }
      fit(output, map.rows, map.columns, scale * state.stride);
      const most = Math.max(lying.rows, lying.columns, 3);
      tables.forEach(({ element }) => { element.dataset.size = most; element.style.setProperty("--cells", most); });
      asked += 1;
      if (state.by === "browser") theirs = null;
      if (theirs === null || state.by === "both") { theirs = null; paintMap(); }
      askPython();
    };
    let painted = "", drawn = null;
    const draw = onFrame(() => {
      if (picture === null) return;
      if (stale) { stale = false; compute(); }
      const [row, column] = state.at, none = map.rows * map.columns === 0, { rows, columns } = lying;
      const from = [row * state.stride, column * state.stride], ring = state.padding;
      const edge = ring ? [{ row: ring, column: ring, height: picture.rows, width: picture.columns, colour: COLOURS.sky, dashed: true }] : [];
      input.frames([...edge, ...(none ? [] : [{ row: from[0], column: from[1], height: rows, width: columns }])]);
      const part = theirs && !theirs.whole ? [{ row: theirs.top, column: theirs.left, height: theirs.rows, width: theirs.columns, colour: COLOURS.sky, dashed: true }] : [];
      output.frames(none ? [] : [...part, { row, column, height: 1, width: 1 }]);
      const window = none ? lying.values.map(() => 0) : windowAt(picture.grey, picture.rows, picture.columns, [row, column], [rows, columns], shape());
      const each = window.map((one, k) => one * lying.values[k]), total = each.reduce((sum, one) => sum + one, 0);
      [window, lying.values, each].forEach((values, k) => tables[k].paint(values, rows, columns));
      table.element.firstElementChild.textContent = state.turned ? "kernel, turned by half a turn" : "kernel";
      products.element.firstElementChild.textContent = `products, sum ${number(total)}`;
      const { low, high } = none ? { low: 0, high: 1 } : range(map, lying);
      captions[0].textContent = `picture, ${picture.rows} × ${picture.columns}`;
      captions[1].textContent = `feature map, ${map.rows} × ${map.columns}: ${number(low)} black, ${low < 0 ? "0 grey, " : ""}${number(high)} white`;
      say(words(from, none, window, total));
      input.label(`The picture, ${picture.rows} × ${picture.columns}. Arrow keys move the window; it starts at row ${from[0] - ring}, column ${from[1] - ring}.`);
      output.label(`The feature map, ${map.rows} × ${map.columns}. Arrow keys move to other neurons; this one is ${row}, ${column}, with the value ${number(total)}.`);
      if (quest) quest.check(!none && {
        vanish: () => picture.name === "two lines" && hidesStanding(picture, lying),
        shift: () => state.stride === 1 && movesLeft(lying),
        line: () => {
          const mean = (weight) => { const ones = window.filter((_, k) => lying.values[k] === weight); return ones.reduce((sum, one) => sum + one, 0) / ones.length; };
          return mean(1) > 0.7 && mean(0) < 0.35;
        },
      }[given.task]());
    });
    const words = (from, none, window, total) => {
      const { rows, columns } = lying, [row, column] = state.at, sizes = `${rows} × ${columns}`;
      if (none) return `A kernel of ${sizes} does not fit into a picture of ${picture.rows} × ${picture.columns} pixels with padding ${state.padding}. Make the kernel smaller, or the padding larger.`;
      const effect = filters.get(state.filter)?.effect, title = whole ? `${state.filter}, ${sizes}${effect ? `, ${effect}` : ""}. ` : "";
      const where = `The window starts at row ${number(from[0] - state.padding, 0)}, column ${number(from[1] - state.padding, 0)}`;
      const neuron = whole ? `Neuron (${row}, ${column}): ` : "";
      return `${title}${where}. ${neuron}${sumOf(window, lying, total)}. ${theirs ? judged() : ""}`;
    };
    const judged = () => {
      const { count: wrong, largest, first } = wrongs, all = theirs.rows * theirs.columns, [row, column] = state.at;
      const part = theirs.whole ? "" : `Your ${whose} takes about ${number(theirs.seconds, 0)} s for the whole map: it computed ${theirs.rows} × ${theirs.columns} values around the frame. `;
      const inside = row >= theirs.top && column >= theirs.left && row < theirs.top + theirs.rows && column < theirs.left + theirs.columns;
      const here = inside ? `Your ${whose} gives ${number(theirs.values[(row - theirs.top) * theirs.columns + column - theirs.left])} here. ` : "";
      if (wrong === 0) return `${part}${here}It agrees with the browser in all ${count(all)} values.`;
      const at = `the first at neuron (${first[0]}, ${first[1]}): yours ${number(first[2])}, the browser’s ${number(first[3])}`;
      return `${part}${here}It differs from the browser in ${count(wrong)} of ${count(all)} values, by at most ${number(largest)}; ${at}.`;
    };
    const quest = given.task && task({ model, says: TASKS[given.task][0], found: TASKS[given.task][1] });

    // What is seen, in its order; then the pictures, and Python if it is there.
    root.classList.add(whole ? "f-whole" : "f-few");
    controls.append(...(whole ? [list.element, size.element, padding.element, stride.element, turn.element] : []),
      ...(by ? [by.element] : []), play.element);
    stage.before(...(quest ? [quest.element] : []), calm);
    stage.append(input.element, whole ? output.element : wholeRow);
    if (whole) stage.after(wholeRow, make("div", { class: "ce-controls" }, brush.element, zero, share));
    const start = async () => {
      pictures = await openPictures(given.pictures);
      const first = pictures.has(state.picture) ? state.picture : given.pictures[0].name;
      const source = pictureMenu({ pictures: [...pictures.values()], value: first, drawing: whole ? 28 : 0, trouble, onpicture: (one) => {
        picture = one;
        theirs = null;
        keep({ picture: one.name });
        change();
      } });
      controls.prepend(source.element);
      stage.prepend(source.pad);
      source.show(first);
      const silent = setTimeout(() => {
        const copy = [...pictures.values()].some((one) => one.copy) ? "The photograph is a small copy here; the running notebook has it in full. " : "";
        calm.textContent = `${copy}${whose ? `To compare with your ${whose}, run the notebook.` : ""}`;
      }, 2500);
      const [{ pictures: exact }, buffers] = await ask("hello");
      clearTimeout(silent);
      calm.textContent = "";
      kernelHere = true;
      if (by) by.disabled = false;
      exact.forEach((name, k) => Object.assign(pictures.get(name), { grey: floats(buffers[k]), copy: false }));
      for (const one of pictures.values()) if (one.of) one.grey = cut(pictures.get(one.of.of), one.of.crop);
      change();
    };
    start();
  },
};
