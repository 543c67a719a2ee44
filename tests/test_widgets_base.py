import ipywidgets
import numpy as np
import pytest

from course.errors import ArgumentError
from course.figures import described, new_figure
from course.widgets import Explorer, still_of_array


def draw_level(level):
    return still_of_array(np.full((4, 6), level / 10), f"A grey square, level {level} of 10.")


def test_the_picture_and_its_description_follow_the_control():
    explorer = Explorer({"level": ipywidgets.IntSlider(3, 0, 10)}, draw_level, "Grey <levels>")
    before = explorer.still.png
    explorer.controls["level"].value = 9
    assert explorer.still.png != before
    assert explorer.description == "A grey square, level 9 of 10."
    assert 'alt="A grey square, level 9 of 10."' in explorer.children[2].value


def test_a_still_picture_is_there_without_a_kernel():
    bundle = Explorer({"level": ipywidgets.IntSlider(3, 0, 10)}, draw_level, "Grey <levels>")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "Grey <levels>: A grey square, level 3 of 10."
    assert "Grey &lt;levels&gt;" in bundle["text/html"]
    assert "data:image/png;base64," in bundle["text/html"]


def test_a_figure_may_be_drawn_too():
    def draw(size):
        figure, axes = new_figure()
        axes.plot(range(size))
        return described(figure, f"A line through {size} points, rising.")

    assert Explorer({"size": ipywidgets.IntSlider(3, 2, 9)}, draw, "Line").description.startswith("A line through 3")


def test_scale_makes_squares_and_bad_pixels_are_refused():
    from io import BytesIO

    from PIL import Image

    still = still_of_array(np.zeros((2, 3, 3), dtype=np.uint8), "black", scale=5)
    assert Image.open(BytesIO(still.png)).size == (15, 10)
    with pytest.raises(ArgumentError, match=r"pixels must be one picture; got pixels = array of shape \(2, 3, 5\)"):
        still_of_array(np.zeros((2, 3, 5)), "five channels")
