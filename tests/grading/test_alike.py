"""What came out alike is found whatever a copy is called, and what is not alike is not said to be."""

import ast
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.grading import alike as module
from course.grading.alike import NATURAL, TELLING, alike, as_the_course, code_of, normalised, unnamed
from course.grading.result import STATUSES, ExerciseResult, Result
from course.grading.submission import submission_of
from course.manifest import LESSONS
from course.notebooks.reading import read_notebook

from .disguise import changed, disguised, notebook_of, submission

ROOT = Path(__file__).resolve().parents[2]
LESSON = LESSONS[2]


def answers_of(lesson):
    """The source of each of the course's own answers with what it needs, without the answers to other exercises."""
    path = ROOT / "solutions" / f"{lesson.stem}.py"
    whole = submission_of(notebook_of([path.read_text(encoding="utf-8")]), path.name, lesson)
    return {piece.exercise: "\n".join(source for _, source in piece.cells) for piece in whole.slices}


ANSWERS = {lesson.number: answers_of(lesson) for lesson in LESSONS}
EVERY = [(lesson, entry.name) for lesson in LESSONS for entry in lesson.exercises]


def names_of(lesson):
    return [entry.name for entry in lesson.exercises]


@pytest.mark.parametrize(("lesson", "name"), EVERY, ids=[name for _, name in EVERY])
def test_a_copy_in_disguise_has_the_same_normal_form_and_a_changed_one_has_not(lesson, name):
    source, names = ANSWERS[lesson.number][name], names_of(lesson)
    form = normalised(source, name, names)
    assert form
    for seed in range(20):
        assert normalised(disguised(source, seed, names), name, names) == form
    alone = normalised(source)
    for seed in range(20):
        other = changed(source, seed)
        assert other is None or normalised(other) != alone


def test_no_two_exercises_have_the_same_normal_form():
    forms = [normalised(ANSWERS[lesson.number][name], name, names_of(lesson)) for lesson, name in EVERY]
    assert len(set(forms)) == len(forms)


@pytest.mark.parametrize(("one", "other", "same"), [
    ("import numpy as np\ndef f(a): return np.zeros(a)", "from numpy import zeros\ndef f(b): return zeros(b)", True),
    ("import numpy as np\ndef f(a): return np.zeros(a)", "import numpy as np\ndef f(a): return np.ones(a)", False),
    ("def f(a): return [i for i in a if i > 1]", "def f(a): return [a for a in a if 1 < a]", True),
    ("def f(a): return a[1:]", "def f(a): return a[:1]", False),
    ("def f(a): return g(x=a, y=1)\ndef g(x, y): return x - y", "def h(q, r): return q - r\n"
     "def f(a): return h(q=a, r=1)", True),
    ("def f(a): return g(x=a, y=1)\ndef g(x, y): return x - y", "def h(q, r): return q - r\n"
     "def f(a): return h(r=a, q=1)", False),
    ("K = 3\ndef f(a): return a * K", "def f(b): return b * SIZE\nSIZE = 3", True),
    ("K = 3\ndef f(a): return a * K", "K = 4\ndef f(a): return a * K", False),
    ("def f(a):\n    raise ValueError('no')", "def f(a):\n    raise ValueError(f'{a} is odd')", True),
    ("def f(a):\n    raise ValueError('no')", "def f(a):\n    raise TypeError('no')", False),
    ("def f(a):\n    global b\n    b = a", "def f(a):\n    b = a", False),
    ("def f(a, b): return a(b)", "def f(b, a): return b(a)", True),
    ("def f(a, b): return a(b)", "def f(a, b): return b(a)", False),
    ("def f(a): return 1", "def f(a): return 1.0", False),
    ("def f(a, *, b=1): return a", "def f(a, b=1): return a", False),
    ("def f(a):\n    try:\n        return a()\n    except KeyError as e:\n        return e",
     "def f(x):\n    try:\n        return x()\n    except KeyError as error:\n        return error", True),
    ("def f(a):\n    while (b := a()) > 1:\n        a(b)", "def f(x):\n    while 1 < (y := x()):\n        x(y)", True),
    ("T = []\nT.append(1)\ndef f(a): return T", "t = []\nt.append(1)\ndef f(a): return t", True),
    ("T = []\nT.append(1)\ndef f(a): return T", "T = []\nT.append(2)\ndef f(a): return T", False),
    ("def f(a: (", "def  f( b : (  # cut off", True),
    ("def f(a: (", "def f(a: [", False),
])  # fmt: skip
def test_what_counts_as_the_same(one, other, same):
    assert (normalised(one, "f") == normalised(other, "f")) == same


@given(st.one_of(st.text(), st.text("()[]{}:=+- \n\tabdefifreturn'\"#\\", max_size=80)))
def test_any_text_has_a_normal_form(text):
    normalised(text)
    normalised(text, "f", ["g"])


def test_code_that_is_nested_or_long_beyond_measure_has_a_normal_form():
    for source in ("-" * 50_000 + "1", "(" * 3000 + ")" * 3000, "x = 1\n" * 50_000, "f = " + "a." * 20_000 + "b"):
        assert normalised(source)


# --- A class ------------------------------------------------------------------------------------------------


def cells_of(lesson):
    """The cells of the course's own answers: each function once."""
    cells = {}
    for name, source in ANSWERS[lesson.number].items():
        others = set(names_of(lesson)) - {name}
        kept = [node for node in ast.parse(source).body if getattr(node, "name", "") not in others]
        cells[name] = "\n".join(map(ast.unparse, kept))
    return cells


def result(name, codes, lesson=LESSON):
    """A result that holds these codes and nothing else of interest."""
    exercises = tuple(
        ExerciseResult(entry.name, "passed", 1.0, 1.0, "Right.", code=codes[entry.name].digest,
                       parts=codes[entry.name].parts)
        for entry in lesson.exercises
    )  # fmt: skip
    return Result(name, name, lesson.stem, "x.ipynb", exercises)


def of_their_own(seed, lesson=LESSON):
    """Answers that nobody else has: in each function something is done that no other does."""
    rng, found = random.Random(seed), {}
    for name, source in cells_of(lesson).items():
        head, _, tail = source.rpartition(f"def {name}(")
        line, _, body = tail.partition(":\n")
        found[name] = f"{head}def {name}({line}:\n    spare = {rng.randrange(10**9)}\n{body}"
    return found


@pytest.fixture
def no_solutions(tmp_path, monkeypatch):
    """The course's own answers are not on this machine."""
    monkeypatch.setattr(module, "SOLUTIONS", tmp_path)


@pytest.mark.parametrize("seed", range(3))
def test_copies_are_grouped_and_nobody_else_is(seed, no_solutions):
    rng, names = random.Random(seed), names_of(LESSON)
    own = {f"own {k}": of_their_own((seed, k).__repr__()) for k in range(8)}
    whole = {
        f"copy {k}": {name: disguised(source, k, names) for name, source in own["own 0"].items()} for k in range(2)
    }
    part = dict(own["own 2"]) | {name: disguised(own["own 1"][name], seed, names) for name in ("im2col", "conv_volume")}
    short = dict(own["own 4"]) | {name: own["own 3"][name] for name in ("nhwc_to_nchw",)}
    learners = list((own | whole | {"own 2": part, "own 4": short}).items())
    rng.shuffle(learners)
    stub = submission_of(read_notebook(ROOT / "lessons" / f"{LESSON.stem}.ipynb"), "x.ipynb", LESSON)
    results = [result(name, code_of(submission(sources, LESSON))) for name, sources in learners]
    results += [result(f"stub {k}", code_of(stub)) for k in range(3)]
    assert not any(one.code for one in results[-1].exercises)
    found = {frozenset(one.name for one in group.learners): set(group.exercises) for group in alike(results, LESSON)}
    assert {frozenset({"own 0", "copy 0", "copy 1"}), frozenset({"own 1", "own 2"})} == found.keys()
    assert found[frozenset({"own 1", "own 2"})] == {"im2col", "conv_volume"}
    assert found[frozenset({"own 0", "copy 0", "copy 1"})] >= {"conv2d", "im2col", "conv2d_backward", "conv_volume"}
    assert as_the_course(results, LESSON) == []


def test_the_course_s_own_answers_are_told_as_such():
    names = names_of(LESSON)
    copied = {name: disguised(source, 1, names) for name, source in cells_of(LESSON).items()}
    results = [result(name, code_of(submission(sources, LESSON)))
               for name, sources in (("a", copied), ("b", of_their_own(1)), ("c", cells_of(LESSON)))]  # fmt: skip
    (group,) = as_the_course(results, LESSON)
    assert [one.name for one in group.learners] == ["a", "c"]
    assert group.exercises == tuple(names)
    assert alike(results, LESSON) == []  # that both have the course's own says nothing about the two


codes = st.lists(
    st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from([5, 30, 60, 90])), min_size=8, max_size=8),
    max_size=12,
)


@given(codes)
@settings(max_examples=200)
def test_a_group_shares_what_is_said_and_nobody_who_shares_enough_is_left_out(table):
    parts = {}  # the same code has as many parts wherever it is found
    results = []
    for number, row in enumerate(table):
        mine = {
            name: module.Code(code and f"{name}{code}", parts.setdefault((name, code), size) if code else 0)
            for name, (code, size) in zip(names_of(LESSON), row, strict=True)
        }
        results.append(result(str(number), mine))

    def weight(one, other):
        pairs = zip(one.exercises, other.exercises, strict=True)
        return sum(max(a.parts - NATURAL, 0) for a, b in pairs if a.code and a.code == b.code)

    groups = alike(results, LESSON)
    inside = {one.name for group in groups for one in group.learners}
    for group in groups:
        first = group.learners[0]
        assert len(group.learners) > 1
        for one in group.learners:
            assert weight(first, one) >= TELLING
            assert all(one.of(name).code == first.of(name).code != "" for name in group.exercises)
    for one in results:
        close = any(weight(one, other) >= TELLING for other in results if other is not one)
        assert (one.name in inside) == close


def test_what_most_of_a_large_class_writes_is_no_hint(no_solutions):
    long = {name: module.Code(f"{name} usual", 100) for name in names_of(LESSON)}
    usual = [result(f"usual {k}", long) for k in range(30)]
    others = [result(f"other {k}", {name: module.Code(f"{name}{k // 2}", 100) for name in long}) for k in range(10)]
    groups = alike([*usual, *others], LESSON)
    assert sorted(sorted(one.name for one in group.learners) for group in groups) == [
        [f"other {k}", f"other {k + 1}"] for k in range(0, 10, 2)
    ]
    assert len(alike(usual[:10], LESSON)) == 1  # of a few learners, a few are most


# --- Wrong answers ------------------------------------------------------------------------------------------

wrong = st.tuples(
    st.sampled_from(STATUSES), st.sampled_from(["", "x", "y"]), st.sampled_from(["p", "q"]), st.booleans()
)


@given(st.lists(st.lists(wrong, min_size=2, max_size=2), max_size=8))
def test_wrong_answers_are_grouped_by_what_they_gave(table):
    results = []
    for number, row in enumerate(table):
        exercises = tuple(
            ExerciseResult(f"e{k}", status, 0.0, 1.0, says, gave=gave, mistakes={"m": "You."} if named else {})
            for k, (status, gave, says, named) in enumerate(row)
        )
        results.append(Result(str(number), str(number), "l", "x", exercises))
    groups = unnamed(results)
    told = [(group.exercise, one.name) for group in groups for one in group.learners]
    assert sorted(told) == sorted(
        (one.exercise, result.name) for result in results for one in result.exercises
        if one.status in ("failed", "error") and not one.mistakes
    )  # fmt: skip
    assert [len(group.learners) for group in groups] == sorted((len(g.learners) for g in groups), reverse=True)
    for group in groups:
        assert len({one.of(group.exercise).gave for one in group.learners}) == 1
        assert group.says in {one.of(group.exercise).says for one in group.learners}
    keys = [(g.exercise, g.learners[0].of(g.exercise).gave or g.says) for g in groups]
    assert len(set(keys)) == len(keys)
