"""The explorers of receptive fields in a real browser: by mouse, by keyboard alone, and against Python's arithmetic."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from explorers import EXPLORER, answered, findings, grey, pixels, resize, settle, theme, until, view
from PIL import Image
from playwright.sync_api import expect

from course.arithmetic import dilated_output_size
from course.errors import ArgumentError
from course.images import china
from course.images import grey as grey_of
from course.ops import conv2d
from course.receptive import Layer, trace, unit_window
from course.widgets import explorer
from course.widgets.receptive import receptive_field_explorer

pytestmark = pytest.mark.browser

PART = grey_of(china())[125:155, 180:216]
SETUP = """
import numpy as np
from course.images import china, grey
from course.ops import correlate2d, max_pool2d
from course.widgets.receptive import receptive_field_explorer, window_explorer
below, above = np.random.default_rng(4).normal(size=(2, 3, 3))
part = grey(china())[125:155, 180:216]
def network(picture):
    values = np.maximum(correlate2d(picture, below), 0)
    return correlate2d(max_pool2d(values[None, None], 2)[0, 0], above)
def broken(picture):
    raise RuntimeError("no weights yet")
restored = receptive_field_explorer()
restored.view = {**restored.view, "layers": restored.view["layers"][:2], "layer": 1, "unit": [3, 200]}
"""
CELLS = (
    SETUP,
    "window_explorer()",
    "receptive_field_explorer()",
    'receptive_field_explorer([(3, 1), {"kind": "pooling", "kernel_size": 2, "stride": 1}, (3, 1)], network, part)',
    "receptive_field_explorer([(3, 1)], broken, part)",
    "restored",
)
HERE = Path(explorer.__file__).parent
TEXT = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("core.js", "ops.js", "fields.js"))
TESTED = "mapColours, mapSizes, seenOnAxis, sumsOf, traceOf, unitWindow"
TEXT = f'const STYLES = "";\n{TEXT}\nexport {{ {TESTED} }};'
MODULE = f"import(URL.createObjectURL(new Blob([{json.dumps(TEXT)}], {{ type: 'text/javascript' }})))"
FRAMES = """one => [...one.querySelectorAll("svg rect")].filter((_, k) => k % 3 === 2)
    .map(rect => ["y", "x", "height", "width"].map(name => Number(rect.getAttribute(name))))"""


@pytest.fixture(scope="module")
def opened(explore):
    page = explore(*CELLS)
    answered(page)  # the photograph itself, and whether there is a network to measure
    return page


START = """root => {
    for (const [name, value] of Object.entries({ kernel: 3, stride: 2, padding: 1, dilation: 1 })) {
        for (const field of root.querySelectorAll(`input[data-name=${name}]`)) {
            field.value = value;
            field.dispatchEvent(new Event("input"));
        }
    }
    for (const kind of root.querySelectorAll("select[data-name=kind]")) {
        kind.value = "convolution";
        kind.dispatchEvent(new Event("change"));
    }
}"""


class Parts:
    """The parts of one explorer."""

    def __init__(self, opened, number):
        self.opened, self.page, self.number = opened, opened.page, number
        self.root = self.page.locator(EXPLORER).nth(number)
        self.root.scroll_into_view_if_needed()
        self.big = self.root.locator(".ce-stage > .ce-figure .ce-plane").first
        self.zoom = self.root.locator(".ce-stage > .ce-figure .ce-plane").last
        self.maps = self.root.locator(".rf-maps .ce-plane")

    def words(self):
        settle(self.page)
        return self.root.locator(".ce-words").inner_text()

    def trouble(self):
        settle(self.page)
        return self.root.locator(".ce-trouble").inner_text()

    def task(self):
        settle(self.page)
        return self.root.locator(".ce-task").get_attribute("data-done") == "true"

    def field(self, name, layer):
        return self.root.get_by_label(f"{name} of layer {layer}", exact=True)

    def set(self, name, layer, value):
        self.field(name, layer).fill(str(value))

    def column(self, name):
        settle(self.page)
        return self.root.locator(f"tbody td[data-says={name}]").all_inner_texts()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def tool(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def view(self):
        return view(self.opened, self.number)


@pytest.fixture
def window(opened):
    return Parts(opened, 0)


@pytest.fixture
def stack(opened):
    """The photograph under the four layers of the start, whatever was done before."""
    parts = Parts(opened, 1)
    rows = parts.root.locator("tbody tr")
    while rows.count() > 5:
        parts.tool("Remove layer 5").click()
    while rows.count() < 5:
        parts.tool("Add a layer").click()
    parts.root.evaluate(START)
    parts.root.get_by_role("checkbox", name="hold").set_checked(False)
    parts.root.get_by_label("picture", exact=True).select_option("temple")
    parts.maps.nth(3).focus()
    parts.press("Home", *["Shift+ArrowUp"] * 6)
    return parts


# --- Arithmetic against Python -------------------------------------------------------------------------------


def random_stacks(number):
    rng = np.random.default_rng(7)
    for _ in range(number):
        rows = [
            {
                "kind": "convolution",
                **{name: int(rng.integers(*span)) for name, span in
                   {"kernel": (1, 5), "stride": (1, 4), "padding": (0, 3), "dilation": (1, 4)}.items()},
            }
            for _ in range(rng.integers(0, 5))
        ]  # fmt: skip
        yield rows, int(rng.integers(1, 60)), float(rng.random())


def sizes_of(rows, size):
    sizes = [size]
    for row in rows:
        try:
            sizes.append(dilated_output_size(sizes[-1], *(row[k] for k in ("kernel", "stride", "padding", "dilation"))))
        except ArgumentError:
            return sizes
    return sizes


def poked(rows, size, unit):
    """Poke every pixel of one axis, and return those that move the unit."""
    maps = np.eye(size)[:, None, None, :]
    for row in rows:
        weight = np.zeros((1, 1, 1, row["dilation"] * (row["kernel"] - 1) + 1))
        weight[..., :: row["dilation"]] = 1
        maps = conv2d(maps, weight, stride=(1, row["stride"]), padding=(0, row["padding"]))
    return np.flatnonzero(maps[:, 0, 0, unit]).tolist()


def test_fields_are_those_of_python(opened):
    cases = []
    for rows, size, share in random_stacks(250):
        sizes = sizes_of(rows, size)
        cases.append([rows, size, int(share * sizes[-1]) if len(sizes) > len(rows) else None])
    found = opened.page.evaluate(
        f"""async cases => {{
            const {{ mapSizes, seenOnAxis, traceOf, unitWindow }} = await {MODULE};
            return cases.map(([layers, size, unit]) => ({{ steps: traceOf(layers), sizes: mapSizes(size, layers),
                window: unitWindow(layers, unit ?? 0), seen: unit === null ? null : seenOnAxis(layers, size, unit) }}));
        }}""",
        cases,
    )
    fitting = 0
    for (rows, size, unit), one in zip(cases, found, strict=True):
        layers = [Layer(row["dilation"] * (row["kernel"] - 1) + 1, row["stride"], row["padding"]) for row in rows]
        assert one["steps"] == [{"size": s.size, "jump": s.jump, "start": s.start} for s in trace(layers)]
        sizes = sizes_of(rows, size)
        assert one["sizes"] == sizes + [0] * (len(rows) + 1 - len(sizes))
        assert one["window"] == list(unit_window(layers, unit or 0))
        if unit is not None:
            fitting += 1
            assert one["seen"] == poked(rows, size, unit)
    assert fitting > 150


def test_maps_have_the_mean_colour_of_what_their_units_see(opened):
    picture = np.random.default_rng(1).integers(0, 256, (19, 23, 3))
    rows = [
        {"kind": "convolution", "kernel": k, "stride": s, "padding": p, "dilation": 1}
        for k, s, p in ((3, 2, 1), (2, 1, 1))
    ]
    units = sizes_of(rows, 19)[-1], sizes_of(rows, 23)[-1]
    rgba = np.dstack([picture, np.full((19, 23), 255)]).ravel().tolist()
    found, high, wide = opened.page.evaluate(
        f"""async ([rgba, layers, units]) => {{
            const {{ mapColours, sumsOf }} = await {MODULE};
            const picture = {{ rows: 19, columns: 23, rgba, size: [19, 23] }};
            const [colours, high, wide] = mapColours({{ ...picture, sums: sumsOf(picture) }}, layers, units, 1);
            return [[...colours], high, wide];
        }}""",
        [rgba, rows, units],
    )
    assert (high, wide) == (units[0] + 2, units[1] + 2)
    colours = np.array(found).reshape(high, wide, 4)
    layers = [Layer(3, 2, 1), Layer(2, 1, 1)]
    spans = [[slice(max(a, 0), max(b + 1, 0)) for a, b in (unit_window(layers, i) for i in range(n))] for n in units]
    means = [[picture[down, across].mean(axis=(0, 1)) for across in spans[1]] for down in spans[0]]
    np.testing.assert_allclose(colours[1:-1, 1:-1, :3], means, atol=0.5001)
    assert not colours[0, :, :3].any()
    assert not colours[:, -1, :3].any()


# --- One neuron and its window -------------------------------------------------------------------------------


def test_the_window_is_dragged(window):
    box = window.big.bounding_box()
    width, height = box["width"], box["height"]
    window.page.mouse.move(box["x"] + width * 0.3, box["y"] + height * 0.3)
    before = window.words()
    window.page.mouse.down()
    window.page.mouse.move(box["x"] + width * 0.5, box["y"] + height * 0.5, steps=5)
    window.page.mouse.up()
    window.page.mouse.move(box["x"] + width * 0.9, box["y"] + height * 0.9)
    assert window.words() != before
    assert "The neuron sees 40 × 40 pixels: rows 194 to 233, columns 301 to 340." in window.words()
    assert window.big.evaluate(FRAMES) == [[194, 301, 40, 40]]
    window.page.mouse.click(box["x"] + width - 1, box["y"] + 1)
    assert "rows 0 to 39, columns 600 to 639" in window.words()
    assert window.view()["unit"] == [0, 600]


def test_the_window_shows_the_photograph(window):
    window.big.focus()
    row, column = window.view()["unit"]
    seen = china()[row : row + 40, column : column + 40]

    def shows_it():
        shown = pixels(window.zoom)[..., :3].astype(float)
        side = len(shown) / 40
        centres = (side * (np.arange(40) + 0.5)).astype(int)
        assert np.abs(shown[np.ix_(centres, centres)] - seen).mean() < 8  # the photograph comes as a WebP

    until(shows_it)  # when Python has given it, and the browser has decoded it
    light = pixels(window.big)[..., :3].astype(float)
    dark = light[200, 100] / np.maximum(china()[200, 100], 1)
    assert 0.3 < dark.mean() < 0.8


def test_the_window_holds_the_temple_by_keyboard_alone(window):
    slider = window.root.get_by_role("slider", name="window")
    window.big.focus()
    window.press("Home")
    slider.focus()
    window.press("End")
    assert "sees 427 × 427 pixels: rows 0 to 426, columns 0 to 426" in window.words()
    assert not window.task()  # the whole temple, but not in the smallest window
    window.press(*["PageDown"] * 2, *["ArrowLeft"] * 3)
    assert "404 × 404" in slider.get_attribute("aria-valuetext")
    window.press("Tab", "Tab", "Tab")
    assert window.page.evaluate("document.activeElement.getAttribute('role')") == "application"
    window.press("Home", *["Shift+ArrowUp"] * 30)
    assert "rows 0 to 403, columns 0 to 403" in window.words()
    assert not window.task()
    window.press(*["ArrowDown"] * 22)
    assert "rows 22 to 425" in window.words()
    assert not window.task()
    window.press("ArrowDown")
    assert "58.5%" not in window.words()
    assert "rows 23 to 426, columns 0 to 403. All of them lie in the picture; they cover 59.7% of it." in window.words()
    assert window.task()
    assert window.view()["found"] is True


# --- A stack of layers ---------------------------------------------------------------------------------------


def test_the_table_says_what_trace_says(stack):
    assert stack.column("map") == ["427 × 640", "214 × 320", "107 × 160", "54 × 80", "27 × 40"]
    assert stack.column("size") == ["1", "3", "7", "15", "31"]
    assert stack.column("jump") == ["1", "2", "4", "8", "16"]
    stack.set("padding", 2, 0)
    stack.set("dilation", 3, 3)
    layers = [Layer(3, 2, 1), Layer(3, 2, 0), Layer(7, 2, 1), Layer(3, 2, 1)]
    assert stack.column("size") == [str(step.size) for step in trace(layers)]
    assert stack.column("start") == [f"{step.start:g}" for step in trace(layers)]
    assert [row["dilation"] for row in stack.view()["layers"]] == [1, 1, 3, 1]


def test_numbers_are_typed_and_stepped(stack):
    stack.field("kernel", 1).focus()
    stack.press("ArrowUp", "ArrowUp", "ArrowDown")
    assert stack.field("kernel", 1).input_value() == "4"
    assert stack.column("size")[1] == "4"
    stack.root.locator(".rf-step").nth(1).click()
    assert stack.field("kernel", 1).input_value() == "3"
    stack.press("a", "b", "Escape")
    for text, words in {"three": "“three”", "": "“”", "1.5": "“1.5”", "40": "“40”", "0": "“0”"}.items():
        stack.set("kernel", 1, text)
        assert f"The kernel of layer 1 is {words}. Write a whole number from 1 to 31." in stack.trouble()
        assert stack.field("kernel", 1).get_attribute("aria-invalid") == "true"
        assert stack.column("size")[1] == "3"
    stack.set("kernel", 1, 5)
    assert stack.trouble() == ""
    assert stack.column("size")[1] == "5"


def test_layers_are_added_moved_and_removed_by_keyboard(stack):
    stack.set("kernel", 4, 5)
    stack.tool("Move up layer 4").focus()
    stack.press("Enter")
    assert [row["kernel"] for row in stack.view()["layers"]] == [3, 3, 5, 3]
    assert stack.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Move up layer 3"
    stack.tool("Move down layer 1").click()
    stack.tool("Remove layer 2").focus()
    stack.press("Space")
    assert [row["kernel"] for row in stack.view()["layers"]] == [3, 5, 3]
    assert stack.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove layer 2"
    stack.tool("Add a layer").focus()
    stack.press("Enter")
    assert stack.page.evaluate("document.activeElement.getAttribute('aria-label')") == "kernel of layer 4"
    for _ in range(4):
        stack.tool("Add a layer").click()
    assert stack.tool("Add a layer").is_disabled()
    for _ in range(7):
        stack.tool("Remove layer 1").click()
    assert stack.tool("Remove layer 1").is_disabled()


def test_a_unit_is_pointed_at(stack):
    top = stack.maps.nth(3)
    box = top.bounding_box()
    stack.page.mouse.move(box["x"] + box["width"] * 12.5 / 40, box["y"] + box["height"] * 0.5 / 27)
    assert (
        "Unit (0, 12) of layer 4 sees 31 × 31 pixels: rows −15 to 15, columns 177 to 207. 51.6% of them"
        in stack.words()
    )
    layers = [Layer(3, 2, 1)] * 4
    for k in range(1, 5):
        (frame,) = stack.maps.nth(k - 1).evaluate(FRAMES)
        zeros = 0 if k == 4 else 1
        rows, columns = unit_window(layers[k:], 0), unit_window(layers[k:], 12)
        assert frame == [rows[0] + zeros, columns[0] + zeros, rows[1] - rows[0] + 1, columns[1] - columns[0] + 1]
    rim = 26
    assert stack.big.evaluate(FRAMES) == [[-15 + rim, 177 + rim, 31, 31]]
    box = stack.maps.nth(1).bounding_box()
    stack.page.mouse.move(box["x"] + box["width"] * 41.5 / 162, box["y"] + box["height"] * 31.5 / 109)
    assert "Unit (30, 40) of layer 2 sees 7 × 7 pixels: rows 117 to 123, columns 157 to 163" in stack.words()
    assert stack.maps.nth(3).evaluate(FRAMES) == []


def test_a_press_holds_the_unit(stack):
    box = stack.maps.nth(3).bounding_box()
    stack.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    held = stack.words()
    assert "Unit (13, 20) of layer 4" in held
    other = stack.maps.nth(0).bounding_box()
    stack.page.mouse.move(other["x"] + 20, other["y"] + 20)
    stack.page.mouse.move(box["x"] + 2, box["y"] + 2)
    assert stack.words() == held
    stack.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    stack.page.mouse.move(box["x"] + 2, box["y"] + 2)
    assert "Unit (0, 0)" in stack.words()


def test_maps_and_picture_answer_to_keys(stack):
    stack.maps.nth(3).focus()
    stack.press("Home", *["Shift+ArrowUp"] * 6, "ArrowRight", "ArrowRight", "ArrowDown", "x", "d", "d")
    assert "Unit (1, 2) of layer 4" in stack.words()
    stack.press("End", *["Shift+ArrowDown"] * 6)
    assert "Unit (26, 39) of layer 4" in stack.words()
    stack.maps.nth(2).focus()
    stack.press("ArrowUp")
    assert "Unit (51, 78) of layer 3" in stack.words()
    stack.big.focus()
    stack.press("ArrowLeft", "Shift+ArrowUp")
    assert "Unit (46, 77) of layer 3" in stack.words()
    assert stack.page.locator(".jp-Cell").count() == len(CELLS)


def test_the_picture_chooses_the_unit_that_looks_there(stack):
    box = stack.big.bounding_box()
    stack.maps.nth(3).focus()
    stack.press("Home")
    scale = box["width"] / (640 + 52)
    stack.page.mouse.click(box["x"] + scale * (26 + 320.5), box["y"] + scale * (26 + 160.5))
    assert "Unit (10, 20) of layer 4" in stack.words()
    stack.set("stride", 4, 1)
    assert "Unit (20, 40) of layer 4" in stack.words()  # looks at the same place


def test_a_window_that_does_not_fit_gets_a_sentence(stack):
    stack.set("stride", 2, 16)
    stack.set("kernel", 3, 31)
    assert "Layer 3 has a window that reaches over 31 × 31 units, and below it there are 16 × 22" in stack.trouble()
    assert stack.column("map") == ["427 × 640", "214 × 320", "14 × 20", "–", "–"]
    assert "of layer 2 sees" in stack.words()
    assert stack.root.locator("tbody tr[data-out=true]").count() == 2
    stack.set("kernel", 1, 31)
    stack.set("dilation", 1, 16)
    assert "Layer 1 has a window that reaches over 481 × 481" in stack.trouble()
    assert "No layer fits on the picture" in stack.words()
    stack.set("dilation", 1, 1)
    stack.set("kernel", 3, 3)
    assert stack.trouble() == ""
    assert "of layer 4 sees" in stack.words()
    stack.root.get_by_label("kind of layer 2").select_option("pooling")
    stack.set("padding", 2, 2)
    assert "Layer 2 is a pooling with a window of 3 and padding 2" in stack.trouble()
    assert "may be at most 1" in stack.trouble()


def test_one_unit_sees_the_temple_by_keyboard_alone(stack):
    for layer in range(1, 5):
        stack.field("stride", layer).focus()
        stack.press("ArrowUp", "ArrowUp", "ArrowUp")
        assert "it does not see all of that" in stack.words() or layer < 3
    for layer in range(1, 5):
        stack.field("kernel", layer).focus()
        stack.press("ArrowUp", "ArrowUp")
    assert stack.column("map") == ["427 × 640", "85 × 128", "17 × 26", "3 × 5", "1 × 1"]
    assert "Unit (0, 0) of layer 4 sees 625 × 625 pixels: rows −156 to 468, columns −156 to 468." in stack.words()
    assert "only 344 × 469 = 161,336 pixels, from row 0 to 343 and column 0 to 468" in stack.words()
    assert not stack.task()
    for layer in (4, 1, 2, 3):
        stack.field("padding", layer).focus()
        stack.press("ArrowUp")
    assert stack.column("map") == ["427 × 640", "86 × 128", "18 × 26", "4 × 6", "1 × 2"]
    assert not stack.task()
    stack.field("padding", 4).focus()
    stack.press("ArrowDown")
    assert "Unit (0, 0) of layer 4 sees 625 × 625 pixels: rows −187 to 437, columns −187 to 437." in stack.words()
    assert stack.task()


def test_it_answers_at_once(stack):
    times = stack.maps.nth(3).evaluate(
        """async box => {
            box.focus();
            const times = [];
            for (let k = 0; k < 30; k += 1) {
                await new Promise(requestAnimationFrame);
                await new Promise(resolve => setTimeout(resolve));
                const start = performance.now();
                const key = k % 2 ? 'ArrowLeft' : 'ArrowRight';
                box.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
                await new Promise(requestAnimationFrame);
                times.push(performance.now() - start);
            }
            return times;
        }"""
    )
    assert min(times) < 30  # so that a busy machine does not count; `bench widgets` has the limits


# --- Pictures of the reader's own ----------------------------------------------------------------------------


def png(array):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "png")
    return buffer.getvalue()


def test_a_picture_is_opened_and_one_is_drawn(stack):
    own = np.random.default_rng(0).integers(0, 256, (20, 30), dtype=np.uint8)
    stack.root.locator(".ce-file").set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": png(own)})
    expect(stack.root.get_by_label("picture", exact=True)).to_have_value("own.png")
    stack.set("kernel", 1, 31)
    assert "reaches over 31 × 31 units, and below it there are 22 × 32" in stack.trouble()
    shown = grey(stack.big)[2:-2, 2:-2].astype(int)
    np.testing.assert_allclose(shown, own, atol=1)  # no unit is shown, so nothing is veiled
    stack.set("kernel", 1, 3)
    assert stack.column("map")[:3] == ["20 × 30", "10 × 15", "5 × 8"]
    stack.tool("Draw one").click()
    stack.press(" ", "ArrowRight", " ")
    assert stack.column("map")[0] == "28 × 28"
    assert grey(stack.big).max() > 100
    stack.tool("Draw one").click()


def test_files_that_cannot_be_shown_get_a_sentence(stack):
    file = stack.root.locator(".ce-file")
    file.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(stack.root.locator(".ce-trouble")).to_contain_text("bad.png is no picture that this browser can read")
    file.set_input_files({"name": "big.png", "mimeType": "image/png", "buffer": png(np.zeros((4000, 4000), np.uint8))})
    stack.page.wait_for_function(
        "[...document.querySelectorAll('.ce-trouble')].some(one => one.textContent.includes('shown with 640 × 640'))"
    )
    assert stack.column("map")[0] == "640 × 640"


# --- The reader's own network --------------------------------------------------------------------------------


def test_a_network_is_measured_and_the_table_repaired(opened):
    parts = Parts(opened, 2)
    parts.maps.nth(2).focus()
    parts.press("Home", *["Shift+ArrowUp"] * 6, *["ArrowDown"] * 5, *["ArrowRight"] * 6)
    assert "Unit (5, 6) of layer 3 sees 6 × 6 pixels: rows 5 to 10, columns 6 to 11." in parts.words()
    parts.tool("Measure it").focus()
    parts.press("Enter")
    parts.page.wait_for_function("document.querySelectorAll('.ce-words')[2].textContent.includes('pixels move it')")
    assert (
        "Measured (blue): 64 pixels move it. Theory differs: it leaves out 64 of them, and it counts 36 more, which do "
        "not. Your network's map has 12 × 15 units; the table says 25 × 31." in parts.words()
    )
    assert not parts.task()
    blue = pixels(parts.big)[2:-2, 2:-2, 2].astype(int) - pixels(parts.big)[2:-2, 2:-2, 0]
    assert np.argwhere(blue > 20).min(axis=0).tolist() == [10, 12]
    assert (blue > 20).sum() == 64
    parts.set("stride", 2, 2)
    assert "Theory agrees to the pixel." in parts.words()
    assert "the table says" not in parts.words()
    assert "sees 8 × 8 pixels: rows 10 to 17, columns 12 to 19" in parts.words()
    assert parts.task()
    parts.maps.nth(1).focus()
    parts.press("ArrowUp")
    assert "Measured" not in parts.words()
    parts.tool("Measure it").click()
    expect(parts.root.locator(".ce-trouble")).to_contain_text("what it returns are the units of layer 3")


def test_what_a_unit_sees_is_shown_to_the_pixel(opened):
    parts = Parts(opened, 2)
    parts.set("kernel", 1, 1)
    parts.set("stride", 1, 1)
    parts.set("stride", 2, 2)
    parts.set("dilation", 3, 2)
    parts.set("kernel", 2, 1)
    parts.maps.nth(2).focus()
    parts.press("Home", *["Shift+ArrowUp"] * 6, "ArrowDown", "ArrowRight", "ArrowRight")
    assert (
        "sees 9 × 9 pixels: rows 2 to 10, columns 4 to 12. All of them lie in the picture; they cover 7.5% of it. But "
        "it does not see all of that: only 3 × 3 = 9 pixels, from row 2 to 10 and column 4 to 12." in parts.words()
    )
    rows, columns = [2, 6, 10], [4, 8, 12]
    levels = np.round(PART * 255)
    seen = np.zeros(PART.shape, dtype=bool)
    seen[np.ix_(rows, columns)] = True
    np.testing.assert_allclose(grey(parts.big)[2:-2, 2:-2], np.where(seen, levels, 0.55 * levels), atol=2)
    shown = grey(parts.zoom).astype(float)
    centres = (len(shown) / 9 * (np.arange(9) + 0.5)).astype(int)
    part = levels[2:11, 4:13]
    veiled = np.where(seen[2:11, 4:13], part, 0.15 * part + 0.85 * 128)
    np.testing.assert_allclose(shown[np.ix_(centres, centres)], veiled, atol=2)


def test_zeros_around_the_picture_are_black(opened):
    parts = Parts(opened, 3)
    parts.set("kernel", 1, 3)
    parts.set("padding", 1, 2)
    parts.maps.first.focus()
    parts.press("Home", *["Shift+ArrowUp"] * 6)
    assert "rows −2 to 0, columns −2 to 0. 11.1% of them lie in the picture" in parts.words()
    shown = grey(parts.zoom)
    centres = (len(shown) / 3 * (np.arange(3) + 0.5)).astype(int)
    corner = round(PART[0, 0] * 255)
    assert shown[np.ix_(centres, centres)].tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, corner]]
    rim = grey(parts.big)
    assert not rim[:2].any()
    assert not rim[:, -2:].any()
    parts.set("padding", 1, 0)


def test_a_network_that_raises_gets_a_sentence(opened):
    parts = Parts(opened, 3)
    parts.tool("Measure it").click()
    expect(parts.root.locator(".ce-trouble")).to_contain_text("Your broken raised RuntimeError: no weights yet")
    parts.set("kernel", 1, 4)
    assert parts.column("size")[1] == "4"


def test_a_saved_view_is_where_it_starts(opened):
    parts = Parts(opened, 4)
    assert parts.column("size") == ["1", "3", "7"]
    assert "Unit (3, 200) of layer 1 sees 3 × 3 pixels: rows 5 to 7, columns 399 to 401." in parts.words()


# --- For everybody -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious(opened, stack, name):
    stack.set("kernel", 4, "x")
    theme(opened, name)
    try:
        assert findings(opened) == []
    finally:
        theme(opened, "JupyterLab Light")


def test_its_height_stays(stack, window):
    for parts, act in ((window, "slider"), (stack, "table")):
        before = parts.root.bounding_box()["height"]
        if act == "slider":
            parts.root.get_by_role("slider").focus()
            parts.press("Home", *["PageUp"] * 8)
        else:
            for _ in range(4):
                parts.tool("Add a layer").click()
            parts.set("kernel", 2, 31)
            parts.set("stride", 1, 16)
            parts.set("padding", 3, 15)
        settle(parts.page)
        assert abs(parts.root.bounding_box()["height"] - before) < 1


CLIPPED = """root => {
    const all = [...root.querySelectorAll('button, input:not(.ce-file), select, .ce-plane, .rf-result')]
        .filter(one => one.getClientRects().length && getComputedStyle(one).visibility !== 'hidden');
    const edge = root.getBoundingClientRect(), boxes = new Map(all.map(one => [one, one.getBoundingClientRect()]));
    const out = all.filter(one => boxes.get(one).right > edge.right + 0.5 || boxes.get(one).left < edge.left - 0.5);
    const meet = (a, b) => a.left < b.right - 1 && a.right > b.left + 1 && a.top < b.bottom - 1 && a.bottom > b.top + 1;
    const over = all.filter(one => all.some(other => !one.contains(other) && !other.contains(one)
        && meet(boxes.get(one), boxes.get(other))));
    return [...out, ...over].map(one => one.outerHTML.slice(0, 120));
}"""


def test_nothing_is_clipped_in_a_narrow_window(opened):
    resize(opened.page, 600, 800)
    try:
        for number in range(3):
            assert Parts(opened, number).root.evaluate(CLIPPED) == []
    finally:
        resize(opened.page, 1280, 900)
    for number in range(3):
        assert Parts(opened, number).root.evaluate(CLIPPED) == []


def test_no_page_error_was_raised(opened):
    assert opened.console == []


def test_without_a_kernel_all_but_the_network_answers(browser, tmp_path):
    bundle = receptive_field_explorer([(3, 1), (2, 2), (3, 1)], lambda x: x, PART)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    file = tmp_path / "page.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{data['text/html']}", encoding="utf-8")
    page = browser.chromium.new_page()
    page.goto(file.as_uri())
    page.wait_for_function("document.querySelector('.ce-words')?.textContent")
    assert page.get_by_role("button", name="Measure it").is_disabled()
    assert "To measure your network, run this notebook." in page.locator(".course-explorer").inner_text()
    page.locator(".rf-maps .ce-plane").nth(2).focus()
    page.keyboard.press("ArrowUp")
    page.get_by_label("kernel of layer 3").fill("5")
    settle(page)
    assert "sees 12 × 12 pixels" in page.locator(".ce-words").inner_text()
    assert page.locator(".ce-trouble").inner_text() == ""
    page.close()
