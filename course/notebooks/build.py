"""Build both notebooks of a lesson from its one source, and tell whether they are in step with it.

``solutions/NN_slug.py`` becomes ``lessons/NN_slug.ipynb`` (answers and guesses cut, no outputs) and
``solutions/NN_slug.ipynb`` (executed, outputs kept). A solution whose cells have not changed is not
executed again: a change in the course's code is what the tests compare outputs for (nbval), and
``force=True`` executes in any case. Both files are written whole, and only when all went well.

A lesson carries a stamp of its cells as they were built. Where they no longer fit it, somebody has worked in them,
run or not, and the lesson is not written over.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import NotebookError, SetupError, SourceError
from ..manifest import Lesson
from .headings import with_headings
from .reading import read_notebook
from .source import Cell, lesson_code, read_source, solution_code

__all__ = [
    "ROOT",
    "as_text",
    "build_lesson",
    "lesson_notebook",
    "out_of_step",
    "paths_of",
    "solution_notebook",
]

ROOT = Path(__file__).resolve().parents[2]
SECONDS_PER_CELL = 600
METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_REPR = re.compile(r"\s*[A-Za-z_][\w.]*\(.*\)\s*", re.DOTALL)

Notebook = dict[str, Any]


def paths_of(lesson: Lesson, root: Path = ROOT) -> tuple[Path, Path, Path]:
    """Return where the source, the lesson and the solution of a lesson stand."""
    return (
        root / "solutions" / f"{lesson.stem}.py",
        root / "lessons" / f"{lesson.stem}.ipynb",
        root / "solutions" / f"{lesson.stem}.ipynb",
    )


def lesson_notebook(cells: list[Cell], lesson: Lesson) -> Notebook:
    """Return the lesson as it is handed out: answers and guesses cut, nothing executed."""
    notebook = _notebook(cells, lesson, lesson_code)
    notebook["metadata"]["course"]["built"] = _stamp(notebook)
    return notebook


def solution_notebook(cells: list[Cell], lesson: Lesson) -> Notebook:
    """Return the solution before it is executed: the answers stand, the markers are gone."""
    return _notebook(cells, lesson, solution_code)


def as_text(notebook: Notebook) -> str:
    """Return a notebook as it is written to a file, always in the same way."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    text = json.dumps({**notebook, "cells": cells}, sort_keys=True, indent=1, ensure_ascii=False)
    return text + "\n"


def build_lesson(
    lesson: Lesson,
    root: Path = ROOT,
    *,
    execute: bool = True,
    force: bool = False,
    overwrite: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> list[Path]:
    """Build the notebooks of one lesson, and return the files that were written.

    Parameters
    ----------
    lesson : Lesson
        Its row in the manifest.
    root : Path
        The folder that holds ``solutions`` and ``lessons``.
    execute : bool
        False leaves the solution as it is and builds the lesson alone.
    force : bool
        Execute the solution although none of its cells has changed.
    overwrite : bool
        Write over a lesson that somebody has worked in.
    say : callable
        Is given a line on progress before each cell that is executed.

    Raises
    ------
    SourceError
        The source is missing or broken, or a cell ends in an error. Nothing has been written then.
    NotebookError
        The lesson that stands there has been worked in, and ``overwrite`` is False.
    """
    _, lesson_path, solution_path = paths_of(lesson, root)
    cells = _cells_of(lesson, root)
    handed_out = lesson_notebook(cells, lesson)
    solution = solution_notebook(cells, lesson)
    _keep_work(lesson_path, handed_out, overwrite)
    texts = {lesson_path: as_text(handed_out)}
    if execute and (force or _differences(solution, _existing(solution_path))):
        texts[solution_path] = as_text(_executed(solution, lesson, root, say))
    changed = {path: text for path, text in texts.items() if not _holds(path, text)}
    _keep_work(lesson_path, handed_out, overwrite)  # again: executing takes minutes, and somebody may have begun
    _write_all(changed)
    return list(changed)


def out_of_step(lesson: Lesson, root: Path = ROOT) -> list[str]:
    """Return what in the notebooks differs from the source; an empty list means that all is in step.

    Outputs are not compared; the tests do that by running the solution.
    """
    _, lesson_path, solution_path = paths_of(lesson, root)
    cells = _cells_of(lesson, root)
    found = []
    for path, expected in (
        (lesson_path, lesson_notebook(cells, lesson)),
        (solution_path, solution_notebook(cells, lesson)),
    ):
        name = f"{path.parent.name}/{path.name}"
        existing = _existing(path)
        found += [f"{name}: {difference}" for difference in _differences(expected, existing)]
    return found


def _cells_of(lesson: Lesson, root: Path) -> list[Cell]:
    path = paths_of(lesson, root)[0]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SourceError(f"solutions/{path.name} is missing. Write it, or choose another lesson.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"solutions/{path.name} is not text in UTF-8. Save it as UTF-8.") from error
    except OSError as error:
        raise SourceError(
            f"solutions/{path.name} cannot be read ({error.strerror}). Give yourself the right to read it."
        ) from error
    return read_source(text, lesson)


def _notebook(cells: list[Cell], lesson: Lesson, code: Callable[[Cell], str]) -> Notebook:
    metadata = {**METADATA, "course": {"lesson": lesson.number}}
    return {
        "cells": [_built_cell(cell, code, lesson) for cell in cells],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _built_cell(cell: Cell, code: Callable[[Cell], str], lesson: Lesson) -> dict[str, Any]:
    metadata = dict(cell.metadata)
    if cell.exercise:
        metadata["course"] = {"exercise": cell.exercise}
    built: dict[str, Any] = {"cell_type": cell.kind, "id": cell.label, "metadata": metadata}
    if cell.kind == "markdown":
        return {**built, "source": with_headings(cell.source, lesson)}
    return {**built, "source": code(cell), "execution_count": None, "outputs": []}


def _existing(path: Path) -> Notebook | None:
    """Return the notebook in a file; None where there is none, or none that can be read."""
    try:
        return read_notebook(path)
    except NotebookError:
        return None


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _keep_work(path: Path, handed_out: Notebook, overwrite: bool) -> None:
    """Raise a NotebookError if somebody has worked in the lesson in the file; what is no notebook may be work, too."""
    if overwrite or not path.exists() or (path.is_file() and not path.stat().st_size):
        return
    notebook = _existing(path)
    if notebook is not None:
        run = any(cell.get("execution_count") or cell.get("outputs") for cell in notebook["cells"])
        if not run and _stamp(notebook) in (_stamp(handed_out), _course_metadata(notebook).get("built")):
            return
    raise NotebookError(
        f"lessons/{path.name} has been run or worked in, and building would write over it. "
        "Move it away, or build with --overwrite."
    )


def _stamp(notebook: Notebook) -> str:
    """Return a short text that changes with any cell, and with their order."""
    cells = [[cell["cell_type"], cell["source"]] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def _course_metadata(notebook: Notebook) -> dict[str, Any]:
    ours = notebook["metadata"].get("course")
    return ours if isinstance(ours, dict) else {}


def _unstamped_metadata(notebook: Notebook) -> dict[str, Any]:
    ours = {name: value for name, value in _course_metadata(notebook).items() if name != "built"}
    return {**notebook["metadata"], "course": ours}


def _differences(expected: Notebook, existing: Notebook | None) -> list[str]:
    """Return in which cells the notebook in a file is not what the source says, outputs aside."""
    if existing is None:
        return ["is missing, or is no notebook. Build it."]
    new = {cell["id"]: cell for cell in expected["cells"]}
    old = {str(cell.get("id")): cell for cell in existing["cells"]}
    found = [f"cell {label!r} is missing" for label in new if label not in old]
    found += [f"cell {label!r} is not in the source" for label in old if label not in new]
    for label in new:
        if label in old:
            parts = [part for part in ("cell_type", "source", "metadata") if new[label][part] != old[label][part]]
            if parts:
                found.append(f"cell {label!r} differs from the source in its {' and '.join(parts)}")
    if not found and [cell["id"] for cell in expected["cells"]] != [cell.get("id") for cell in existing["cells"]]:
        found.append("the cells are not in the order of the source")
    if _unstamped_metadata(expected) != _unstamped_metadata(existing):
        found.append("the metadata of the notebook are not those that build writes")
    return found


def _executed(solution: Notebook, lesson: Lesson, root: Path, say: Callable[[str], None]) -> Notebook:
    """Run the solution as a learner would, from a folder beside the lessons; return it with outputs."""
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    except ImportError as error:
        raise SetupError(f"{error.name} is missing. Install it with: pip install -r requirements.txt") from error

    at: dict[str, Any] = {"id": "title", "metadata": {}}
    total = len(solution["cells"])

    def starts(cell: Any, cell_index: int) -> None:
        at.update(cell)
        say(f"{lesson.stem}: cell {cell_index + 1} of {total}, {cell['id']}")

    notebook = nbformat.from_dict(json.loads(json.dumps(solution)))  # a deep copy
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(root / "solutions")}},
        store_widget_state=False,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        on_cell_start=starts,
    )
    try:
        client.execute(env={**os.environ, **_environment()})
    except CellExecutionError as error:
        raise _stopped(lesson, at, f"{error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise _stopped(lesson, at, f"it was not done after {SECONDS_PER_CELL} s") from error
    except DeadKernelError as error:
        raise _stopped(lesson, at, "the kernel died, perhaps for want of memory") from error
    for cell, executed in zip(solution["cells"], notebook.cells, strict=True):
        if cell["cell_type"] == "code":
            cell["execution_count"] = executed.execution_count
            cell["outputs"] = _tidied(json.loads(json.dumps(executed.outputs)))
            if any(_refuses(output) for output in cell["outputs"]):
                raise _stopped(lesson, cell, "the check refuses the solution")
    return solution


def _refuses(output: dict[str, Any]) -> bool:
    """Tell whether an output is the verdict of a check that an answer did not pass."""
    return "".join(output.get("data", {}).get("text/plain", "")).startswith("✗")


def _environment() -> dict[str, str]:
    """Return what the kernel's environment has beside ours: the course, and a progress that is not kept."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {"PYTHONPATH": path, "COURSE_PROGRESS": ""}


def _stopped(lesson: Lesson, cell: dict[str, Any], reason: str) -> SourceError:
    exercise = cell["metadata"].get("course", {}).get("exercise")
    named = f", exercise {exercise}" if exercise else ""
    reason = re.sub(r"\x1b\[[\d;]*m", "", reason).strip().rstrip(".")
    return SourceError(
        f"solutions/{lesson.stem}.py{named}, cell {cell['id']!r} stopped when it was run: {reason}. "
        "Correct the cell, or the part of the course that it calls."
    )


def _tidied(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return outputs without what differs from run to run, and with a still picture for each widget."""
    tidy: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream" and tidy and tidy[-1].get("name") == output["name"]:
            tidy[-1]["text"] += output["text"]  # how a stream is split is a matter of timing
            continue
        output.pop("transient", None)
        data = output.get("data", {})
        if WIDGET_VIEW in data and _has_still(data):
            del data[WIDGET_VIEW]
            output.get("metadata", {}).pop(WIDGET_VIEW, None)
        tidy.append(output)
    return tidy


def _has_still(data: dict[str, Any]) -> bool:
    """Tell whether an output shows something where widgets cannot run."""
    if "text/html" in data or any(kind.startswith("image/") for kind in data):
        return True
    text = data.get("text/plain", "")
    return bool(text.strip()) and not WIDGET_REPR.fullmatch(text)


def _write_all(texts: dict[Path, str]) -> None:
    """Write every file beside its place first; then move all of them there."""
    waiting: list[tuple[str, Path]] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            waiting.append((temporary, path))
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
            os.chmod(temporary, 0o644)
        for temporary, path in waiting:
            os.replace(temporary, path)
    except OSError as error:
        raise SourceError(
            f"The notebooks cannot be written: {error.strerror}, {error.filename}. Remove the cause, and build again."
        ) from error
    finally:
        for temporary, _ in waiting:
            Path(temporary).unlink(missing_ok=True)
