"""Of a network with one slip, the reader is told in which layer it is, whichever it is."""

import pytest

from course.checks.families.book import layers_of
from course.checks.families.layer_places import told_of
from course.checks.families.traces import layers_seen, words_of

NUMBERS = ("first", "second", "third", "fourth", "fifth")
CONVS = [k for k, layer in enumerate(layers_of()) if layer[0] == "conv"]
DENSE = [k for k, layer in enumerate(layers_of()) if layer[0] == "dense"]


def told(layers):
    """Return the words that are wrong in a network of these layers, and what is told of them."""
    weights = [(layer[2], layer[1], *(layer[3] if layer[0] == "conv" else ()))
               for layer in layers if layer[0] in ("conv", "dense")]  # fmt: skip
    seen = {"layers": tuple(layers), "weights": "; ".join(map(str, weights)), "dropout": "", "problem": ""}
    words = words_of(layers_seen(seen))
    return {part for part, word in words.items() if word != "right"}, told_of(seen, words)


def with_layer(place, *layers):
    """Return the book's network with other layers in the place of one."""
    return [*layers_of()[:place], *layers, *layers_of()[place + 1 :]]


def test_of_the_book_s_network_nothing_is_told():
    assert told(layers_of()) == (set(), "")


@pytest.mark.parametrize("number", range(5))
def test_a_slip_in_one_convolution_is_told_by_its_number(number):
    place = CONVS[number]
    _, inputs, out, size, _, pad, _ = layers_of()[place]
    slips = {
        "bias": with_layer(place, ("conv", inputs, out, size, (1, 1), pad, "no bias")),
        "relu": with_layer(place + 1),
        "function": with_layer(place + 1, ("activation", "tanh")),
        "norm": with_layer(place + 1, ("norm",), ("relu",)),
        "drops too": with_layer(place + 1, ("relu",), ("dropout", 0.5, "")),
    }
    if number:
        slips |= {
            "kernel": with_layer(place, ("conv", inputs, out, (5, 5), (1, 1), (2, 2), "")),
            "padding": with_layer(place, ("conv", inputs, out, size, (1, 1), (0, 0), "")),
            "strides": with_layer(place, ("conv", inputs, out, size, (2, 2), pad, "")),
            "inputs": with_layer(place, ("conv", 28, out, size, (1, 1), pad, "")),
        }
    for part, layers in slips.items():
        wrong, says = told(layers)
        assert wrong == {part}
        assert f"our {NUMBERS[number]} convolution" in says
        assert not [other for other in NUMBERS if other != NUMBERS[number] and other in says]


@pytest.mark.parametrize("number", range(3))
def test_a_slip_in_one_dense_layer_is_told_by_its_number(number):
    place = DENSE[number]
    _, awaited, out, arriving, _ = layers_of()[place]
    slips = {"dense bias": with_layer(place, ("dense", awaited, out, arriving, "no bias"))}
    if number < 2:
        slips["hidden relu"] = with_layer(place + 1)
        slips["rate"] = with_layer(place + 2, ("dropout", 0.2, ""))
    if number:
        slips["chain"] = with_layer(place, ("dense", 99, out, arriving, ""))
    for part, layers in slips.items():
        wrong, says = told(layers)
        assert wrong == {part}
        assert f"our {NUMBERS[number]} dense layer" in says


def test_several_layers_are_told_together():
    layers = [layer for k, layer in enumerate(layers_of()) if k not in (CONVS[1] + 1, CONVS[3] + 1)]
    assert told(layers) == ({"relu"}, "Look behind your convolutions 2 and 4.")
