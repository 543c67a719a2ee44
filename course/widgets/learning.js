// A filter that is learned: step by step, or played, beside the one that is wanted.

const SVG = "http://www.w3.org/2000/svg", WIDE = 380, TALL = 190, LEFT = 50, RIGHT = 12, TOP = 8, BOTTOM = 34;

export default {
  render({ model, el }) {
    const { controls, stage, say, root } = frame({ model, el });
    const keep = remember(model), given = model.get("given"), { steps, most, target } = given;
    const { rows, columns } = target, size = rows * columns;
    const numbersOf = (data, bytes, read) => Array.from({ length: data.byteLength / bytes }, (_, k) => data[read](bytes * k, true));
    const weights = numbersOf(given.weights, 2, "getInt16").map((one) => (one / 32767) * most);
    const losses = numbersOf(given.losses, 4, "getFloat32"), last = steps.length - 1;
    const low = Math.min(...target.values), high = Math.max(...target.values);
    let now = Math.max(steps.indexOf(model.get("view").step), 0);

    const table = (caption) => numbers({ label: caption, caption, low, high: high > low ? high : low + 1 });
    const learned = table("after the step"), wanted = table("wanted");
    const curve = document.createElementNS(SVG, "svg");
    const draw = (tag, attributes, text = "") => {
      const one = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
      one.textContent = text;
      curve.append(one);
      return one;
    };

    // The loss by the step, on a scale of powers of ten.
    const logs = losses.map((one) => Math.log10(Math.max(one, 1e-12)));
    const top = Math.ceil(Math.max(...logs)), bottom = Math.min(Math.floor(Math.min(...logs)), top - 1);
    const x = (k) => LEFT + ((steps[k] - steps[0]) / (steps[last] - steps[0] || 1)) * (WIDE - LEFT - RIGHT);
    const y = (k) => TOP + ((top - logs[k]) / (top - bottom)) * (TALL - TOP - BOTTOM);
    curve.setAttribute("viewBox", `0 0 ${WIDE} ${TALL}`);
    curve.setAttribute("role", "img");
    curve.setAttribute("class", "l-curve");
    for (let power = bottom; power <= top; power += Math.ceil((top - bottom) / 4)) {
      const level = TOP + ((top - power) / (top - bottom)) * (TALL - TOP - BOTTOM);
      draw("path", { d: `M${LEFT} ${level}H${WIDE - RIGHT}`, class: "l-line" });
      const plain = Math.abs(power) < 4 ? (10 ** power).toFixed(Math.max(-power, 0)) : `1e${power}`.replace("-", "−");
      draw("text", { x: LEFT - 6, y: level + 4, "text-anchor": "end" }, plain);
    }
    const corners = losses.map((_, k) => `${x(k).toFixed(1)} ${y(k).toFixed(1)}`);
    draw("path", { d: `M${corners.join("L")}`, class: "l-loss" });
    draw("text", { x: LEFT, y: TALL - 18 }, String(steps[0]));
    draw("text", { x: WIDE - RIGHT, y: TALL - 18, "text-anchor": "end" }, String(steps[last]));
    draw("text", { x: (LEFT + WIDE) / 2, y: TALL - 4, "text-anchor": "middle" }, "step");
    const line = draw("path", { class: "l-mark" }), dot = draw("circle", { r: 5, class: "l-dot" });
    const figure = make("figure", { class: "ce-figure" }, make("figcaption", {}, "loss"), curve);

    const show = onFrame(() => {
      const kernel = weights.slice(size * now, size * (now + 1));
      const gaps = kernel.map((one, k) => Math.abs(one - target.values[k])), far = Math.max(...gaps), worst = gaps.indexOf(far);
      learned.paint(kernel, rows, columns);
      learned.element.firstElementChild.textContent = `after step ${steps[now]}`;
      wanted.paint(target.values, rows, columns);
      line.setAttribute("d", `M${x(now)} ${TOP}V${TALL - BOTTOM}`);
      dot.setAttribute("cx", x(now));
      dot.setAttribute("cy", y(now));
      const [first, end] = [losses[0], losses[last]].map((one) => one.toPrecision(3));
      curve.setAttribute("aria-label", `The loss from step ${steps[0]} to ${steps[last]}: ${first} at first, ${end} at the end. `
        + `A line marks step ${steps[now]}.`);
      const place = `row ${Math.floor(worst / columns)}, column ${worst % columns}`;
      say(`Step ${steps[now]}: the loss is ${losses[now].toPrecision(3).replace("-", "−")}. The worst weight, in ${place}, is `
        + `${number(kernel[worst], 3)}, and ${number(far, 3)} off.`);
      if (quest) quest.check(steps[now] === given.task);
    });
    const go = (to) => {
      now = Math.min(Math.max(to, 0), last);
      slide.value = now;
      keep({ step: steps[now] });
      show();
    };
    const slide = slider({ label: "step", min: 0, max: last, value: now, says: (at) => String(steps[at]), onchoose: go });
    const play = player({ step: () => { go(now === last ? 0 : now + 1); return now < last; } });
    const quest = given.task !== null && task({ model,
      says: "go to the first step from which on the worst weight stays less than 0.1 off.",
      found: `Up to the step before, some weight was still 0.1 off or more; from step ${given.task} on none is.` });
    root.classList.add("l-learning");
    for (const one of [learned, wanted]) one.element.classList.add("l-table");
    controls.append(slide.element, play.element);
    if (quest) stage.before(quest.element);
    stage.append(learned.element, wanted.element, figure);
    show();
  },
};
