"""The explorer of a network in a real browser: by mouse, by keyboard, with a file, a drawing, and without Python."""

import io
import re

import numpy as np
import pytest
from explorers import EXPLORER, answered, findings, grey, pixels, relaid, resize, settle, theme, view
from PIL import Image
from playwright.sync_api import expect

from course import activations, answers
from course.data import fashion_mnist_sample
from course.explained import explained
from course.models import build_model, load_weights
from course.weights import trained_weights
from course.widgets.network import MOST, network_explorer

pytestmark = pytest.mark.browser

SETUP = """
import torch
from torch import nn
from course.data import fashion_mnist_sample
from course.explained import explained
from course.models import build_model, load_weights, weights_to_numpy
from course.weights import trained_weights
from course.widgets.network import network_explorer
test = fashion_mnist_sample("test")
carried = load_weights(build_model("small"), trained_weights())
network_explorer(explained(carried, test))
"""
STAGES = """
stages = [("at first", weights_to_numpy(build_model("small"))), ("half", build_model("small", seed=1).state_dict())]
explorer = network_explorer(explained(carried, test, stages), shown=[3, 4, 5], layer=10)
explorer.view = {"layer": 10, "unit": [5, 1, 2], "picture": "Trouser (picture 3)", "shift": [1, -2], "stage": 1}
explorer
"""
MOODY = """
class Moody(nn.Module):
    def __init__(self):
        super().__init__()
        self.end = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, x):
        if x.max() == 0:
            raise ValueError("it is too dark in here")
        return self.end(x)

network_explorer(explained(Moody(), test))
"""
DATA = fashion_mnist_sample("test")
CARRIED = load_weights(build_model("small"), trained_weights()).eval()
NETWORK = explained(CARRIED, DATA)
VIRIDIS = np.array([[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]])


@pytest.fixture(scope="module")
def opened(explore):
    page = explore(SETUP, STAGES, MOODY, width=1280, height=1400)
    for number in range(3):
        Shown(page.page, number).wait("test pictures", "ne-best")  # Python has answered
    return page


class Shown:
    """One explorer of a page."""

    def __init__(self, page, number=0, selector=EXPLORER):
        self.page, self.root = page, page.locator(selector).nth(number)
        self.root.scroll_into_view_if_needed()
        planes = self.root.locator(".ce-plane")  # the second one is the drawing pad
        self.picture, self.maps, self.glass, self.nine, self.filters = (planes.nth(k) for k in (0, 2, 3, 4, 5))

    def text(self, name):
        return self.root.locator(f".{name}").inner_text()

    def wait(self, words, name="ce-words"):
        """Wait until a part says words."""
        handle = self.root.locator(f".{name}").element_handle()
        self.page.wait_for_function("([one, words]) => one.textContent.includes(words)", arg=[handle, words])

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def slider(self, name):
        return self.root.get_by_label(name, exact=True)

    def go_to_layer(self, name):
        """Choose a layer by keys."""
        self.slider("layer").focus()
        self.press("Home")
        for _ in range(30):
            if self.slider("layer").get_attribute("aria-valuetext").startswith(name):
                break
            self.press("ArrowRight")
        self.wait(f"{name}, ")

    def choose(self, number):
        """Choose a picture of the list by keys."""
        self.root.locator("select").focus()
        self.press("Home", *["ArrowDown"] * number)

    def bars(self):
        """Return per cent, and the words beside them."""
        shares = self.root.locator(".ne-share").all_inner_texts()
        return [int(one.removesuffix("%")) for one in shares], self.root.locator(".ne-mark").all_inner_texts()

    def wait_for_answer(self, image, network=NETWORK, stage=-1):
        """Wait until the bars are those of the network for a picture."""
        shares = network.look(image, [], stage)[1]
        expected = [f"{int(100 * float(share) + 0.5)}%" for share in shares]
        handle = self.root.element_handle()
        self.page.wait_for_function(
            "([one, all]) => [...one.querySelectorAll('.ne-share')].every((cell, k) => cell.textContent === all[k])",
            arg=[handle, expected],
        )
        marks = self.bars()[1]
        assert marks[int(shares.argmax())].startswith("answer")


def first_garment(page):
    shown = Shown(page)
    shown.choose(1)
    shown.wait("The network says Trouser")
    shown.choose(0)
    shown.wait("T-shirt/top, 100% sure")
    return shown


def tile(image, corner, shape):
    return image[corner[0] : corner[0] + shape[0], corner[1] : corner[1] + shape[1]]


def test_maps_are_those_of_the_network(opened):
    shown = first_garment(opened.page)
    image = DATA.images[19]
    for name, across in (("2 ReLU", 3), ("10 MaxPool2d", 4)):
        shown.go_to_layer(name)
        maps = activations.feature_maps(CARRIED, image)[name]
        expect(shown.root.locator(".ne-maps figcaption")).to_have_text(f"dark 0, bright {maps.max():.2f}")
        share = 4 * np.sqrt(np.maximum(maps, 0) / maps.max())
        low = np.minimum(share.astype(int), 3)[..., None]
        expected = VIRIDIS[low[..., 0]] + (share[..., None] - low) * (VIRIDIS[low[..., 0] + 1] - VIRIDIS[low[..., 0]])
        drawn, (height, width) = pixels(shown.maps), maps.shape[1:]
        for number, colours in enumerate(expected):
            corner = (number // across) * (height + 1), (number % across) * (width + 1)
            assert np.abs(tile(drawn, corner, (height, width))[..., :3] - colours).max() <= 4
    assert np.array_equal(grey(shown.picture), image)


def test_answers_are_those_of_the_network(opened):
    shown = first_garment(opened.page)
    for place, number in ((5, 8), (9, 0), (0, 19)):
        shown.choose(place)
        shown.wait_for_answer(DATA.images[number])
        assert shown.bars()[1][DATA.labels[number]] == "answer ✓"


def test_a_unit_is_told_by_mouse_with_value_and_field(opened):
    shown = first_garment(opened.page)
    rng = np.random.default_rng(0)
    for name, across in (("2 ReLU", 3), ("10 MaxPool2d", 4), ("14 Conv2d", 6), ("17 MaxPool2d", 6)):
        shown.go_to_layer(name)
        maps = activations.feature_maps(CARRIED, DATA.images[19])[name]
        box = shown.maps.bounding_box()
        rows, columns = pixels(shown.maps).shape[:2]
        for _ in range(4):
            number, row, column = place = tuple(int(rng.integers(size)) for size in maps.shape)
            y, x = (number // across) * (maps.shape[1] + 1) + row, (number % across) * (maps.shape[2] + 1) + column
            opened.page.mouse.move(
                box["x"] + (x + 0.5) * box["width"] / columns, box["y"] + (y + 0.5) * box["height"] / rows
            )
            value = f"{maps[place]:.2f}".replace("-0.00", "0.00").replace("-", "−")
            shown.wait(f"{name}, map {number}, row {row}, column {column}: {value}. ")
            top, bottom, left, right = activations.field_of(CARRIED, int(name.split()[0]), (row, column))
            words = shown.text("ce-words")
            assert re.search(rf"rows {span(top, bottom)} and columns {span(left, right)}\b", words)
            first = NETWORK.layers[int(name.split()[0])]["field"][0]
            assert ("zeros around" in words) == (bottom - top + 1 < first[0] or right - left + 1 < first[0])
            frame = shown.picture.locator("rect").last
            drawn = [int(frame.get_attribute(side)) for side in ("y", "height", "x", "width")]
            assert drawn == [top, bottom - top + 1, left, right - left + 1]


def span(first, last):
    return f"{first}" if first == last else f"{first} to {last}"


def test_what_the_unit_sees_is_the_part_of_the_picture_with_zeros_around(opened):
    shown = first_garment(opened.page)
    shown.go_to_layer("3 MaxPool2d")
    shown.maps.focus()
    shown.press("Home", *["ArrowUp"] * 50)
    shown.wait("map 0, row 0, column 0:")
    settle(opened.page)
    expected = np.zeros((8, 8), np.uint8)
    expected[3:, 3:] = DATA.images[19][:5, :5]
    assert np.array_equal(grey(shown.glass), expected)


def test_units_are_reached_by_keys_alone(opened):
    shown = first_garment(opened.page)
    shown.go_to_layer("10 MaxPool2d")
    shown.maps.focus()
    shown.press("Home", *["ArrowUp"] * 30)
    shown.wait("map 0, row 0, column 0:")
    shown.press(*["ArrowRight"] * 7, *["ArrowDown"] * 8)
    shown.wait("map 5, row 1, column 0:")
    shown.press("PageDown", "PageDown", "PageUp", "ArrowLeft")
    shown.wait("map 5, row 1, column 6:")
    assert view(opened)["unit"] == [5, 1, 6]
    shown.go_to_layer("23 Linear")
    shown.maps.focus()
    shown.press("End")
    logits = activations.feature_maps(CARRIED, DATA.images[19])["23 Linear"]
    shown.wait(f"neuron 7: {logits[7]:.2f}".replace("-", "−"))
    shown.wait("It may see the whole picture.")


@pytest.mark.parametrize("anywhere", [False, True])
def test_the_nine_pictures_are_those_that_excite_a_unit_most(opened, anywhere):
    shown = first_garment(opened.page)
    shown.go_to_layer("16 ReLU")
    shown.maps.focus()
    shown.press("Home", *["ArrowUp"] * 60, "PageDown", "PageDown", "PageDown", "ArrowDown", "ArrowDown", "ArrowRight")
    shown.wait("map 3, row 2, column 1:")
    shown.root.get_by_label("wherever in its map").set_checked(anywhere)
    found = NETWORK.exciting(16)
    pictures, values = (found.map_pictures[3], found.map_values[3]) if anywhere else (
        found.unit_pictures[3 * 49 + 15], found.unit_values[3 * 49 + 15])  # fmt: skip
    shown.wait(f"{values[0]:.2f} to {values[-1]:.2f}", "ne-best")
    settle(opened.page)
    drawn = grey(shown.nine)
    for place, number in enumerate(pictures):
        assert np.array_equal(tile(drawn, (place // 3 * 29, place % 3 * 29), (28, 28)), DATA.images[number])
    kinds = np.bincount(DATA.labels[pictures], minlength=10)
    assert f"{DATA.class_names[kinds.argmax()]} × {kinds.max()}" in shown.text("ne-best").replace("\xa0", " ")
    assert shown.nine.get_attribute("aria-label") == shown.text("ne-best")
    frames = shown.nine.locator("rect")
    assert frames.count() == 3 * 9
    places = found.map_places[3] if anywhere else [15] * 9
    for number, place in enumerate(places):
        top, bottom, left, right = activations.field_of(CARRIED, 16, divmod(int(place), 7))
        drawn = [int(frames.nth(3 * number + 2).get_attribute(side)) for side in ("y", "height", "x", "width")]
        assert drawn == [number // 3 * 29 + top, bottom - top + 1, number % 3 * 29 + left, right - left + 1]
    shown.root.get_by_label("wherever in its map").set_checked(False)


def test_the_task_is_found_by_the_smallest_shift_and_by_no_other(opened):
    shown = first_garment(opened.page)
    shares = NETWORK.moved(DATA.images[19], MOST).argmax(2)
    home, best = shares[MOST, MOST], (9, 0, 0)
    for down in range(-MOST, MOST + 1):
        for right in range(-MOST, MOST + 1):
            if shares[down + MOST, right + MOST] != home:
                best = min(best, (abs(down) + abs(right), down, right))
    pixels_needed, down, right = best
    assert pixels_needed < 9
    shown.picture.focus()
    keys = ["ArrowDown" if down > 0 else "ArrowUp"] * abs(down) + ["ArrowRight" if right > 0 else "ArrowLeft"] * abs(
        right
    )
    for k, key in enumerate(keys):
        assert "Found" not in shown.text("ce-task")
        shown.press(key)
        words = "Another answer, and no shorter" if k == pixels_needed - 1 else "The same answer."
        shown.wait(f"{k + 1} pixel", "ne-moved")
        shown.wait(words, "ne-moved")
    shown.wait("✓ Found. No shift of that picture by fewer pixels", "ce-task")
    shown.wait_for_answer(answers.shift_pictures(DATA.images[19:20], down, right)[0])
    assert view(opened)["found"] is True
    assert view(opened)["shift"] == [down, right]
    shown.press(keys[-1])
    shown.wait("Another answer; a shorter shift does it, too.", "ne-moved")


def test_far_shifts_count_too(opened):
    """The trousers bear 4 rows and columns, but not 6 to the left."""
    shown = first_garment(opened.page)
    shown.choose(1)
    shown.picture.focus()
    for k in range(6):
        shown.press("ArrowLeft")
        shown.wait(f"{k + 1} pixel", "ne-moved")
        shown.wait("Another answer, and no shorter" if k == 5 else "The same answer.", "ne-moved")
    shown.choose(0)
    shown.wait("Not moved.", "ne-moved")


def test_the_picture_is_dragged_by_the_mouse(opened):
    shown = first_garment(opened.page)
    box = shown.picture.bounding_box()
    cell = box["width"] / 28
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.page.mouse.move(*middle)
    opened.page.mouse.down()
    opened.page.mouse.move(middle[0] + 3 * cell, middle[1] - 2 * cell, steps=4)
    opened.page.mouse.up()
    opened.page.mouse.move(*middle)
    shown.wait("Moved 2 up, 3 to the right: 5 pixels.", "ne-moved")
    moved = answers.shift_pictures(DATA.images[19:20], -2, 3)[0]
    assert np.array_equal(grey(shown.picture), moved)
    shown.wait_for_answer(moved)
    assert (shown.slider("down").input_value(), shown.slider("right").input_value()) == ("-2", "3")
    shown.slider("right").focus()
    shown.press(*["End"])
    shown.wait("2 up, 8 to the right", "ne-moved")
    shown.wait_for_answer(answers.shift_pictures(DATA.images[19:20], -2, 8)[0])


def png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "png")
    return file.getvalue()


def upload(shown, name, content):
    shown.root.locator(".ce-file").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})


def test_a_file_is_brought_into_the_form_of_a_garment(opened):
    shown = first_garment(opened.page)
    dark = DATA.images[8]
    bright = 255 - np.kron(dark, np.ones((4, 4), np.uint8))
    upload(shown, "shoe.png", png(bright))
    shown.wait("your file, as a negative", "ne-left")
    settle(opened.page)
    assert np.abs(grey(shown.picture).astype(int) - dark).max() <= 1
    shown.wait_for_answer(dark)
    assert "truth" not in shown.bars()[1]
    upload(shown, "dark.png", png(np.kron(dark, np.ones((3, 3), np.uint8))))
    shown.wait("your file, as 28 × 28 pixels", "ne-left")
    assert "negative" not in shown.text("ne-left")
    upload(shown, "words.png", b"no picture")
    shown.wait("words.png is no picture that this browser can read", "ce-trouble")
    upload(shown, "large.png", png(np.full((4000, 4000), 200, np.uint8)))
    shown.wait("large.png has 4000 × 4000 pixels; it is shown with 28 × 28.", "ce-trouble")
    shown.choose(1)
    shown.wait_for_answer(DATA.images[2])
    assert shown.text("ce-trouble") == ""


def test_a_garment_is_drawn_by_keys(opened):
    shown = first_garment(opened.page)
    shown.root.get_by_role("button", name="Draw one").focus()
    shown.press("Enter", *[" ", "ArrowDown"] * 6, *[" ", "ArrowRight"] * 4)
    settle(opened.page)
    drawn = grey(shown.picture)
    assert (drawn > 200).sum() > 8
    shown.wait_for_answer(drawn)
    shown.choose(0)
    assert not shown.root.locator(".ce-pad").is_visible()


def test_stages_of_the_training_are_played_and_chosen(opened):
    earlier = [build_model("small", seed).state_dict() for seed in (0, 1)]
    stages = explained(CARRIED, DATA, list(zip(["at first", "half"], earlier, strict=True)))
    shown = Shown(opened.page, 1)
    moved = answers.shift_pictures(DATA.images[3:4], 1, -2)[0]
    shown.wait_for_answer(moved, stages, 1)  # what was kept is restored
    assert shown.root.locator("select").input_value() == "Trouser (picture 3)"
    shown.wait("10 MaxPool2d, map 5, row 1, column 2:")
    assert np.array_equal(grey(shown.picture), moved)
    before = pixels(shown.filters)
    steps = shown.slider("training")
    steps.focus()
    shown.press("Home")
    shown.wait_for_answer(moved, stages, 0)
    shown.wait(f"at first: {round(100 * stages.right(0))}% of 500 right", "ne-stage")
    assert not np.array_equal(pixels(shown.filters), before)
    shown.root.get_by_role("button", name="Play the training").focus()
    shown.press("Enter")
    shown.wait("half", "ne-stage")
    shown.wait("as it is", "ne-stage")
    shown.wait_for_answer(moved, stages, 2)
    shown.wait("Play the training", "ne-stage")
    assert view(opened, 1)["stage"] == 2


def test_a_network_that_fails_is_told_and_the_explorer_lives_on(opened):
    shown = Shown(opened.page, 2)
    shown.wait("0 Flatten, neuron")
    shown.root.get_by_role("button", name="Draw one").focus()
    shown.press("Enter", " ")
    answered(opened)
    shown.root.get_by_role("button", name="Clear").focus()
    shown.press("Enter")
    shown.wait("Python could not answer: ValueError: it is too dark in here", "ce-trouble")
    assert "The network says" not in shown.text("ce-words")  # what it said of another picture
    shown.choose(2)
    shown.wait("answer", "ne-bars")
    shown.page.wait_for_function(
        "one => one.textContent === ''", arg=shown.root.locator(".ce-trouble").element_handle()
    )


def toggle_left_area(page):
    relaid(page, lambda: page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')"))


def test_it_keeps_its_height_and_fits_into_600_pixels(opened):
    shown = first_garment(opened.page)
    heights = set()
    for name in ("2 ReLU", "5 BatchNorm2d", "14 Conv2d", "17 MaxPool2d", "18 Flatten", "23 Linear"):
        shown.go_to_layer(name)
        shown.wait("test pictures", "ne-best")
        heights.add(round(shown.root.bounding_box()["height"]))
    assert len(heights) == 1
    resize(opened.page, 600, 1000)
    toggle_left_area(opened.page)
    root = shown.root.bounding_box()
    assert root["width"] < 600
    for one in shown.root.locator("figure, input:not(.ce-file), select, button, p, li, output").all():
        if one.is_visible():
            box = one.bounding_box()
            assert root["x"] <= box["x"]
            assert box["x"] + box["width"] <= root["x"] + root["width"]
    toggle_left_area(opened.page)
    resize(opened.page, 1280, 1400)


@pytest.mark.parametrize("name", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious(opened, name):
    theme(opened, name)
    assert findings(opened) == []
    assert opened.problems() == []


@pytest.fixture(scope="module")
def alone(browser):
    page = browser.chromium.new_page(viewport={"width": 1000, "height": 1000})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    explorer = network_explorer(NETWORK)
    page.set_content(f"<!doctype html><html lang='en'><body>{explorer._repr_mimebundle_()['text/html']}</body></html>")
    page.wait_for_selector(".course-explorer")
    yield page
    page.close()
    assert errors == []


def test_without_python_the_first_garment_can_be_explored(alone):
    shown = Shown(alone, selector=".course-explorer")
    value = NETWORK.look(DATA.images[19], [2])[0][2].max()
    shown.wait(f": about {value:.2f}. It sees rows ")
    shown.wait("The network says T-shirt/top, 100% sure. That is true.")
    shown.wait("need the running notebook", "ne-best")
    shares = NETWORK.moved(DATA.images[19], MOST)
    shown.picture.focus()
    shown.press(*["ArrowRight"] * 11)
    shown.wait("Moved 8 to the right", "ne-moved")  # as far as it is known
    percents, marks = shown.bars()
    assert percents == pytest.approx(100 * shares[MOST, -1], abs=1)
    assert marks[int(shares[MOST, -1].argmax())].startswith("answer")
    assert "(not moved)" in shown.text("ne-maps")
    shown.press(*["ArrowLeft"] * 8)
    shown.go_to_layer("17 MaxPool2d")
    assert shown.maps.is_visible()
    shown.go_to_layer("16 ReLU")
    shown.wait("needs the running notebook", "ne-maps")
    shown.choose(3)
    shown.wait("need the running notebook", "ce-trouble")
    assert np.array_equal(grey(shown.picture), DATA.images[19])
    assert shown.root.locator("select").input_value() == "T-shirt/top (picture 19)"
    shown.root.get_by_role("button", name="Draw one").click()
    shown.press(" ")
    settle(alone)
    assert "The network says" not in shown.text("ce-words")


def test_without_python_there_are_no_earlier_weights(browser):
    """The slider would tell of other weights than those that are shown."""
    page = browser.chromium.new_page(viewport={"width": 1000, "height": 1000})
    stages = [("at first", build_model("small").state_dict())]
    explorer = network_explorer(explained(CARRIED, DATA, stages))
    page.set_content(f"<!doctype html><html lang='en'><body>{explorer._repr_mimebundle_()['text/html']}</body></html>")
    page.wait_for_selector(".course-explorer")
    shown = Shown(page, selector=".course-explorer")
    shown.wait("The network says")
    shown.slider("training").focus()
    shown.press("Home")
    shown.wait("needs the running notebook", "ne-maps")
    assert "The network says" not in shown.text("ce-words")
    assert not pixels(shown.maps).any()
    assert not pixels(shown.filters).any()
    shown.root.get_by_role("button", name="Play the training").click()
    shown.wait("as it is", "ne-stage")
    shown.wait("The network says")
    assert pixels(shown.maps).any()
    page.close()
