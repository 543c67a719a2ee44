"""Settings of all tests: hypothesis without deadlines, no progress file, and a data cache of their own."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

collect_ignore = ["checks/answers"]  # read by test_answers, as readers wrote them: no modules

# A shared machine is slow at times; CI draws the same cases on every run, so that a failure there is a change here.
settings.register_profile("course", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("course")

os.environ["COURSE_PROGRESS"] = ""


def pytest_collection_modifyitems(items):
    """Begin with the slow tests: of several processes, none should be left with one when the others have ended."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """An empty cache of the course, and no other place where data could lie."""
    from course import data

    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDER", tmp_path / "system")
    return tmp_path / "cache" / "fashion-mnist"
