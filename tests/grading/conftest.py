"""The toy lesson in the place of the course's own."""

import pytest

from course import manifest
from course.checks import registry
from course.grading import classroom, levels, results, run, sandbox, submission

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


def need(level):
    """Skip where this machine does not have a level of the sandbox, and say why."""
    if level != "limits" and (why := levels.works(level)):
        pytest.skip(f"the sandbox {level} does not work on this machine: {why}")


@pytest.fixture(scope="session")
def namespaces():
    """Skip where the kernel gives no namespaces."""
    need("namespaces")


@pytest.fixture(scope="session", params=sandbox.LEVELS)
def any_box(request):
    """A sandbox of each level, also of the one without defences."""
    need(request.param)
    with sandbox.Sandbox(request.param, sandbox.Limits(seconds=2.0)) as box:
        yield box


@pytest.fixture(scope="session", params=levels.SAFE)
def level(request):
    """Each level at which other people's work is graded."""
    need(request.param)
    return request.param


@pytest.fixture(scope="session")
def box(level):
    """A sandbox that withstands attacks, with a short time limit."""
    with sandbox.Sandbox(level, sandbox.Limits(seconds=1.5)) as box:
        yield box
