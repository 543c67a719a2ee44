"""A notebook that is damaged or old is read for what it still holds."""

import json

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
    assert "a.ipynb is cut off at line 1; of its code," in notes[0]


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
