// A picture, a kernel and the map that they make. Python alone knows the reader's own function and the exact pictures.

const WIDEST = 440, TALLEST = 300;

export default {
  render({ model, el }) {
    const { root, controls, stage, say, trouble } = frame({ model, el });
    const ask = lineTo(model), keep = remember(model), given = model.get("given"), view = model.get("view");
    const whole = Boolean(given.filters), { function: whose } = given; // without filters, the kernel is fixed
    const filters = new Map((given.filters ?? []).map((row) => [row[0], row]));
    const state = { by: "browser", turned: false, padding: 0, stride: 1, at: [0, 0], filter: "your own", kernel: given.kernel, ...view };
    // `lying`: the kernel as it lies on the picture; `theirs`: what Python gave for this map, and `wrongs` where it differs.
    let pictures = new Map(), picture = null, lying = given.kernel, map = null, shown = { low: 0, high: 1 };
    let theirs = null, wrongs = null, stale = true, sent = null, kernelHere = false, version = 0, ground = null;
    const change = () => { stale = true; draw(); };
    const shape = () => ({ stride: state.stride, padding: state.padding });
    const empty = () => map.rows * map.columns === 0;

    // The planes. Pictures are drawn with their padding, so that each window lies inside.
    const input = plane({ label: "picture", width: WIDEST, caption: "picture" });
    const output = plane({ label: "feature map", width: WIDEST, caption: "feature map" });
    input.element.classList.add("f-picture");
    output.element.classList.add("f-map");
    const caption = ({ element }, text) => { element.firstElementChild.textContent = text; };
    const fit = ({ box, canvas }, columns, scale) => { // as a share of its figure, which shrinks with the page
      box.style.width = `${Math.max((100 * columns * scale) / WIDEST, 2)}%`;
      canvas.style.imageRendering = scale < 1 ? "auto" : "pixelated";
    };
    const goTo = (row, column) => {
      const inside = (to, most) => Math.max(Math.min(to, most - 1), 0);
      state.at = [inside(row, map.rows), inside(column, map.columns)];
      keep({ at: state.at });
      if (theirs && !theirs.whole) askPython();
      draw();
    };
    const middle = () => state.at.map((at, k) => at * state.stride + Math.floor((k ? lying.columns : lying.rows) / 2));
    // With drag, or the window would follow the pointer that only passes by.
    input.point({ at: middle, drag: true, onpoint: (row, column, how) => {
      const from = middle(), far = [row - from[0], column - from[1]].map((cells) => cells / state.stride);
      const [down, right] = how === "key" ? far.map((one) => Math.sign(one) * Math.ceil(Math.abs(one))) : far.map(Math.round);
      goTo(state.at[0] + down, state.at[1] + right);
    } });
    output.point({ at: () => state.at, drag: true, onpoint: goTo });

    // The numbers: window × kernel = products.
    const seen = numbers({ label: "window", caption: "window", low: 0, high: 1 });
    const table = numbers({ label: "kernel", caption: "kernel", onedit: whole ? (row, column, text) => {
      const value = typed(text), bad = value === null || Math.abs(value) > MOST;
      table.bad(row, column, bad);
      if (!bad) setCell(row * lying.columns + column, value);
      else trouble(`“${text}” in row ${row}, column ${column} of the kernel is no number from −${MOST} to ${MOST}. The last good one stays.`);
    } : null });
    const products = numbers({ label: "products", caption: "products" });
    const tables = [seen, table, products];
    for (const { element } of tables) element.classList.add("f-table");
    const sign = (text) => make("span", { class: "f-sign", "aria-hidden": "true" }, text);
    const sums = make("div", { class: "ce-stage f-numbers" }, seen.element, sign("×"), table.element, sign("="), products.element);

    const setKernel = (kernel, filter = "your own") => {
      Object.assign(state, { kernel, filter });
      lying = { ...kernel, values: state.turned ? kernel.values.toReversed() : kernel.values };
      list.value = filter;
      size.value = Math.max(kernel.rows, kernel.columns);
      trouble(null);
      keep({ kernel, filter });
      change();
    };
    const setCell = (k, value) => {
      const values = [...state.kernel.values];
      values[state.turned ? values.length - 1 - k : k] = Math.min(Math.max(value, -MOST), MOST);
      setKernel({ ...state.kernel, values });
    };

    // The controls.
    const choose = (key) => (value) => { state[key] = value; keep({ [key]: value }); change(); };
    const list = choice({ label: "filter", options: [...filters.keys(), "your own"], value: state.filter,
      onchoose: (name) => setKernel(filters.has(name) ? named(filters.get(name)) : state.kernel, name) });
    const size = slider({ label: "size", min: 1, max: 7, value: state.kernel.rows, says: (at) => `${at} × ${at}`, onchoose: (at) => {
      const row = filters.get(state.filter);
      if (row && row[3] === null) setKernel(named(row, at), row[0]);
      else setKernel(resized(state.kernel, at));
    } });
    const padding = slider({ label: "padding", min: 0, max: 3, value: state.padding, onchoose: choose("padding") });
    const stride = slider({ label: "stride", min: 1, max: 4, value: state.stride, onchoose: choose("stride") });
    const turn = tick({ label: "half a turn (convolution)", value: state.turned, onchoose: choose("turned") });
    const by = whose && choice({ label: "computed by", value: state.by, onchoose: choose("by"),
      options: [["browser", "the browser"], ["yours", whose], ["both", "both: where they differ"]] });
    const brush = choice({ label: "dragging over the kernel", onchoose: () => {}, options: [["", "changes a cell"], ["1", "paints 1"],
      ["-1", "paints −1"], ["0.5", "paints 0.5"], ["0", "paints 0"]] });
    const zero = button("all 0", () => setKernel({ ...state.kernel, values: state.kernel.values.map(() => 0) }));
    const share = button("make the sum 1", () => {
      const total = sumOf(state.kernel.values), values = state.kernel.values.map((one) => one / total);
      if (values.every((one) => Math.abs(one) <= MOST)) setKernel({ ...state.kernel, values });
      else trouble(`The weights sum to ${number(total)}, and no factor makes that 1. Change a weight first.`);
    });
    const play = player({ label: "Play the window", step: () => { // over a large map in longer steps
      const hop = Math.max(1, Math.round(map.columns / 60)), [row, column] = state.at;
      if (column + hop < map.columns) goTo(row, column + hop);
      else if (row + hop < map.rows) goTo(row + hop, 0);
      else return false;
      return true;
    } });
    if (whole) {
      changeable(table, { values: () => lying.values, columns: () => lying.columns, set: setCell,
        brush: () => (brush.value === "" ? null : Number(brush.value)) });
      table.table.addEventListener("focusout", () => requestAnimationFrame(() => {
        for (const field of table.table.querySelectorAll("input:not(:focus)")) field.removeAttribute("aria-invalid");
        draw();
      }));
    }
    const goal = TASKS[given.task], quest = goal && task({ model, says: goal.says, found: goal.found });
    const calm = make("p", { class: "f-calm" });

    // Computing, here and in Python, and drawing.
    const askPython = latest(async () => {
      if (!kernelHere || state.by === "browser" || empty()) return;
      const asked = version, now = picture, known = pictures.get(now.name) === now;
      try {
        if (!known && sent !== now) await ask("picture", { rows: now.rows, columns: now.columns }, [now.grey.slice().buffer]);
        if (!known) sent = now;
        const kernel = { kernel: [...lying.values], rows: lying.rows, columns: lying.columns };
        const [content, [bytes]] = await ask("map", { picture: known ? now.name : null, ...kernel, ...shape(), at: state.at });
        const answer = { ...content, values: content.same ? map.values : floats(bytes) };
        if (asked !== version) { // the reader is on the move: show that something moves
          if (state.by === "yours" && answer.whole && answer.columns === map.columns) output.paint(answer.values, answer.rows, answer.columns, shown);
          return;
        }
        theirs = answer;
        wrongs = content.same ? { largest: 0, first: null, cells: [] } : compared(map, theirs, lying);
        if (!table.table.querySelector("[aria-invalid=true]")) trouble(null); // what was typed is still wrong
      } catch (error) {
        if (asked !== version) return;
        theirs = null;
        trouble(error.message);
      }
      paintMap();
      draw();
    });
    const paintMap = () => {
      const yours = state.by === "yours" && theirs, marks = state.by === "both" && theirs ? wrongs.cells : [];
      if (empty()) output.paint([0], 1, 1);
      else if (yours && theirs.whole) output.paint(theirs.values, theirs.rows, theirs.columns, shown);
      else output.paint(map.values, map.rows, map.columns, shown);
      if (yours && !theirs.whole) patch(output, theirs, shown);
      output.crosses(marks.length <= 300 ? marks : []);
      if (marks.length > 300) hatch(output, marks);
    };
    const compute = () => {
      const { rows, columns, grey } = picture, ring = state.padding;
      const scale = Math.min(WIDEST / (columns + 2 * ring), TALLEST / (rows + 2 * ring));
      lying = { ...state.kernel, values: state.turned ? state.kernel.values.toReversed() : state.kernel.values };
      version += 1;
      theirs = null;
      map = { values: [], rows: outputSize(rows, lying.rows, shape()), columns: outputSize(columns, lying.columns, shape()) };
      askPython(); // now, so that Python computes while the browser does
      map = correlate2d(grey, rows, columns, lying.values, lying.rows, lying.columns, shape());
      shown = range(map, lying);
      state.at = state.at.map((at, k) => Math.max(Math.min(at, (k ? map.columns : map.rows) - 1), 0));
      if (ground?.grey !== grey || ground.ring !== ring) {
        ground = { grey, ring };
        const padded = correlate2d(grey, rows, columns, [1], 1, 1, { padding: ring });
        input.paint(padded.values, padded.rows, padded.columns);
        fit(input, padded.columns, scale);
      }
      const room = Math.min(WIDEST / Math.max(map.columns, 1), TALLEST / Math.max(map.rows, 1));
      fit(output, map.columns, Math.min(scale * state.stride, room));
      const cells = Math.max(lying.rows, lying.columns, 3);
      for (const { element } of tables) {
        element.dataset.cells = cells;
        element.style.setProperty("--cells", cells);
      }
      const waits = kernelHere && state.by === "yours" && output.rows === map.rows && output.columns === map.columns;
      if (!waits || empty()) paintMap();
    };
    const words = (from, window) => {
      const { rows, columns } = lying, [row, column] = state.at, effect = filters.get(state.filter)?.[1];
      if (empty()) {
        return `A kernel of ${rows} × ${columns} does not fit into a picture of ${picture.rows} × ${picture.columns} pixels with `
          + `padding ${state.padding}. Make the kernel smaller, or the padding larger.`;
      }
      const title = whole ? `${state.filter}, ${rows} × ${columns}${effect ? `, ${effect}` : ""}. ` : "";
      const [top, left] = from.map((at) => number(at - state.padding, 0));
      const neuron = whole ? `Neuron (${row}, ${column}): ` : "";
      const judgement = theirs ? ` ${judged(whose, theirs, wrongs, state.at)}` : "";
      const terms = termsOf(window, lying);
      const sum = whole ? terms : terms[0].toUpperCase() + terms.slice(1);
      return `${title}The window starts at row ${top}, column ${left}. ${neuron}${sum}.${judgement}`;
    };
    const draw = onFrame(() => {
      if (picture === null) return;
      if (stale) { stale = false; compute(); }
      const [row, column] = state.at, { rows, columns } = lying, ring = state.padding;
      const from = [row * state.stride, column * state.stride], sky = { colour: COLOURS.sky, dashed: true };
      const edge = { row: ring, column: ring, height: picture.rows, width: picture.columns, ...sky };
      const frames = empty() ? [] : [{ row: from[0], column: from[1], height: rows, width: columns }];
      input.frames([...(ring ? [edge] : []), ...frames]);
      const part = theirs && !theirs.whole && { row: theirs.top, column: theirs.left, height: theirs.rows, width: theirs.columns, ...sky };
      output.frames(empty() ? [] : [...(part ? [part] : []), { row, column, height: 1, width: 1 }]);
      const window = empty() ? lying.values.map(() => 0)
        : windowAt(picture.grey, picture.rows, picture.columns, [row, column], [rows, columns], shape());
      const each = window.map((one, k) => one * lying.values[k]), total = number(sumOf(each));
      [window, lying.values, each].forEach((values, k) => tables[k].paint(values, rows, columns));
      caption(table, state.turned ? "kernel, turned by half a turn" : "kernel");
      caption(products, `products, sum ${total}`);
      const of = theirs && state.by === "yours" ? "your map" : "feature map";
      caption(input, `picture, ${picture.rows} × ${picture.columns}${ring ? `, and ${ring} of padding` : ""}`);
      caption(output, `${of}, ${map.rows} × ${map.columns}; black ${number(shown.low)}, white ${number(shown.high)}`);
      say(words(from, window));
      input.label(`Picture, ${picture.rows} × ${picture.columns}. Arrow keys move the window; it starts at row ${from[0] - ring}, `
        + `column ${from[1] - ring}, and its sum is ${total}.`);
      output.label(`Feature map, ${map.rows} × ${map.columns}. Arrow keys go to other neurons; this is (${row}, ${column}), value ${total}.`);
      if (quest) quest.check(!empty() && goal.check({ picture, kernel: lying, seen: window, stride: state.stride }));
    });

    // What is seen, in its order; then the pictures, and Python if it is there.
    root.classList.add("f-explorer", whole ? "f-whole" : "f-few");
    const many = [list, size, padding, stride, turn, ...(by ? [by] : [])];
    controls.append(...(whole ? many.map(({ element }) => element) : []), play.element);
    stage.before(...(quest ? [quest.element] : []), calm);
    stage.append(input.element, whole ? output.element : sums);
    if (whole) stage.after(sums, make("div", { class: "ce-controls" }, brush.element, zero, share));
    if (by) by.disabled = true;
    const start = async () => {
      pictures = await openPictures(given.pictures);
      const first = pictures.has(state.picture) ? state.picture : given.pictures[0].name, drawing = whole ? 28 : 0;
      const source = pictureMenu({ pictures: [...pictures.values()], value: first, drawing, trouble, onpicture: (one) => {
        picture = one;
        keep({ picture: one.name });
        change();
      } });
      controls.prepend(source.element);
      stage.prepend(source.pad);
      source.show(first);
      const copy = [...pictures.values()].some((one) => one.copy) ? "The photograph is a small, coarse copy here: its numbers differ from those of the text. " : "";
      const alone = setTimeout(() => {
        calm.textContent = `${copy}${whose ? `To compare with ${whose}, run the notebook.` : ""}`;
      }, 2500);
      const [{ pictures: exact }, buffers] = await ask("hello");
      clearTimeout(alone);
      calm.textContent = "";
      kernelHere = true;
      if (by) by.disabled = false;
      exact.forEach((name, k) => { pictures.get(name).grey = floats(buffers[k]); });
      for (const one of pictures.values()) if (one.of) one.grey = cut(pictures.get(one.of), one.crop);
      change();
    };
    start();
  },
};
