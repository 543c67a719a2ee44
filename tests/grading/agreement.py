"""Does the grader say what the notebook says? Notebooks made of a lesson's cells, changed at random, run in both.

``python -m tests.grading.agreement --notebooks 2000`` runs them as IPython does and grades them, and prints every
notebook about which the two differ. A few of them are a test (`test_agreement`).
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import multiprocessing
import random
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from course import bootstrap
from course.grading.run import grade_submission
from course.grading.sandbox import Limits, Sandbox
from course.grading.submission import submission_of
from course.manifest import LESSONS
from course.notebooks.build import lesson_notebook
from course.notebooks.source import read_source, solution_code

ANSWERS = Path(__file__).parents[1] / "checks" / "answers"
MOST_DEMONSTRATIONS = 4
SCRATCH = [
    "for {name} in range(3):\n    pass", "{name} = 3", "{name} = lambda *everything: 0", "del {name}", "{name} = None",
    "import math as {name}", "with open(__import__('os').devnull) as {name}:\n    pass", "def {name}():\n    return 1",
    "try:\n    1 / 0\nexcept ZeroDivisionError as {name}:\n    pass", "[0 for {name} in range(3)]", "print({name})",
    "class {name}:\n    pass", "if ({name} := 5) > 3:\n    pass", "{name}, other = 1, 2", "{name}?", "assert {name}",
    "saved_{name} = {name}", "{name} = saved_{name}", "from numpy import sum as {name}", "global_{name} = 1",
]  # fmt: skip
ABOVE = [
    "%%time", "%%capture", "%%time  ", "%matplotlib inline", "!true", "files = !true", "%time extra = 1", "# a remark",
    "import numpy as np", "from __future__ import annotations", "", "np?", "%timeit -n1 -r1 \\\n  1 + 1", "%%bash",
    "%%timeit -n1 -r1", "from typing import *", "import matplotlib.pyplot as plt",
]  # fmt: skip
INSIDE = [
    "...", "display(1)", "print('here')", "pass", "'words'", "global calls; calls = 1", "import math", "get_ipython()",
    "x_ = [y for y in (1, 2)]", "import matplotlib.pyplot as plt; plt.figure(); plt.close()", "from tqdm import tqdm",
]  # fmt: skip


@dataclass
class Verdicts:
    """What the checks of a notebook said, in their order, and whether a cell stopped with an error."""

    checks: list[tuple[str, bool]] = field(default_factory=list)
    stopped: bool = False


def source_of(lesson):
    """The cells of a lesson's source."""
    return read_source((bootstrap.ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8"), lesson)


def cells_of(lesson, rng):
    """The exercises of a lesson with their checks, its first cell, and a few of its demonstrations."""
    source = source_of(lesson)
    code = [cell for cell in source if cell.kind == "code"]
    shown = [
        cell for cell in code[1:] if cell.exercise is None and len(cell.source) < 500 and "course" not in cell.source
    ]
    kept = {id(cell) for cell in rng.sample(shown, min(MOST_DEMONSTRATIONS, len(shown)))}
    return [(solution_code(cell) if cell.exercise else cell.source, cell.exercise)
            for cell in code if cell is code[0] or cell.exercise or id(cell) in kept]  # fmt: skip


def names_in(cells):
    names = set()
    for text, _ in cells:
        with contextlib.suppress(SyntaxError):
            names |= {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            names |= {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    return sorted(name for name in names - {"course", "__name__"} if name.isidentifier())


def changed(cells, rng):
    """The cells with one to four changes of the kinds that happen in notebooks."""
    cells = list(cells)
    for _ in range(rng.randint(1, 4)):
        kind = rng.choice(["scratch"] * 4 + ["above"] * 3 + ["inside"] * 3
                          + ["move", "copy", "cut", "split", "join", "spoil", "break", "indent"])  # fmt: skip
        at = rng.randrange(1, len(cells))
        text, exercise = cells[at]
        if kind == "scratch":
            cells.insert(
                rng.randrange(1, len(cells) + 1), (rng.choice(SCRATCH).format(name=rng.choice(names_in(cells))), None)
            )
        elif kind == "above":
            cells[at] = (f"{rng.choice(ABOVE)}\n{text}", exercise)
        elif kind == "inside":
            lines = text.split("\n")
            heads = [k for k, line in enumerate(lines) if re.match(r"def .*:$", line)]
            if heads:
                lines.insert(heads[-1] + 1, "    " + rng.choice(INSIDE))
                cells[at] = ("\n".join(lines), exercise)
        elif kind == "move":
            cells.insert(rng.randrange(1, len(cells)), cells.pop(at))
        elif kind == "copy":
            cells.insert(rng.randrange(1, len(cells) + 1), cells[at])
        elif kind == "cut" and len(cells) > 3:
            del cells[at]
        elif kind == "split" and "\n\n\n" in text:
            first, _, rest = text.partition("\n\n\n")
            cells[at : at + 1] = [(first, None), (rest, exercise)]
        elif kind == "join" and at + 1 < len(cells):
            cells[at : at + 2] = [(f"{text}\n{cells[at + 1][0]}", exercise)]
        elif kind == "spoil":
            cells[at] = (text.replace("+", "-", 1) if rng.random() < 0.5 else text.replace("1", "2", 1), exercise)
        elif kind == "break":
            cells[at] = (text.replace(rng.choice("(:=)"), "", 1), exercise)
        elif kind == "indent":
            cells[at] = ("\n".join(f"  {line}" if line else line for line in text.split("\n")), exercise)
    return cells


def notebook_of(cells):
    return {"cells": [{"cell_type": "code", "source": text, "outputs": [],
                       "metadata": {"course": {"exercise": exercise}} if exercise else {}}
                      for text, exercise in cells]}  # fmt: skip


def answered(lesson, answers):
    """The lesson as it is handed out, with these texts in the cells of their exercises.

    Parameters
    ----------
    lesson : Lesson
    answers : dict
        For some exercises, the text that a reader wrote into their cells.

    Returns
    -------
    notebook : dict
        The whole notebook, for the grader.
    cells : list of (str, str or None)
        Its first cell, its exercises and their checks, for a kernel: the others train networks, and draw.
    """
    notebook = lesson_notebook(source_of(lesson), lesson)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in code:
        exercise = cell["metadata"].get("course", {}).get("exercise")
        if exercise in answers and "exercise" in cell["metadata"]["tags"]:
            cell["source"] = answers[exercise]
    needed = [cell for cell in code if cell is code[0] or "course" in cell["metadata"]]
    return notebook, [(cell["source"], cell["metadata"].get("course", {}).get("exercise")) for cell in needed]


def run_here(cells, pipe):
    """Run the cells as a kernel does, and send what the checks said. Never returns to the caller's state: fork it."""
    import matplotlib

    matplotlib.use("Agg")
    from IPython.core.interactiveshell import InteractiveShell

    from course import checks

    verdicts = Verdicts()
    judged = checks.judge_function

    def listening(exercise, function, seed):
        report = judged(exercise, function, seed)
        verdicts.checks.append((exercise.name, report.passed))
        return report

    checks.judge_function = listening
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        shell = InteractiveShell.instance()
        for text, _ in cells:
            verdicts.stopped |= not shell.run_cell(text, store_history=False).success
    pipe.send((verdicts.checks, verdicts.stopped))


def by_kernel(cells):
    """What the notebook says, from the top to the bottom, in a process of its own."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=run_here, args=(cells, there))
    process.start()
    there.close()
    try:
        return Verdicts(*here.recv()) if here.poll(120) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def verdicts_of(lesson, answers, box, seed):
    """For each exercise, what the notebook says of an answer, and what the grader says: whether it is right."""
    notebook, cells = answered(lesson, answers)
    seen = dict(by_kernel(cells).checks)
    results = grade_submission(submission_of(notebook, f"{lesson.stem}.ipynb", lesson), box, seed, seed + 1)
    return {one.exercise: (seen.get(one.exercise), one.status == "passed") for one in results}


def differences(lesson, cells, box, seed):
    """Sentences about exercises of which the notebook and the grader do not say the same."""
    seen = by_kernel(cells)
    if seen is None:
        return ["the kernel did not come to an end"]
    submission = submission_of(notebook_of(cells), f"{lesson.stem}.ipynb", lesson)
    results = grade_submission(submission, box, seed, seed + 1)
    found = []
    for piece, result in zip(submission.slices, results, strict=True):
        said = [held for name, held in seen.checks if name == piece.exercise]
        right, graded = any(said), result.status == "passed"
        # Where an exercise that it calls is wrong, the course's own stands in for it in the notebook: that is told.
        passed = {name for name, held in seen.checks if held}
        helped = any("It calls your" in note for note in result.notes) or not passed.issuperset(piece.uses)
        # What is mended below the check, or lost by a cell that stopped halfway, counts for the learner.
        better = bool(piece.later) or seen.stopped or not said
        if right and not graded and not helped:
            found.append(f"{piece.exercise}: the notebook says right, the grader {result.status}: {result.says}")
        if graded and not right and not better:
            found.append(f"{piece.exercise}: the grader says right, the notebook does not")
    return found


def try_out(numbers, lessons=(1, 2, 3, 4), seed=0):
    """Yield (number, lesson, cells, sentences) for each notebook."""
    chosen = [lesson for lesson in LESSONS if lesson.number in lessons]
    with Sandbox("namespaces", Limits(seconds=20.0)) as box:
        for number in numbers:
            rng = random.Random(f"{seed} {number}")
            lesson = rng.choice(chosen)
            cells = changed(cells_of(lesson, rng), rng)
            yield number, lesson, cells, differences(lesson, cells, box, number)


def main():
    """Try many notebooks, and print those about which the two differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lessons", type=int, nargs="*", default=[1, 2, 3, 4])
    given = parser.parse_args()
    wrong = 0
    for number, lesson, cells, sentences in try_out(
        range(given.first, given.first + given.notebooks), given.lessons, given.seed
    ):
        if sentences:
            wrong += 1
            print(f"--- notebook {number}, lesson {lesson.number}: {sentences}", flush=True)
            plain = {text for text, _ in cells_of(lesson, random.Random(0))}
            for place, (text, _) in enumerate(cells, start=1):
                if text not in plain:
                    print(f"  [{place}] " + text[:700].replace("\n", "\n      "))
    print(f"{given.notebooks} notebooks, {wrong} of them with a difference")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
