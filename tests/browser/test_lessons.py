"""Every lesson in a real browser, as handed out and solved: it runs, shows no error, and its explorer moves."""

import pytest

from course import bootstrap
from course.manifest import LESSONS

pytestmark = pytest.mark.browser

SECONDS = {5: 600}  # how long a lesson is waited for; what it takes is measured elsewhere, on a quiet machine
# The last lessons take longest: of several processes, none should begin with one when the others have ended.
CASES = [(lesson, folder) for lesson in reversed(LESSONS) for folder in ("lessons", "solutions")]


@pytest.mark.parametrize(("lesson", "folder"), CASES, ids=[f"{folder}-{lesson.stem}" for lesson, folder in CASES])
def test_a_lesson_runs_and_its_explorer_moves(lesson, folder, notebook):
    path = f"{folder}/{lesson.stem}.ipynb"
    if not (bootstrap.ROOT / path).exists():
        pytest.skip(f"{path} is not built yet")
    page = notebook(path)
    page.run_all(seconds=SECONDS.get(lesson.number, 240))
    assert page.problems() == []
    cells, ran = page.counts()
    assert ran == cells > 0
    pictures = page.pictures()
    assert pictures
    assert [source[:60] for source, description in pictures if not description and source.startswith("data:")] == []
    assert page.sliders().count() > 0
    moved = page.move(key="ArrowRight") or page.move(key="ArrowLeft")
    assert moved, "the first slider changes no picture"
    assert page.problems() == []
