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
    """Let each process begin with its share of the slow tests: none should be left with one when the others have ended.

    Each of several processes is given a stretch of the list, of equal length, and takes from others when it is done.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = [item for item in items if not item.get_closest_marker("slow")]
    items[:] = [item for k in range(processes) for some in (slow, quick) for item in _share(some, k, processes)]


def _share(some, k, of):
    return some[k * len(some) // of : (k + 1) * len(some) // of]


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """An empty cache of the course, and no other place where data could lie."""
    from course import data

    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDER", tmp_path / "system")
    return tmp_path / "cache" / "fashion-mnist"
