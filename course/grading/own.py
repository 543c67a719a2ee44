"""Telling the course's own answers from a learner's, by what the code does and wherever it lies.

``own.json``, beside this module, has a digest of each answer in ``solutions/``, comments, docstrings and layout left
out, and how much code it is. ``build`` writes it and ``build --check`` compares it, so that a grader without the
solutions, as on Gradescope, knows them, too. One short answer may be anybody's; most of a lesson's code, word for word,
is not.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..manifest import Lesson
from ..notebooks.source import read_source, solution_code
from .statements import SHORT_CELL

__all__ = ["PATH", "answers_of", "is_own", "out_of_step", "write"]

PATH = Path(__file__).with_name("own.json")
SHARE = 0.75  # of a lesson's code: a notebook that has as much of the course's own is the course's own

LEFT_IN = {name for kind in vars(ast).values() for name in getattr(kind, "_fields", ())} - {
    "annotation", "ctx", "kind", "returns", "type_comment", "type_ignores", "type_params",
}  # fmt: skip

Answers = dict[str, tuple[str, int]]


def answers_of(sources: list[str], lesson: Lesson) -> Answers:
    """Return the digest and the size of the last answer to each exercise in these cells.

    Parameters
    ----------
    sources : list of str
        The code cells; what is not Python is passed over.
    lesson : Lesson
    """
    names = {exercise.name for exercise in lesson.exercises}
    found: Answers = {}
    for source in sources:
        functions = _functions_in(source) if len(source) < SHORT_CELL else _functions_in.__wrapped__(source)
        found |= {name: answer for name, answer in functions if name in names}
    return found


@functools.lru_cache(maxsize=2048)  # most cells of a class are those of the lesson
def _functions_in(source: str) -> tuple[tuple[str, tuple[str, int]], ...]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source).body
        return tuple((one.name, _digest(one)) for one in body if isinstance(one, ast.FunctionDef))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def is_own(notebook: dict[str, Any], lesson: Lesson) -> bool:
    """Tell whether a notebook holds the course's own answers to a lesson, word for word."""
    own = _table().get(lesson.stem)
    if not own:
        return False
    sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found = answers_of(sources, lesson)
    same = sum(size for name, (digest, size) in own.items() if found.get(name, ("", 0))[0] == digest)
    return same >= SHARE * sum(size for _, size in own.values())


def write(lessons: Iterable[Lesson], root: Path) -> bool:
    """Bring ``own.json`` in step with the sources of these lessons; return whether anything has changed."""
    from .results import write_whole

    path = root / "course" / "grading" / PATH.name
    if not path.parent.is_dir():
        return False
    before = _read(path)
    after = before | {lesson.stem: _answers_in_source(lesson, root) for lesson in lessons}
    if after == before:
        return False
    write_whole(path, json.dumps(after, indent=1, sort_keys=True) + "\n")
    _table.cache_clear()
    return True


def out_of_step(lesson: Lesson, root: Path) -> bool:
    """Tell whether ``own.json`` has other answers to a lesson than its source."""
    path = root / "course" / "grading" / PATH.name
    return path.parent.is_dir() and _read(path).get(lesson.stem) != _answers_in_source(lesson, root)


def _answers_in_source(lesson: Lesson, root: Path) -> dict[str, list[Any]]:
    text = (root / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8-sig")
    sources = [solution_code(cell) for cell in read_source(text, lesson) if cell.kind == "code"]
    return {name: list(answer) for name, answer in sorted(answers_of(sources, lesson).items())}


def _digest(function: ast.FunctionDef) -> tuple[str, int]:
    text = _text(function)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16], len(re.findall(r"\w\(", text))


def _text(node: Any) -> str:
    """Return a syntax tree as text that is the same in every version of Python, as `ast.dump` is not."""
    if isinstance(node, list):
        return ",".join(_text(one) for one in node)
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if name in LEFT_IN and value not in (None, [])}
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = node.body[1:]
    return f"{type(node).__name__}({','.join(f'{name}={_text(value)}' for name, value in sorted(fields.items()))})"


@functools.cache
def _table() -> dict[str, dict[str, list[Any]]]:
    return _read(PATH)


def _read(path: Path) -> dict[str, dict[str, list[Any]]]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
