"""Exercises and guesses: announced, there, checked, labelled and documented as their rows in the tables say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...journal.questions import QUESTIONS
from ...manifest import Lesson
from ..reading import exercise_of, tags_of
from .parts import Notebook, cell_id, cells_of

__all__ = [
    "announces_exercises",
    "has_documented_stubs",
    "has_every_exercise",
    "has_every_guess",
    "has_labels_of_one_form",
]


def announces_exercises(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The text before an exercise names it, its points and its minutes, as the manifest has them."""
    entries = {exercise.name: exercise for exercise in lesson.exercises}
    text = ""  # since the last exercise or check
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text += cell["source"] + "\n"
        entry = entries.get(exercise_of(cell) or "")
        if entry and "exercise" in tags_of(cell):
            points = f"{entry.points} point" + "s" * (entry.points != 1)
            for words in (entry.name, points, f"{entry.minutes} minutes"):
                short = words.replace("minutes", "min")
                if not re.search(rf"\b{short}(utes)?\b", text):
                    yield cell_id(cell), f"the text before the exercise does not say {words!r}"
        if exercise_of(cell):
            text = ""


def has_every_exercise(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Each exercise of the manifest is there once, in order, and the next exercise or check is its check."""
    found = [(tag, cell) for cell in notebook["cells"] for tag in ("exercise", "check") if tag in tags_of(cell)]
    names = [exercise_of(cell) for tag, cell in found if tag == "exercise"]
    for exercise in lesson.exercises:
        if names.count(exercise.name) != 1:
            yield "", f"the exercise {exercise.name} stands in {names.count(exercise.name)} cells instead of one"
    for name in names:
        if name not in [exercise.name for exercise in lesson.exercises]:
            yield "", f"the exercise {name} is not in the manifest"
    expected = [exercise.name for exercise in lesson.exercises if exercise.name in names]
    if list(dict.fromkeys(names)) != expected and set(names) == set(expected):
        yield "", f"the exercises are not in the order of the manifest: {', '.join(expected)}"
    for number, (tag, cell) in enumerate(found):
        following = [(next_tag, exercise_of(after)) for next_tag, after in found[number + 1 : number + 2]]
        if tag == "exercise" and following != [("check", exercise_of(cell))]:
            yield cell_id(cell), f"the check of {exercise_of(cell)} does not follow"


def has_labels_of_one_form(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The ids of an exercise's text, code and check, and of guesses and answers, have one form."""
    for cell in notebook["cells"]:
        slug = (exercise_of(cell) or "").replace("_", "-")
        tags, source = tags_of(cell), cell["source"]
        heading = re.search(r"(?m)^### Exercise [\d.]+ · `(\w+)`", source)
        expected = ""
        if "exercise" in tags:
            expected = slug
        elif "check" in tags:
            expected = f"check-{slug}"
        elif cell["cell_type"] == "markdown" and heading:
            expected = f"exercise-{heading[1].replace('_', '-')}"
        if expected and cell_id(cell) != expected:
            yield cell_id(cell), f"the id of this cell should be {expected!r}"
        for beginning, belongs in (("guess-", "guess" in tags), ("reveal-", "course.reveal(" in source)):
            if cell["cell_type"] == "code" and belongs and not cell_id(cell).startswith(beginning):
                yield cell_id(cell), f"the id of this cell should begin with {beginning!r}"


def has_documented_stubs(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The docstring of an exercise says what it returns, then each parameter in order, then the returned value."""
    for cell in cells_of(notebook, "code"):
        function = _function_of(cell["source"], exercise_of(cell)) if "exercise" in tags_of(cell) else None
        if function is None:
            continue
        lines = (ast.get_docstring(function) or "").split("\n")
        if not re.fullmatch(r"Return .*\.", lines[0]) or lines[1:2] not in ([""], []):
            yield cell_id(cell), f"the docstring begins with {lines[0]!r}: one sentence 'Return ...', then a blank line"
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
        expected = [one.arg for one in every if one is not None] + ["returns"]
        headed = [re.match(r"(\w+(?:, \w+)*): \S", line) for line in lines[1:]]
        named = [name for found in headed if found for name in found[1].split(", ")]
        if named != expected:
            said = ", ".join(named) or "nothing"
            yield (
                cell_id(cell),
                f"the docstring explains {said}; needed: {', '.join(expected)}",
            )
        for found, line in zip(headed, lines[1:], strict=True):
            if line.strip() and not found and not line.startswith("    "):
                yield cell_id(cell), f"the docstring's line {line!r} is neither 'name: what it is' nor indented by 4"


def has_every_guess(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Each question is in the table of questions, in its order, is asked once, and is answered further down."""
    asked, answered = _keys_of(notebook, "predict"), _keys_of(notebook, "reveal")
    known = [question.name for question in QUESTIONS.get(lesson.number, ())]
    table = "course/journal/questions.py"
    for number, (cell, key) in enumerate(asked):
        if key not in known:
            yield cell, f"the question {key!r} is not in {table}"
        if key in [other for _, other in asked[:number]]:
            yield cell, f"the question {key!r} is asked twice"
        if key not in [other for _, other in answered]:
            yield cell, f"no cell reveals the answer to {key!r}"
    for cell, key in answered:
        if key not in [other for _, other in asked]:
            yield cell, f"the answer to {key!r} is revealed, and no cell asks for a guess"
    keys = [key for _, key in asked]
    if unasked := [key for key in known if key not in keys]:
        yield "", f"{table} has questions that no cell asks: {', '.join(unasked)}"
    elif set(keys) == set(known) and keys != known:
        yield "", f"the questions are not in the order of {table}: {', '.join(known)}"


def _keys_of(notebook: Notebook, function: str) -> list[tuple[str, str]]:
    """Return the questions that cells name in calls of one function of the course: the cell's id, the question."""
    pattern = rf"\bcourse\.{function}\(\s*[\"']([^\"']*)[\"']"
    return [(cell_id(cell), key) for cell in cells_of(notebook, "code") for key in re.findall(pattern, cell["source"])]


def _function_of(source: str, name: str | None) -> ast.FunctionDef | None:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    return next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == name), None)
