// The operations of course/ops that explorers compute in the browser. tests/browser/test_explorer_ops.py holds them
// against course.ops. A plane of rows × columns is one Float32Array or array, row after row.

/** The number of places that a window has along an axis, as course.arithmetic.output_size; 0 where none fits. */
const outputSize = (size, kernel, { stride = 1, padding = 0, dilation = 1 } = {}) =>
  Math.max(Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1, 0);

/** Cross-correlation of one plane with one kernel: { values, rows, columns }. */
function correlate2d(x, rows, columns, kernel, f_h, f_w, { stride = 1, padding = 0, dilation = 1 } = {}) {
  const high = outputSize(rows, f_h, { stride, padding, dilation }), wide = outputSize(columns, f_w, { stride, padding, dilation });
  const values = new Float32Array(high * wide);
  for (let u = 0; u < f_h; u += 1) {
    for (let v = 0; v < f_w; v += 1) {
      const weight = kernel[u * f_w + v];
      if (weight === 0) continue;
      const first = Math.max(Math.ceil((padding - v * dilation) / stride), 0);
      const last = Math.min(Math.floor((columns - 1 + padding - v * dilation) / stride), wide - 1);
      for (let i = 0; i < high; i += 1) {
        const row = i * stride - padding + u * dilation;
        if (row < 0 || row >= rows) continue;
        const from = row * columns - padding + v * dilation, to = i * wide;
        for (let j = first; j <= last; j += 1) values[to + j] += weight * x[from + j * stride];
      }
    }
  }
  return { values, rows: high, columns: wide };
}

/** The window of one output, zeros outside of the plane. */
function windowAt(x, rows, columns, [i, j], [f_h, f_w], { stride = 1, padding = 0, dilation = 1 } = {}) {
  return Array.from({ length: f_h * f_w }, (_, k) => {
    const row = i * stride - padding + Math.floor(k / f_w) * dilation, column = j * stride - padding + (k % f_w) * dilation;
    return row < 0 || column < 0 || row >= rows || column >= columns ? 0 : x[row * columns + column];
  });
}

/** Max- or mean-pooling of one plane: { values, rows, columns }. Zeros that pad are no maximum, but count in a mean. */
function pool2d(x, rows, columns, size, { stride = size, padding = 0, mean = false } = {}) {
  const high = outputSize(rows, size, { stride, padding }), wide = outputSize(columns, size, { stride, padding });
  const values = new Float32Array(high * wide);
  for (let i = 0; i < high; i += 1) {
    for (let j = 0; j < wide; j += 1) {
      let most = -Infinity, sum = 0;
      for (let row = Math.max(i * stride - padding, 0); row < Math.min(i * stride - padding + size, rows); row += 1) {
        for (let column = Math.max(j * stride - padding, 0); column < Math.min(j * stride - padding + size, columns); column += 1) {
          const value = x[row * columns + column];
          sum += value;
          if (value > most) most = value;
        }
      }
      values[i * wide + j] = mean ? sum / (size * size) : most;
    }
  }
  return { values, rows: high, columns: wide };
}

/**
 * Move, turn and scale a plane about its middle: `down` and `right` in cells, `turn` in degrees clockwise, `scale` 1 for
 * as it is. Between cells it interpolates; what comes from outside is 0. Whole moves alone are exact, as course.ops.shift.
 */
function moved(x, rows, columns, { down = 0, right = 0, turn = 0, scale = 1 } = {}) {
  const values = new Float32Array(rows * columns), angle = (-turn * Math.PI) / 180;
  const cos = Math.cos(angle) / scale, sin = Math.sin(angle) / scale, middle = [(rows - 1) / 2, (columns - 1) / 2];
  const at = (row, column) => (row < 0 || column < 0 || row >= rows || column >= columns ? 0 : x[row * columns + column]);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      const y = i - middle[0] - down, z = j - middle[1] - right;
      const row = middle[0] + cos * y + sin * z, column = middle[1] - sin * y + cos * z;
      const top = Math.floor(row + 1e-6), left = Math.floor(column + 1e-6), b = Math.max(row - top, 0), r = Math.max(column - left, 0);
      values[i * columns + j] = r < 1e-5 && b < 1e-5 ? at(top, left)
        : (1 - b) * ((1 - r) * at(top, left) + r * at(top, left + 1)) + b * ((1 - r) * at(top + 1, left) + r * at(top + 1, left + 1));
    }
  }
  return values;
}
