// What filters.js is made of: kernels with names, a table to change them in, pictures, tasks, and where two maps differ.

const MOST = 99;

/** The float32 numbers that Python sent. */
const floats = ({ buffer, byteOffset, byteLength }) => new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));

const sumOf = (values) => values.reduce((sum, one) => sum + one, 0);

// --- Kernels --------------------------------------------------------------------------------------------------

/** A kernel with a name, of any size: `row` is [name, effect, usual size, values], without values where it has any size. */
function named([name, , usual, values], size = usual) {
  if (values !== null) return { rows: usual, columns: usual, values: [...values] };
  const middle = Math.floor(size / 2), sigma = (1.5 * size) / 7;
  const weight = {
    identity: (i, j) => Number(i === middle && j === middle),
    vertical_line: (i, j) => Number(j === middle),
    horizontal_line: (i) => Number(i === middle),
    box_blur: () => 1,
    gaussian_blur: (i, j) => Math.exp(-((i - middle) ** 2 + (j - middle) ** 2) / (2 * sigma ** 2)),
  }[name];
  const made = Array.from({ length: size * size }, (_, k) => weight(Math.floor(k / size), k % size));
  const total = name.endsWith("blur") ? sumOf(made) : 1;
  return { rows: size, columns: size, values: made.map((one) => one / total) };
}

/** The same numbers in a square of another size, about the same middle. */
function resized({ rows, columns, values }, size) {
  const down = Math.floor(size / 2) - Math.floor(rows / 2), right = Math.floor(size / 2) - Math.floor(columns / 2);
  return { rows: size, columns: size, values: Array.from({ length: size * size }, (_, k) => {
    const [i, j] = [Math.floor(k / size) - down, (k % size) - right];
    return i >= 0 && j >= 0 && i < rows && j < columns ? values[i * columns + j] : 0;
  }) };
}

/** The value that 99 in 100 of the absolute values do not exceed, as np.quantile gives it, without sorting them all. */
function reach(values) {
  const bins = 4096, counts = new Uint32Array(bins), last = values.length - 1;
  let most = 0;
  for (let k = 0; k <= last; k += 1) most = Math.max(most, Math.abs(values[k]));
  if (most === 0) return 1;
  const factor = (bins - 1) / most, at = 0.99 * last, low = Math.floor(at), high = Math.min(low + 1, last);
  for (let k = 0; k <= last; k += 1) counts[Math.floor(Math.abs(values[k]) * factor)] += 1;
  let first = 0, below = 0;
  while (below + counts[first] <= low) below += counts[first++];
  let end = first, until = below + counts[first];
  while (until <= high) until += counts[++end];
  const near = [];
  for (let k = 0; k <= last; k += 1) {
    const bin = Math.floor(Math.abs(values[k]) * factor);
    if (bin >= first && bin <= end) near.push(Math.abs(values[k]));
  }
  near.sort((one, other) => one - other);
  return near[low - below] + (at - low) * (near[high - below] - near[low - below]) || 1;
}

/** Which values of a map are drawn black and white: course.kernels.as_picture's rule. */
function range(map, kernel) {
  const total = sumOf(kernel.values);
  if (total > 0.5) return { low: 0, high: Math.max(total, 1) };
  const high = map.values.length ? reach(map.values) : 1;
  return { low: -high, high };
}

/**
 * Let a reader change the numbers of a table: arrow up and down, or a drag, change a cell; left and right go to the next.
 * `values()` and `columns()` say what it holds, `set(k, value)` changes it, `brush()` is the number to paint, or null.
 */
function changeable({ table }, { values, columns, set, brush }) {
  const cellOf = (target) => {
    const cell = target?.closest?.("td");
    return cell && table.contains(cell) ? cell.parentElement.rowIndex * columns() + cell.cellIndex : null;
  };
  const field = (k) => table.rows[Math.floor(k / columns())].cells[k % columns()].firstElementChild;
  const enter = (k) => { field(k).focus(); field(k).select(); };
  const put = (k, value) => {
    set(k, Math.round(value * 1e4) / 1e4);
    field(k).value = String(Number(values()[k].toFixed(4))).replace("-", "−");
    field(k).removeAttribute("aria-invalid");
  };
  table.addEventListener("keydown", (event) => {
    const k = cellOf(event.target), far = event.shiftKey ? 1 : 0.1;
    if (k === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowUp: far, ArrowDown: -far }[event.key], to = k + ({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? NaN);
    if (by) put(k, values()[k] + by);
    else if (to >= 0 && to < values().length) enter(to);
    else if (Number.isNaN(to)) return;
    event.preventDefault();
  });
  let drag = null;
  table.addEventListener("pointerdown", (event) => {
    const k = cellOf(event.target);
    if (k === null) return;
    drag = { k, y: event.clientY, from: values()[k], pulled: false };
    table.setPointerCapture(event.pointerId);
    if (brush() === null) return;
    event.preventDefault();
    put(k, brush()); // also in the field that is being typed in
  });
  table.addEventListener("pointermove", (event) => {
    if (drag === null || !event.buttons) return;
    if (brush() !== null) {
      const k = cellOf(document.elementFromPoint(event.clientX, event.clientY));
      if (k !== null && values()[k] !== brush()) put(k, brush());
      return;
    }
    const tenths = Math.round((drag.y - event.clientY) / 6);
    drag.pulled ||= tenths !== 0;
    if (drag.pulled) put(drag.k, drag.from + tenths / 10);
  });
  const end = () => {
    if (drag && !drag.pulled && brush() === null) enter(drag.k);
    drag = null;
  };
  table.addEventListener("pointerup", end);
  table.addEventListener("pointercancel", end);
}

// --- Pictures ---------------------------------------------------------------------------------------------------

/** A part of a picture: [row, column, height, width]. */
const cut = ({ grey, columns }, [row, column, high, wide]) =>
  Float32Array.from({ length: high * wide }, (_, k) => grey[(row + Math.floor(k / wide)) * columns + column + (k % wide)]);

/** The pictures by their names; what is small in a saved notebook is stretched until Python sends the pixels. */
async function openPictures(given) {
  const pictures = new Map();
  for (const { name, bytes, rows, columns, of, crop } of given) {
    if (of) {
      pictures.set(name, { name, rows: crop[2], columns: crop[3], grey: cut(pictures.get(of), crop), of, crop });
      continue;
    }
    const small = await pictureFrom({ name, bytes });
    const grey = Float32Array.from({ length: rows * columns }, (_, k) => {
      const row = Math.floor((Math.floor(k / columns) * small.rows) / rows);
      return small.grey[row * small.columns + Math.floor(((k % columns) * small.columns) / columns)];
    });
    pictures.set(name, { name, rows, columns, grey, copy: small.rows !== rows });
  }
  return pictures;
}

/** Draw stripes over many cells: a pattern, not a colour alone. */
function hatch(map, cells) {
  const pen = map.canvas.getContext("2d"), image = pen.getImageData(0, 0, map.columns, map.rows);
  for (const [i, j] of cells) if ((i + j) % 6 < 3) image.data.set([213, 94, 0, 255], 4 * (i * map.columns + j));
  pen.putImageData(image, 0, 0);
}

/** Draw a part of a map into it. */
function patch(map, part, { low, high }) {
  const image = new ImageData(part.columns, part.rows);
  part.values.forEach((one, k) => image.data.fill(Math.round(((one - low) / (high - low || 1)) * 255), 4 * k, 4 * k + 3));
  part.values.forEach((_, k) => { image.data[4 * k + 3] = 255; });
  map.canvas.getContext("2d").putImageData(image, part.left, part.top);
}

// --- Words and tasks ----------------------------------------------------------------------------------------------

/** The words for a sum: every term where there are few, else how many they are. */
function termsOf(seen, kernel) {
  const terms = seen.flatMap((one, k) => (kernel.values[k] === 0 ? [] : [[one, kernel.values[k]]]));
  const total = number(sumOf(seen.map((one, k) => one * kernel.values[k])));
  if (terms.length === 0 || terms.length > 4) return `the sum of the ${seen.length} products is ${total}`;
  const short = (weight) => String(Number(weight.toFixed(2))).replace("-", "−");
  return `${terms.map(([one, weight]) => `${number(one)} × ${weight < 0 ? `(${short(weight)})` : short(weight)}`).join(" + ")} = ${total}`;
}

/** Where a map of Python's differs from the browser's: how many values, by how much, the first of them, and the cells. */
function compared(map, theirs, kernel) {
  const slack = 1e-4 * Math.max(1, sumOf(kernel.values.map(Math.abs))), cells = [];
  let largest = 0, first = null;
  for (let i = 0, k = 0; i < theirs.rows; i += 1) {
    for (let j = 0; j < theirs.columns; j += 1, k += 1) {
      const row = theirs.top + i, column = theirs.left + j, yours = theirs.values[k], mine = map.values[row * map.columns + column];
      const gap = Math.abs(yours - mine);
      if (gap <= slack) continue;
      first ??= { row, column, yours, mine };
      largest = Math.max(largest, gap);
      cells.push([row, column]);
    }
  }
  return { largest, first, cells };
}

/** What is said of a map of Python's (`whose`: "your correlate2d"), when the reader is at a row and a column. */
function judged(whose, theirs, { largest, first, cells }, [row, column]) {
  const { top, left, rows, columns, whole, seconds } = theirs, all = count(rows * columns);
  const name = whose[0].toUpperCase() + whose.slice(1);
  const inside = row >= top && column >= left && row < top + rows && column < left + columns;
  const part = whole ? "" : `${name} takes about ${number(seconds, seconds < 2 ? 1 : 0)} s for the whole map: `
    + `it computed the ${rows} × ${columns} values around the frame. `;
  const here = inside ? `${name} gives ${number(theirs.values[(row - top) * columns + column - left])} here. ` : "";
  if (cells.length === 0) return `${part}${here}It agrees with the browser in all ${all} values.`;
  return `${part}${here}It differs from the browser in ${count(cells.length)} of ${all} values, by at most ${number(largest)}; first `
    + `at neuron (${first.row}, ${first.column}): ${number(first.yours)}, in the browser ${number(first.mine)}.`;
}

/** The tasks: what is said, what is said when it is found, and whether it is. */
const TASKS = {
  vanish: {
    says: "on the picture “two lines”, find a kernel that makes the standing line vanish from the map and still shows the lying one.",
    found: "What lies above and below each other in this kernel cancels: its columns sum to 0.",
    // The lying line is row 10 of 15: windows that end above it see the standing line alone, those at the right edge the lying one.
    check: ({ picture, kernel: { rows: high, columns: wide, values } }) => {
      if (picture.name !== "two lines") return false;
      const map = correlate2d(picture.grey, 15, 15, values, high, wide), most = Math.max(...values.map(Math.abs));
      const above = map.values.subarray(0, (11 - high) * map.columns), aside = map.values.filter((_, k) => (k + 1) % map.columns === 0);
      return most > 0 && above.every((one) => Math.abs(one) < 0.01 * most) && aside.some((one) => Math.abs(one) > 0.1 * most);
    },
  },
  shift: {
    says: "find a kernel with which the map is the picture, one pixel further to the left.",
    found: "Each neuron passes on its neighbour at the right, so all comes one pixel to the left.",
    check: ({ stride, kernel: { rows, columns, values } }) => stride === 1 && rows % 2 === 1 && columns % 2 === 1 && columns > 1
      && values.every((one, k) => Math.abs(one - Number(k === ((rows - 1) / 2) * columns + (columns + 1) / 2)) < 1e-6),
  },
  line: {
    says: "find a line: a window that is bright (above 0.7 on average) where the kernel has ones, and dark (below 0.35) elsewhere.",
    found: "The bright pixels lie just where the ones lie.",
    check: ({ seen, kernel }) => {
      const mean = (weight) => {
        const under = seen.filter((_, k) => kernel.values[k] === weight);
        return sumOf(under) / under.length;
      };
      return mean(1) > 0.7 && mean(0) < 0.35;
    },
  },
};
