"""The toy lesson in the place of the course's own."""

import sys

import pytest

from course import manifest
from course.checks import registry
from course.grading import classroom, results, run, sandbox, submission

from . import toy


@pytest.fixture
def lesson(monkeypatch):
    """The toy lesson is lesson 1, and there is no other."""
    for module in (manifest, registry, submission, results, classroom):
        monkeypatch.setattr(module, "LESSONS", (toy.LESSON,))
    monkeypatch.setattr(registry, "page_of", toy.page_of)
    run.plan_of.cache_clear()
    yield toy.LESSON
    run.plan_of.cache_clear()


@pytest.fixture(scope="session")
def namespaces():
    """Skip where the kernel gives no namespaces."""
    if sys.platform != "linux" or sandbox.best_level() != "namespaces":
        pytest.skip("this machine gives no namespaces to lock a program in")


@pytest.fixture(scope="session", params=sandbox.LEVELS)
def any_box(request):
    """A sandbox of each level."""
    if request.param == "namespaces":
        request.getfixturevalue("namespaces")
    with sandbox.Sandbox(request.param, sandbox.Limits(seconds=2.0)) as box:
        yield box


@pytest.fixture(scope="session")
def box(namespaces):
    """The strong sandbox, with a short time limit."""
    with sandbox.Sandbox("namespaces", sandbox.Limits(seconds=1.5)) as box:
        yield box
