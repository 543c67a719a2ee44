"""What pictures share: a description, and colours that are read on white and in the dark theme."""

import io

import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.text import Text
from PIL import Image

from course.errors import ArgumentError
from course.figures import described, invariance, networks, new_figure, receptive, views
from course.figures.base import COLOURS, DARK, INK, contrast, png_of, text_on
from course.widgets.stills import canvas_of

GROUNDS = {"white": "#ffffff", "JupyterLab's dark theme": "#111111"}


def test_a_picture_shows_its_description_as_alternative_text():
    figure, axes = new_figure(columns=2)
    assert len(axes) == 2
    bundle = described(figure, 'Two "empty" charts,\n   side by side.')._repr_mimebundle_()
    assert bundle["text/plain"] == 'Two "empty" charts, side by side.'
    assert 'alt="Two &quot;empty&quot; charts, side by side."' in bundle["text/html"]
    assert "data:image/png;base64,iVBOR" in bundle["text/html"]


def test_a_description_must_describe():
    with pytest.raises(ArgumentError, match="description must have at least 20 characters; got description = 'chart'"):
        described(new_figure()[0], "chart")


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_ink_is_read_and_lines_are_seen_on_both_grounds(ground):
    assert contrast(INK, ground) >= 4.3
    lines = {name: contrast(colour, ground) for name, colour in COLOURS.items() if name != "yellow"}
    assert {name: value for name, value in lines.items() if value < 3} == {}


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@pytest.mark.parametrize("colour", COLOURS.values(), ids=COLOURS)
def test_text_on_a_cell_is_read(colour):
    assert contrast(text_on(colour), colour) >= 4.3


def chart():
    figure, axes = new_figure(columns=2)
    axes[0].plot([1, 2], label="a line", color=COLOURS["blue"])
    axes[0].set(title="a title", xlabel="across", ylabel="up")
    axes[0].legend()
    shown = axes[1].scatter([1, 2], [3, 4], c=[0.5, 0.5], cmap="gray", vmin=0, vmax=1)
    figure.colorbar(shown).remove()
    figure.suptitle("above")
    return described(figure, "A line that rises, and two dots.")


CHARTS = {
    "parts": chart,
    "connections": lambda: receptive.connections_chart([10, 100], {"a": [1, 2], "b": [3, 4], "c": [5, 6]}),
    "timeline": receptive.timeline,
    "growth": lambda: receptive.field_growth({"a": [(3, 1)] * 4}, lambda layers: 1 + 2 * len(layers)),
    "windows": lambda: receptive.windows_in_a_row(8, 3, 2, {"no zeros": (0, 0)}),
    "bars": lambda: invariance.bars(["a", "b"], [3, 4], "number", "Two bars of numbers."),
    "costs": lambda: networks.cost_chart(["a", "b"], [3, 4], [5, 6]),
    "curves": lambda: invariance.curves(
        {title: {"a": [1, 0.5]} for title in "1234"}, [[0, 1]] * 4, ["steps"] * 4, "height", evenly=True
    ),
}


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_a_chart_is_read_on_both_grounds(make):
    figure = make()
    pixels = np.asarray(Image.open(io.BytesIO(png_of(figure))).convert("RGBA"))
    assert pixels[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]
    assert (pixels[..., 3] == 0).mean() > 0.3
    texts = [text for text in figure.findobj(Text) if text.get_text()]
    assert texts
    for text in texts:
        ground = text.get_bbox_patch()
        if ground is not None and same_color(ground.get_facecolor(), "white"):
            assert same_color(text.get_color(), DARK)
        else:
            assert not same_color(text.get_color(), "black")
    opaque = pixels[pixels[..., 3] == 255][:, :3]
    colours, counts = np.unique(opaque, axis=0, return_counts=True)
    for colour in colours[counts > 200]:
        name = "#" + bytes(colour.tolist()).hex()
        assert min(contrast(name, ground) for ground in GROUNDS.values()) >= 3, name


def test_units_that_do_not_move_are_no_white_sheet():
    figure = views.changed_units({"input": np.eye(9) > 0, "layer": np.eye(7) > 0})
    pixels = np.asarray(Image.open(io.BytesIO(png_of(figure))).convert("RGBA"))
    assert not ((pixels[..., :3] > 200).all(axis=2) & (pixels[..., 3] > 100)).any()


def test_a_canvas_has_no_ground():
    canvas = canvas_of(30, 20)
    assert canvas.size == (30, 20)
    assert np.asarray(canvas)[..., 3].max() == 0
