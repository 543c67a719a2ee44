// What the neocognitron's explorer computes and how its planes lie side by side. All activities are numbers from 0 up;
// the letters are those of course/neocognitron/cells.py, against which tests/browser/test_neocognitron_explorer.py holds them.

/** What Python gave, unpacked: the facts, with the synapses `a` of each module as a[plane][plane below]. */
async function unpacked(blob) {
  const stream = new Blob([blob]).stream().pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(stream).arrayBuffer(), length = new DataView(content).getUint32(0, true);
  const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  const levels = new Uint16Array(content.slice(4 + length));
  let from = 0, below = 1;
  for (const module of facts.modules) {
    const { c, steps, learned } = module, seen = below;
    module.a = steps.map((step) => Array.from({ length: seen }, () => c.map((share) => levels[(from += 1) - 1] * step * share)));
    below = learned.length;
  }
  return facts;
}

/** The names, sides and planes of all layers, from the retina upwards, and what a cell of each sees of the one below. */
function layersOf(modules, size) {
  const layers = [{ name: "U0", planes: [0], side: size }];
  modules.forEach((module, i) => {
    const { learned: planes, window, padding, cWindow, cStride, cPadding } = module, { side } = layers.at(-1);
    const sees = [{ window, padding, stride: 1 }, { window: cWindow, padding: cPadding, stride: cStride }];
    const high = outputSize(side, window, sees[0]), top = outputSize(high, cWindow, sees[1]);
    layers.push({ name: `US${i + 1}`, module, planes, side: high, ...sees[0], isS: true });
    layers.push({ name: `UC${i + 1}`, module, planes, side: top, ...sees[1], isS: false });
  });
  return layers;
}

const plus = (sum, values) => { values.forEach((value, k) => { sum[k] += value; }); return sum; };
const isSilent = (map) => map.every((value) => value === 0);

/** The S-cells of a layer: from the maps below, E of each plane, v_C, and the answers. */
function sCells({ side, window, padding, module }, below, under, r) {
  const seen = (map, kernel) => correlate2d(map, under.side, under.side, kernel, window, window, { padding }).values;
  const squares = below.reduce((sum, map) => plus(sum, map.map((value) => value * value)), new Float64Array(under.side ** 2));
  const inhibition = Float64Array.from(seen(squares, module.c), (value) => Math.sqrt(Math.max(value, 0)));
  const heard = below.map((map, k) => k).filter((k) => !isSilent(below[k]));
  const excitation = module.a.map((a) => heard.reduce((sum, k) => plus(sum, seen(below[k], a[k])), new Float64Array(side * side)));
  const maps = excitation.map((map, k) => map.map((e, at) => sCell(e, module.b[k], inhibition[at], r)));
  return { maps, excitation, inhibition };
}

const shunt = (b, inhibition, r) => ((2 * r) / (1 + r)) * b * inhibition;
const sCell = (e, b, inhibition, r) => r * Math.max((1 + e) / (1 + shunt(b, inhibition, r)) - 1, 0);

/** The C-cells of a layer: the sum of the S-cells of each plane, their mean over all planes, and the answers. */
function cCells({ side, window, padding, stride, module }, below, under, alpha) {
  const sums = below.map((map) => correlate2d(map, under.side, under.side, module.d, window, window, { padding, stride }).values);
  const mean = sums.reduce(plus, new Float64Array(side * side)).map((sum) => sum / module.planes);
  const answer = (excess) => (excess > 0 ? excess / (alpha + excess) : 0);
  return { maps: sums.map((map) => Float64Array.from(map, (sum, at) => answer((1 + sum) / (1 + mean[at]) - 1))), sums, mean };
}

/** What all layers answer to a retina: a list of { maps, ... }, from the retina upwards; `r` has one number a module. */
function answersOf(layers, retina, r, alpha) {
  const found = [{ maps: [retina] }];
  for (let k = 1; k < layers.length; k += 1) {
    const { maps } = found.at(-1);
    found.push(layers[k].isS ? sCells(layers[k], maps, layers[k - 1], r[(k - 1) / 2]) : cCells(layers[k], maps, layers[k - 1], alpha));
  }
  return found;
}

/** What a box of cells of layer `k` sees of the layer below, cut to it; and so on down to the retina with `fieldOf`. */
function seenBelow(layers, k, { row, column, height, width }) {
  const { window, padding, stride } = layers[k], { side } = layers[k - 1];
  const span = (from, length) => {
    const low = Math.max(from * stride - padding, 0);
    return [low, Math.min((from + length - 1) * stride - padding + window, side) - low];
  };
  const [top, high] = span(row, height), [left, wide] = span(column, width);
  return { row: top, column: left, height: high, width: wide };
}
const fieldOf = (layers, k, box) => (k === 0 ? box : fieldOf(layers, k - 1, seenBelow(layers, k, box)));

/** The first `many` pixels of a shuffled retina: the same for the same `draw`. */
function chosenPixels(size, many, draw) {
  let state = draw * 2654435761;
  const random = () => { // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pixels = Array.from({ length: size }, (_, k) => k);
  for (let k = 0; k < many; k += 1) {
    const other = k + Math.floor(random() * (size - k));
    [pixels[k], pixels[other]] = [pixels[other], pixels[k]];
  }
  return pixels.slice(0, many);
}

/** How `many` maps of side × side lie side by side, each with room for its number above; lengths in cells. */
function mosaic({ many, side, cell, head = 0, gap = 1, across = 6 }) {
  const wide = Math.min(across, many), tall = side + head + (head ? 0 : gap), broad = side + gap;
  const size = [Math.ceil(many / wide) * tall, wide * broad];
  const corner = (k) => [Math.floor(k / wide) * tall + head, (k % wide) * broad];
  return {
    size, corner,
    width: size[1] * cell,
    /** The cell at a place, [map, row, column]; null between maps. */
    unit: (y, x) => {
      const k = Math.floor(y / tall) * wide + Math.floor(x / broad), row = (y % tall) - head, column = x % broad;
      return y >= 0 && x >= 0 && x < size[1] && k < many && row >= 0 && row < side && column < side ? [k, row, column] : null;
    },
    /** Paint maps, 0 to `high`. A silent map is grey where `pale`; what lies between the maps stays clear. */
    paint: (board, maps, { scale = "viridis", high = 1, pale = true } = {}) => {
      const pixels = new Uint32Array(size[0] * size[1]), table = new Uint32Array(TABLES[scale].buffer);
      maps.forEach((map, k) => {
        const [top, left] = corner(k), off = pale && isSilent(map);
        map.forEach((value, at) => {
          const place = (top + Math.floor(at / side)) * size[1] + left + (at % side);
          pixels[place] = off ? 0x55808080 : table[Math.min(Math.round((255 * value) / high), 255)];
        });
      });
      board.paintColours(new Uint8ClampedArray(pixels.buffer), ...size);
    },
  };
}
