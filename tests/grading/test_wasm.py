"""The sandbox level wasm: what its guest can reach, where it is stopped, and that it says the same as namespaces."""

import ast
import os
import random
import re
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from course import bootstrap
from course.checks.diagnosis.errors import cause_of
from course.checks.judge import judge
from course.errors import SetupError
from course.grading import run, wasm
from course.grading.messages import one_wording
from course.grading.run import grade_submission
from course.grading.sandbox import Limits, Sandbox
from course.grading.submission import submission_of
from course.manifest import lesson_of
from course.notebooks.source import read_source
from tests.checks.error_messages import NUMPY_AND_PYTHON, REMEMBERED

from . import levels
from .agreement import notebook_of

ALL = bool(os.environ.get("COURSE_TEST_ALL"))  # every known answer, not a sample
SEED = int(os.environ.get("COURSE_TEST_SEED", "7"))
FEW = {"seconds": 2.5, "memory": 256 * 2**20, "output": 2**20}
WITHOUT_TORCH = levels.exercises_without_torch()
ANSWERS = [path for path in sorted((Path(__file__).parent.parent / "checks" / "answers").glob("*.py"))
           if path.stem.partition("-")[0] in WITHOUT_TORCH and "torch" not in path.stem]  # fmt: skip
CHOSEN = ANSWERS if ALL else random.Random(SEED).sample(ANSWERS, 12)


@pytest.fixture(scope="module")
def guest():
    """A guest of narrow limits; compiling it takes a minute, once for a machine."""
    if wasm.lacking():
        pytest.skip(wasm.lacking())
    with wasm.Guest(Limits(**FEW)) as guest:
        yield guest


@pytest.fixture(scope="module")
def both(guest, namespaces):
    """Boxes of both levels, of wide limits."""
    limits = Limits(seconds=60.0, memory=1200 * 2**20, output=256 * 2**20)
    wide = Sandbox("wasm", limits)
    with Sandbox("namespaces", limits) as box:
        yield box, wide
    wide.close()


def gives(box, text, *cases):
    """What a function `f` gives, case by case."""
    status, problem, outcomes = levels.outcomes_of(box, [text], cases or [{"x": 3}])
    assert (status, problem) == ("done", "")
    return [outcome.error or outcome.value for outcome in outcomes]


# --- What a guest can reach, and where it is stopped --------------------------------------------------------


def test_a_guest_finds_nothing_of_the_machine(guest):
    secret = str(Path(__file__).resolve())
    text = f"""
import os, socket, subprocess, sys, threading
def tried(what):
    try:
        return repr(what())
    except Exception as error:
        return type(error).__name__
def f(x):
    return [tried(lambda: open({secret!r}).read()), tried(lambda: open("/etc/passwd").read()),
            tried(lambda: open("/usr/local/lib/../../../etc/passwd").read()), tried(lambda: os.listdir("/")),
            tried(lambda: open("left", "w")), tried(lambda: open("/usr/local/lib/left", "w")),
            tried(lambda: os.symlink("/etc", "/usr/local/lib/etc")), tried(lambda: os.unlink(sys.path[0])),
            tried(lambda: socket.create_connection(("127.0.0.1", 9))), tried(lambda: subprocess.run(["true"])),
            tried(lambda: os.fork()), tried(lambda: threading.Thread(target=print).start()),
            tried(lambda: os.kill(1, 9)), tried(lambda: __import__("scipy")), tried(lambda: __import__("pandas"))]
"""
    (got,) = gives(guest, text)
    assert all(word.endswith("Error") for word in got), got
    assert gives(guest, "import os\ndef f(x): return dict(os.environ)") == [{"PYTHONTZPATH": ""}]
    assert gives(guest, "import sys\ndef f(x): return [*sys.argv, str(len(sys.path))]") == [("", "1")]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("timeout", "while True: pass"),
        ("timeout", "import time; time.sleep(60)"),
        ("memory", "kept = []\n    while True: kept.append(bytearray(10**7))"),
        ("output", "import os\n    while True: os.write(1, bytes(10**5))"),
        ("ended", "import os; os._exit(3)"),
        ("ended", "nest = []\n    for _ in range(10**6): nest = [nest]\n    del nest"),
    ],
)
def test_who_goes_too_far_is_stopped_and_the_next_one_is_not(guest, status, body, monkeypatch):
    monkeypatch.setattr(wasm, "GRACE", 0.5)
    answer = guest.run(*levels.job_of([f"def f(x):\n    {body}"], [{"x": 1}, {"x": 2}]))
    assert answer.status == status
    assert gives(guest, "def f(x): return x + 1") == [4]


def test_asking_for_too_much_at_once_is_an_error_like_any_other(guest):
    for asked in ("np.ones(10**8)", "np.ones((10**5, 10**5))", "'x' * 10**10", "[0] * 10**9", "bytearray(10**9)"):
        (error,) = gives(guest, f"import numpy as np\ndef f(x): return {asked}")
        assert error.startswith("MemoryError")


def test_no_exercise_finds_what_an_earlier_one_left(guest):
    leaves = """
import builtins, sys, numpy as np
builtins.left = sys.left = np.left = 1
np.sum = np.ndarray = len = None
sys.modules["judged.run"].run_case = None
def f(x):
    import statistics
    open("/usr/local/lib/python315.zip")
    return 1
"""
    looks = """
import builtins, sys, numpy as np
def f(x):
    return [hasattr(place, "left") for place in (builtins, sys, np)] + ["statistics" in sys.modules, np.sum([1, x])]
"""
    gives(guest, leaves)
    for _ in range(2):
        ((*left, total),) = gives(guest, looks)
        assert (left, total) == ([False] * 4, 4)


def test_what_is_printed_is_no_outcome_and_a_forged_frame_is_only_data(guest):
    assert gives(
        guest, "import sys\ndef f(x): print('a' * 9); sys.stderr.write('b'); return x", {"x": 1}, {"x": 2}
    ) == [1, 2]
    forges = "import os\ndef f(x): os.write(1, bytes([255]) * 40); return x"
    status, _, outcomes = levels.outcomes_of(guest, [forges], [{"x": 1}])
    assert (status, outcomes) == ("done", [])


def test_bytes_come_with_the_time_at_which_they_came(guest):
    text = "import time\ndef f(x):\n    time.sleep(0.2)\n    return x"
    answer = guest.run(*levels.job_of([text], [{"x": 1}, {"x": 2}]))
    (first, early), (last, late) = answer.times
    assert 0 < first < last == len(answer.data)
    assert early >= 0.2
    assert late - early >= 0.2


def test_an_engine_that_was_killed_is_started_again(guest):
    gives(guest, "def f(x): return 1")
    guest._process.kill()
    assert guest.run(*levels.job_of(["def f(x): return 1"], [{"x": 1}])).status in ("broken", "done")
    assert gives(guest, "def f(x): return x") == [3]


# --- Getting ready ------------------------------------------------------------------------------------------


@pytest.fixture
def slow_compiler(tmp_path, monkeypatch):
    """A compiler that takes a moment, writes what is wanted, and counts how often it was called."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    for name, value in {"SAY_EVERY": 0.1, "lacking": lambda: "", "_places": list}.items():
        monkeypatch.setattr(wasm, name, value)
    monkeypatch.setattr(wasm.importlib.metadata, "version", lambda name: "1")
    calls = []
    what = {"code": "time.sleep(0.5); open(given['compiled'], 'w'); os.mkdir(given['library'])"}

    def command(settings):
        calls.append(settings)
        return [sys.executable, "-c", f"import os, time\ngiven = {settings!r}\n{what['code']}"]

    monkeypatch.setattr(wasm, "_command", command)
    return calls, what


def test_many_at_once_compile_once_and_say_so(slow_compiler):
    calls, _ = slow_compiler
    said = []
    threads = [threading.Thread(target=wasm.prepare, args=(said.append,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert any("280 MB" in sentence and "seconds" in sentence for sentence in said)
    assert any("waiting" in sentence for sentence in said)
    said.clear()
    wasm.prepare(said.append)
    assert (len(calls), said) == (1, [])


def test_what_keeps_it_from_compiling_is_said(slow_compiler):
    slow_compiler[1]["code"] = "raise OSError('No space left on device')"
    with pytest.raises(SetupError, match="No space left on device"):
        wasm.prepare()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights are others on this system")
def test_code_from_a_folder_of_others_is_not_run(slow_compiler):
    wasm._folder().chmod(0o777)
    with pytest.raises(SetupError, match="Others can write"):
        wasm.prepare()


# --- The same as at the other levels ------------------------------------------------------------------------


def test_known_answers_give_the_same(both):
    rng = random.Random(SEED)
    for name in WITHOUT_TORCH if ALL else rng.sample(WITHOUT_TORCH, 8):
        labels, _ = levels.answers_of(name)
        chosen = range(len(labels)) if ALL else [0, *rng.sample(range(1, len(labels)), 3)]
        for first in range(0, len(chosen), 12):
            some = chosen[first : first + 12]
            one, other = (levels.known_outcomes(box, name, some, SEED) for box in both)
            assert one[:2] == other[:2] == ("done", "")
            for number, given, also in zip(some, one[2], other[2], strict=True):
                found = [levels.differences(*pair) for pair in zip(given, also, strict=True)]
                assert not any(found), f"{name}, {labels[number]}: {[words for words in found if words][:3]}"
            plan, last = run.plan_of(name, SEED), -1
            told = [judge(plan, each[2][last], True) for each in (one, other)]
            assert told[0].diagnosis == told[1].diagnosis, f"{name}, {labels[some[last]]}"


@pytest.mark.parametrize(
    "path", ANSWERS if ALL else random.Random(SEED).sample(ANSWERS, 12), ids=lambda path: path.stem
)
def test_answers_of_readers_get_the_same_result(both, path):
    text = path.read_text(encoding="utf-8")
    exercise = re.search(r"^# exercise: (\w+)", text, re.MULTILINE)[1]
    lesson = lesson_of(exercise)
    source = (bootstrap.ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8")
    first = next(cell.source for cell in read_source(source, lesson) if cell.kind == "code")
    *before, last = re.split(r"^# %%.*$", text, flags=re.MULTILINE)
    cells = [(first, None), *((part, None) for part in before), (last, exercise)]
    submission = submission_of(notebook_of(cells), f"{lesson.stem}.ipynb", lesson)
    one, other = ({each.exercise: each for each in grade_submission(submission, box, 5, 6)}[exercise] for box in both)
    for field in ("status", "points", "says", "mistakes", "properties", "notes", "trouble", "gave"):
        assert getattr(one, field) == getattr(other, field)


def test_errors_have_the_same_words(both):
    codes = [line[4:].replace("\\n", "\n") for line in NUMPY_AND_PYTHON.split("\n") if line.startswith("    ")]
    codes = [code for code in codes if "scipy" not in code and is_python(code)]
    text = f"import numpy as np\ncodes = {codes!r}\ndef f(x): exec(codes[x], {{'np': np}})"
    cases = [{"x": k} for k in range(len(codes))]
    (_, _, one), (_, _, other) = (levels.outcomes_of(box, [text], cases) for box in both)
    assert len(one) == len(codes) > 100
    differ = [(code, mine.error, yours.error) for code, mine, yours in zip(codes, one, other, strict=True)
              if levels.differences(mine, yours)]  # fmt: skip
    assert differ == []


def is_python(code):
    try:
        ast.parse(code)
    except SyntaxError:  # new syntax, and what is said of wrong syntax: the grader reads it before anything is run
        return False
    return True


def test_whole_numbers_are_as_wide_as_elsewhere(both):
    rng = random.Random(SEED)
    arrays = ["u8", "i64", "b", "f", "[1, 70000]", "(3, 2)", "2**40", "i32", "u8[0]", "f[0]", "np.array([-2.5, 300])"]
    forms = ["{0}.sum()", "np.prod({0})", "np.cumsum({0})", "np.array({0}) * 3", "np.asarray({0}).astype({1})",
             "np.array({0}, {1})", "np.argmax({0})", "np.sort({0})", "np.unique({0}, return_counts=True)",
             "np.where({0})", "np.square({0})", "np.maximum({0}, {2})", "np.multiply({0}, {2})", "np.zeros({2}, {1})",
             "np.full(2, {2}, {1})", "np.arange({2})", "np.repeat({0}, {2})", "np.bincount(i64)", "np.mgrid[0:3]",
             "u8 + {2}", "i32 * {2}", "np.random.randint(0, 50, {2})", "np.random.default_rng(1).permutation({2})",
             "np.add.reduce({0})", "np.indices((2, {2}))", "np.pad({0}, {2})", "np.stack([{0}, {0}])", "np.iinfo({1})",
             "np.where(b, {2}, 0)", "np.histogram(f, {2})", "np.nonzero({0})[0]", "np.diff({0})", "put(u8, {0})",
             "put(i32, {0})", "np.trace(np.ones((3, 3), {1}))", "np.vectorize(lambda x: x + 1)({0})"]  # fmt: skip
    dtypes = ["int", "'int'", "np.int_", "np.int32", "np.uint8", "'i4'", "np.intp", "bool", "float", "np.int16"]
    drawn = [rng.choice(forms).format(rng.choice(arrays), rng.choice(dtypes), rng.choice("123")) for _ in range(500)]
    text = f"""
import numpy as np
drawn = {drawn!r}
def put(array, value):
    array = np.zeros(np.shape(value), array.dtype)
    array[...] = value
    return array
def f(x):
    np.random.seed(3)
    u8, i64, i32 = np.arange(6, dtype=np.uint8) * 40, np.array([3, 1, 2]), np.array([5, 10**9], np.int32)
    given = eval(drawn[x], {{"np": np, "put": put, "u8": u8, "i64": i64, "i32": i32, "b": u8 > 50,
                            "f": np.linspace(-4, 1e12, 4)}})
    return [given.min, given.max] if isinstance(given, np.iinfo) else given
"""
    cases = [{"x": k} for k in range(len(drawn))]
    (_, _, one), (_, _, other) = (levels.outcomes_of(box, [text], cases) for box in both)
    differ = [(code, words) for code, mine, yours in zip(drawn, one, other, strict=True)
              if (words := levels.differences(mine, yours))]  # fmt: skip
    assert differ == []
    assert sum(not outcome.error for outcome in one) > 250


def test_an_exercise_that_needs_torch_says_so_and_is_nobody_s_zero(guest):
    lesson = lesson_of("softmax")
    cell = ("import numpy as np\ndef softmax(scores):\n    return np.exp(scores) / np.exp(scores).sum()", "softmax")
    submission = submission_of(notebook_of([cell]), f"{lesson.stem}.ipynb", lesson)
    box = Sandbox("wasm", Limits(**FEW))
    (result,) = (each for each in grade_submission(submission, box, 1) if each.exercise == "softmax")
    assert (result.status, result.trouble) == ("error", True)
    assert result.says == (
        "This exercise needs PyTorch, which the sandbox of this machine (wasm) does not have. "
        "Grade it on Linux, with namespaces or Landlock."
    )


# --- One wording --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [line[4:] for line in REMEMBERED.split("\n") if line.startswith("    ")])
def test_another_wording_has_the_same_cause(error):
    assert cause_of(one_wording(error)) == cause_of(error)
    assert one_wording(one_wording(error)) == one_wording(error)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("TypeError: f() got an unexpected keyword argument 'strid'",
         "TypeError: f() got an unexpected keyword argument 'strid'. Did you mean 'stride'?"),
        ("ValueError: too many values to unpack (expected 2)",
         "ValueError: too many values to unpack (expected 2, got 3)"),
        ("ZeroDivisionError: integer division or modulo by zero", "ZeroDivisionError: division by zero"),
        ("ValueError: math domain error", "ValueError: expected a nonnegative input, got -1.0"),
        ("TypeError: unhashable type: 'list'",
         "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')"),
        ("RecursionError: maximum recursion depth exceeded in comparison",
         "RecursionError: Stack overflow (used 112 kB) while calling a Python object"),
        ("_ArrayMemoryError: Unable to allocate 74.5 GiB for an array with shape (100000, 100000)",
         "ValueError: array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size."),
    ],
)  # fmt: skip
def test_versions_say_the_same_in_the_end(older, newer):
    assert one_wording(older) == one_wording(newer)


def test_other_words_stay_as_they_are():
    rng = np.random.default_rng(SEED)
    for _ in range(200):
        words = " ".join("".join(rng.choice(list("abc(),' "), 5)) for _ in range(4))
        error = f"{rng.choice(['KeyError', 'ValueError', 'TypeError'])}: {words}"
        assert one_wording(error) == error
