"""The same code at two levels of the sandbox: known answers of the bank, as text, and what came of them compared."""

from pathlib import Path

import numpy as np

import course
from course.cell import wire
from course.checks.registry import find_exercise
from course.checks.spec import Case
from course.grading import run
from course.grading.outcomes import read_outcomes
from course.grading.submission import Slice
from course.manifest import LESSONS

COURSE = Path(course.__file__).parent
PARTS = ("checks", "ops", "cell")
ALONE = ("__init__", "arithmetic", "errors", "kernels", "manifest", "receptive")
# A finder of the course's own modules in their texts, before the stand-in for the course is asked.
BUNDLE = """
import importlib.abc, importlib.util, sys
class Texts(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        there = texts.get(name)
        return there and importlib.util.spec_from_loader(name, self, is_package=there[1])
    def exec_module(self, module):
        module.__file__ = "/" + module.__name__.replace(".", "/") + ".py"
        exec(compile(texts[module.__name__][0], module.__file__, "exec"), module.__dict__)
for name in [name for name in sys.modules if name.partition(".")[0] == "course"]:
    del sys.modules[name]
sys.meta_path.insert(0, Texts())
"""


def job_of(cells, cases, name="f", named=None):
    body = bytearray()
    return {"exercise": name, "cells": [[k, text] for k, text in enumerate(cells, start=1)], "observe": None,
            "sources": {}, "lent": {}, "named": named or [[] for _ in cases],
            "cases": [wire.encode(case, body) for case in cases]}, bytes(body)  # fmt: skip


def outcomes_of(box, cells, cases, name="f", named=None):
    """What came of a function: the answer's status, the problem, and the outcomes."""
    answer = box.run(*job_of(cells, cases, name, named))
    return answer.status, *read_outcomes(answer, [Case(case) for case in cases])


def texts_of_course():
    """The modules of the course that the answers of the bank are made of: texts, and whether each is a package."""
    texts = {}
    files = [COURSE / f"{name}.py" for name in ALONE]
    files += [path for part in PARTS for path in sorted((COURSE / part).rglob("*.py"))]
    for path in files:
        name = ".".join(("course", *path.relative_to(COURSE).with_suffix("").parts)).removesuffix(".__init__")
        texts[name] = (path.read_text(encoding="utf-8"), path.stem == "__init__")
    return texts


def answers_of(name):
    """The labels of all known answers to an exercise, and a text that makes the list of their functions."""
    exercise = find_exercise(name)
    labels = ["the reference", *(f"right: {form.name}" for form in exercise.right_forms)]
    labels += [f"wrong: {mistake.name}" for mistake in exercise.mistakes]
    text = (f"from course.checks.bank.{name} import EXERCISE\n"
            "answers = [EXERCISE.reference, *(form.function for form in EXERCISE.right_forms)]\n"
            "answers += [EXERCISE.answer(mistake) for mistake in EXERCISE.mistakes]\n")  # fmt: skip
    return labels, text


def exercises_without_torch():
    return [entry.name for lesson in LESSONS for entry in lesson.exercises if not find_exercise(entry.name).packages]


def known_outcomes(box, name, numbers, seed):
    """The outcomes of some of the known answers to an exercise, each on every case of one draw."""
    plan = run.plan_of(name, seed)
    _, text = answers_of(name)
    content, body = run._job(Slice(name), plan)
    dispatch = (f"texts = {texts_of_course()!r}\n{BUNDLE}\n{text}\n"
                f"def {name}(which_of_them, *by_place, **by_name):\n"
                "    return answers[which_of_them](*by_place, **by_name)\n")  # fmt: skip
    content["cells"] = [[1, dispatch]]
    cases, named = content["cases"], content["named"]
    content["cases"] = [{"dict": [["which_of_them", k], *case["dict"]]} for k in numbers for case in cases]
    content["named"] = [names for _ in numbers for names in named]
    answer = box.run({**content, "seconds": 500.0}, body)
    problem, outcomes = read_outcomes(answer, [*plan.cases] * len(numbers))
    count = len(cases)
    return answer.status, problem, [outcomes[k * count : (k + 1) * count] for k in range(len(numbers))]


def differences(one, other):
    """What two outcomes do not share, in words."""
    found = [f"{field}: {getattr(one, field)!r} and {getattr(other, field)!r}"
             for field in ("error", "where", "changed", "header", "shared")
             if getattr(one, field) != getattr(other, field)]  # fmt: skip
    if not same_value(one.value, other.value):
        found.append(f"value: {one.value!r} and {other.value!r}")
    return found


def same_value(one, other):
    """Tell whether two plain values are of one type and, up to rounding, equal."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same_value(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray | np.generic) and (one.dtype != other.dtype or one.shape != other.shape):
        return False
    if isinstance(one, float | np.ndarray | np.generic) and np.asarray(one).dtype.kind == "f":
        first, second = np.asarray(one, float), np.asarray(other, float)
        scale = np.abs(first[np.isfinite(first)]).max(initial=1e-30)
        exact = 1e-2 if np.asarray(one).dtype.itemsize == 2 else 1e-5 if np.asarray(one).dtype.itemsize == 4 else 1e-9
        return np.allclose(first, second, rtol=exact, atol=exact * scale, equal_nan=True)
    return bool(np.array_equal(one, other))
