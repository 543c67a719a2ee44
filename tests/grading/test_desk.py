"""Desks: whatever a task does to its process, it costs that task alone, and the clock counts what it should."""

import ctypes
import faulthandler
import os
import signal
import time

import pytest

from course.grading import desk
from course.grading.desk import Desks, Stopped, ask

TROUBLES = {
    "raises": "ZeroDivisionError: division by zero",
    "exits": "SystemExit: 3",
    "interrupts": "KeyboardInterrupt: ",
    "recurses": "nested too deeply",
    "eats": "more than 300 MiB of memory",
    "sends": "more than 300 MiB of memory",
    "ends": "ended by itself, twice",
    "crashes": "ended by itself, twice",
    "is killed": "ended by itself, twice",
    "sleeps": "longer than 5 seconds",
    "loops": "longer than 5 seconds",
    "cannot send": "pickle",
}


def double(task):
    if task == "raises":
        1 / 0  # noqa: B018
    elif task == "exits":
        raise SystemExit(3)
    elif task == "interrupts":
        raise KeyboardInterrupt
    elif task == "recurses":
        double(task)
    elif task == "eats":
        [bytearray(2**24) for _ in range(2**10)]
    elif task == "sends":
        return bytes(200 * 2**20)
    elif task == "ends":
        os._exit(1)
    elif task == "crashes":
        faulthandler.disable()
        ctypes.string_at(0)
    elif task == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif task == "sleeps":
        time.sleep(60)
    elif task == "loops":
        "a" * 40 + "!" if __import__("re").fullmatch("(a+)+", "a" * 40 + "!") else None
    elif task == "cannot send":
        return lambda: None
    return 2 * task


def slow(seconds):
    with desk.away(seconds):
        time.sleep(seconds)
    with desk.preparing():
        time.sleep(seconds / 4)
        kept = bytearray(400 * 2**20)
    return len(kept)


@pytest.mark.skipif(os.name != "posix", reason="what these do is Unix's")
def test_what_a_task_does_to_its_process_costs_itself_alone():
    tasks = [*range(5), *TROUBLES, *range(5, 10)]
    # a busy machine may take more than a second to hand out the memory that one task eats
    with Desks(2, seconds=5, memory=300 * 2**20) as desks:
        answers = dict(desks.do_all(double, tasks))
    assert {task: answers.pop(task) for task in range(10)} == {k: 2 * k for k in range(10)}
    assert set(answers) == set(TROUBLES)
    for task, says in TROUBLES.items():
        assert isinstance(answers[task], Stopped), task
        assert says in answers[task].says, task
        assert answers[task].fault == (task in ("raises", "exits", "interrupts", "cannot send")), task


def test_a_clock_stands_still_while_something_runs_that_has_limits_of_its_own():
    with Desks(1, seconds=1, memory=300 * 2**20) as desks:
        assert ask(desks, slow, 1.5) == 400 * 2**20
        assert "longer than 1 seconds" in ask(desks, time.sleep, 5).says


def test_tasks_are_read_as_they_are_needed():
    read = []

    def tasks():
        for k in range(100, 140):
            read.append(k)
            yield k

    with Desks(2) as desks:
        for _, _ in zip(
            desks.do_all(
                double,
                tasks(),
            ),
            range(3),
            strict=False,
        ):
            assert len(read) < 8


def test_a_desk_that_spawned_does_the_same(monkeypatch):
    monkeypatch.setattr(desk, "_method", lambda: "spawn")
    with Desks(1, seconds=1) as desks:
        assert dict(desks.do_all(abs, [-1, -2])) == {-1: 1, -2: 2}
        assert "longer than 1 seconds" in ask(desks, time.sleep, 5).says
        assert ask(desks, abs, -3) == 3
