// What filters.js is made of: kernels with names, pictures, tasks, and where two maps differ.

/** A kernel with a name, of any size. `rows` is one of { name, effect, size, values or null }. */
function named({ name, size: usual, values }, size = usual) {
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
  const total = name.endsWith("blur") ? made.reduce((sum, one) => sum + one) : 1;
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
  const factor = (bins - 1) / most, at = 0.99 * last, low = Math.floor(at);
  for (let k = 0; k <= last; k += 1) counts[Math.floor(Math.abs(values[k]) * factor)] += 1;
  let first = 0, below = 0, end, until;
  while (below + counts[first] <= low) { below += counts[first]; first += 1; }
  for (end = first, until = below + counts[first]; until <= Math.min(low + 1, last); until += counts[end]) end += 1;
  const near = values.filter((one) => { const bin = Math.floor(Math.abs(one) * factor); return bin >= first && bin <= end; });
  near.forEach((one, k) => { near[k] = Math.abs(one); });
  near.sort();
  const lower = near[low - below], upper = near[Math.min(low + 1, last) - below];
  return lower + (at - low) * (upper - lower) || 1;
}

/** How a map is drawn: course.kernels.as_picture's rule. */
function range(map, kernel) {
  const total = kernel.values.reduce((sum, one) => sum + one, 0);
  if (total > 0.5) return { low: 0, high: Math.max(total, 1) };
  const high = reach(map.values);
  return { low: -high, high };
}

/** The float32 numbers that Python sent. */
const floats = ({ buffer, byteOffset, byteLength }) => new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));

/** A part of a picture: [row, column, height, width]. */
const cut = ({ grey, columns }, [row, column, high, wide]) =>
  Float32Array.from({ length: high * wide }, (_, k) => grey[(row + Math.floor(k / wide)) * columns + column + (k % wide)]);

/** The pictures to choose from; what is small in a saved notebook is stretched until Python sends the pixels. */
async function openPictures(given) {
  const pictures = new Map();
  for (const one of given) {
    if (one.of) {
      pictures.set(one.name, { name: one.name, rows: one.crop[2], columns: one.crop[3], grey: cut(pictures.get(one.of), one.crop), of: one });
    } else if (one.height) {
      const small = await pictureFrom({ name: one.name, bytes: one.bytes }), { height: rows, width: columns } = one;
      const grey = Float32Array.from({ length: rows * columns }, (_, k) => {
        const row = Math.floor((Math.floor(k / columns) * small.rows) / rows), column = Math.floor(((k % columns) * small.columns) / columns);
        return small.grey[row * small.columns + column];
      });
      pictures.set(one.name, { name: one.name, rows, columns, grey, copy: true });
    } else pictures.set(one.name, await pictureFrom(one));
  }
  return pictures;
}

/** Whether a kernel hides a standing line in a picture with two lines and still shows the lying one. */
function hidesStanding(picture, kernel) {
  const { values, rows, columns } = correlate2d(picture.grey, 15, 15, kernel.values, kernel.rows, kernel.columns);
  const most = Math.max(...kernel.values.map(Math.abs)), level = (i, j) => values[i * columns + j];
  const above = Array.from({ length: Math.max(11 - kernel.rows, 0) * columns }, (_, k) => level(Math.floor(k / columns), k % columns));
  const aside = Array.from({ length: rows }, (_, i) => level(i, columns - 1));
  return most > 0 && above.every((one) => Math.abs(one) < 0.01 * most) && aside.some((one) => Math.abs(one) > 0.1 * most);
}

/** Whether a kernel is a single 1, one pixel to the right of its middle. */
const movesLeft = ({ rows, columns, values }) => rows * columns > 1 && rows % 2 === 1 && columns % 2 === 1 && values.every(
  (one, k) => Math.abs(one - Number(k === ((rows - 1) / 2) * columns + (columns + 1) / 2)) < 1e-6);

const TASKS = {
  vanish: ["on the picture “two lines”, find a kernel that makes the standing line vanish from the map and still shows the lying one.",
    "What lies above and below each other in this kernel cancels: its columns sum to 0."],
  shift: ["find a kernel with which the map is the picture, moved by one pixel to the left.",
    "Each neuron passes on its neighbour at the right, so all comes one pixel to the left."],
  line: ["find a line: a window that is bright (0.7 or more on average) where the kernel has ones, and dark (below 0.35) elsewhere.",
    "The bright pixels lie just where the ones lie."],
};

/** The words for a sum: every term where there are few, else how many they are. */
function sumOf(seen, kernel, total) {
  const terms = seen.flatMap((one, k) => (kernel.values[k] === 0 ? [] : [[one, kernel.values[k]]]));
  const term = ([one, weight]) => `${number(one)} × ${weight < 0 ? `(${number(weight)})` : number(weight)}`;
  if (terms.length === 0 || terms.length > 4) return `the sum of the ${seen.length} products is ${number(total)}`;
  return `${terms.map(term).join(" + ")} = ${number(total)}`;
}

/** Where a map of Python's differs from the browser's: how many, by how much, the first, and all the cells. */
function compared(map, theirs, kernel) {
  const slack = 1e-4 * Math.max(1, kernel.values.reduce((sum, one) => sum + Math.abs(one), 0)), cells = [];
  let largest = 0, first = null;
  for (let i = 0; i < theirs.rows; i += 1) {
    for (let j = 0; j < theirs.columns; j += 1) {
      const yours = theirs.values[i * theirs.columns + j], mine = map.values[(i + theirs.top) * map.columns + j + theirs.left], gap = Math.abs(yours - mine);
      if (gap <= slack) continue;
      first ??= [i + theirs.top, j + theirs.left, yours, mine];
      largest = Math.max(largest, gap);
      cells.push([i + theirs.top, j + theirs.left]);
    }
  }
  return { count: cells.length, largest, first, cells };
}

/** Draw stripes over many cells that differ: a pattern, not a colour alone. */
function hatch(map, cells) {
  const pen = map.canvas.getContext("2d"), image = pen.getImageData(0, 0, map.columns, map.rows);
  for (const [i, j] of cells) if ((i + j) % 6 < 3) image.data.set([213, 94, 0, 255], 4 * (i * map.columns + j));
  pen.putImageData(image, 0, 0);
}

/** Draw a part of a map into it. */
function partOf(map, part, { low, high }) {
  const image = new ImageData(part.columns, part.rows);
  part.values.forEach((one, k) => {
    const level = Math.round(((one - low) / (high - low || 1)) * 255);
    image.data.set([level, level, level, 255], 4 * k);
  });
  map.canvas.getContext("2d").putImageData(image, part.left, part.top);
}
