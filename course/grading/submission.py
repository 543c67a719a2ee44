"""What a notebook holds for each exercise: its function, and the code that the function needs.

What counts is what the exercise's check cell sees when a reader runs the notebook from the top to it: names as they
are there. The cells above it are cut into statements, and the exercise gets those that define its function and, from
there, every statement that a name in it depends on: imports, helpers, constants, tables that a loop fills.
Demonstrations, training and pictures are left out. Where the function is another one further down, mended at the end
or checked a second time, that is a further try, and the better one counts. A cell that was renamed, moved, copied or
lost its metadata is found by what it defines.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..cell.run import Stage
from ..errors import NotebookError
from ..manifest import LESSONS, Lesson
from ..notebooks.reading import exercise_of, read_notebook
from .statements import Cell, Statement, cells_of, is_check, needed, read_cell

__all__ = ["Slice", "Submission", "lesson_in", "read_submission", "submission_of"]

MOST_TRIES = 4  # ways in which the notebook's code for one exercise is run
MOST_ENDS = 12  # checks, and definitions, of one exercise that are looked at: the last ones
DEBUGGERS = frozenset({"breakpoint", "set_trace"})
KNOWN = frozenset(dir(builtins)) | {"display", "get_ipython", "In", "Out", "__name__"}


@dataclass(frozen=True)
class Slice:
    """The code of one exercise.

    Parameters
    ----------
    exercise : str
    cells : tuple of (int, str)
        Cell numbers and their sources, in order; lines that the exercise does not need are empty.
    problem : str
        Why there is nothing to run, or empty.
    missing : bool
        The notebook has no function of that name.
    notes : tuple of str
        What a reader of the report should know.
    stage : Stage
        How much of the function is written.
    uses : tuple of str
        Other exercises whose functions it reads.
    imports : frozenset of str
        Packages that its own code imports, not that of other exercises which it uses.
    place : int
        The cell in which the function gets its last value.
    seen : str
        Where in the notebook it is looked at, such as "its check".
    copies : int
        How many times the function is written.
    later : tuple of Slice
        The same exercise at other places of the notebook, where its code is another.
    """

    exercise: str
    cells: tuple[tuple[int, str], ...] = ()
    problem: str = ""
    missing: bool = False
    notes: tuple[str, ...] = ()
    stage: Stage = Stage.EMPTY
    uses: tuple[str, ...] = ()
    imports: frozenset[str] = frozenset()
    place: int = 0
    seen: str = ""
    copies: int = 1
    later: tuple[Slice, ...] = ()

    @property
    def untouched(self) -> bool:
        """Whether there is nothing yet that could be graded."""
        return self.stage is not Stage.WRITTEN


@dataclass(frozen=True)
class Submission:
    """One notebook: its lesson, and the code of each of the lesson's exercises."""

    lesson: Lesson
    slices: tuple[Slice, ...]
    notes: tuple[str, ...] = ()


def read_submission(path: str | Path, lesson: Lesson | None = None) -> Submission:
    """Read a notebook file and cut out what its exercises need; `NotebookError` where it is no notebook."""
    return submission_of(read_notebook(path), Path(path).name, lesson)


def submission_of(notebook: dict[str, Any], name: str, lesson: Lesson | None = None) -> Submission:
    """Return what a notebook holds for the exercises of its lesson.

    Parameters
    ----------
    notebook : dict
        As `course.notebooks.reading.read_notebook` returns it.
    name : str
        The file's name, which tells the lesson where nothing else does.
    lesson : Lesson, optional
        Without it, the lesson that most of the exercises in the notebook belong to.
    """
    lesson = lesson or lesson_in(notebook, name)
    code = [(number, cell) for number, cell in enumerate(notebook["cells"], start=1) if cell["cell_type"] == "code"]
    cells = [read_cell(number, cell["source"]) for number, cell in code]
    marked = {exercise_of(cell) for _, cell in code}
    names = [exercise.name for exercise in lesson.exercises]
    slices = tuple(_slice(one, names, cells) for one in names)
    notes = []
    if notebook["cells"] and all(piece.missing for piece in slices):
        notes.append(
            f"{name} {_what_else(notebook, name)}. Hand in the notebook of lesson {lesson.number}, {lesson.stem}."
        )
    elif not marked & set(names):
        notes.append("No cell carries the mark of an exercise any more: functions were found by their names.")
    return Submission(lesson, slices, tuple(notes))


def lesson_in(notebook: dict[str, Any], name: str) -> Lesson:
    """Return the lesson that most exercises of a notebook belong to; `NotebookError` where there is no exercise."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    marked = {exercise_of(cell) for cell in cells}
    defined = {word for cell in cells for word in re.findall(r"^[ \t]*def[ \t]+(\w+)", cell["source"], re.MULTILINE)}

    def found(lesson: Lesson) -> tuple[int, int]:
        names = {exercise.name for exercise in lesson.exercises}
        return len(names & defined) + len(names & marked), int(lesson.stem in name or lesson.slug in name)

    best = max(LESSONS, key=found)
    if found(best) == (0, 0):
        raise NotebookError(
            f"{name} holds no exercise of this course. Give a notebook of a lesson, such as {LESSONS[0].stem}.ipynb."
        )
    return best


def _what_else(notebook: dict[str, Any], name: str) -> str:
    try:
        other = lesson_in(notebook, name)
    except NotebookError:
        return "holds no exercise of this course"
    return f"is of lesson {other.number}, {other.title}"


def _slice(name: str, exercises: Sequence[str], cells: Sequence[Cell]) -> Slice:
    """Return what a notebook holds for one exercise, at its check and, where that is another, further down."""
    statements = [one for cell in cells for one in cell.statements]
    for place, one in enumerate(statements):
        one.place = place
    unread = [cell for cell in cells if name in cell.lost]
    owners = [one for one in statements if name in one.defines and not is_check(one.node)]
    if not owners:
        near = [] if unread else _near(name, exercises, statements)
        notes = [f"There is a function {one}: is it meant to be {name}?" for one in near]
        problem = f"SyntaxError: {unread[0].problem}" if unread else ""
        return Slice(name, problem=problem, missing=not unread, notes=tuple(notes))
    tries: list[Slice] = []
    known: list[tuple[int, frozenset[str]]] = []  # where it was looked at, and what it read there
    for end, seen in _ends(name, statements, owners):
        if any(_is_same(names, statements[min(end, other) : max(end, other)]) for other, names in known):
            continue
        piece, names = _slice_above(name, exercises, cells, statements[:end], owners)
        known.append((end, names))
        if piece is not None and all(piece.cells != other.cells for other in tries):
            tries.append(replace(piece, seen=seen))
    tries = [piece for piece in tries if not piece.untouched][:MOST_TRIES] or tries[:1]
    notes = [_sentence(cell.problem) for cell in unread]
    copies = sum(name in one.defines and one.defines[name] is Stage.WRITTEN for one in owners)
    return replace(tries[0], notes=(*notes, *tries[0].notes), copies=copies, later=tuple(tries[1:]))


def _ends(name: str, statements: Sequence[Statement], owners: Sequence[Statement]) -> list[tuple[int, str]]:
    """Return how many of the statements to run, and what stands there, in the order in which it is tried.

    First comes what the check cells see, the last of them before the others, then the notebook as a whole, then what
    stands right below each definition.
    """
    checks = [(one.place, "its check") for one in statements if name in one.checks][-MOST_ENDS:]
    below = [(one.place + 1, "its definition") for one in owners][-MOST_ENDS:]
    return [*reversed(checks), (len(statements), "the end of the notebook"), *reversed(below)]


def _is_same(names: frozenset[str], between: Sequence[Statement]) -> bool:
    """Tell whether these statements leave all of the names alone."""
    return all(
        names.isdisjoint(one.binds) and names.isdisjoint(one.changes) for one in between if not is_check(one.node)
    )


def _slice_above(
    name: str, exercises: Sequence[str], cells: Sequence[Cell], above: Sequence[Statement], owners: Sequence[Statement]
) -> tuple[Slice | None, frozenset[str]]:
    own = [one for one in owners if one.place < len(above)]
    if not own:
        return None, frozenset({name})
    stage = max(one.defines[name] for one in own)
    dropped = {one.place for one in own if one.defines[name] < stage}
    # The course's check gives a learner's function back as it is: what is wrong with it is no matter for a grade.
    chosen, names, unbound = needed(name, [one for one in above if one.place not in dropped and not is_check(one.node)])
    uses = [other for other in exercises if other != name and other in names
            and any(other in one.defines for one in chosen)]  # fmt: skip
    imports = frozenset(root for one in chosen for root in _imported_by(one.node))
    if uses and imports - {"numpy", "course"}:
        apart = [one for one in above if not one.defines.keys() & set(uses) or name in one.defines]
        mine, _, _ = needed(name, [one for one in apart if one.place not in dropped and not is_check(one.node)])
        imports = frozenset(root for one in mine for root in _imported_by(one.node))
    notes = [f"{_sentence(cell.problem)} It lacks {', '.join(sorted(cell.lost & unbound - KNOWN))}."
             for cell in cells if cell.problem and cell.lost & unbound - KNOWN]  # fmt: skip
    if any(_calls_debugger(one.node) for one in chosen):
        notes.append("It calls a debugger, which does nothing while work is graded: take that line out.")
    piece = Slice(name, cells_of(chosen, cells), notes=tuple(notes), stage=stage, uses=tuple(uses), imports=imports,
                  place=own[-1].cell)  # fmt: skip
    return piece, names


def _imported_by(node: ast.stmt) -> set[str]:
    imports = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
    names = [alias.name for part in imports if isinstance(part, ast.Import) for alias in part.names]
    names += [part.module or "" for part in imports if isinstance(part, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def _calls_debugger(node: ast.stmt) -> bool:
    called = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return any(getattr(one, "attr", getattr(one, "id", "")) in DEBUGGERS for one in called)


def _near(name: str, exercises: Sequence[str], statements: Sequence[Statement]) -> list[str]:
    """Return the function whose name looks most like that of an exercise, and is not that of another one."""
    found = {one.node.name for one in statements if isinstance(one.node, ast.FunctionDef)}
    return difflib.get_close_matches(name, sorted(found - set(exercises)), n=1, cutoff=0.8)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
