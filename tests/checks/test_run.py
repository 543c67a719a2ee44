"""Calling the reader's function: how it is called, what is told of an error, and what is put back."""

import functools
import importlib.util
import linecache
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from course.cell import run
from course.cell.run import Outcome, plain, run_case

ARGUMENTS = {"image": np.arange(6.0).reshape(2, 3), "bias": 2}


def cell(source, name="<cell 3>", **space):
    """What a cell of a notebook defines, as IPython or the grader runs it."""
    source = textwrap.dedent(source)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    space = {"__name__": "__main__", "np": np, **space}
    exec(compile(source, name, "exec"), space)
    return space["answer"]


# --- How the function is called -------------------------------------------------------------------------


def test_arguments_go_by_place_in_order_unless_they_are_named():
    def seen(*by_place, **by_name):
        return {"places": len(by_place), **{name: float(np.sum(value)) for name, value in by_name.items()}}

    assert run_case(seen, ARGUMENTS).value == {"places": 2}
    assert run_case(seen, ARGUMENTS, named=("bias",)).value == {"places": 1, "bias": 2}
    assert run_case(seen, ARGUMENTS, named=["image", "bias"]).value == {"places": 0, "image": 15, "bias": 2}
    assert run_case(lambda *, image, bias: bias, ARGUMENTS, named=("image", "bias")).value == 2


def test_the_arguments_stay_as_they_are_and_a_change_is_told():
    def in_place(image, bias):
        image += bias
        return image.sum()

    before = ARGUMENTS["image"].copy()
    assert run_case(in_place, ARGUMENTS).changed == ("image",)
    assert (ARGUMENTS["image"] == before).all()


def test_exit_is_an_error_and_ctrl_c_is_not():
    assert run_case(lambda image, bias: sys.exit(1), ARGUMENTS).error == "SystemExit: 1"

    def interrupted(image, bias):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_case(interrupted, ARGUMENTS)


def test_an_error_without_words_is_still_an_outcome():
    class SpeechlessError(Exception):
        def __str__(self):
            raise ValueError("no words")

    def fails(image, bias):
        raise SpeechlessError

    assert run_case(fails, ARGUMENTS).error == "SpeechlessError: "


# --- Memory that is shared ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "shared", "returned"),
    [
        (lambda image, bias: image, ("image",), ("image",)),
        (lambda image, bias: (bias, [image][0]), ("image",), ("image",)),
        (lambda image, bias: image[...], ("image",), ()),
        (lambda image, bias: image.T[1:], ("image",), ()),
        (lambda image, bias: (image.sum(), image.reshape(-1)), ("image",), ()),
        (lambda image, bias: np.lib.stride_tricks.sliding_window_view(image, (2, 2)), ("image",), ()),
        (lambda image, bias: image.copy(), (), ()),
        (lambda image, bias: image + 0, (), ()),
        (lambda image, bias: np.pad(image, 0), (), ()),
        (lambda image, bias: image.sum(), (), ()),
        (lambda image, bias: None, (), ()),
    ],
)
def test_results_that_use_the_memory_of_an_argument_are_told(function, shared, returned):
    outcome = run_case(function, ARGUMENTS)
    assert (outcome.shared, outcome.returned) == (shared, returned)


def test_the_very_same_array_is_told_though_it_is_empty():
    assert run_case(lambda image: image, {"image": np.zeros((0, 3))}).returned == ("image",)


# --- Plain data -----------------------------------------------------------------------------------------


def test_a_complex_result_is_told_and_where_its_real_part_is_all_of_it():
    real = np.fft.ifft(np.fft.fft([1.0, 2, 4]))
    for value, words in [
        (
            np.array([1 + 0j, 2]),
            "array of complex numbers whose imaginary parts are all 0: take their real part, .real",
        ),
        (real + 1e-17j, "imaginary parts are all 0, up to rounding: take their real part"),
        (1 + 0j, "a complex number whose imaginary part is 0: take its real part, .real"),
        (np.complex64(3), "a complex number whose imaginary part is 0"),
    ]:
        with pytest.raises(TypeError, match=words):
            plain(value)
    for value in (np.array([1 + 1j, 2]), 1j, np.array([complex(np.nan, 0)])):
        with pytest.raises(TypeError, match=r"complex numbers?$"):
            plain(value)


def test_plain_keeps_what_it_is_given():
    value = plain(np.asarray(5))
    assert isinstance(value, np.ndarray)
    assert value.shape == ()
    assert plain([1, (2.5, None)]) == (1, (2.5, None))
    assert plain(np.float32(0.5)) == 0.5
    with pytest.raises(TypeError, match="dtype <U1, not of numbers"):
        plain(np.array(["a"]))
    with pytest.raises(TypeError, match="the result is a function, not an array or a number"):
        plain(plain)


# --- The line of an error -------------------------------------------------------------------------------

FILES = ["<cell 3>", "/tmp/ipykernel_4711/1234567890.py", "<ipython-input-5-abc>", "C:\\Temp\\ipykernel_1\\2.py"]


@pytest.mark.parametrize("name", FILES)
def test_the_line_is_the_innermost_of_the_readers_own(name):
    answer = cell(
        """
        def helper(a):
            return np.pad(a, -1)

        def answer(image, bias):
            return helper(image) + bias
        """,
        name,
    )
    outcome = run_case(answer, ARGUMENTS)
    assert outcome.error == "ValueError: index can't contain negative values"
    assert outcome.where == "return np.pad(a, -1)"


FORMS = {
    "a lambda": "answer = lambda image, bias: image[9]",
    "a partial function": """
        import functools
        def three(more, image, bias):
            return image[9]
        answer = functools.partial(three, 1)
        """,
    "an object": """
        class Answer:
            def __call__(self, image, bias):
                return image[9]
        answer = Answer()
        """,
    "a method": """
        class Answer:
            def there(self, image, bias):
                return image[9]
        answer = Answer().there
        """,
    "wraps": """
        import functools
        def trace(f):
            @functools.wraps(f)
            def inner(*a):
                return f(*a)
            return inner
        @trace
        def answer(image, bias):
            return image[9]
        """,
    "no wraps": """
        def timed(f):
            def inner(*a, **k):
                out = f(*a, **k)
                return out
            return inner
        @timed
        def answer(image, bias):
            return image[9]
        """,
    "an object that decorates": """
        class Timed:
            def __init__(self, f):
                self.f = f
            def __call__(self, *a):
                return self.f(*a)
        @Timed
        def answer(image, bias):
            return image[9]
        """,
    "a cache": """
        import functools
        @functools.lru_cache
        def inner(bias):
            return np.zeros(3)[9]
        def answer(image, bias):
            return inner(bias)
        """,
    "a vectorized function": """
        def each(value):
            return np.zeros(3)[9]
        def answer(image, bias):
            return np.vectorize(each)(image)
        """,
    "a loop in a comprehension": """
        def answer(image, bias):
            return [
                image[9]
                for k in range(3)
            ]
        """,
    "sorted by a key": """
        def answer(image, bias):
            return sorted([1, 2], key=lambda k: image[9])
        """,
    "torch": """
        import torch
        @torch.no_grad()
        def answer(image, bias):
            return image[9]
        """,
}


@pytest.mark.parametrize("form", FORMS)
def test_the_line_is_found_whatever_the_function_is(form):
    outcome = run_case(cell(FORMS[form]), ARGUMENTS)
    assert outcome.error.startswith("IndexError: index 9 is out of bounds")
    assert "[9]" in outcome.where
    assert not outcome.header


def test_the_line_is_never_one_of_a_library_or_of_the_course():
    deep = cell(
        """
        import json
        def answer(image, bias):
            return json.loads("{")
        """
    )
    assert run_case(deep, ARGUMENTS).where == 'return json.loads("{")'

    from course import ops

    course = cell("answer = lambda image, bias: ops.conv2d(image, bias)", ops=ops)
    assert run_case(course, ARGUMENTS).where == "answer = lambda image, bias: ops.conv2d(image, bias)"


def test_a_function_of_a_file_beside_the_notebook_is_the_readers_own(tmp_path, monkeypatch):
    (tmp_path / "beside_notebook.py").write_text("def part(image):\n    return image[9]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    answer = cell("from beside_notebook import part\nanswer = lambda image, bias: part(image)")
    assert run_case(answer, ARGUMENTS).where == "return image[9]"
    del sys.modules["beside_notebook"]


def test_known_mistakes_of_the_course_show_their_line_too():
    source = "def answer(image, bias):\n    return image[9]\n"
    name = str(Path(run.__file__).with_name("lesson_01") / "page.py")
    assert run_case(cell(source, name), ARGUMENTS).where == "return image[9]"


def test_an_error_of_the_result_has_no_line():
    outcome = run_case(lambda image, bias: object(), ARGUMENTS)
    assert outcome == Outcome(error="TypeError: the result is a object, not an array or a number")


# --- Headers --------------------------------------------------------------------------------------------

REFUSING = {
    "too few": "def answer(image): return 0",
    "too many": "def answer(image, bias, more): return 0",
    "keyword-only": "def answer(*, image, bias): return 0",
    "a lambda": "answer = lambda image: 0",
    "partial": "import functools\nanswer = functools.partial(lambda more, image: 0, 1)",
    "an object": "class A:\n    def __call__(self, image): return 0\nanswer = A()",
    "a class": "class answer:\n    def __init__(self, image): pass",
    "no wraps": """
        def timed(f):
            def inner(*a, **k):
                return f(*a, **k)
            return inner
        @timed
        def answer(image): return 0
        """,
    "wraps": """
        import functools
        def timed(f):
            @functools.wraps(f)
            def inner(*a):
                return f(*a)
            return inner
        @timed
        @timed
        def answer(image): return 0
        """,
    "an object that decorates": """
        class Timed:
            def __init__(self, f): self.f = f
            def __call__(self, *a): return self.f(*a)
        @Timed
        def answer(image): return 0
        """,
    "the wrapper refuses": """
        import functools
        def timed(f):
            @functools.wraps(f)
            def inner(a):
                return f(a, a)
            return inner
        @timed
        def answer(image, bias): return 0
        """,
    "torch": "import torch\n@torch.no_grad()\ndef answer(image): return 0",
    "written in C": "answer = len",
}


@pytest.mark.parametrize("form", REFUSING)
def test_a_header_that_does_not_take_the_arguments_is_told(form):
    outcome = run_case(cell(REFUSING[form]), ARGUMENTS)
    assert outcome.error_type == "TypeError"
    assert outcome.header
    assert outcome.where == ""


def test_a_name_that_the_header_lacks_is_told():
    assert run_case(cell("def answer(picture, bias): return 0"), ARGUMENTS, named=("image", "bias")).header


INSIDE = {
    "a helper": """
        def helper(window, kernel): return 0
        def answer(image, bias):
            return helper(image)
        """,
    "a helper of an object": """
        def helper(window, kernel): return 0
        class A:
            def __call__(self, image, bias):
                return helper(image)
        answer = A()
        """,
    "the helper of a wrapper": """
        def helper(window): return 0
        def timed(f):
            def inner(*a):
                helper()
                return f(*a)
            return inner
        @timed
        def answer(image, bias): return 0
        """,
    "the helper of what is wrapped": """
        def helper(window, kernel, bias): return 0
        def timed(f):
            def inner(*a):
                return f(*a)
            return inner
        @timed
        def answer(image, bias):
            return helper(image, bias)
        """,
    "a helper in a closure": """
        def make():
            def helper(window): return 0
            def answer(image, bias):
                return helper(image, bias)
            return answer
        answer = make()
        """,
    "any arguments, handed on": """
        def helper(window): return 0
        def answer(*a):
            image, bias = a
            return helper(image, bias)
        """,
    "itself": """
        def answer(image, bias):
            return answer(image)
        """,
    "words of its own": """
        def answer(image, bias):
            raise TypeError("answer() takes 1 positional argument but 2 were given")
        """,
    "numbers": "def answer(image, bias): return image + None",
}


@pytest.mark.parametrize("form", INSIDE)
def test_an_error_inside_is_no_error_of_the_header(form):
    outcome = run_case(cell(INSIDE[form]), ARGUMENTS)
    assert outcome.error_type == "TypeError"
    assert not outcome.header
    assert outcome.where != ""


def test_an_error_in_c_that_is_not_about_the_arguments_is_none_of_the_header():
    assert not run_case(max, {"image": 1, "bias": "a"}).header
    assert not run_case(functools.partial(max, 1), {"image": "a"}).header


# --- PyTorch --------------------------------------------------------------------------------------------


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype(), torch.is_grad_enabled()
    yield torch
    torch.set_default_dtype(before[0])
    torch.set_grad_enabled(before[1])


def test_what_a_call_leaves_changed_in_torch_is_put_back_and_told(torch):
    def gradients_off(image, bias):
        torch.set_grad_enabled(False)
        return bias

    def doubles(image, bias):
        torch.set_default_dtype(torch.float64)
        return bias

    def fails(image, bias):
        torch.set_default_dtype(torch.float64)
        raise ValueError

    def tidy(image, bias):
        with torch.no_grad():
            return bias

    assert run_case(gradients_off, ARGUMENTS).changed == ("PyTorch's gradient mode",)
    assert torch.is_grad_enabled()
    assert run_case(doubles, ARGUMENTS).changed == ("PyTorch's default dtype",)
    assert torch.get_default_dtype() == torch.float32
    run_case(fails, ARGUMENTS)
    assert torch.get_default_dtype() == torch.float32
    assert run_case(tidy, ARGUMENTS).changed == ()


def test_what_is_observed_sees_torch_as_it_was_before_the_call(torch, monkeypatch):
    from course.cell import objects

    monkeypatch.setattr(objects, "observe_mode", lambda result, given: torch.is_grad_enabled(), raising=False)

    def gradients_off(image, bias):
        torch.set_grad_enabled(False)

    assert run_case(gradients_off, ARGUMENTS, "observe_mode").value is True


def test_torch_that_is_only_being_imported_does_no_harm(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", type(sys)("torch"))
    assert run_case(lambda image, bias: bias, ARGUMENTS).value == 2


# --- Away from the course -------------------------------------------------------------------------------


def test_it_works_alone_under_another_name(monkeypatch):
    spec = importlib.util.spec_from_file_location("judged.run", run.__file__)
    alone = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "judged.run", alone)
    spec.loader.exec_module(alone)
    outcome = alone.run_case(cell(FORMS["no wraps"]), ARGUMENTS)
    assert outcome.where == "return image[9]"
    assert alone.run_case(cell(REFUSING["no wraps"]), ARGUMENTS).header
