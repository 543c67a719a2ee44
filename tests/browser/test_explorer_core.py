"""The core of the explorers: its operations against course.ops, its numbers, and its frame in JupyterLab."""

import numpy as np
import pytest
from explorers import EXPLORER, findings, pixels, settle, theme, view
from playwright.sync_api import expect

from course.arithmetic import output_size
from course.errors import ArgumentError
from course.images import grey
from course.ops import avg_pool2d, conv2d, max_pool2d, shift
from course.widgets import explorer

pytestmark = pytest.mark.browser

NAMES = "correlate2d, moved, outputSize, pool2d, windowAt, number, typed, inGrey, remember, squared, SCALES"


@pytest.fixture(scope="module")
def core(browser):
    """A page with the core loaded: `core(expression, arguments)` runs it, with the core's functions by their names."""
    source = "\n".join((explorer.HERE / name).read_text(encoding="utf-8") for name in explorer.CORE)
    page = browser.chromium.new_page()
    page.evaluate(
        """async source => {
            const module = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
            Object.assign(window, module);
        }""",
        f'const STYLES = "";\n{source}\nexport {{ {NAMES} }};',
    )
    yield page.evaluate
    page.close()


def test_windows_are_counted_as_in_the_course(core):
    random = np.random.default_rng(1)
    for _ in range(40):
        size, kernel, stride, padding, dilation = (int(n) for n in random.integers((1, 1, 1, 0, 1), (20, 6, 4, 4, 4)))
        try:
            expected = output_size(size, dilation * (kernel - 1) + 1, stride, padding)
        except ArgumentError:
            expected = 0
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        assert core("([n, k, options]) => outputSize(n, k, options)", [size, kernel, options]) == expected


@pytest.mark.parametrize("seed", range(25))
def test_correlation_and_its_windows_agree_with_ops(core, seed):
    random = np.random.default_rng(seed)
    x = random.standard_normal((int(random.integers(1, 14)), int(random.integers(1, 14))))
    kernel = random.standard_normal((int(random.integers(1, 5)), int(random.integers(1, 5))))
    kernel[random.random(kernel.shape) < 0.2] = 0
    options = {
        "stride": int(random.integers(1, 4)),
        "padding": int(random.integers(0, 4)),
        "dilation": int(random.integers(1, 3)),
    }
    got = core(
        """([x, kernel, options]) => {
            const flat = Float32Array.from(x.flat()), [f_h, f_w] = [kernel.length, kernel[0].length];
            const map = correlate2d(flat, x.length, x[0].length, kernel.flat(), f_h, f_w, options);
            const windows = Array.from(map.values, (_, k) => windowAt(flat, x.length, x[0].length,
                [Math.floor(k / map.columns), k % map.columns], [f_h, f_w], options));
            return { values: [...map.values], windows, shape: [map.rows, map.columns] };
        }""",
        [x.tolist(), kernel.tolist(), options],
    )
    try:
        expected = conv2d(x[None, None], kernel[None, None], **options)[0, 0]
    except ArgumentError:
        assert 0 in got["shape"]
        return
    assert tuple(got["shape"]) == expected.shape
    np.testing.assert_allclose(np.reshape(got["values"], expected.shape), expected, rtol=1e-4, atol=1e-5)
    sums = [np.dot(window, kernel.ravel()) for window in got["windows"]]
    np.testing.assert_allclose(np.reshape(sums, expected.shape), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("seed", range(15))
def test_pooling_agrees_with_ops(core, seed):
    random = np.random.default_rng(seed)
    x = random.standard_normal((int(random.integers(4, 14)), int(random.integers(4, 14))))
    size, stride = int(random.integers(1, 5)), int(random.integers(1, 4))
    padding = int(random.integers(0, size // 2 + 1))
    for mean, operation in ((False, max_pool2d), (True, avg_pool2d)):
        got = core(
            """([x, size, options]) => {
                const map = pool2d(Float32Array.from(x.flat()), x.length, x[0].length, size, options);
                return { values: [...map.values], shape: [map.rows, map.columns] };
            }""",
            [x.tolist(), size, {"stride": stride, "padding": padding, "mean": mean}],
        )
        expected = operation(x[None, None], size, stride, padding)[0, 0]
        np.testing.assert_allclose(np.reshape(got["values"], got["shape"]), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_whole_moves_are_shifts_and_quarter_turns_are_exact(core, seed):
    random = np.random.default_rng(seed)
    x = random.random((int(random.integers(3, 12)), int(random.integers(3, 12)))).astype(np.float32)
    down, right = (int(n) for n in random.integers(-4, 5, 2))
    run = "([x, way]) => [...moved(Float32Array.from(x.flat()), x.length, x[0].length, way)]"
    got = core(run, [x.tolist(), {"down": down, "right": right}])
    np.testing.assert_array_equal(np.reshape(got, x.shape).astype(np.float32), shift(x, down, right))
    square = x[: min(x.shape), : min(x.shape)]
    turned = core(run, [square.tolist(), {"turn": 90}])  # clockwise
    np.testing.assert_allclose(np.reshape(turned, square.shape), np.rot90(square, -1), atol=1e-4)
    twice = core(run, [np.pad(square, len(square)).tolist(), {"scale": 0.5}])
    assert np.count_nonzero(np.abs(twice) > 1e-6) <= (len(square) + 2) ** 2 / 4 + len(square) + 2


def test_grey_is_that_of_the_course_and_squares_keep_the_mean(core):
    random = np.random.default_rng(0)
    colours = random.integers(0, 256, (6, 9, 4), dtype=np.uint8)
    got = core("rgba => [...inGrey({ rgba: Uint8ClampedArray.from(rgba) }).grey]", colours.ravel().tolist())
    np.testing.assert_allclose(np.reshape(got, (6, 9)), grey(colours[..., :3]), atol=1e-6)
    picture = random.random((12, 20))
    small = core(
        "grey => [...squared({ name: 'x', rows: 12, columns: 20, grey: Float32Array.from(grey) }, 4).grey]",
        picture.ravel().tolist(),
    )
    np.testing.assert_allclose(np.reshape(small, (4, 4)), picture[:, 4:16].reshape(4, 3, 4, 3).mean((1, 3)), atol=1e-6)


def test_what_is_typed_is_a_number_or_nothing(core):
    read = {"-1": -1, "−1": -1, " 0.5 ": 0.5, "0,5": 0.5, "1/9": 1 / 9, "−3/4": -0.75, "1e-3": 0.001}
    for text, value in read.items():
        assert core("typed", text) == pytest.approx(value)
    for text in ("", " ", "x", "1/0", "1/2/3", "--1", "0,5,5", "Infinity", "1 2", "/2"):
        assert core("typed", text) is None, text
    assert core("number", -0.001) == "0.00"
    assert core("number", -1.5) == "−1.50"


def test_a_choice_outlives_the_echo_of_an_earlier_one(core):
    """Python echoes each saved view, and ipywidgets sets it, though the reader may have gone on meanwhile."""
    saved, shown = core(
        """async () => {
            let view = { at: 0, picture: "temple" };
            const saved = [], set = (_, value) => { view = value; };
            const model = { get: () => view, set, save_changes: () => saved.push(view) };
            const keep = remember(model), wait = () => new Promise((done) => setTimeout(done, 10));
            keep({ at: 1 });
            while (saved.length < 1) await wait();
            keep({ at: 2 });
            keep({ picture: "letter" });
            view = { ...saved[0], found: true };
            while (saved.length < 2) await wait();
            view = { ...view, at: 7 };
            keep({ picture: "temple" });
            while (saved.length < 3) await wait();
            return [saved, view];
        }"""
    )
    assert saved[:2] == [{"at": 1, "picture": "temple"}, {"at": 2, "picture": "letter", "found": True}]
    assert saved[2] == shown == {"at": 7, "picture": "temple", "found": True}


SCRIPT = """
export default {
  render({ model, el }) {
    const { controls, stage, say, trouble } = frame({ model, el });
    const ask = lineTo(model), keep = remember(model);
    const map = plane({ label: "picture", width: 240, caption: "picture" });
    let at = model.get("view").at, shown = null;
    const draw = onFrame(() => {
      map.paint(shown.grey, shown.rows, shown.columns);
      map.frames([{ row: at[0], column: at[1], height: 1, width: 1 }]);
      say(`row ${at[0]}, column ${at[1]}, level ${number(shown.grey[at[0] * shown.columns + at[1]])}`);
    });
    map.point({ at: () => at, onpoint: (row, column) => {
      at = [row, column];
      keep({ at });
      draw();
      goal.check(row === 5);
    } });
    const goal = task({ model, says: "go to row 5.", found: "That is row 5." });
    const double = latest(async () => {
      try {
        say(`twice is ${(await ask("double", { n: at[0] }))[0].twice}`);
      } catch (error) { trouble(error.message); }
    });
    const size = slider({ label: "size", min: 1, max: 9, value: 3, onchoose: (value) => keep({ size: value }) });
    Promise.all(model.get("given").pictures.map(pictureFrom)).then((pictures) => {
      const menu = pictureMenu({ pictures, side: 64, drawing: 12, trouble,
        onpicture: (one) => { shown = one; at = [0, 0]; draw(); } });
      controls.append(size.element, menu.element, button("Ask Python", () => double()));
      stage.append(map.element, menu.pad);
      el.append(goal.element);
      menu.show(pictures[0].name);
    });
  },
};
"""
CODE = """
import numpy as np
from course.widgets.explorer import Explorer, ExplorerError, called, raw_picture

class Demo(Explorer):
    script = {path!r}

def double(question, buffers):
    print("noise")
    if question["n"] == 1:
        raise ExplorerError("One is refused.")
    return {{"twice": int(called(lambda n: np.array(2 * n), question["n"]))}}, []

noise = np.random.default_rng(0).integers(0, 256, (8, 10), dtype=np.uint8)
colours = np.random.default_rng(1).integers(0, 256, (8, 10, 3), dtype=np.uint8)
pictures = [raw_picture("noise", noise), raw_picture("colours", colours)]
Demo("Demo <b>", "A picture of noise.", b"", {{"pictures": pictures}}, {{"at": [0, 0]}}, {{"double": double}})
"""


@pytest.fixture(scope="module")
def demo(explore, tmp_path_factory):
    script = tmp_path_factory.mktemp("script") / "demo.js"
    script.write_text(SCRIPT)
    return explore(CODE.format(path=str(script)), "1 + 1")


def test_keys_move_what_has_the_focus_and_never_the_notebook(demo):
    page, cells = demo.page, demo.page.locator(".jp-Cell").count()
    slider, plane = page.locator(f"{EXPLORER} input[type=range]"), page.locator(f"{EXPLORER} .ce-plane").first
    slider.focus()
    for key in ("ArrowRight", "ArrowUp", "x", "a", "b", "d", "d", "PageDown", "ArrowUp"):
        page.keyboard.press(key)
    assert slider.input_value() == "2"
    menu = page.locator(f"{EXPLORER} select").first
    menu.focus()
    for key in ("ArrowDown", "x"):
        page.keyboard.press(key)
    assert menu.input_value() == "colours"
    plane.focus()
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowRight", "End", "ArrowLeft", "d", "d"):
        page.keyboard.press(key)
    settle(page)
    assert page.locator(f"{EXPLORER} .ce-words").inner_text().startswith("row 2, column 8")
    assert page.locator(".jp-Cell").count() == cells
    assert view(demo)["at"] == [2, 8]
    assert view(demo)["size"] == 2


def test_a_picture_shows_its_pixels_and_python_answers(demo):
    page = demo.page
    page.locator(f"{EXPLORER} select").first.select_option("noise")
    settle(page)
    plane = page.locator(f"{EXPLORER} .ce-plane").first
    noise = np.random.default_rng(0).integers(0, 256, (8, 10), dtype=np.uint8)
    np.testing.assert_array_equal(pixels(plane)[..., 0], noise)
    plane.hover(position={"x": 240 / 10 * 3.5, "y": 240 / 10 * 2.5})
    page.get_by_role("button", name="Ask Python").click()
    page.wait_for_function("document.querySelector('.ce-words').textContent === 'twice is 4'")
    plane.hover(position={"x": 12, "y": 36})
    page.get_by_role("button", name="Ask Python").click()
    page.wait_for_function("document.querySelector('.ce-trouble').textContent === 'One is refused.'")
    assert demo.problems() == []  # what the function printed went nowhere


def test_files_of_all_kinds_and_a_drawing(demo):
    import io

    from PIL import Image

    page, trouble = demo.page, demo.page.locator(f"{EXPLORER} .ce-trouble")

    def upload(name, content):
        page.set_input_files(f"{EXPLORER} .ce-file", {"name": name, "mimeType": "image/png", "buffer": content})

    upload("notes.png", b"just text")
    expect(trouble).to_contain_text("notes.png is no picture that this browser can read")
    upload("empty.png", b"")
    expect(trouble).to_contain_text("empty.png is no picture")
    whole = io.BytesIO()
    Image.new("RGB", (4000, 2000), "red").save(whole, "png")
    upload("big.png", whole.getvalue())
    expect(trouble).to_contain_text("big.png has 2000 × 4000 pixels; it is shown with 32 × 64")
    upload("half.png", whole.getvalue()[:2000])
    expect(trouble).to_contain_text("half.png")
    small = io.BytesIO()
    Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4) * 20).save(small, "png")
    upload("small.png", small.getvalue())
    expect(page.locator(f"{EXPLORER} select").first).to_have_value("small.png")
    assert trouble.inner_text() == ""
    settle(page)
    np.testing.assert_array_equal(
        pixels(page.locator(f"{EXPLORER} .ce-plane").first)[..., 0], np.arange(12).reshape(3, 4) * 20
    )

    page.get_by_role("button", name="Draw one").focus()
    page.keyboard.press("Enter")
    for key in ("ArrowUp", "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    settle(page)
    drawn = pixels(page.locator(f"{EXPLORER} .ce-plane").first)[..., 0]
    assert drawn.shape == (12, 12)
    assert drawn[5, 6] == drawn[5, 7] == 255
    assert drawn[0].max() == 0
    pad = page.locator(f"{EXPLORER} .ce-pad .ce-plane").bounding_box()
    page.mouse.move(pad["x"] + 8, pad["y"] + 8)
    page.mouse.down()
    page.mouse.move(pad["x"] + 188, pad["y"] + 8, steps=4)
    page.mouse.up()
    settle(page)
    assert pixels(page.locator(f"{EXPLORER} .ce-plane").first)[0, :, 0].min() == 255


def test_a_task_that_is_done_is_said_and_stays_done(demo):
    page = demo.page
    page.locator(f"{EXPLORER} select").first.select_option("noise")
    done = page.locator(".ce-task")
    assert "Found" not in done.inner_text()
    page.locator(f"{EXPLORER} .ce-plane").first.hover(position={"x": 12, "y": 24 * 5 + 12})
    assert "✓ Found. That is row 5." in done.inner_text()
    page.locator(f"{EXPLORER} .ce-plane").first.hover(position={"x": 12, "y": 12})
    assert "Found" in done.inner_text()
    assert view(demo)["found"] is True


def test_axe_core_finds_nothing_serious_in_both_themes(demo):
    for name in ("JupyterLab Light", "JupyterLab Dark"):
        theme(demo, name)
        assert findings(demo) == []
    theme(demo, "JupyterLab Light")
