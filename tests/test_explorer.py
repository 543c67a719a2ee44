"""What every explorer stands on, in Python: its module, its stills, its answers, and calls of a reader's function."""

import base64
import gzip
import io
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from course.errors import ArgumentError
from course.widgets.explorer import (
    HERE,
    Explorer,
    ExplorerError,
    called,
    needed,
    packed,
    raw_picture,
    sentence_of,
    webp_picture,
)


class Line(Explorer):
    """An explorer for these tests; what its script does is of no matter."""

    script = "waiting.js"


def png(color="grey"):
    file = io.BytesIO()
    Image.new("L", (4, 3), 128).save(file, "png")
    return file.getvalue()


def sent(explorer, monkeypatch):
    """Collect what the explorer sends to the browser."""
    messages = []
    monkeypatch.setattr(explorer, "send", lambda content, buffers=None: messages.append((content, buffers)))
    return messages


def test_a_page_without_programs_shows_the_still_with_its_description():
    explorer = Line("Grey <levels>", 'A "grey" square & a line.', png())
    html = explorer._repr_mimebundle_()["text/html"]
    shown = html.split("<script")[0]
    assert "<strong>Grey &lt;levels&gt;</strong>" in shown
    assert 'alt="A &quot;grey&quot; square &amp; a line."' in shown
    data = re.search(r'src="data:image/png;base64,([^"]+)"', shown)[1]
    assert base64.b64decode(data) == explorer.still
    assert explorer._repr_mimebundle_()["text/plain"] == 'Grey <levels>: A "grey" square & a line.'


def test_what_a_page_holds_cannot_end_its_script_and_comes_back():
    held = {"text": "</script><b>", "bytes": b"\x00\xff", "list": [1, {"deep": b"x"}]}
    html = Line("Title", "A square that is grey.", png(), held, {"at": [1, 2]})._repr_mimebundle_()["text/html"]
    assert html.count("</script>") == 1
    state = re.search(r'getElementById\("[\w-]+"\), (\{.*\})\);</script>', html)[1]
    assert json.loads(state) == {
        "title": "Title",
        "view": {"at": [1, 2]},
        "given": {"text": "</script><b>", "bytes": {"base64": "AP8="}, "list": [1, {"deep": {"base64": "eA=="}}]},
    }


def test_two_explorers_on_a_page_have_names_of_their_own():
    pages = [Line("Title", "A square that is grey.", png())._repr_mimebundle_()["text/html"] for _ in range(2)]
    names = [re.search(r'<div id="([\w-]+)">', page)[1] for page in pages]
    assert names[0] != names[1]


def test_the_module_is_the_same_for_the_same_files_and_keeps_what_is_used():
    text = gzip.decompress(base64.b64decode(packed("filters.js", ("filter_parts.js",)))).decode()
    packed.cache_clear()
    assert gzip.decompress(base64.b64decode(packed("filters.js", ("filter_parts.js",)))).decode() == text
    assert "function correlate2d(" in text
    assert "export default" in text
    assert not re.search(r"^\s*(//|/\*|\*)", text, re.MULTILINE)


def test_what_nothing_uses_is_left_out_and_what_is_used_by_it_stays():
    module = (
        "const a = 1;\nfunction b() {\n  return a;\n}\nfunction unused() {\n  return b();\n}\n"
        "const text = `b`;\n// b\nexport { unused };\nexport default { render() { return b(); } };"
    )
    kept = needed(module)
    assert "const a" in kept
    assert "function b()" in kept
    assert "unused" not in kept
    assert "const text" not in kept


@pytest.mark.parametrize("file", sorted(HERE.glob("*.js")), ids=lambda file: file.name)
def test_no_line_of_code_looks_like_a_comment(file):
    """Comments are cut out line by line: a line of code that begins like one would go with them."""
    text = file.read_text(encoding="utf-8")
    outside = re.sub(r"(?s)/\*.*?\*/", "", text)
    assert not re.search(r"^\s*\*", outside, re.MULTILINE)
    assert "import " not in re.sub(r"//.*", "", outside).replace("import(", "")


def test_an_answer_goes_back_to_its_question_and_trouble_is_a_sentence(monkeypatch, capsys):
    def double(question, buffers):
        print("noise")
        if question["n"] > 2:
            raise ExplorerError("More than two is too many.")
        return {"twice": 2 * question["n"]}, [bytes(buffers[0])]

    explorer = Line("Title", "A square that is grey.", png(), answers={"double": double})
    messages = sent(explorer, monkeypatch)
    explorer._answer(explorer, {"asks": "double", "id": "a", "n": 2}, [memoryview(b"xy")])
    explorer._answer(explorer, {"asks": "double", "id": "b", "n": 3}, [b""])
    explorer._answer(explorer, {"asks": "double", "id": "c", "n": 1}, [])
    assert messages[0] == ({"answers": "a", "twice": 4}, [b"xy"])
    assert messages[1] == ({"answers": "b", "trouble": "More than two is too many."}, [])
    assert messages[2][0]["trouble"] == "Python could not answer: IndexError: list index out of range"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("question", [None, 3, "text", [], {}, {"asks": "unknown", "id": 1}, {"asks": None}])
def test_what_is_no_question_gets_no_answer(question, monkeypatch):
    explorer = Line("Title", "A square that is grey.", png(), answers={"double": lambda question, buffers: ({}, [])})
    messages = sent(explorer, monkeypatch)
    explorer._answer(explorer, question, [])
    assert messages == []


def test_an_interrupt_is_said_and_does_not_end_the_explorer(monkeypatch):
    def stopped(question, buffers):
        raise KeyboardInterrupt

    explorer = Line("Title", "A square that is grey.", png(), answers={"stop": stopped})
    messages = sent(explorer, monkeypatch)
    explorer._answer(explorer, {"asks": "stop", "id": "a"}, [])
    assert messages[0][0]["trouble"] == sentence_of(KeyboardInterrupt())
    assert "interrupted" in messages[0][0]["trouble"]


def fails(x):
    raise ValueError("no such axis")


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (lambda x: None, "returned None. It must return an array of numbers."),
        (lambda x: "text", "returned a str. It must return an array of numbers."),
        (lambda x: [[1], [2, 3]], "returned a list. It must return an array of numbers."),
        (lambda x: x[:1], r"returned an array of shape \(1, 3\); here it must be \(2, 3\)."),
        (lambda x: x * np.nan, "returned nan somewhere. It must return finite numbers."),
        (lambda x: x + np.inf, "returned inf somewhere. It must return finite numbers."),
        (lambda: 1, "raised TypeError"),
        (fails, "Your fails raised ValueError: no such axis"),
    ],
)
def test_what_a_readers_function_does_wrong_is_one_sentence(result, says):
    with pytest.raises(ExplorerError, match=says):
        called(result, np.ones((2, 3)), shape=(2, 3))


@given(arrays(np.float64, array_shapes(max_dims=3), elements=st.floats(-1e6, 1e6)))
def test_a_reader_may_write_into_what_the_function_is_given(x):
    before = x.copy()

    def spoils(x):
        x *= 2
        return x

    np.testing.assert_array_equal(called(spoils, x), 2 * before)
    np.testing.assert_array_equal(x, before)


@given(st.one_of(array_shapes(min_dims=2, max_dims=2, max_side=6), array_shapes(min_dims=2, max_dims=2, max_side=6)))
def test_a_raw_picture_keeps_every_pixel(shape):
    random = np.random.default_rng(0)
    for pixels in (
        random.integers(0, 256, shape, dtype=np.uint8),
        random.integers(0, 256, (*shape, 3), dtype=np.uint8),
    ):
        held = raw_picture("noise", pixels)
        assert (held["rows"], held["columns"]) == shape
        np.testing.assert_array_equal(np.frombuffer(held["bytes"], np.uint8).reshape(pixels.shape), pixels)
        np.testing.assert_array_equal(
            np.frombuffer(raw_picture("noise", pixels / 255)["bytes"], np.uint8), pixels.ravel()
        )


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (2, 3, 3, 1), (0, 3)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(ArgumentError, match="pixels must be one picture; got pixels = array of shape"):
        raw_picture("noise", np.zeros(shape))


def test_a_photograph_becomes_small():
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    file = webp_picture(pixels, longest=30)
    assert file[8:12] == b"WEBP"
    with Image.open(io.BytesIO(file)) as image:
        assert image.size == (30, 20)
    assert len(webp_picture(pixels, 30, quality=10)) < len(webp_picture(pixels, 30, quality=90))
