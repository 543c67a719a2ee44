"""The neocognitron's explorer in a browser: what it computes, by mouse, by keyboard alone, and without a kernel."""

import base64
import gzip
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from explorers import EXPLORER, findings, grey, pixels, resize, theme, view
from hypothesis import given, settings
from hypothesis import strategies as st

from course.neocognitron import c_cell, digit, digits, organised, s_cell, shifted
from course.neocognitron.measure import DEFORMED
from course.ops import conv2d
from course.widgets.explorer import UNPACK, packed
from course.widgets.neocognitron import NeocognitronExplorer, as_held, learned_planes, neocognitron_explorer

pytestmark = pytest.mark.browser

CELLS = (
    "from course.widgets.neocognitron import neocognitron_explorer\nneocognitron_explorer()",
    """
other = neocognitron_explorer()
saved = {"picture": "your drawing", "own": [8 * 32 + 9, 20 * 32 + 20], "right": -1, "down": 2, "r": [1, 0, -4]}
other.view = {**other.view, **saved, "layer": 2, "cell": [3, 5, 4], "held": True}
other
""",
    "neocognitron_explorer()",
)
TOLERANCE = 1e-5  # the browser's convolutions add in single precision: 25 terms of up to 24 planes


@lru_cache
def held(seed):
    """Return the network as the explorer of a seed holds it."""
    return as_held(organised(seed))[0]


def with_r(network, r):
    """Return a network that differs in how choosy its cells are."""
    other = as_held(network)[0]
    other.a, other.b = network.a, network.b
    other.modules = tuple(replace(module, r=one) for module, one in zip(network.modules, r, strict=True))
    return other


def said(cell, answer, name):
    return f"cell {cell} of UC3 answers most, {answer:.2f}: it answers to {name}."


class Driven:
    """One explorer of an open notebook, and what a reader does with it."""

    def __init__(self, opened, number=0):
        self.opened, self.page = opened, opened.page
        self.root = self.page.locator(EXPLORER).nth(number)
        self.retina = self.root.locator(".ce-plane").first

    def layer(self, name):
        return self.root.locator("figure", has=self.page.get_by_text(f"{name}:")).locator(".ce-plane")

    def frame(self):
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def words(self):
        self.frame()
        return self.root.locator(".ce-words").inner_text()

    def slide(self, name, value):
        slider = self.root.get_by_label(name, exact=True)
        slider.evaluate("(one, value) => { one.value = value; one.dispatchEvent(new Event('input')); }", value)

    def click(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()
        self.frame()

    def press(self, keys):
        for key in keys.split():
            self.page.keyboard.press("Space" if key == "Space" else key)
        self.frame()

    def shown(self):
        """Return what the retina shows, 0 and 1."""
        self.frame()
        return (grey(self.retina) > 128).astype(float)

    def again(self):
        hold = self.root.get_by_label("hold the cell (or click)")
        if hold.is_checked():
            hold.click()
        self.click("Start again")
        self.layer("US2").focus()

    def lines(self):
        self.frame()
        return self.root.locator(".nc-readout").inner_text()

    def pointed(self, layer):
        return self.layer(layer).get_attribute("aria-label")

    def over(self, name, plane, row, column, side, cell, head, press=False):
        """Move the pointer over a cell of a plane that is counted by its place."""
        box = self.layer(name).bounding_box()
        top, left = plane // 6 * (side + head) + head + row + 0.5, plane % 6 * (side + 1) + column + 0.5
        self.page.mouse.move(box["x"] + left * cell, box["y"] + top * cell)
        if press:
            self.page.mouse.down()
            self.page.mouse.up()
        self.frame()


@pytest.fixture(scope="module")
def opened(explore):
    return explore(*CELLS, height=1400)


@pytest.fixture
def driven(opened):
    one = Driven(opened)
    one.again()
    return one


@pytest.fixture(scope="module")
def module(browser):
    """Return the explorer's own functions, in a page that has nothing else."""
    page = browser.chromium.new_page()
    text = packed(NeocognitronExplorer.script, NeocognitronExplorer.parts)
    names = "export { alone, answersOf, chosenPixels, fieldOf, layersOf, unpacked };"
    whole = gzip.decompress(base64.b64decode(text)).decode().replace("export { alone };", names)
    text = base64.b64encode(gzip.compress(whole.encode())).decode()
    page.evaluate(f"async text => {{ {UNPACK} window.own = await unpack(text); window.facts = {{}}; }}", text)
    for seed in range(3):
        blob = base64.b64encode(neocognitron_explorer(organised(seed)).given["blob"]).decode()
        page.evaluate(
            """async ([seed, text]) => {
                window.facts[seed] = await window.own.unpacked(Uint8Array.from(atob(text), one => one.charCodeAt(0)));
            }""",
            [seed, blob],
        )
    yield page
    page.close()


# --- What it computes ----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2),
    draw=st.integers(0, 2**31),
    share=st.sampled_from([0.0, 0.02, 0.1, 0.3, 0.7]),
    name=st.integers(0, 5),
    r=st.tuples(st.floats(0.3, 16), st.floats(0.3, 6), st.floats(0.3, 6)),
)
def test_all_layers_are_those_of_numpy(module, seed, draw, share, name, r):
    rng = np.random.default_rng(draw)
    picture = (rng.random((16, 16)) < share).astype(float)
    if name < 5:  # a digit somewhere, with noise
        picture = np.abs(shifted(digit(name), *rng.integers(-4, 5, 2).tolist()) - picture)
    network = with_r(held(seed), r)
    expected = network.layers(picture[np.newaxis])
    found = module.evaluate(
        """([seed, retina, r]) => {
            const { layersOf, answersOf } = window.own, facts = window.facts[seed];
            const layers = layersOf(facts.modules, 16);
            const found = answersOf(layers, Float64Array.from(retina), r, facts.alpha);
            return layers.map(({ name, planes }, k) => [name, planes, found[k].maps.map(map => [...map])]);
        }""",
        [seed, picture.ravel().tolist(), list(r)],
    )
    assert [name for name, *_ in found] == list(expected)
    for name, planes, maps in found[1:]:
        shape = expected[name].shape[2:]
        own = np.zeros(expected[name].shape[1:])
        own[planes] = np.reshape(maps, (len(planes), *shape))
        np.testing.assert_allclose(own, expected[name][0], atol=TOLERANCE, rtol=TOLERANCE, err_msg=name)


def test_fields_are_what_windows_of_windows_reach(module):
    fields = module.evaluate(
        """() => {
            const { layersOf, fieldOf } = window.own, layers = layersOf(window.facts[0].modules, 16);
            return layers.map(({ side }, k) => Array.from({ length: side * side }, (_, at) =>
                fieldOf(layers, k, { row: Math.floor(at / side), column: at % side, height: 1, width: 1 })));
        }"""
    )
    reached = np.eye(256).reshape(256, 1, 16, 16)  # for each pixel alone, the cells that it reaches
    for k, one in enumerate(fields):
        if k:
            part = held(0).modules[(k - 1) // 2]
            window, stride, padding = (
                (part.s_window, 1, part.s_padding) if k % 2 else (part.c_window, part.c_stride, part.c_padding)
            )
            reached = conv2d(reached, np.ones((1, 1, window, window)), stride=stride, padding=padding) > 0
            reached = reached.astype(float)
        cells = reached.reshape(256, -1).T.reshape(-1, 16, 16)
        assert len(one) == len(cells)
        for box, seen in zip(one, cells, strict=True):
            drawn = np.zeros((16, 16))
            rows, columns = (slice(box[a], box[a] + box[b]) for a, b in (("row", "height"), ("column", "width")))
            drawn[rows, columns] = 1
            np.testing.assert_array_equal(drawn, seen > 0)


@settings(max_examples=30, deadline=None)
@given(many=st.integers(0, 32), draw=st.integers(1, 500))
def test_noise_flips_other_pixels_at_each_draw(module, many, draw):
    ask = "([many, draw]) => window.own.chosenPixels(256, many, draw)"
    chosen, other = module.evaluate(ask, [many, draw]), module.evaluate(ask, [many, draw + 1])
    assert len(set(chosen)) == many
    assert set(chosen) <= set(range(256))
    assert module.evaluate(ask, [32, draw])[:many] == chosen
    if many > 4:
        assert chosen != other


# --- Digits, and what is done to them -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", range(5))
def test_each_digit_has_its_cell(driven, name):
    driven.click(str(name))
    np.testing.assert_array_equal(driven.shown(), digit(name))
    answers = held(0).answers(digits())[name]
    cell = int(answers.argmax())
    assert f"The {name}: {said(cell, answers[cell], name)}" in driven.words()
    label = driven.layer("UC3").locator(".nc-label[data-most]")
    assert label.inner_text().split() == [str(cell), f"{answers[cell]:.2f}", "answers", "to", str(name)]
    layers = held(0).layers(digits()[name : name + 1])
    for layer, planes in (("US1", 0), ("UC1", 0), ("US2", 1), ("UC2", 1), ("US3", 2), ("UC3", 2)):
        learned = learned_planes(held(0), planes)
        active = [plane for plane in learned if layers[layer][0, plane].any()]
        assert f"{layer}: {len(active)} of {len(learned)} planes answer." in driven.pointed(layer)
        labels = [text.split()[0] for text in driven.layer(layer).locator(".nc-label").all_inner_texts()]
        assert labels == [str(plane) if plane in active else f"({plane})" for plane in learned]


def test_maps_are_as_bright_as_their_cells(driven):
    driven.click("3")
    for layer, side, head, number in (("UC1", 10, 4, 0), ("US2", 8, 3, 1), ("UC2", 6, 2, 1)):
        driven.frame()
        canvas, sheets = pixels(driven.layer(layer)), held(0).layers(digits()[3:4])[layer][0]
        for k, plane in enumerate(learned_planes(held(0), number)):
            top, left = k // 6 * (side + head) + head, k % 6 * (side + 1)
            tile = canvas[top : top + side, left : left + side].astype(int)
            if not sheets[plane].any():
                assert (
                    np.unique(tile.reshape(-1, 4), axis=0).tolist() == [[128, 128, 128, 85]]
                    or (tile[..., 3] < 90).all()
                )
                continue
            assert (tile[..., 3] == 255).all()
            brightest = sheets[plane].argmax()
            green = tile[..., 1].ravel()  # viridis grows in green
            assert green[brightest] == green.max()
            np.testing.assert_array_equal(np.argsort(sheets[plane].ravel())[-1:], [brightest])
            assert (green[sheets[plane].ravel() == 0] == green.min()).all()


@pytest.mark.parametrize(("name", "down", "right"), [(2, 0, 3), (2, 0, 4), (0, -2, 1), (4, 8, -8), (3, 1, 0)])
def test_a_moved_digit_is_the_lesson_s(driven, name, down, right):
    driven.click(str(name))
    driven.slide("to the right", right)
    driven.slide("down", down)
    picture = shifted(digit(name), down, right)
    np.testing.assert_array_equal(driven.shown(), picture)
    answers = held(0).answers(picture[np.newaxis])[0]
    cell, meaning = int(answers.argmax()), {int(one): k for k, one in enumerate(held(0).winners(digits()))}
    words = driven.words()
    assert (said(cell, answers[cell], meaning[cell]) if answers[cell] > 0 else "no cell of UC3 answers.") in words
    driven.slide("to the right", 0)
    driven.slide("down", 0)
    np.testing.assert_array_equal(driven.shown(), digit(name))


def test_deformed_digits_are_the_lesson_s(driven):
    driven.click("3")
    menu = driven.root.get_by_label("drawn", exact=True)
    for k, how in enumerate(DEFORMED.values(), start=1):
        menu.select_option(str(k))
        np.testing.assert_array_equal(driven.shown(), digit(3, **how))
    assert "The 3, swinging by 1 pixel" in driven.words()
    menu.select_option("0")


def test_noise_flips_as_many_pixels_as_it_says_and_goes_away(driven):
    driven.slide("noise, pixels", 12)
    driven.slide("to the right", 2)
    first = driven.shown()
    moved = shifted(digit(2), 0, 2)
    assert np.abs(first - moved).sum() == 12
    assert "moved by 2 to the right, with 12 pixels flipped" in driven.words()
    driven.click("Other pixels")
    assert np.abs(driven.shown() - moved).sum() == 12
    assert (driven.shown() != first).any()
    driven.slide("noise, pixels", 0)
    np.testing.assert_array_equal(driven.shown(), moved)


def test_choosier_cells_answer_less(driven):
    for name, number in (("r of US1", 0), ("r of US2", 1), ("r of US3", 2)):
        for k in (-4, 0, 3, 8):
            driven.slide(name, k)
            r = [module.r for module in held(0).modules]
            r[number] *= 2 ** (k / 4)
            answers = with_r(held(0), r).answers(digits()[2:3])[0]
            cell = int(answers.argmax())
            words = driven.words()
            expected = (
                f"cell {cell} of UC3 answers most, {answers[cell]:.2f}" if answers[cell] > 0 else "no cell of UC3"
            )
            assert expected in words
            says = driven.root.get_by_label(name, exact=True).get_attribute("aria-valuetext")
            trained = " (trained)" if k == 0 else ""
            assert says == f"{r[number]:.2f}: {100 * r[number] / (1 + r[number]):.0f}%{trained}"
        driven.slide(name, 0)


# --- Drawing ------------------------------------------------------------------------------------------------------


def test_a_slider_leaves_the_others_where_they_are(driven):
    names = ("r of US1", "r of US2", "r of US3")
    places = set()
    for steps in (0, -8, 3, 8):
        driven.slide("r of US1", steps)
        driven.frame()
        places.add(tuple(driven.root.get_by_label(name, exact=True).bounding_box()["x"] for name in names))
    assert len(places) == 1


def test_the_mouse_draws_and_erases(driven):
    driven.click("empty")
    assert driven.shown().sum() == 0
    assert "An empty retina: no cell of UC3 answers." in driven.words()
    box = driven.retina.bounding_box()

    def to(row, column):
        driven.page.mouse.move(
            box["x"] + (column + 0.5) * box["width"] / 16, box["y"] + (row + 0.5) * box["height"] / 16
        )

    to(3, 4)
    driven.page.mouse.down()
    to(3, 9)
    driven.page.mouse.up()
    to(9, 9)  # without the button nothing is drawn
    drawn = np.zeros((16, 16))
    drawn[3, 4:10] = 1
    np.testing.assert_array_equal(driven.shown(), drawn)
    to(3, 6)
    driven.page.mouse.down()
    to(3, 7)
    driven.page.mouse.up()
    drawn[3, 6:8] = 0
    np.testing.assert_array_equal(driven.shown(), drawn)
    assert driven.words().startswith("Your drawing: ")
    driven.slide("down", -4)  # the stroke leaves the retina
    assert driven.shown().sum() == 0
    driven.slide("down", -3)
    np.testing.assert_array_equal(driven.shown(), shifted(drawn, -3, 0))
    to(15, 15)
    driven.page.mouse.down()
    driven.page.mouse.up()
    driven.slide("down", 0)
    np.testing.assert_array_equal(driven.shown(), drawn)  # what was drawn at the edge has left it
    driven.slide("down", -3)
    assert driven.shown()[15, 15] == 1
    driven.click("2")
    driven.slide("down", 0)
    driven.click("your drawing")
    np.testing.assert_array_equal(driven.shown(), drawn)


def test_the_keyboard_draws_under_noise_too(driven):
    driven.slide("noise, pixels", 20)
    before = driven.shown()
    driven.retina.focus()
    driven.press("Home ArrowRight ArrowRight Space")
    after = driven.shown()
    assert np.abs(after - before).sum() == 1
    row = int(np.argwhere(after != before)[0][0])
    assert after[row, 2] != before[row, 2]
    driven.press("Delete x 3 d d")  # letters do nothing
    assert driven.shown()[row, 2] == 0
    assert f"Pen in row {row}, column 2, dark" in driven.retina.get_attribute("aria-label")
    assert view(driven.opened)["picture"] == "your drawing"


# --- Pointing at cells ----------------------------------------------------------------------------------------------


def test_an_s_cell_says_what_it_computes(driven):
    driven.over("US2", 7, 5, 4, side=8, cell=6, head=3, press=True)
    plane, network = learned_planes(held(0), 1)[7], held(0)
    activities = network.layers(digits()[2:3])
    window = np.pad(activities["UC1"][0], ((0, 0), (1, 1), (1, 1)))[:, 5:10, 4:9]
    a, b, c = network.a[1][plane], network.b[1][plane], network.c[1]
    excitation, inhibition = np.sum(a * window), np.sqrt(np.sum(c * window**2))
    answer = s_cell(window, a, b, c, 1.5)
    lines = driven.lines()
    assert f"US2, plane {plane}, row 5, column 4" in lines
    assert f"E = Σ a · u = {excitation:.2f}" in lines
    assert f"v_C = {inhibition:.2f}, b = {b:.2f}, r = 1.50" in lines
    assert lines.count(f"= {answer:.2f}") == 1
    assert f"{100 * excitation / (2 * b * inhibition):.0f}%. It answers above 60%." in lines
    assert driven.words().endswith(f"US2, plane {plane}, row 5, column 4: {answer:.2f}.")
    seen, learned = (driven.root.locator(".nc-one .ce-plane").nth(k) for k in (0, 1))
    tiles = pixels(seen)
    for k in (0, 12, 18):
        tile = tiles[k // 6 * 6 : k // 6 * 6 + 5, k % 6 * 6 : k % 6 * 6 + 5, 1].astype(int)
        assert tile.ravel()[window[k].argmax()] == tile.max()
    synapses = grey(learned)
    for k in (0, 12, 18):
        tile = synapses[k // 6 * 6 : k // 6 * 6 + 5, k % 6 * 6 : k % 6 * 6 + 5].astype(float)
        assert np.abs(tile - 255 * a[k] / a.max()).max() <= 0.51
    frames = driven.layer("UC1").locator("rect")
    assert frames.count() == 3 * 24
    first = frames.first
    assert [float(first.get_attribute(name)) for name in ("y", "x", "height", "width")] == [4 + 4, 3, 5, 5]
    driven.over("US1", 3, 2, 2, side=16, cell=3, head=5)  # it is held
    assert "US2" in driven.lines()
    driven.over("US2", 7, 5, 4, side=8, cell=6, head=3, press=True)
    driven.over("US1", 3, 0, 2, side=16, cell=3, head=5)
    assert "US1, plane 3, row 0, column 2" in driven.lines()
    field = driven.retina.locator("rect").first
    assert [float(field.get_attribute(name)) for name in ("y", "x", "height", "width")] == [0, 0, 3, 5]


def test_a_c_cell_says_what_it_computes(driven):
    driven.layer("UC2").focus()
    driven.press("PageDown Home ArrowRight ArrowRight ArrowDown ArrowDown ArrowDown ArrowRight")
    label = driven.pointed("UC2")
    network, learned = held(0), learned_planes(held(0), 1)
    plane = next(one for one in learned if f"Plane {one}, row 3, column 3:" in label)
    s_cells = np.pad(network.layers(digits()[2:3])["US2"][0], ((0, 0), (4, 4), (4, 4)))
    window = s_cells[:, 6:11, 6:11]
    sums = np.sum(network.d[1] * window, axis=(1, 2))
    answer, lines = c_cell(window, plane, network.d[1]), driven.lines()
    assert f"Σ d · u = {sums[plane]:.2f}" in lines
    assert f"mean of the sums of all 24 planes: v_S = {sums.mean():.2f}" in lines
    assert f"= ψ({1 + sums[plane]:.2f} / {1 + sums.mean():.2f} − 1) = {answer:.2f}" in lines
    assert driven.layer("US2").locator("rect").count() == 3
    driven.layer("UC3").focus()
    driven.press("PageDown")
    assert f"UC3, plane {learned_planes(network, 2)[0]}" in driven.lines()
    frames = driven.layer("US3").locator("rect").first
    assert [float(frames.get_attribute(name)) for name in ("height", "width")] == [2, 2]
    captions = driven.root.locator(".nc-one figcaption").all_inner_texts()
    assert f"synapses d: black 0, white {network.d[2].max():.2f}" in captions


def test_keys_go_from_plane_to_plane_and_stay_inside(driven):
    driven.layer("US3").focus()
    seen = []
    for key in ["ArrowRight"] * 12:
        driven.press(key)
        seen.append(driven.pointed("US3").split("Plane ")[1].split(":")[0])
    planes = learned_planes(held(0), 2)
    assert seen[-1] == f"{planes[-1]}, row 0, column 1"
    assert [one.split(",")[0] for one in dict.fromkeys(seen)] == [str(plane) for plane in np.repeat(planes, 2)[1:]]
    cells = driven.page.locator(".jp-Cell").count()
    driven.press("ArrowDown ArrowDown ArrowDown a b d d")
    assert f"{planes[-1]}, row 1, column 1" in driven.pointed("US3")
    assert driven.page.locator(".jp-Cell").count() == cells


# --- The task, and what is saved ------------------------------------------------------------------------------------


def test_the_keyboard_alone_finds_the_answer(opened):
    driven = Driven(opened, 2)
    task = driven.root.locator(".ce-task")
    slider = driven.root.get_by_label("to the right", exact=True)
    driven.slide("r of US3", -4)
    slider.focus()
    driven.press("ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight ArrowRight Home")
    assert "✓" not in task.inner_text()  # other cells than the trained ones
    driven.slide("r of US3", 0)
    driven.slide("to the right", 0)
    slider.focus()
    driven.press("ArrowRight ArrowRight")
    assert "✓" not in task.inner_text()
    driven.press("ArrowRight")
    assert "✓ Found. 3 pixels. At 4, no cell of UC3 answers." in task.inner_text()
    driven.press("ArrowRight")
    assert "no cell of UC3 answers." in driven.words()
    saved = view(driven.opened, 2)
    assert (saved["found"], saved["right"], saved["picture"]) == (True, 4, "2")


def test_a_saved_view_is_taken_up_again(opened):
    other = Driven(opened, 1)
    expected = np.zeros((16, 16))
    expected[2, 0] = expected[14, 11] = 1
    np.testing.assert_array_equal(other.shown(), expected)
    words = other.words()
    assert words.startswith("Your drawing, moved by 2 down and 1 to the left: ")
    assert "UC1, plane 3, row 5, column 4" in words
    assert other.root.get_by_label("r of US3", exact=True).get_attribute("aria-valuetext").startswith("0.75")
    assert other.root.get_by_label("hold the cell (or click)").is_checked()


# --- Looks, speed, and a page without a kernel ------------------------------------------------------------------


def test_it_keeps_its_height(driven):
    heights = set()
    for name, layer in (("2", "US1"), ("empty", "UC1"), ("4", "US2"), ("0", "UC2"), ("3", "US3"), ("1", "UC3")):
        driven.click(name)
        driven.slide("noise, pixels", 5 * len(heights))
        driven.layer(layer).focus()
        driven.press("PageDown")
        heights.add(driven.root.bounding_box()["height"])
    assert len(heights) == 1


@pytest.mark.parametrize("name", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious(driven, name):
    theme(driven.opened, name)
    assert findings(driven.opened) == []


def test_nothing_is_cut_off_in_a_narrow_window(driven):
    resize(driven.page, 600, 900)
    outside = driven.root.evaluate(
        """root => {
            const edge = root.getBoundingClientRect();
            const wide = [...root.querySelectorAll(":not(.ce-heard, .ce-file, svg *)")].filter(one => {
                const { left, right, width } = one.getBoundingClientRect();
                return width > 1 && (left < edge.left - 1 || right > edge.right + 1);
            });
            const apart = "button, select, input[type=range], .ce-plane, .ce-words, .nc-readout";
            const boxes = [...root.querySelectorAll(apart)]
                .map(one => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width > 1);
            const overlap = boxes.flatMap(([one, a], k) => boxes.slice(k + 1).filter(([, b]) =>
                a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
                .map(([other]) => `${one.className || one.tagName} on ${other.className || other.tagName}`));
            return [...wide.map(one => one.outerHTML.slice(0, 90)), ...overlap];
        }"""
    )
    assert outside == []
    resize(driven.page, 1280, 1400)
    assert driven.opened.problems() == []


def test_it_works_on_a_page_without_a_kernel(browser, tmp_path):
    bundle = neocognitron_explorer(organised(1))._repr_mimebundle_()
    html = (bundle[0] if isinstance(bundle, tuple) else bundle)["text/html"]
    file = tmp_path / "page.html"
    file.write_text(f"<!doctype html><meta charset='utf-8'><title>page</title>{html}", encoding="utf-8")
    page = browser.chromium.new_page(viewport={"width": 1000, "height": 900})
    page.goto(file.as_uri())
    answers = held(1).answers(shifted(digits(), 0, 2))[2]
    page.get_by_label("to the right", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    words = said(int(answers.argmax()), answers.max(), 2)
    page.locator(".ce-words", has_text=f"The 2, moved by 2 to the right: {words}").wait_for()
    page.close()
