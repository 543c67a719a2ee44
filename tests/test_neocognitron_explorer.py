"""The neocognitron's explorer in Python: what it sends to the browser, its task, its still picture, its size."""

import base64
import copy
import gzip
import io
import json
import struct
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image

from course.errors import ArgumentError
from course.neocognitron import Neocognitron, changed_digits, digit, digits, organised, reading, shifted
from course.neocognitron.measure import DEFORMED
from course.widgets.neocognitron import as_held, learned_planes, neocognitron_explorer

SEEDS = (0, 1, 2, 3)
network_of = lru_cache(organised)


@lru_cache
def explorer_of(seed):
    return neocognitron_explorer(network_of(seed))


def unpacked(explorer):
    """Return the facts and the levels that the browser gets."""
    content = gzip.decompress(explorer.given["blob"])
    (length,) = struct.unpack("<I", content[:4])
    return json.loads(content[4 : 4 + length]), np.frombuffer(content[4 + length :], "<u2")


def test_the_browser_gets_the_synapses_of_the_planes_that_learned():
    held, _, _ = as_held(network_of(0))
    facts, levels = unpacked(explorer_of(0))
    below, rest = [0], levels.astype(float)
    for i, module in enumerate(facts["modules"]):
        a = np.zeros_like(held.a[i])
        size = module["window"]
        count = len(module["learned"]) * len(below) * size**2
        part, rest = rest[:count].reshape(len(module["learned"]), len(below), size, size), rest[count:]
        part = part * np.array(module["steps"])[:, None, None, None] * np.reshape(module["c"], (size, size))
        a[np.ix_(module["learned"], below)] = part
        np.testing.assert_array_equal(a, held.a[i])
        assert module["learned"] == np.flatnonzero(network_of(0).b[i] > 0).tolist()
        np.testing.assert_array_equal(module["b"], held.b[i][module["learned"]])
        np.testing.assert_allclose(module["b"], network_of(0).b[i][module["learned"]], rtol=1e-6)
        np.testing.assert_array_equal(np.reshape(module["d"], held.d[i].shape), held.d[i])
        below = module["learned"]
    assert rest.size == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_is_the_network_s_own(seed):
    """The levels of synapses, and planes without learning, change answers by less than is shown, and no reading."""
    network, (held, _, _) = network_of(seed), as_held(network_of(seed))
    rng = np.random.default_rng(seed)
    changed = np.concatenate([views[seed % len(views)] for views in changed_digits(seed=seed + 10).values()])
    drawn = np.concatenate([rng.random((10, 16, 16)) < share for share in (0.03, 0.15, 0.4)]).astype(float)
    for pictures in (changed, drawn):
        before, after = network.layers(pictures), held.layers(pictures)
        for name in list(before)[1:]:
            planes = learned_planes(network, int(name[2]) - 1)
            assert np.abs(before[name][:, planes] - after[name][:, planes]).max() < 0.001
    read, shown = reading(network, digits()), reading(held, digits())
    np.testing.assert_array_equal(read(changed), shown(changed))
    np.testing.assert_array_equal(read(digits()), np.arange(5))


def test_the_network_stays_as_it_is():
    network = network_of(1)
    before = copy.deepcopy((network.a, network.b))
    neocognitron_explorer(network)
    for one, other in zip((*before[0], *before[1]), (*network.a, *network.b), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_stand_for_the_digits_that_they_answer_to(seed):
    facts, _ = unpacked(explorer_of(seed))
    cells = network_of(seed).winners(digits())
    assert facts["meaning"] == {str(cell): name for name, cell in enumerate(cells)}


def test_a_cell_that_wins_for_two_digits_stands_for_none():
    network = copy.deepcopy(network_of(0))
    cell, other = network.winners(digits())[3:]
    network.a[2][cell] += network.a[2][other]  # it knows both digits, and is less inhibited
    network.b[2][cell] = min(network.b[2][[cell, other]]) / 2
    winners = network.winners(digits()).tolist()
    assert winners.count(cell) > 1
    facts, _ = unpacked(neocognitron_explorer(network))
    assert facts["meaning"] == {str(one): name for name, one in enumerate(winners) if winners.count(one) == 1}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_task_s_answer_is_the_network_s(seed):
    task = unpacked(explorer_of(seed))[0]["task"]
    network, name = network_of(seed), task["digit"]
    own = network.winners(digits())[name]
    way = [int(network.winners(shifted(digit(name), 0, k)[None])[0]) for k in range(9)]
    assert way[: task["far"] + 1] == [own] * (task["far"] + 1)
    assert way[task["far"] + 1] != own
    assert task["found"].startswith(f"{task['far']} pixel")
    if "no cell" in task["found"]:
        assert network.answers(shifted(digit(name), 0, task["far"] + 1)[None]).max() < 0.001
    else:
        assert f"cell {way[task['far'] + 1]} of UC3" in task["found"]


def test_pictures_are_those_of_the_lesson():
    facts, _ = unpacked(explorer_of(0))
    assert facts["looks"][:2] == ["as learned", "larger, × 1.2"]
    for pictures, how in zip(facts["pictures"], [{}, *DEFORMED.values()], strict=True):
        bits = [np.unpackbits(np.frombuffer(bytes.fromhex(one), np.uint8)).reshape(16, 16) for one in pictures]
        np.testing.assert_array_equal(bits, digits(**how))


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ArgumentError, match="network must be a Neocognitron"):
        neocognitron_explorer(organised)
    with pytest.raises(ArgumentError, match="have learned something in each S-layer"):
        neocognitron_explorer(Neocognitron())
    other = Neocognitron()
    other.size = 20
    with pytest.raises(ArgumentError, match="have a retina of 16 x 16; got network = 'size = 20'"):
        neocognitron_explorer(other)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_small_and_leaves_a_still_with_its_description(seed):
    explorer = explorer_of(seed)
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    own = list(range(0, 1024, 3))  # a large drawing of the reader's
    view = {**explorer.view, "picture": "your drawing", "own": own}
    state = {"_esm": explorer._esm, "title": explorer.title, "given": explorer.given, "view": view}
    size = len(json.dumps(data)) + len(json.dumps(state, default=lambda one: base64.b64encode(bytes(one)).decode()))
    assert size <= 60_000
    cell = network_of(seed).winners(digits())[2]
    answer = network_of(seed).answers(digits())[2, cell]
    words = f"Cell {cell} of UC3 answers most, {answer:.2f}: it answers to 2."
    assert explorer.description.endswith(words)
    assert words in data["text/html"]
    layers = network_of(seed).layers(digits()[2:3])
    learned = learned_planes(network_of(seed), 1)
    answering = int((layers["US2"][0, learned].max(axis=(1, 2)) > 0.001).sum())
    assert f"{answering} of {len(learned)} in US2" in explorer.description
    with Image.open(io.BytesIO(explorer.still)) as still:
        pixels = np.asarray(still.convert("RGBA")).astype(int)
    retina = pixels[18 + 5 : 178 : 10, 5:160:10, 0]
    np.testing.assert_array_equal(retina > 128, digit(2) > 0)
    assert (pixels[..., 3] == 0).mean() > 0.3  # it has no ground of its own


def test_it_begins_at_the_strongest_s_cell_of_the_second_layer():
    explorer = explorer_of(0)
    layers = network_of(0).layers(digits()[2:3])["US2"][0]
    plane, row, column = explorer.view["cell"]
    assert layers[learned_planes(network_of(0), 1)[plane], row, column] == layers.max()
    assert explorer.view["layer"] == 3
