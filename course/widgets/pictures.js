// Where a reader's picture comes from: a list, a file, or a drawing.
// A picture is { name, rows, columns, grey } with `grey` from 0 to 1, row after row, and in colour `rgba` from 0 to 255.

/** A picture from the bytes of an image file, or of raw pixels: { name, bytes, rows?, columns? } as Python gives it. */
async function pictureFrom({ name, bytes, rows = null, columns = null }) {
  const data = bytes instanceof DataView ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  if (rows === null) return decoded(name, new Blob([data]), 4096);
  if (data.length === rows * columns) return { name, rows, columns, grey: Float32Array.from(data, (level) => level / 255) };
  const rgba = new Uint8ClampedArray(4 * rows * columns).fill(255);
  for (let k = 0; k < rows * columns; k += 1) rgba.set(data.subarray(3 * k, 3 * k + 3), 4 * k);
  return inGrey({ name, rows, columns, rgba });
}

/** Add `grey` to a picture with `rgba`, by the weights of ITU-R BT.601, as Pillow's "L" and course.images.to_grey. */
function inGrey(picture) {
  const { rgba } = picture;
  const grey = Float32Array.from({ length: rgba.length / 4 }, (_, k) => (0.299 * rgba[4 * k] + 0.587 * rgba[4 * k + 1] + 0.114 * rgba[4 * k + 2]) / 255);
  return { ...picture, grey };
}

/** Decode an image file, and make it smaller where a side is longer than `side`; { ..., was: [rows, columns] }. */
async function decoded(name, blob, side) {
  let image;
  try {
    image = await createImageBitmap(blob);
  } catch {
    throw new Error(`${name} is no picture that this browser can read. Choose a PNG, JPEG or WebP file.`);
  }
  const was = [image.height, image.width], smaller = Math.min(1, side / Math.max(...was));
  const [rows, columns] = was.map((size) => Math.max(Math.round(size * smaller), 1));
  const canvas = make("canvas", { width: columns, height: rows }), pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // under what is transparent
  pen.fillRect(0, 0, columns, rows);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, columns, rows);
  image.close();
  return { ...inGrey({ name, rows, columns, rgba: pen.getImageData(0, 0, columns, rows).data }), was };
}

/** A picture cut to the square in its middle, and made side × side cells, each the mean of what it covers; in grey. */
function squared(picture, side) {
  const size = Math.min(picture.rows, picture.columns), top = (picture.rows - size) / 2, left = (picture.columns - size) / 2;
  const grey = new Float32Array(side * side);
  for (let i = 0; i < side; i += 1) {
    for (let j = 0; j < side; j += 1) {
      let sum = 0, cells = 0;
      const [r0, r1, c0, c1] = [top + (i * size) / side, top + ((i + 1) * size) / side, left + (j * size) / side, left + ((j + 1) * size) / side];
      for (let row = Math.floor(r0); row < Math.max(Math.ceil(r1 - 1e-9), Math.floor(r0) + 1); row += 1) {
        for (let column = Math.floor(c0); column < Math.max(Math.ceil(c1 - 1e-9), Math.floor(c0) + 1); column += 1) {
          sum += picture.grey[row * picture.columns + column];
          cells += 1;
        }
      }
      grey[i * side + j] = sum / cells;
    }
  }
  return { name: picture.name, rows: side, columns: side, grey };
}

/**
 * Let the reader choose a picture: one of `pictures`, a file, or a drawing.
 *
 *   const source = pictureMenu({ pictures, side: 640, drawing: 28, onpicture, trouble });
 *   controls.append(source.element); stage.append(source.pad);
 *
 * `pictures`: a list of { name, ... } (what `onpicture` is called with). `side`: a longer side of a file is brought to
 * it. `drawing`: rows and columns of the drawing pad, or 0 for none. `onpicture(picture)` is called for each choice, and
 * for each stroke of a drawing. `fit(picture)` may change what comes from a file. `trouble(sentence or null)` tells.
 */
function pictureMenu({ pictures, value = null, side = 640, drawing = 28, onpicture, fit = (picture) => picture, trouble }) {
  const own = new Map(), given = new Map(pictures.map((one) => [one.name, one]));
  const OWN = "your drawing";
  const named = () => [...given.keys(), ...own.keys()];
  const show = (name) => {
    pad.element.hidden = name !== OWN;
    menu.value = name;
    onpicture(given.get(name) ?? own.get(name));
  };
  const add = (picture) => {
    own.set(picture.name, picture);
    menu.options = named();
  };
  const menu = choice({ label: "picture", options: named(), value: value ?? pictures[0].name, onchoose: (name) => { trouble(null); show(name); } });
  const file = make("input", { type: "file", accept: "image/*", class: "ce-file", tabindex: "-1", "aria-label": "Open a picture of your own" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    if (chosen === undefined) return;
    try {
      const { was, ...read } = await decoded(chosen.name, chosen, side), picture = fit({ ...read, was });
      add(picture);
      trouble(Math.max(...was) > side ? `${chosen.name} has ${was[0]} × ${was[1]} pixels; it is shown with ${picture.rows} × ${picture.columns}.` : null);
      show(chosen.name);
    } catch (error) {
      trouble(error.message);
    }
  });
  const pad = drawingPad({ side: drawing || 1, ondraw: (grey) => {
    add({ name: OWN, rows: drawing, columns: drawing, grey });
    show(OWN);
  } });
  pad.element.hidden = true;
  const draw = button("Draw one", () => {
    pad.element.hidden = !pad.element.hidden;
    draw.setAttribute("aria-expanded", String(!pad.element.hidden));
    if (!pad.element.hidden) pad.focus();
  }, { "aria-expanded": "false" });
  const open = button("Open a file", () => file.click());
  const element = make("span", { class: "ce-control" }, menu.element, open, file, ...(drawing ? [draw] : []));
  return { element, pad: pad.element, show, get value() { return menu.value; } };
}

/** A pad of side × side cells: draw with the pointer, or move with the arrow keys and paint with the space bar. */
function drawingPad({ side, ondraw }) {
  const grey = new Float32Array(side * side);
  let place = [Math.floor(side / 2), Math.floor(side / 2)], last = null, rubber = false;
  const board = plane({ label: `Drawing pad of ${side} × ${side} cells. Arrow keys move, the space bar paints, Delete rubs out.`, width: 196 });
  const tell = () => {
    board.paint(grey, side, side);
    board.frames([{ row: place[0], column: place[1], height: 1, width: 1 }]);
  };
  const dab = (row, column, level) => { // a round pen of about one cell and a half, soft at its rim
    for (let i = Math.floor(row) - 1; i <= row + 2; i += 1) {
      for (let j = Math.floor(column) - 1; j <= column + 2; j += 1) {
        if (i < 0 || j < 0 || i >= side || j >= side) continue;
        const ink = Math.min(Math.max(1.9 - Math.hypot(i - row, j - column), 0), 1);
        grey[i * side + j] = level ? Math.max(grey[i * side + j], ink) : Math.min(grey[i * side + j], 1 - ink);
      }
    }
  };
  const stroke = ([row, column], level) => {
    const from = last ?? [row, column], steps = Math.max(1, Math.ceil(2 * Math.hypot(row - from[0], column - from[1])));
    for (let k = 1; k <= steps; k += 1) dab(from[0] + ((row - from[0]) * k) / steps, from[1] + ((column - from[1]) * k) / steps, level);
    last = [row, column];
    ondraw(Float32Array.from(grey));
  };
  board.point({
    drag: true,
    at: () => place,
    onpoint: (row, column, how) => {
      place = [row, column];
      if (how === "press") last = null;
      if (how !== "key") stroke(place, rubber ? 0 : 1);
      tell();
    },
    onkey: (key) => {
      if (key !== " " && key !== "Delete" && key !== "Backspace") return false;
      last = null;
      stroke(place, key === " " && !rubber ? 1 : 0);
      tell();
      return true;
    },
  });
  const clear = button("Clear", () => { grey.fill(0); last = null; ondraw(Float32Array.from(grey)); tell(); });
  const rub = tick({ label: "rub out", onchoose: (on) => { rubber = on; } });
  tell();
  return { element: make("div", { class: "ce-pad" }, board.element, make("span", { class: "ce-controls" }, rub.element, clear)), focus: () => board.box.focus() };
}
