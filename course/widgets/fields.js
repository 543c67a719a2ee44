// What the units of a stack of layers see, as arithmetic. tests/browser/test_receptive_explorer.py holds it against Python.
// A layer is { kind, kernel, stride, padding, dilation }. Layers are counted from 1: the picture is 0.

const reachOf = ({ kernel, dilation }) => dilation * (kernel - 1) + 1;
const clamped = (index, units) => Math.min(Math.max(index, 0), units - 1);

/** Size, jump and start of the picture and of each layer, as course.receptive.trace. */
function traceOf(layers) {
  const steps = [{ size: 1, jump: 1, start: 0 }];
  for (const layer of layers) {
    const { size, jump, start } = steps.at(-1), more = reachOf(layer) - 1;
    steps.push({ size: size + more * jump, jump: jump * layer.stride, start: start + (more / 2 - layer.padding) * jump });
  }
  return steps;
}

/** The first and the last pixel that a unit may see along one axis, as course.receptive.unit_window. */
function unitWindow(layers, index) {
  const { size, jump, start } = traceOf(layers).at(-1), first = Math.round(start - (size - 1) / 2 + index * jump);
  return [first, first + size - 1];
}

/** How many units the picture and each map has along one axis; 0 from where no window fits. */
function mapSizes(size, layers) {
  const sizes = [size];
  for (const layer of layers) sizes.push(sizes.at(-1) && outputSize(sizes.at(-1), layer.kernel, layer));
  return sizes;
}

/** The pixels along one axis that a unit sees: those that a path leads to, through units that exist. */
function seenOnAxis(layers, size, index) {
  const sizes = mapSizes(size, layers);
  let seen = new Set([index]);
  for (let k = layers.length - 1; k >= 0; k -= 1) {
    const { kernel, stride, padding, dilation } = layers[k], below = new Set();
    for (const i of seen) {
      for (let u = 0; u < kernel; u += 1) {
        const at = i * stride - padding + u * dilation;
        if (at >= 0 && at < sizes[k]) below.add(at);
      }
    }
    seen = below;
  }
  return [...seen].sort((a, b) => a - b);
}

/** Why a layer cannot be used on a map of `below` units (rows, columns), as a sentence, or null. */
function whyNot(layer, number, below) {
  const { kind, padding } = layer, reach = reachOf(layer), room = below.map((size) => size + 2 * padding);
  if (kind === "pooling" && 2 * padding > reach) {
    return `Layer ${number} is a pooling with a window of ${reach} and padding ${padding}, so some windows would hold zeros ` +
      `alone. Its padding may be at most ${Math.floor(reach / 2)}.`;
  }
  if (room.every((size) => size >= reach)) return null;
  return `Layer ${number} has a window that reaches over ${reach} × ${reach} units, and below it there are ` +
    `${room.map(count).join(" × ")} with their zeros: it does not fit. Make it smaller, or remove the layer.`;
}

/** The stretches [from, length] that a sorted list leaves out between `from` and `from + length`. */
function gapsIn(sorted, from, length) {
  const gaps = [];
  let next = from;
  for (const at of [...sorted.filter((one) => one >= from && one < from + length), from + length]) {
    if (at > next) gaps.push([next, at - next]);
    next = at + 1;
  }
  return gaps;
}

/** A path over all pixels that are not seen in a part of a picture: zeros around it are left as they are. */
function unseen([rows, columns], [top, left, high, wide], size) {
  const path = new Path2D(), y = Math.max(top, 0), x = Math.max(left, 0);
  const down = Math.max(Math.min(top + high, size[0]) - y, 0), across = Math.max(Math.min(left + wide, size[1]) - x, 0);
  for (const [row, length] of gapsIn(rows, y, down)) path.rect(x - left, row - top, across, length);
  for (const [column, length] of gapsIn(columns, x, across)) path.rect(column - left, y - top, length, down);
  return path;
}

/** A canvas that holds a picture. */
function imageOf({ rows, columns, rgba, grey }) {
  const image = make("canvas", { width: columns, height: rows });
  const colours = rgba ?? Uint8ClampedArray.from({ length: 4 * rows * columns },
    (_, k) => (k % 4 === 3 ? 255 : 255 * grey[k >> 2]));
  image.getContext("2d").putImageData(new ImageData(colours, columns, rows), 0, 0);
  return image;
}

/** The sums of red, green and blue over each upper left part of a picture: rows + 1 times columns + 1 times 3. */
function sumsOf({ rows, columns, rgba, grey }) {
  const wide = 3 * (columns + 1), sums = new Float64Array((rows + 1) * wide);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      for (let c = 0, k = wide * (i + 1) + 3 * (j + 1); c < 3; c += 1, k += 1) {
        const level = rgba ? rgba[4 * (i * columns + j) + c] : 255 * grey[i * columns + j];
        sums[k] = level + sums[k - 3] + sums[k - wide] - sums[k - wide - 3];
      }
    }
  }
  return sums;
}

/**
 * A map in colours, at most 128 a side: [rgba, rows, columns]. Each unit has the mean colour of the pixels in its window.
 * `margin` rows and columns of zeros lie round the map. `size`: what the picture's rows and columns are counted as.
 */
function mapColours({ sums, rows, columns, size }, layers, units, margin) {
  const cells = units.map((n) => n + 2 * margin), shrink = Math.min(1, 128 / Math.max(...cells));
  const [high, wide] = cells.map((n) => Math.max(Math.round(n * shrink), 1)), rgba = new Uint8ClampedArray(4 * high * wide);
  const step = traceOf(layers).at(-1), line = 3 * (columns + 1);
  const spans = (axis, places, has) => Array.from({ length: places }, (_, k) => {
    const unit = Math.floor(((k + 0.5) * cells[axis]) / places) - margin;
    const first = step.start - (step.size - 1) / 2 + unit * step.jump;
    const low = Math.max(first, 0), end = Math.min(first + step.size, size[axis]);
    if (unit < 0 || unit >= units[axis] || end <= low) return null;
    const from = Math.min(Math.round((low * has) / size[axis]), has - 1);
    return [from, Math.max(Math.round((end * has) / size[axis]), from + 1)];
  });
  const down = spans(0, high, rows), across = spans(1, wide, columns);
  for (let i = 0; i < high; i += 1) {
    for (let j = 0; j < wide; j += 1) {
      const at = 4 * (i * wide + j);
      rgba[at + 3] = 255;
      if (down[i] === null || across[j] === null) continue;
      const [top, bottom] = down[i], [left, right] = across[j], area = (bottom - top) * (right - left);
      for (let c = 0; c < 3; c += 1) {
        const corner = (row, column) => sums[row * line + 3 * column + c];
        rgba[at + c] = (corner(bottom, right) - corner(top, right) - corner(bottom, left) + corner(top, left)) / area;
      }
    }
  }
  return [rgba, high, wide];
}

/** Where a unit looks in words, how much of that lies in the picture, and what it leaves out. */
function fieldWords({ who, window, seen, size }) {
  const [high, wide] = window.map(([first, last]) => last - first + 1);
  const inside = window.map(([first, last], k) => Math.max(Math.min(last, size[k] - 1) - Math.max(first, 0) + 1, 0));
  const area = inside[0] * inside[1], moves = seen[0].length * seen[1].length;
  const [rows, columns] = window.map(([first, last]) => `${count(first)} to ${count(last)}`);
  const share = (part, all) => (part > 0 && part < 0.0005 * all ? "less than 0.1%" : `${number((100 * part) / all, 1)}%`);
  const where = area === high * wide ? "All of them lie in the picture"
    : `${share(area, high * wide)} of them lie in the picture, the others in the zeros around it`;
  const [from, to] = [0, -1].map((end) => seen.map((list) => list.at(end)));
  const holes = moves === area ? ""
    : ` But it does not see all of that: only ${seen[0].length} × ${seen[1].length} = ${count(moves)} pixels` +
      `${moves ? `, from row ${from[0]} to ${to[0]} and column ${from[1]} to ${to[1]}` : ""}.`;
  return `${who} sees ${count(high)} × ${count(wide)} pixels: rows ${rows}, columns ${columns}. ` +
    `${where}; they cover ${share(area, size[0] * size[1])} of it.${holes}`;
}
