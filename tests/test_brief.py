"""The short trainings of tests/brief.py: shorter, the same but for that, and in force where they are asked for."""

import importlib
import inspect
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from course.commands.test import BRIEF
from tests.brief import SHORTER, shorten

CELL = """
import numpy as np
from types import SimpleNamespace
from course import lenet
data = SimpleNamespace(images=np.zeros((32, 32, 32), dtype=np.uint8), labels=np.arange(32) % 10)
print(len(lenet.learn(lenet.lenet5(), data, data, epochs={epochs})))
"""


def defaults(function):
    return {name: one.default for name, one in inspect.signature(function, follow_wrapped=False).parameters.items()}


@pytest.mark.parametrize(("module", "name"), SHORTER)
def test_a_short_training_stands_for_one_with_the_same_defaults(module, name, monkeypatch):
    whole = getattr(importlib.import_module(module), name)
    shorten(monkeypatch.setattr)
    brief = getattr(sys.modules[module], name)
    assert brief.whole is whole
    own = {name: value for name, value in defaults(brief).items() if name in ("budget", "epochs")}
    assert own
    assert own.items() <= defaults(inspect.unwrap(whole)).items()
    shorten(monkeypatch.setattr)  # no shorter by a second call
    assert getattr(sys.modules[module], name) is brief


def test_a_kernel_of_the_tests_trains_an_eighth(monkeypatch):
    for name, value in BRIEF.items():
        monkeypatch.setenv(name, value)
    sources = ["import course.lenet"] + [CELL.format(epochs=epochs) for epochs in (3, 8, 24)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=120).execute()
    assert [cell.outputs[0].text for cell in notebook.cells[1:]] == ["3\n", "1\n", "3\n"]
