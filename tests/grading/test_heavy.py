"""What one learner hands in costs that learner: with every kind of trouble among them, all others get their points."""

import json
import os
import random

from course.grading.classroom import Settings, grade_class
from course.grading.opened import opened
from course.grading.results import EXTRA, Turn, job_of
from course.grading.sandbox import Answer, Limits

from . import heavy, toy
from .exported import collect

KINDS = heavy.kinds()
SOME = random.Random(os.environ.get("COURSE_TEST_SEED", "3")).sample(sorted(KINDS), 14)
ALL = "COURSE_TEST_HEAVY" in os.environ


def test_everybody_else_is_graded_the_same(tmp_path, lesson, namespaces):
    chosen = sorted(KINDS) if ALL else SOME
    people = {f"right {k}": {"work.ipynb": heavy.book()} for k in range(4)}
    people |= {f"trouble {k}": KINDS[kind]() for k, kind in enumerate(chosen)}
    heavy.write(tmp_path / "in", people)
    settings = Settings(lesson=1, processes=2, limits=Limits(seconds=1.5, memory=300 * 2**20))
    results = {one.name: one for one in grade_class(tmp_path / "in", tmp_path / "out", settings)}
    assert set(results) == set(people)
    for name, result in results.items():
        assert result.total == 8 or not name.startswith("right"), name
        assert not result.trouble
        assert (tmp_path / "out" / "results" / f"{result.key}.json").stat().st_size < 10**5
        assert (tmp_path / "out" / "feedback" / f"{result.key}.html").stat().st_size < 10**7


def test_a_learner_without_end_is_told_and_nobody_else_is_stopped(tmp_path, lesson, namespaces, monkeypatch):
    """Whatever takes too long, or more memory than there is, or ends its process, and wherever it does."""
    from course.grading import classroom, desk, results, tasks

    real, right = opened, json.dumps(toy.answers()).encode()
    spoil = {
        "late": lambda: __import__("time").sleep(60),
        "hungry": lambda: bytearray(10**10),
        "dead": lambda: os._exit(1),
        "deep": lambda: json.loads("[" * 10**6),
        "stopped": lambda: os.kill(os.getpid(), 9),
    }

    def spoiled(pieces):
        for name, act in spoil.items():
            if pieces[0].name.startswith(name):
                act()
        return real(pieces)

    monkeypatch.setattr(results, "opened", spoiled)
    monkeypatch.setattr(tasks, "opened", spoiled)
    monkeypatch.setattr(classroom, "Desks", lambda count: desk.Desks(count, seconds=1))
    heavy.write(tmp_path / "in", {name: {f"{name}.ipynb": right} for name in (*spoil, "right", "too")})
    for given in (None, 1):
        out = tmp_path / f"out {given}"
        found = {one.name: one for one in grade_class(tmp_path / "in", out, Settings(lesson=given, processes=2))}
        assert {name: one.total for name, one in found.items()} == dict.fromkeys(spoil, 0) | {"right": 8, "too": 8}
        for name in spoil:
            assert "could not be graded" in found[name].notes[-1]
            assert not found[name].trouble
            assert found[name].digest == ""  # it is tried again


def test_what_is_read_again_is_the_same(tmp_path, lesson):
    heavy.write(tmp_path / "in", {"a": {"x.ipynb": heavy.book(), "work.zip": heavy.packed({"y.ipynb": heavy.book()})}})
    jobs = [job_of(one, lesson, 1, 2) for _ in range(2) for one in collect(tmp_path / "in")]
    assert jobs[0] == jobs[1]
    assert [name for name, _ in jobs[0].notebooks] == ["work.zip/y.ipynb", "x.ipynb"]


class Clock:
    """A sandbox that takes a second for each run, by its own clock."""

    level, limits = "namespaces", Limits(seconds=1.0)

    def __init__(self):
        self.now, self.runs = 0.0, []

    def run(self, content, body):
        self.now += 1.0
        self.runs.append(content["exercise"])
        return Answer("done")

    def having(self, packages):
        return self


def test_every_exercise_has_its_turn_and_further_runs_have_an_end(monkeypatch):
    box = Clock()
    monkeypatch.setattr("course.grading.results.time.monotonic", lambda: box.now)
    turn = Turn(box)
    for _ in range(10):
        for name in ("a", "b", "c"):
            turn.having(("scipy",)).run({"exercise": name}, b"")
    assert {name: box.runs.count(name) >= 1 for name in "abc"} == dict.fromkeys("abc", True)
    assert len(box.runs) == 3 + EXTRA
    assert turn.run({"exercise": "d"}, b"").status == "done"
    assert turn.run({"exercise": "d"}, b"").status == "timeout"
