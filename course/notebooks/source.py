"""The source of a lesson, ``solutions/NN_slug.py``: read it, check its markers, cut its answers.

A cell starts with ``# %% label``, where the label becomes the cell's id in both notebooks:

- ``# %% title [markdown]``: text; ``### Exercise · `name``` in it is the heading of an exercise
- ``# %% first-look``: code
- ``# %% output-size tags=["exercise"] exercise="output_size"``: an exercise; what stands between
  ``# BEGIN SOLUTION`` and ``# END SOLUTION`` is cut from the lesson
- ``# %% check-output-size tags=["check"] exercise="output_size"``: its check
- ``# %% guess-connections tags=["guess"]``: its line ``guess = ...`` becomes ``guess = None``

Every `SourceError` names the lesson, the exercise where there is one, the cell and its line.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass, field
from typing import Any

from ..errors import SetupError, SourceError
from ..manifest import Lesson
from .headings import HEADING, heading_fault

__all__ = ["PLACEHOLDER", "Cell", "lesson_code", "read_source", "solution_code"]

PLACEHOLDER = "...  # your code here"
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
MARKER = re.compile(r"[ \t]*# (BEGIN|END) SOLUTION[ \t]*")
ALMOST_A_MARKER = re.compile(r"#\W*(begin|end)[\W_]*solutions?\b", re.IGNORECASE)
KEPT_METADATA = ("deletable", "editable", "jupyter", "slideshow", "tags")


@dataclass(frozen=True)
class Cell:
    """One cell of a source, as its author wrote it."""

    label: str
    kind: str  # "code" or "markdown"
    source: str
    line: int  # of its "# %%" in the source, from 1
    tags: tuple[str, ...] = ()
    exercise: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)  # what goes into the notebooks as it is


def read_source(text: str, lesson: Lesson, name: str | None = None) -> list[Cell]:
    """Return the cells of a source; raise where the notebooks could not be built from it.

    Parameters
    ----------
    text : str
        The source, in jupytext's percent format.
    lesson : Lesson
        The lesson's row in the manifest, which says which exercises there are.
    name : str, optional
        The file's name for error messages; ``solutions/NN_slug.py`` when left out.

    Returns
    -------
    list of Cell

    Raises
    ------
    SourceError
        With lesson, exercise, cell, line, and what to change.
    """
    name = name or f"solutions/{lesson.stem}.py"
    cells = _parse(text, name)
    if not cells:
        raise SourceError(f"{name} has no cells. Start its first one with '# %% title [markdown]'.")
    seen: dict[str, Cell] = {}
    for cell in cells:
        if cell.label in seen:
            first = seen[cell.label].line
            raise _error(name, cell, f"its label stands at line {first} already", "Give each cell its own.")
        seen[cell.label] = cell
        _check_cell(name, cell, lesson)
    _check_pairs(name, cells)
    _check_headings(name, cells, lesson)
    _check_leaks(name, cells)
    return cells


def solution_code(cell: Cell) -> str:
    """Return the cell as the solution notebook has it: the answers stay, the marker lines go."""
    return "\n".join(line for line in cell.source.split("\n") if not MARKER.fullmatch(line))


def lesson_code(cell: Cell) -> str:
    r"""Return the cell as the lesson has it: each answer is one line to fill in, each guess is None.

    Examples
    --------
    >>> source = "def twice(x):\n    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION"
    >>> print(lesson_code(Cell("twice", "code", source, line=1)))
    def twice(x):
        ...  # your code here
    """
    if "guess" in cell.tags:
        return _without_guess(cell.source)
    kept, inside = [], False
    for line in cell.source.split("\n"):
        marker = MARKER.fullmatch(line)
        if marker:
            inside = marker[1] == "BEGIN"
            if inside:
                kept.append(line[: line.index("#")] + PLACEHOLDER)
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def _parse(text: str, name: str) -> list[Cell]:
    try:
        import jupytext
    except ImportError as error:
        raise SetupError("jupytext is missing. Install it with: pip install -r requirements.txt") from error
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
    except Exception as error:  # jupytext lets the errors of its YAML and of nbformat through
        reason = str(error).strip().split("\n")[0]
        raise SourceError(f"{name} is not in jupytext's percent format: {reason}. Correct its header.") from error
    lines = text.split("\n")
    at, cells = 0, []
    for raw in notebook.cells:
        # jupytext notes the blank lines after a cell, which is no author's word.
        metadata = {key: value for key, value in raw.metadata.items() if not key.startswith("lines_to_")}
        label = str(metadata.pop("title", ""))
        at = _line_of(lines, label, at)
        cell = Cell(
            label=label,
            kind=raw.cell_type,
            source=raw.source,
            line=at,
            tags=tuple(metadata.get("tags", ())),
            exercise=metadata.pop("exercise", None),
            metadata={key: value for key, value in metadata.items() if key in KEPT_METADATA},
        )
        unknown = sorted(set(metadata) - set(KEPT_METADATA))
        if unknown:
            fix = f"It may have exercise=..., {', '.join(f'{key}=...' for key in KEPT_METADATA)}."
            raise _error(name, cell, f"its first line has {unknown[0]!r}, which has no meaning here", fix)
        cells.append(cell)
    return cells


def _line_of(lines: list[str], label: str, after: int) -> int:
    """Return the line (from 1) that starts the next cell with this label."""
    for number in range(after, len(lines)):
        start = re.match(r"# ?%%+(.*)", lines[number])
        if start and start[1].strip().startswith(label):
            return number + 1
    return after + 1


def _check_cell(name: str, cell: Cell, lesson: Lesson) -> None:
    """Raise where one cell, seen alone, breaks a rule."""
    if not cell.label:
        raise _error(name, cell, "it has no label", "Write one behind the '# %%', such as '# %% first-look'.")
    if not LABEL.fullmatch(cell.label):
        fix = "Use up to 64 small letters, digits and hyphens, such as 'first-look'."
        raise _error(name, cell, "its label cannot be the id of a cell", fix)
    if cell.kind not in ("code", "markdown"):
        raise _error(name, cell, f"it is a cell of kind {cell.kind!r}", "Use code or [markdown].")
    roles = [tag for tag in ("exercise", "check", "guess") if tag in cell.tags]
    if len(roles) > 1:
        raise _error(name, cell, f"it is tagged {' and '.join(roles)}", "Make it two cells.")
    if roles and cell.kind != "code":
        raise _error(name, cell, f"it is tagged {roles[0]!r} but is not code", "Remove the tag.")
    _check_markers(name, cell)
    if cell.exercise is not None and not {"exercise", "check"} & set(cell.tags):
        fix = 'Add tags=["exercise"] or tags=["check"].'
        raise _error(name, cell, "it names an exercise but is neither an exercise nor a check", fix)
    if {"exercise", "check"} & set(cell.tags):
        if cell.exercise is None:
            raise _error(name, cell, f"it is tagged {roles[0]!r} without a name", 'Add exercise="NAME".')
        if cell.exercise not in [exercise.name for exercise in lesson.exercises]:
            known = ", ".join(exercise.name for exercise in lesson.exercises)
            fix = f"course/manifest.py has {known}."
            raise _error(name, cell, f"lesson {lesson.number} has no such exercise in the manifest", fix)
    if "exercise" in cell.tags:
        _check_exercise(name, cell)
    if "check" in cell.tags and not re.search(rf"\bcheck\(\s*{cell.exercise}\b", cell.source):
        fix = f"Write {cell.exercise} = course.check({cell.exercise})."
        raise _error(name, cell, "it does not check its exercise", fix)
    if "guess" in cell.tags and _guess_of(cell.source) is None:
        fix = "Write one, and one alone, such as 'guess = 10  # a whole number'."
        raise _error(name, cell, "it has no line 'guess = ...', or several", fix)
    if cell.kind == "code" and "guess" not in cell.tags and "course.predict(" in cell.source:
        raise _error(name, cell, "it asks for a guess without the tag", 'Add tags=["guess"].')


def _check_markers(name: str, cell: Cell) -> None:
    opened = 0  # the line of the marker that is open
    for number, line in enumerate(cell.source.split("\n"), start=1):
        at = f"(line {cell.line + number} of the file) "
        marker = MARKER.fullmatch(line)
        if marker is None:
            if ALMOST_A_MARKER.search(line):
                fix = "Write '# BEGIN SOLUTION' or '# END SOLUTION' on a line of its own."
                raise _error(name, cell, f"a marker {at}is misspelt", fix)
        elif "exercise" not in cell.tags:
            fix = "Remove the markers, or tag the cell as an exercise."
            raise _error(name, cell, f"a solution marker {at}stands outside an exercise", fix)
        elif marker[1] == "BEGIN":
            if opened:
                fix = "Close the first one before it."
                raise _error(name, cell, f"a BEGIN SOLUTION {at}is nested in another", fix)
            opened = number
        elif not opened:
            raise _error(name, cell, f"an END SOLUTION {at}has no BEGIN SOLUTION", "Add or remove one.")
        else:
            opened = 0
    if opened:
        at = f"(line {cell.line + opened} of the file) "
        raise _error(name, cell, f"a BEGIN SOLUTION {at}is never closed", "Add '# END SOLUTION'.")


def _check_exercise(name: str, cell: Cell) -> None:
    if not any(MARKER.fullmatch(line) for line in cell.source.split("\n")):
        fix = "Put '# BEGIN SOLUTION' and '# END SOLUTION' around the answer."
        raise _error(name, cell, "it has no solution markers", fix)
    for version, code in (("answer", solution_code(cell)), ("stub that is left without it", lesson_code(cell))):
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError) as error:
            fix = "Move the markers, so that they enclose whole statements."
            raise _error(name, cell, f"the {version} is not valid Python ({error})", fix) from error
        if not any(isinstance(node, ast.FunctionDef) and node.name == cell.exercise for node in tree.body):
            fix = f"Write 'def {cell.exercise}(...):' outside the markers."
            raise _error(name, cell, f"the {version} does not define the function {cell.exercise}", fix)


def _check_pairs(name: str, cells: list[Cell]) -> None:
    """Raise unless every exercise has one cell and, after it, one check."""
    exercises: dict[str | None, Cell] = {}
    checks: dict[str | None, Cell] = {}
    for cell in cells:
        for tag, found in (("exercise", exercises), ("check", checks)):
            if tag in cell.tags:
                if cell.exercise in found:
                    first = found[cell.exercise]
                    what = f"the {tag} of this exercise is cell {first.label!r} (line {first.line}) already"
                    raise _error(name, cell, what, "Remove one of them.")
                found[cell.exercise] = cell
        if "check" in cell.tags and cell.exercise not in exercises:
            raise _error(name, cell, "no cell before it holds its exercise", "Add one, or remove the check.")
    for exercise, cell in exercises.items():
        if exercise not in checks:
            fix = f"Add one that holds {exercise} = course.check({exercise})."
            raise _error(name, cell, "no check cell comes after it", fix)


def _check_headings(name: str, cells: list[Cell], lesson: Lesson) -> None:
    """Raise where the heading of an exercise is not one that the manifest can fill in, or stands twice."""
    seen: dict[str, Cell] = {}
    for cell in cells:
        for line in HEADING.findall(cell.source) if cell.kind == "markdown" else ():
            fault = heading_fault(line, lesson)
            if fault:
                raise _error(name, cell, *fault)
            if line in seen:
                what = f"its heading {line!r} stands in cell {seen[line].label!r} (line {seen[line].line}) already"
                raise _error(name, cell, what, "Remove one of them.")
            seen[line] = cell


def _check_leaks(name: str, cells: list[Cell]) -> None:
    """Raise where an answer of some length stands, word for word, elsewhere in the lesson."""
    lesson = {cell.label: _squeezed(lesson_code(cell)) for cell in cells}
    for cell in cells:
        for answer in _answers(cell):
            squeezed = _squeezed(answer)
            for other in cells:
                if len(squeezed) >= 50 and squeezed in lesson[other.label]:
                    what = f"its answer stands in cell {other.label!r} (line {other.line}) too"
                    raise _error(name, cell, what, "Remove it there: the lesson would hand it out.")


def _answers(cell: Cell) -> list[str]:
    answers: list[str] = []
    inside = False
    for line in cell.source.split("\n"):
        marker = MARKER.fullmatch(line)
        if marker:
            inside = marker[1] == "BEGIN"
            if inside:
                answers.append("")
        elif inside:
            answers[-1] += line + "\n"
    return [textwrap.dedent(answer) for answer in answers]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _guess_of(source: str) -> ast.Assign | None:
    """Return the one statement ``guess = ...`` of a cell, or None where there is not exactly one."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    guesses = [node for node in body if isinstance(node, ast.Assign) and ast.unparse(node).startswith("guess = ")]
    return guesses[0] if len(guesses) == 1 else None


def _without_guess(source: str) -> str:
    node = _guess_of(source)
    assert node is not None, "read_source has looked at it"
    lines = source.split("\n")
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    comment = lines[last].encode()[node.end_col_offset :].decode()  # the columns of ast count bytes
    return "\n".join([*lines[:first], f"guess = None{comment}", *lines[last + 1 :]])


def _error(name: str, cell: Cell, what: str, fix: str) -> SourceError:
    exercise = f", exercise {cell.exercise}" if cell.exercise else ""
    label = f"cell {cell.label!r}" if cell.label else "a cell"
    return SourceError(f"{name}{exercise}, {label} (line {cell.line}): {what}. {fix}")
