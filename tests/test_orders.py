"""After Run All, any cells of a lesson can be run again, in any order: no error, and each says what it said before."""

import ast
import configparser
import contextlib
import importlib
import io
import linecache
import random
import re
import sys
import time
import traceback
import types
from pathlib import Path

import pytest

from course.manifest import LESSONS
from course.notebooks.build import paths_of
from course.notebooks.source import read_source, solution_code
from tests.brief import shorten

WALKS = 50  # times that somebody goes back, and on from there
LONGEST = 8  # cells that are run in one go
SECONDS = 60  # that cells which are run again may take, as they took in Run All
MAY_DIFFER = configparser.RawConfigParser()
MAY_DIFFER.read(Path(__file__).with_name("nbval_sanitize.cfg"), encoding="utf-8")


class Kernel:
    """Runs cells in one namespace, as a notebook's kernel does."""

    def __init__(self, lesson):
        text = paths_of(lesson)[0].read_text(encoding="utf-8")
        self.cells = [cell for cell in read_source(text, lesson) if cell.kind == "code"]
        self.module = types.ModuleType("__main__")
        self.name = f"<{lesson.stem}>"

    def run(self, number):
        """Run a cell, and return what it prints, with the value of its last line."""
        cell, out = self.cells[number], io.StringIO()
        source, file = solution_code(cell), f"{self.name[:-1]}, {cell.label}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        body = ast.parse(source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";") else None
        space = self.module.__dict__
        with contextlib.redirect_stdout(out):
            exec(compile(ast.Module(body, []), file, "exec"), space)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), file, "eval"), space)
                if value is not None:
                    print(in_words(value))
        said = out.getvalue()
        for entry in MAY_DIFFER.sections():
            said = re.sub(MAY_DIFFER[entry]["regex"], MAY_DIFFER[entry]["replace"], said)
        return said


def in_words(value):
    """Return what stands for a value where nothing can be drawn."""
    if hasattr(value, "_repr_mimebundle_"):
        return value._repr_mimebundle_()["text/plain"]
    return repr(value)


def walks_through(seconds, draw):
    """Return pairs (first cell, how many): each dear cell once, the others the more often the less they cost."""
    dear = sorted(range(len(seconds)), key=lambda cell: -seconds[cell])[: WALKS // 5]
    walks = [(cell, 1) for cell in dear]
    left = SECONDS - sum(seconds[cell] for cell in dear)
    while len(walks) < WALKS:
        starts = range(len(seconds))
        first = draw.choices(starts, [1 / (0.05 + seconds[cell]) for cell in starts])[0]
        many = draw.randint(1, LONGEST)
        while many > 1 and sum(seconds[first : first + many]) > max(left, 0) / (WALKS - len(walks)):
            many -= 1
        many = min(many, len(seconds) - first)
        walks.append((first, many))
        left -= sum(seconds[first : first + many])
    draw.shuffle(walks)
    return walks


def test_walks_see_every_dear_cell_and_stay_within_their_time():
    seconds = [0.01] * 60 + [9.0, 3.0, 0.5]
    for seed in range(20):
        walks = walks_through(seconds, random.Random(seed))
        seen = [cell for first, many in walks for cell in range(first, first + many)]
        assert len(walks) == WALKS
        assert {60, 61, 62} <= set(seen) <= set(range(63))
        assert sum(seconds[cell] for cell in seen) < SECONDS
        assert len(set(seen)) > 40


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # as in a kernel; that no cell warns, the lint sees
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_cells_can_be_run_again_in_any_order(lesson, monkeypatch):
    monkeypatch.setenv("COURSE_TRAINING_BUDGET", "1s")
    importlib.import_module("course.training")
    importlib.import_module("course.lenet")
    shorten(monkeypatch.setattr)
    monkeypatch.chdir(paths_of(lesson)[0].parent)
    kernel = Kernel(lesson)
    monkeypatch.setitem(sys.modules, "__main__", kernel.module)
    said, seconds = [], []
    for number in range(len(kernel.cells)):
        start = time.monotonic()
        said.append(kernel.run(number))
        seconds.append(time.monotonic() - start)
    seed = random.randrange(10**6)
    faults, done = [], []
    for first, many in walks_through(seconds, random.Random(seed)):
        for number in range(first, first + many):
            cell = kernel.cells[number]
            try:
                again = kernel.run(number)
            except Exception as error:
                where = traceback.extract_tb(error.__traceback__)[-1]
                faults.append(f"{cell.label}: {type(error).__name__}: {error} ({where.name}, line {where.lineno})")
                break
            if again != said[number] and "nbval-ignore-output" not in cell.tags:
                faults.append(f"{cell.label} says {first_difference(said[number], again)}")
        done.append(f"{kernel.cells[first].label} + {many}")
    told = "\n".join(dict.fromkeys(faults))
    assert not faults, f"seed {seed}; Run All took {sum(seconds):.0f} s\n{told}\nthe walks: {', '.join(done)}"


def first_difference(before, after):
    """Return the first line that differs."""
    lines = zip([*before.splitlines(), ""], [*after.splitlines(), ""], strict=False)
    first, second = next(((one, other) for one, other in lines if one != other), (before, after))
    return f"{second[:150]!r}, and said {first[:150]!r}"


def test_a_cell_that_says_something_else_and_one_that_stops_are_told():
    kernel = Kernel(LESSONS[0])
    say = ["x = 1", "print(x)\nx + 1", "x = 2", "y = [3]", "print(y.pop())"]
    kernel.cells = [type(kernel.cells[0])(str(k), "code", source, line=1) for k, source in enumerate(say)]
    first = [kernel.run(number) for number in range(5)]
    assert first == ["", "1\n2\n", "", "", "3\n"]
    assert kernel.run(1) == "2\n3\n"
    assert first_difference(first[1], "2\n3\n") == "'2', and said '1'"
    with pytest.raises(IndexError):
        kernel.run(4)
