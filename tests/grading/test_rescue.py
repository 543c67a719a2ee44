"""A notebook that is damaged or old is read for what it still holds."""

import difflib
import json
import random

import pytest

from course.errors import NotebookError
from course.grading.rescue import rescued

from . import toy


def functions_in(notebook):
    return [name for name in toy.RIGHT if any(f"def {name}" in cell["source"] for cell in notebook["cells"])]


def test_a_whole_notebook_is_left_alone():
    assert rescued(json.dumps(toy.answers()).encode(), "a.ipynb")[1] == []


def test_a_notebook_that_was_cut_off_gives_its_whole_cells():
    data = json.dumps(toy.answers()).encode()
    notebook, notes = rescued(data[: int(len(data) * 0.6)], "a.ipynb")
    assert 0 < len(functions_in(notebook)) < 3
    assert "a.ipynb is damaged; of its code," in notes[0]
    assert "it is cut off at line 1." in notes[0]


def test_the_marks_of_a_merge_cost_one_cell():
    text = json.dumps(toy.answers(), indent=1)
    at = text.index("def row_sums")
    notebook, _ = rescued((text[:at] + "\n<<<<<<< HEAD\n" + text[at:]).encode(), "a.ipynb")
    assert functions_in(notebook) == ["add_bias", "mirror"]


def test_format_3_is_read():
    cells = [{"cell_type": "code", "input": [f"{source}\n"], "language": "python"} for source in toy.RIGHT.values()]
    old = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}
    notebook, notes = rescued(json.dumps(old).encode(), "old.ipynb")
    assert functions_in(notebook) == list(toy.RIGHT)
    assert "old notebook format" in notes[0]


@pytest.mark.parametrize(
    "data", [b"", b"PDF", b"[" * 100_000, b'{"cell_type":' * 1000, b'{"nbformat": 3}', b"\xff" * 50]
)
def test_what_holds_nothing_is_one_sentence(data):
    with pytest.raises(NotebookError):
        rescued(data, "a.ipynb")


def conflict(ours, theirs, before=False):
    """What Git leaves of two versions of a file whose differences it cannot merge."""
    ours, theirs = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    text = ""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            text += "".join(ours[a:b])
        else:
            base = "||||||| 1a2b3c\n" + "".join(ours[a:b]) if before else ""
            text += f"<<<<<<< HEAD\n{''.join(ours[a:b])}{base}=======\n{''.join(theirs[c:d])}>>>>>>> one two\n"
    return text


def run_by(draw, **changed):
    """The notebook with the counts and outputs of somebody's run."""
    notebook = toy.answers(**changed)
    for cell in notebook["cells"]:
        cell["execution_count"] = draw.randint(1, 500)
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": [f"{draw.random()}\n"]}]
    return json.dumps(notebook, indent=1)


@pytest.mark.parametrize("seed", range(8))
def test_a_merge_costs_the_cells_alone_that_differ(seed):
    draw = random.Random(seed)
    changed = {name: toy.RIGHT[name] + "\n    # mine" for name in draw.sample(list(toy.RIGHT), seed % 4)}
    text = conflict(run_by(draw), run_by(draw, **changed), before=seed > 3)
    assert text.count("<<<<<<<") >= len(toy.answers()["cells"])
    notebook, notes = rescued(text.encode(), "a.ipynb")
    assert functions_in(notebook) == [name for name in toy.RIGHT if name not in changed]
    assert "a.ipynb holds the marks of a merge" in notes[0]
    assert ("differ" in notes[0]) == bool(changed)


def test_the_marks_of_a_merge_in_a_cell_are_told():
    answers = toy.answers(mirror=conflict(toy.RIGHT["mirror"] + "\n", "def mirror(image):\n    ...\n"))
    notebook, notes = rescued(json.dumps(answers).encode(), "a.ipynb")
    assert len(notebook["cells"]) == len(answers["cells"])
    assert notes == ["In a.ipynb, cell 6 still has the marks of a merge (<<<<<<<): keep one of the two sides."]
    shift = toy.answers(mirror="def mirror(image):\n    return image\n# <<<<<<< not a mark")
    assert rescued(json.dumps(shift).encode(), "a.ipynb")[1] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("seed", range(3))
def test_cells_are_found_in_any_order_of_keys_and_any_encoding(encoding, seed):
    draw = random.Random(seed)
    content = toy.answers()
    content["cells"] = [dict(draw.sample(list(cell.items()), len(cell))) for cell in content["cells"]]
    content["cells"][0]["source"] += "\n# é"
    content = dict(draw.sample(list(content.items()), len(content)))
    text = json.dumps(content, indent=seed or None, ensure_ascii=False)
    notebook, notes = rescued(text.encode(encoding), "a.ipynb")
    assert (functions_in(notebook), notes) == (list(toy.RIGHT), [])
    assert notebook["cells"][0]["source"].endswith("é")
    cut = text[: text.index("def mirror")].encode(encoding)
    notebook, notes = rescued(cut, "a.ipynb")
    assert functions_in(notebook) == ["add_bias", "row_sums"]
    assert "it is cut off at line" in notes[0]


def test_what_is_null_is_nothing():
    content = toy.answers()
    content["cells"][0] |= {"source": None, "outputs": None}
    notebook, notes = rescued(json.dumps(content).encode(), "a.ipynb")
    assert (notebook["cells"][0]["source"], notebook["cells"][0]["outputs"], notes) == ("", [], [])
