"""A check disturbs nothing and is not disturbed; a call that does not end is ended; other packages are named."""

import contextlib
import functools
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from course.checks import guard
from course.checks.guard import OutOfTime, TimeLimit, other_packages, run_all, undisturbed
from course.checks.spec import Case

ROOT = Path(guard.__file__).parents[2]


# --- Settings and random streams ------------------------------------------------------------------------


def everything():
    """All settings and streams that a check must not touch."""
    import torch

    stream = np.random.get_state(legacy=True)
    return {
        "random": random.getstate(),
        "np.random": (stream[0], stream[1].tobytes(), *stream[2:]),
        "torch.random": torch.get_rng_state().tolist(),
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "gradients": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(),
        "threads": torch.get_num_threads(),
        "exact": torch.are_deterministic_algorithms_enabled(),
        "np.errstate": np.geterr(),
        "np.errcall": np.geterrcall(),
        "print": np.get_printoptions(),
        "recursion": sys.getrecursionlimit(),
        "warnings": list(warnings.filters),
    }


def disturb():
    """Change all of them, as a learner's function may do, knowingly or not."""
    import torch

    random.seed(1)
    np.random.seed(1)
    np.random.rand(3)
    torch.manual_seed(1)
    torch.rand(3)
    torch.set_default_dtype(torch.float16)
    torch.set_grad_enabled(False)
    torch.set_num_threads(1 + torch.get_num_threads() % 2)
    torch.use_deterministic_algorithms(True, warn_only=True)
    np.seterr(all="raise")
    np.seterrcall(print)
    np.set_printoptions(precision=1, suppress=True)
    sys.setrecursionlimit(sys.getrecursionlimit() + 100)
    warnings.simplefilter("ignore")


@pytest.mark.parametrize("ends", [contextlib.nullcontext(), pytest.raises(ZeroDivisionError)])
def test_everything_is_as_it_was_after_a_check(ends):
    pytest.importorskip("torch")
    random.seed(3)
    before = everything()
    with ends, undisturbed():
        disturb()
        changed = everything()
        assert [name for name in before if changed[name] == before[name]] == ["device", "inference"]
        assert isinstance(ends, contextlib.nullcontext) or 1 / 0
    assert everything() == before


@pytest.mark.parametrize("inference", [False, True])
def test_what_the_reader_has_set_does_not_reach_a_check(inference):
    torch = pytest.importorskip("torch")
    with undisturbed(), torch.inference_mode(inference):
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        np.seterr(all="raise")
        with torch.device("meta"):
            outside = everything()
            with undisturbed():
                assert torch.ones(1).dtype == torch.float32
                assert torch.ones(1).device.type == "cpu"
                assert (torch.ones(1, requires_grad=True) * 2).requires_grad
                assert np.geterr() == {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
            assert everything() == outside


def test_nothing_is_imported_for_it():
    code = """
        import sys
        from course.checks.guard import other_packages, run_all, undisturbed
        from course.checks.spec import Case
        with undisturbed():
            print(run_all(lambda a: a, [Case({"a": 1})])[0].value, other_packages(print))
        print("torch" in sys.modules)
        """
    assert in_python(code) == "1 ()\nFalse\n"


def in_python(code, seconds=60):
    """What a piece of code prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True, text=True, timeout=seconds, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- Calls that do not end ------------------------------------------------------------------------------

CASES = [Case(arguments) for arguments in [{"a": 1}, {"a": 2}, {"a": 3}]]
LATE = "TimeoutError: no answer within 0.2 seconds"
LEFT_OUT = "TimeoutError: not tried, after a call that did not end"


def ends_not(a):
    while a == 2:
        pass
    return a


def catches_errors(a):
    try:
        while a == 2:
            pass
    except Exception:
        return 0
    return a


def catches_everything_once(a):
    try:
        while a == 2:
            pass
    except:  # noqa: E722
        pass
    while a == 2:
        pass
    return a


def catches_everything(a):
    while a == 2:
        try:  # noqa: SIM105
            time.sleep(0.01)
        except:  # noqa: E722
            pass
    return a


def catches_and_answers(a):
    try:
        while a == 2:
            pass
    except BaseException:
        return a
    return a


def calls_numpy(a):
    while a == 2:
        np.ones((3, 3)) @ np.ones((3, 3))
    return a


@pytest.mark.skipif(sys.gettrace() is not None, reason="a debugger or a coverage tool traces lines")
@pytest.mark.parametrize(
    "function",
    [ends_not, catches_errors, catches_everything_once, catches_everything, catches_and_answers, calls_numpy],
)
def test_a_call_that_does_not_end_is_ended_and_later_ones_are_not_tried(function):
    outcomes = run_all(function, CASES, seconds=0.2)
    assert outcomes[0].value == 1
    assert [outcome.error for outcome in outcomes] == ["", LATE, LEFT_OUT]
    assert outcomes[1].where
    assert sys.gettrace() is None
    assert outcomes[2].where == ""


def test_the_line_of_a_call_that_does_not_end_is_told():
    def helper(a):
        while True: a + 1  # fmt: skip  # noqa: E701

    assert run_all(lambda a: helper(a), CASES, seconds=0.2)[0].where.startswith("while True: a + 1")


def test_one_limit_holds_for_all_cases_together():
    started = time.monotonic()
    outcomes = run_all(lambda a: time.sleep(0.15), [Case({"a": k}) for k in range(100)], seconds=0.4)
    assert time.monotonic() - started < 3
    errors = [outcome.error for outcome in outcomes]
    assert errors.count("") <= 3
    assert errors.count("TimeoutError: no answer within 0.4 seconds") == 1
    assert errors == sorted(errors, key=["", "TimeoutError: no answer within 0.4 seconds", LEFT_OUT].index)


def test_calls_in_time_give_what_they_give():
    def answer(*, a):
        return [a, 1 / (a - 2)]

    outcomes = run_all(answer, [Case(case.arguments, named=("a",)) for case in CASES], seconds=20)
    assert [outcome.value for outcome in outcomes] == [(1, -1.0), None, (3, 1.0)]
    assert outcomes[1].error == "ZeroDivisionError: division by zero"
    assert len(run_all(answer, [], seconds=1)) == 0
    assert run_all(ends_not, CASES[1:2], seconds=1)[0].error == "TimeoutError: no answer within 1 second"


def test_it_works_in_another_thread_and_leaves_the_main_one_alone():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.extend(run_all(ends_not, CASES, seconds=0.2)))
    thread.start()
    while thread.is_alive():
        sum(range(100))
    assert [outcome.error for outcome in outcomes] == ["", LATE, LEFT_OUT]


def test_a_debugger_goes_on_as_before():
    def tracing(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(tracing)
    try:
        for function in (ends_not, catches_errors):
            run_all(function, CASES, seconds=0.2)
            assert sys.gettrace() is tracing
    finally:
        sys.settrace(before)


def test_no_thread_is_left_behind():
    before = threading.active_count()
    for _ in range(20):
        run_all(lambda a: a, CASES)
    time.sleep(0.1)
    assert threading.active_count() <= before


def test_nothing_is_raised_after_a_call(monkeypatch):
    """Calls of about the length of the limit, thousands of times: what is raised is raised in the call."""
    monkeypatch.setattr(guard, "AGAIN", 0.0002)
    rng = random.Random(0)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # or the thread that keeps the time may not get its turn within so short a call

    def work(steps):
        return sum(one for one in range(steps))

    late = right = 0
    started = time.monotonic()
    try:
        while late < 30 or right < 30 or time.monotonic() < started + 3:
            assert time.monotonic() < started + 60, (late, right)
            with TimeLimit(rng.uniform(0, 0.002)) as limit:
                for _ in range(3):
                    try:
                        right += limit.call(work, rng.randrange(60_000)) >= 0
                    except OutOfTime:
                        late += 1
                    for _ in range(50):
                        pass
            for _ in range(200):
                pass
    finally:
        sys.setswitchinterval(interval)


def test_ctrl_c_goes_through():
    code = """
        import _thread, threading, time
        from course.checks.guard import run_all
        from course.checks.spec import Case
        def answer(a):
            while True:
                time.sleep(0.01)
        threading.Timer(0.5, _thread.interrupt_main).start()
        started = time.monotonic()
        try:
            run_all(answer, [Case({"a": 1})], seconds=30)
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - started < 10)
        """
    assert in_python(code) == "interrupted True\n"


def test_a_process_lives_on_after_a_call_that_did_not_end():
    code = """
        from course.checks.guard import run_all, undisturbed
        from course.checks.spec import Case
        def answer(a):
            while True:
                pass
        with undisturbed():
            print(run_all(answer, [Case({"a": 1}), Case({"a": 2})], seconds=0.3)[1].error)
        print(sum(range(10_000_000)) > 0)
        """
    assert in_python(code) == f"{LEFT_OUT}\nTrue\n"


def test_a_kernel_lives_on_after_a_call_that_did_not_end(monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    sources = [
        "from course.checks.guard import run_all\nfrom course.checks.spec import Case\n"
        "kept = 5\ndef answer(a):\n    while True: a += 1",
        "first, second = run_all(answer, [Case({'a': 1}), Case({'a': 2})], seconds=0.3)\n"
        "print(first.error, '|', first.where)",
        "print(kept + sum(range(1_000_000)))",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages that talk to the kernel
        nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    said = ["".join(output.get("text", "") for output in one.outputs) for one in notebook.cells]
    assert said == ["", "TimeoutError: no answer within 0.3 seconds | while True: a += 1\n", "499999500005\n"]


# --- Packages -------------------------------------------------------------------------------------------

HEAD = """
    import functools
    import math
    import numpy as np
    import scipy
    import torch
    from scipy import signal, special
    from scipy.signal import convolve2d
    from course import ops
    filters = torch.ones(3)
    expit = special.expit
    def slides(x): return signal.correlate2d(x, x)
    """
USES = {
    "def answer(x): return convolve2d(x, x)": "scipy",
    "def answer(x): return slides(x)": "scipy",
    "def answer(x): return scipy.signal.correlate2d(x, x)": "scipy",
    "def answer(x): return expit(x)": "scipy",
    "def answer(x): return [slides(k) for k in x]": "scipy",
    "answer = lambda x: slides(x)": "scipy",
    "answer = functools.partial(slides, 1)": "scipy",
    "answer = np.vectorize(slides)": "scipy",
    "answer = convolve2d": "scipy",
    "answer = functools.lru_cache(slides)": "scipy",
    "@functools.wraps(slides)\ndef answer(*a): return slides.f(*a)": "scipy",
    "def timed(f):\n    def inner(*a): return f(*a)\n    return inner\nanswer = timed(slides)": "scipy",
    "def answer(x):\n    import torch.nn.functional as F\n    return F.relu(x)": "torch",
    "def answer(x):\n    from torch import nn\n    return nn": "torch",
    "def answer(x):\n    def inner(): return torch.ones(x)\n    return inner()": "torch",
    "def answer(x): return filters": "torch",
    "def answer(x, dtype=torch.float32): return x": "torch",
    "@torch.no_grad()\ndef answer(x): return slides(x)": "scipy torch",
    "class Net(torch.nn.Module): pass\ndef answer(): return Net()": "torch",
    "class S:\n    def __call__(self, x): return self.f(x)\n    def f(s, x): return slides(x)\nanswer = S()": "scipy",
    "class S:\n    def __init__(self): self.f = slides\n    def g(self, x): return self.f(x)\nanswer = S().g": "scipy",
    "table = {'a': slides}\ndef answer(x): return table['a'](x)": "scipy",
    # and what does not count
    "def answer(x): return np.pad(x, math.floor(1.5))": "",
    "def answer(x): return np.add(x, np.linalg.norm(x))": "",
    "def answer(x): return x.signal + x.torch": "",
    "def answer(signal): return signal + 1": "",
    "def answer(x): return answer(x - 1)": "",
    "def answer(x): return ops.conv2d(x, x)": "",
    "def answer(x):\n    import matplotlib.pyplot as plt\n    from IPython.display import display\n    return x": "",
    "def answer(x: torch.Tensor) -> torch.Tensor: return x": "",
    "answer = np.convolve": "",
    "answer = 3": "",
}  # fmt: skip


@pytest.mark.parametrize("source", USES)
def test_the_packages_that_an_answer_uses_are_named(source):
    pytest.importorskip("torch")
    pytest.importorskip("scipy")
    space = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(textwrap.dedent(HEAD) + source, space)
    assert other_packages(space["answer"]) == tuple(USES[source].split())
    assert other_packages(space["answer"], ["scipy", "torch"]) == ()


def test_a_file_beside_the_notebook_is_the_readers_own(tmp_path, monkeypatch):
    pytest.importorskip("scipy")
    text = "from scipy import signal\ndef slides(x): return signal.correlate2d(x, x)\ndef adds(x): return x + 1\n"
    (tmp_path / "beside_this.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    space = {"__name__": "__main__"}
    exec("import beside_this\nslide = lambda x: beside_this.slides(x)\nadd = lambda x: beside_this.adds(x)", space)
    assert other_packages(space["slide"]) == ("scipy",)
    assert other_packages(space["add"]) == ()
    del sys.modules["beside_this"]


def test_looking_for_packages_never_raises():
    class Hostile:
        def __getattribute__(self, name):
            raise RuntimeError("do not look at me")

        def __call__(self):
            return None

    thing = Hostile()
    assert other_packages(thing) == ()
    assert other_packages(lambda: thing) == ()
    assert other_packages(functools.partial(thing)) == ()
    circle = []
    circle.append(circle)
    assert other_packages(lambda: circle) == ()
