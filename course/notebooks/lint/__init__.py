"""Keep the notebooks in good order: structure, tags, length of cells, words, alt text, clean outputs.

Each rule is a function ``rule(notebook, lesson)`` that yields pairs of a cell's id and what is wrong with
it. `lint_notebook` runs those that fit the notebook: ``LESSON_RULES`` for what is handed out,
``SOLUTION_RULES`` for what was executed; ``SHARED_RULES`` hold for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import NotebookError
from ...manifest import Lesson
from ..build import ROOT, paths_of
from ..reading import read_notebook
from . import exercises, names, outputs, structure, words
from .parts import Notebook

__all__ = ["LESSON_RULES", "SHARED_RULES", "SOLUTION_RULES", "Finding", "lint_lesson", "lint_notebook"]

Rule = Callable[[Notebook, Lesson], Iterator[tuple[str, str]]]


LESSON_RULES: tuple[Rule, ...] = (outputs.has_no_outputs, outputs.has_no_guesses)
SOLUTION_RULES: tuple[Rule, ...] = (
    outputs.was_executed,
    outputs.has_clean_outputs,
    outputs.has_described_pictures,
    outputs.has_tagged_pictures,
    words.has_plain_outputs,
)
SHARED_RULES: tuple[Rule, ...] = (
    structure.begins_with_title,
    structure.has_sections_in_order,
    structure.ends_with_summary_and_recall,
    structure.has_something_to_touch,
    structure.has_known_tags,
    structure.has_unique_ids,
    exercises.announces_exercises,
    exercises.has_every_exercise,
    exercises.has_labels_of_one_form,
    exercises.has_documented_stubs,
    exercises.has_every_guess,
    names.means_one_thing_by_a_name,
    names.changes_nothing_of_others,
    words.has_short_cells,
    words.has_plain_words,
    words.asks_in_english,
    words.promises_what_is_there,
    words.explains_before_it_uses,
    words.has_no_places,
    words.has_no_shell,
    words.has_described_images,
    words.has_no_markers,
)


@dataclass(frozen=True)
class Finding:
    """One thing to repair: in which notebook, in which cell, and what."""

    notebook: str
    cell: str
    what: str

    def __str__(self) -> str:
        """Return the finding as one line."""
        cell = f"cell {self.cell!r}: " if self.cell else ""
        return f"{self.notebook}: {cell}{self.what}"


def lint_lesson(lesson: Lesson, root: Path = ROOT) -> list[Finding]:
    """Return the findings in both notebooks of a lesson; what both have is said once."""
    _, lesson_path, solution_path = paths_of(lesson, root)
    findings: list[Finding] = []
    for path, executed in ((lesson_path, False), (solution_path, True)):
        name = f"{path.parent.name}/{path.name}"
        try:
            notebook = read_notebook(path)
        except NotebookError as error:
            findings.append(Finding(name, "", str(error)))
            continue
        said = {(finding.cell, finding.what) for finding in findings}
        found = lint_notebook(notebook, lesson, name, executed=executed)
        findings += [finding for finding in found if (finding.cell, finding.what) not in said]
    return findings


def lint_notebook(notebook: Notebook, lesson: Lesson, name: str = "", *, executed: bool) -> list[Finding]:
    """Return the findings in one notebook.

    Parameters
    ----------
    notebook : dict
        As `read_notebook` returns it.
    lesson : Lesson
        Its row in the manifest.
    name : str
        The notebook's name in the findings.
    executed : bool
        True for a solution with its outputs, False for a lesson as it is handed out.
    """
    rules = SHARED_RULES + (SOLUTION_RULES if executed else LESSON_RULES)
    return [Finding(name, cell, what) for rule in rules for cell, what in rule(notebook, lesson)]
