"""The explorers of lesson 2 in JupyterLab and on a page of their own: by mouse, and by keyboard alone."""

import io
import re

import numpy as np
import pytest
from explorers import findings, grey, in_kernel, pixels, resize, settle, theme, view
from PIL import Image
from playwright.sync_api import expect

from course import kernels
from course.ops import correlate2d
from course.widgets import filters

pytestmark = pytest.mark.browser

CELLS = (
    """
from course import images, kernels
from course.ops import correlate2d
from course.widgets import filters
from course.widgets.filters import filter_explorer, learning_explorer, neuron_explorer
import numpy as np, time

filters.PATIENCE = 60  # a function is not slow because the machine is busy

filter_explorer("two lines", "identity", function=correlate2d)
""",
    """
def my_correlate2d(image, kernel):
    if kernel[0, 0] == 9:
        raise IndexError("nine is too many")
    values = correlate2d(image, kernel)
    if kernel[0, 0] == 8:
        time.sleep(5e-2 * values.size)
    values[2:4, 3] += 1
    return values

filter_explorer("letter", "sobel_x", my_correlate2d, "shift")
""",
    "neuron_explorer(images.grey(images.china())[95:255, 80:320], kernels.vertical_line(3))",
    """
target = kernels.vertical_line(7)
learning_explorer([(step, target * min(step / 47, 1), 0.9**step) for step in range(101)], target)
""",
)
PICTURES = filters._pictures()


@pytest.fixture(scope="module")
def opened(explore):
    notebook = explore(*CELLS)
    notebook.page.wait_for_function("document.querySelectorAll('.f-map canvas').length === 2")
    for select in notebook.page.get_by_label("computed by").all():
        select.wait_for()
    notebook.page.wait_for_function("document.querySelectorAll('select:disabled').length === 0")
    return notebook


class Part:
    """One explorer of the notebook."""

    def __init__(self, opened, number):
        self.page = opened.page
        self.root = opened.page.locator(".course-explorer").nth(number)
        self.root.scroll_into_view_if_needed()
        self.picture, self.map = (self.root.locator(f"{name} .ce-plane") for name in (".f-picture", ".f-map"))
        self.cells = self.root.get_by_role("table", name="kernel").locator("input")

    def choose(self, **choices):
        for label, value in choices.items():
            label = {"by": "computed by", "dragging": "dragging over the kernel"}.get(label, label)
            self.root.get_by_label(label, exact=True).select_option(value)
        settle(self.page)

    def slide(self, label, to):
        self.root.get_by_label(label, exact=True).focus()
        self.page.keyboard.press("Home")
        least = int(self.root.get_by_label(label, exact=True).get_attribute("min"))
        self.press(*["ArrowRight"] * (to - least))

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        settle(self.page)

    def type(self, k, text):
        self.cells.nth(k).fill(text)
        settle(self.page)

    def kernel(self):
        size = int(len(values := [float(one.input_value().replace("−", "-")) for one in self.cells.all()]) ** 0.5)
        return np.reshape(values, (size, size))

    def words(self, pattern=None):
        text = self.root.locator(".ce-words")
        if pattern is not None:
            self.page.wait_for_function(
                "([one, pattern]) => new RegExp(pattern).test(one.textContent)", arg=[text.element_handle(), pattern]
            )
        return text.inner_text()

    def trouble(self):
        return self.root.locator(".ce-trouble").inner_text()

    def found(self):
        return "✓ Found" in self.root.locator(".ce-task").inner_text()


@pytest.fixture
def lines(opened):
    part = Part(opened, 0)
    part.choose(by="browser", picture="two lines", filter="identity")
    part.slide("padding", 0)
    part.slide("stride", 1)
    part.root.get_by_label("half a turn").uncheck()
    return part


@pytest.fixture
def letter(opened):
    part = Part(opened, 1)
    part.choose(by="browser", picture="letter", filter="sobel_x", dragging="")
    return part


def levels(feature_map, kernel):
    shown, low, high = kernels.as_picture(feature_map, kernel)
    return np.round(255 * np.clip((shown - low) / (high - low), 0, 1))


# --- What is drawn ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", ["photograph", "garment"])
def test_every_filter_gives_the_map_of_course_ops(lines, picture):
    lines.choose(picture=picture)
    for name, row in kernels.FILTERS.items():
        lines.choose(filter=name)
        expected = levels(correlate2d(PICTURES[picture], row.array), row.array)
        np.testing.assert_allclose(grey(lines.map), expected, atol=1, err_msg=name)
    np.testing.assert_allclose(grey(lines.picture), np.round(255 * PICTURES[picture]), atol=1)


def test_sizes_padding_stride_and_half_a_turn(lines):
    lines.choose(picture="temple", filter="gaussian_blur")
    lines.slide("size", 5)
    kernel = kernels.gaussian_blur(5, 1.5 * 5 / 7)
    np.testing.assert_allclose(lines.kernel(), kernel, atol=1e-4)
    lines.slide("padding", 2)
    lines.slide("stride", 3)
    expected = levels(correlate2d(PICTURES["temple"], kernel, stride=3, padding=2), kernel)
    np.testing.assert_allclose(grey(lines.map), expected, atol=1)
    np.testing.assert_allclose(grey(lines.picture)[2:-2, 2:-2], np.round(255 * PICTURES["temple"]), atol=1)
    assert not grey(lines.picture)[:2].any()
    lines.choose(filter="emboss")
    lines.root.get_by_label("half a turn").check()
    turned = kernels.emboss()[::-1, ::-1]
    np.testing.assert_array_equal(lines.kernel(), turned)
    expected = levels(correlate2d(PICTURES["temple"], turned, stride=3, padding=2), turned)
    np.testing.assert_allclose(grey(lines.map), expected, atol=1)
    lines.slide("size", 4)  # an own kernel now, about the same middle
    assert lines.root.get_by_label("filter", exact=True).input_value() == "your own"
    assert lines.kernel().shape == (4, 4)
    assert lines.kernel().sum() == 1
    lines.slide("size", 7)
    assert lines.root.bounding_box()["width"] > 0
    lines.choose(picture="letter")
    lines.slide("padding", 0)
    assert "does not fit" not in lines.words()


def test_the_height_stays(lines):
    box, heights = lines.root, set()
    for picture in ("photograph", "letter", "two lines"):
        lines.choose(picture=picture)
        for name in ("identity", "vertical_line", "sobel_x"):
            lines.choose(filter=name)
            heights.add(round(box.bounding_box()["height"]))
    lines.slide("stride", 4)
    heights.add(round(box.bounding_box()["height"]))
    assert max(heights) - min(heights) <= 2


# --- The kernel, by keyboard and by mouse --------------------------------------------------------------------


def test_cells_are_typed_in(letter):
    letter.root.get_by_role("button", name="all 0").focus()
    letter.press("Enter")
    assert not letter.kernel().any()
    letter.cells.nth(0).focus()
    letter.press("ArrowRight", "1", "/", "9", "ArrowRight", "-", "2", "ArrowRight", "0", ",", "5", "Tab")
    np.testing.assert_allclose(letter.kernel().ravel()[:4], [0, 0.1111, -2, 0.5])
    letter.press("ArrowUp", "Shift+ArrowUp", "ArrowDown", "ArrowDown")
    assert letter.kernel()[1, 1] == pytest.approx(0.9)
    kernel = np.array([[0, 1 / 9, -2], [0.5, 0.9, 0], [0, 0, 0]])
    np.testing.assert_allclose(grey(letter.map), levels(correlate2d(PICTURES["letter"], kernel), kernel), atol=1)
    assert letter.root.get_by_label("filter", exact=True).input_value() == "your own"


@pytest.mark.parametrize("text", ["x", "", "1/0", "100", "--1"])
def test_what_is_no_number_is_said_and_the_last_number_stays(letter, text):
    before = grey(letter.map)
    letter.type(0, text)
    assert f"“{text}” in row 0, column 0 of the kernel is no number from −99 to 99." in letter.trouble()
    assert letter.cells.first.get_attribute("aria-invalid") == "true"
    np.testing.assert_array_equal(grey(letter.map), before)
    letter.press("Tab")
    assert letter.cells.first.input_value() == "−1"
    assert letter.cells.first.get_attribute("aria-invalid") is None
    letter.type(0, "2")
    assert letter.trouble() == ""


def test_cells_are_dragged_and_painted(letter):
    mouse = letter.page.mouse
    boxes = [cell.bounding_box() for cell in letter.cells.all()]
    at = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    mouse.move(*at[4])
    mouse.down()
    mouse.move(at[4][0], at[4][1] - 36, steps=6)
    mouse.up()
    settle(letter.page)
    assert letter.kernel()[1, 1] == pytest.approx(0.6)
    letter.choose(dragging="0.5")
    letter.cells.nth(4).focus()  # a cell shows what is painted even while it has the focus
    mouse.click(*at[4])
    assert letter.cells.nth(4).input_value() == "0.5"
    letter.choose(dragging="-1")
    mouse.move(*at[0])
    mouse.down()
    for place in at[1:3]:
        mouse.move(*place, steps=5)
    mouse.up()
    settle(letter.page)
    assert letter.kernel()[0].tolist() == [-1, -1, -1]
    letter.choose(dragging="")
    mouse.click(*at[8])
    letter.page.keyboard.type("7")
    settle(letter.page)
    assert letter.kernel()[2, 2] == 7
    letter.root.get_by_role("button", name="all 0").click()
    letter.root.get_by_role("button", name="make the sum 1").click()
    assert letter.trouble().startswith("The weights sum to 0.00, and no factor makes that 1")


# --- The window, by keyboard and by mouse ---------------------------------------------------------------------


def test_the_window_is_moved_and_its_sum_is_said(lines):
    lines.choose(picture="temple", filter="sobel_x")
    expected = correlate2d(PICTURES["temple"], kernels.sobel_x())
    box = lines.map.bounding_box()
    lines.map.click(position={"x": (100 + 0.5) * box["width"] / 238, "y": (50 + 0.5) * box["height"] / 158})
    sum_at = lambda row, column: f"Neuron ({row}, {column}): the sum of the 9 products is {expected[row, column]:.2f}"
    assert sum_at(50, 100).replace("-", "−") in lines.words(r"\(50, 100\)")
    lines.map.focus()
    lines.press("ArrowRight", "Shift+ArrowDown")
    assert sum_at(55, 101).replace("-", "−") in lines.words(r"\(55, 101\)")
    lines.picture.focus()
    lines.press("ArrowLeft", "ArrowUp")
    assert sum_at(54, 100).replace("-", "−") in lines.words(r"\(54, 100\)")
    box = lines.picture.bounding_box()
    lines.picture.click(position={"x": 20.5 * box["width"] / 240, "y": 30.5 * box["height"] / 160})
    assert sum_at(29, 19).replace("-", "−") in lines.words(r"\(29, 19\)")
    window = [float(cell) for cell in lines.root.get_by_role("table", name="window").locator("td").all_inner_texts()]
    np.testing.assert_allclose(np.reshape(window, (3, 3)), PICTURES["temple"][29:32, 19:22], atol=0.006)
    lines.slide("stride", 3)
    lines.map.focus()
    lines.press("Home", "ArrowRight")
    assert "column 3. Neuron (29, 1)" in lines.words(r"Neuron \(29, 1\)")
    lines.picture.focus()
    lines.press("ArrowRight")
    assert "column 6. Neuron (29, 2)" in lines.words(r"Neuron \(29, 2\)")


def test_the_window_plays_over_the_picture(lines):
    lines.map.focus()
    lines.press("Home", *["ArrowUp"] * 15)
    before = re.search(r"Neuron \(\d+, \d+\)", lines.words())[0]
    lines.root.get_by_role("button", name="Play the window").press("Enter")
    lines.words(r"Neuron \((0, ([2-9]|1\d)|[1-9]\d*, \d+)\)")
    lines.root.get_by_role("button", name="Pause").press("Enter")
    after = re.search(r"Neuron \((\d+), (\d+)\)", lines.words())
    assert before == "Neuron (0, 0)"
    assert int(after[2]) + 13 * int(after[1]) >= 2


# --- The reader's own function -----------------------------------------------------------------------------------


def test_a_right_function_agrees(lines):
    lines.choose(picture="photograph", filter="emboss", by="both")
    assert "It agrees with the browser in all 271,150 values." in lines.words("agrees")
    lines.choose(by="yours")
    kernel = kernels.emboss()
    lines.words("agrees")
    np.testing.assert_allclose(grey(lines.map), levels(correlate2d(PICTURES["photograph"], kernel), kernel), atol=1)
    lines.root.locator(".ce-file").set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": png(OWN)})
    assert "in all 270 values" in lines.words("agrees with the browser in all 270")


def test_a_wrong_function_is_marked(letter):
    letter.choose(by="both")
    said = letter.words("differs")
    assert "It differs from the browser in 2 of 63 values, by at most 1.00; first at neuron (2, 3)" in said
    crosses = letter.map.locator("path").first.get_attribute("d")
    assert crosses.count("M") == 2
    assert crosses.startswith("M3.25 2.25")
    letter.choose(by="yours")
    letter.words("differs")
    wrong = correlate2d(PICTURES["letter"], kernels.sobel_x())
    wrong[2:4, 3] += 1
    shown = correlate2d(PICTURES["letter"], kernels.sobel_x())
    reach = np.quantile(np.abs(shown), 0.99)
    np.testing.assert_allclose(grey(letter.map), np.round(255 * np.clip(wrong / reach / 2 + 0.5, 0, 1)), atol=1)


def test_a_function_that_raises_or_is_slow_is_lived_with(opened, letter):
    letter.choose(by="both")
    letter.words("differs")
    letter.type(0, "9")
    letter.page.wait_for_function(
        "[...document.querySelectorAll('.ce-trouble')].some(one => one.textContent.includes('IndexError'))"
    )
    assert letter.trouble() == "Your my_correlate2d raised IndexError: nine is too many"
    in_kernel(opened, "setattr(filters, 'PATIENCE', 0.3)")
    letter.type(0, "8")
    letter.words("differs")
    letter.type(1, "1")
    said = letter.words("takes about")
    assert re.search(r"takes about \d+(\.\d)? s for the whole map: it computed the 4 × 4 values around the frame", said)
    assert letter.trouble() == ""
    letter.choose(filter="sobel_y")
    assert "differs from the browser in 2 of 63" in letter.words("differs")
    in_kernel(opened, "setattr(filters, 'PATIENCE', 60)")


# --- Own pictures ---------------------------------------------------------------------------------------------------

OWN = np.random.default_rng(0).integers(0, 256, (17, 20), dtype=np.uint8)


def png(levels):
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "png")
    return file.getvalue()


def test_an_own_picture_and_a_drawing(lines):
    file = lines.root.locator(".ce-file")
    file.set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": png(OWN)})
    expect(lines.root.get_by_label("picture", exact=True)).to_have_value("own.png")
    lines.choose(filter="laplacian")
    expected = correlate2d(OWN / 255, kernels.laplacian())
    np.testing.assert_allclose(grey(lines.map), levels(expected, kernels.laplacian()), atol=1)
    file.set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"text"})
    expect(lines.root.locator(".ce-trouble")).to_contain_text("no.png is no picture that this browser can read")
    large = np.zeros((4000, 4000), np.uint8)
    file.set_input_files({"name": "large.png", "mimeType": "image/png", "buffer": png(large)})
    lines.page.wait_for_function("document.querySelector('.ce-trouble').textContent.includes('640 × 640')")
    settle(lines.page)
    assert pixels(lines.map).shape[:2] == (638, 638)
    lines.root.get_by_role("button", name="Draw one").press("Enter")
    lines.press("Space", "ArrowRight", "Space")
    assert pixels(lines.map).shape[:2] == (26, 26)
    assert grey(lines.picture)[14, 14:16].min() == 255
    lines.root.get_by_role("button", name="Draw one").press("Enter")


# --- Tasks --------------------------------------------------------------------------------------------------------


def test_the_standing_line_is_made_to_vanish(lines):
    lines.root.get_by_role("button", name="all 0").press("Enter")
    for name in ("identity", "box_blur", "vertical_line", "laplacian", "sobel_x"):
        lines.choose(filter=name)
        assert not lines.found(), name
    lines.choose(filter="identity")
    lines.root.get_by_role("button", name="all 0").press("Enter")
    lines.type(1, "1")
    assert not lines.found()
    lines.cells.nth(7).focus()
    lines.press("Shift+ArrowDown")  # 1 above, −1 below
    assert lines.found()


def test_the_picture_is_moved_to_the_left_by_keys_alone(letter):
    letter.choose(filter="identity")
    assert not letter.found()
    letter.cells.nth(3).focus()
    letter.press("ArrowRight", "0", "ArrowRight", "1")
    assert letter.found()
    np.testing.assert_array_equal(grey(letter.map), 255 * PICTURES["letter"][1:-1, 2:])
    kept = view(OPENED[0], 1)
    assert kept["found"] is True
    assert kept["filter"] == "your own"
    assert kept["kernel"] == {"rows": 3, "columns": 3, "values": [0, 0, 0, 0, 0, 1, 0, 0, 0]}


OPENED = []


@pytest.fixture(autouse=True)
def _remembered(opened):
    OPENED[:] = [opened]


def test_one_neuron_by_keys(opened):
    part = Part(opened, 2)
    assert not part.cells.count()  # the kernel is fixed
    part.picture.focus()
    part.press("Home", *["Shift+ArrowUp"] * 4, "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp")
    row, column = (int(n) for n in re.search(r"row (\d+), column (\d+)", part.words()).groups())
    part.press(*["ArrowDown"] * (60 - row), *["ArrowUp"] * (row - 60), *["ArrowLeft"] * (column - 1))
    expect(part.root.locator(".ce-words")).to_have_text(  # once Python has given the photograph
        "The window starts at row 60, column 1. 0.84 × 1 + 0.84 × 1 + 0.83 × 1 = 2.51."
    )
    assert not part.found()
    box = part.picture.bounding_box()
    seen = np.lib.stride_tricks.sliding_window_view(PICTURES["temple"], (3, 3))
    bright, dark = seen[..., 1].mean(-1), seen[..., [0, 2]].mean((-2, -1))
    row, column = np.argwhere((bright > 0.7) & (dark < 0.35))[0]
    part.picture.click(
        position={"x": (column + 1.5) * box["width"] / 240, "y": (row + 1.5) * box["height"] / 160}, force=True
    )
    settle(part.page)
    assert f"row {row}, column {column}" in part.words()
    assert part.found()


def test_learning_by_keys(opened):
    part = Part(opened, 3)
    step = part.root.get_by_label("step", exact=True)
    step.focus()
    part.press("Home")
    assert part.words().startswith(
        "Step 0: the loss is 1.00. The worst weight, in row 0, column 3, is 0.000, and 1.000 off."
    )
    part.press(*["ArrowRight"] * 42)
    assert not part.found()
    part.press("ArrowRight")  # 43 / 47 is less than 0.1 off
    assert part.words().startswith("Step 43:")
    assert part.found()
    shown = part.root.get_by_role("table").first.locator("td").all_inner_texts()
    assert shown[3] == "0.91"
    part.root.get_by_role("button", name="Play").press("Enter")
    part.words(r"Step (4[4-9]|[5-9]\d|100):")
    part.root.get_by_role("button", name="Pause").press("Enter")
    assert int(re.match(r"Step (\d+)", part.words())[1]) > 43


# --- For everyone -----------------------------------------------------------------------------------------------------


def test_axe_core_finds_nothing_serious_in_both_themes(opened):
    for name in ("JupyterLab Light", "JupyterLab Dark"):
        theme(opened, name)
        assert findings(opened) == []
    theme(opened, "JupyterLab Light")


def test_nothing_is_clipped_in_a_narrow_window(opened):
    page = opened.page
    resize(page, 600, 900)
    for number in range(4):
        wide = page.locator(".course-explorer").nth(number)
        if number < 2:
            Part(opened, number).choose(filter="vertical_line")
        outside = wide.evaluate(
            """one => [...one.querySelectorAll('button, select, input, table, canvas, p, figure, svg')]
                .filter(part => part.checkVisibility() && !part.matches('.ce-file')
                    && part.getBoundingClientRect().right > one.getBoundingClientRect().right + 1)
                .map(part => part.outerHTML.slice(0, 80))"""
        )
        assert outside == []
    resize(page, 1280, 900)
    assert opened.problems() == []


def test_a_page_without_a_kernel_begins_with_what_was_chosen(browser, tmp_path):
    def my_correlate2d(image, kernel):
        return correlate2d(image, kernel)

    explorer = filters.filter_explorer("letter", "sobel_x", my_correlate2d)
    kernel = {"rows": 2, "columns": 3, "values": [1, 0, -1, 0.5, 0, -0.5]}
    chosen = {"picture": "two lines", "kernel": kernel, "filter": "your own", "padding": 1, "stride": 2, "at": [2, 3]}
    explorer.view = {**explorer.view, **chosen}
    (tmp_path / "page.html").write_text(explorer._repr_mimebundle_()["text/html"], encoding="utf-8")
    page = browser.chromium.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector(".f-map canvas")
    page.wait_for_function("document.querySelector('.f-calm').textContent !== ''")
    assert page.locator(".f-calm").inner_text() == (
        "The photograph is a small, coarse copy here: its numbers differ from those of the text. "
        "To compare with your my_correlate2d, run the notebook."
    )
    weights = np.reshape(kernel["values"], (2, 3))
    expected = correlate2d(PICTURES["two lines"], weights, stride=2, padding=1)
    np.testing.assert_allclose(grey(page.locator(".f-map .ce-plane")), levels(expected, weights), atol=1)
    assert "Neuron (2, 3)" in page.locator(".ce-words").inner_text()
    assert page.get_by_label("computed by").is_disabled()
    page.close()
