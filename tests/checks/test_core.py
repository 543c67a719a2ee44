"""The machinery of the checks, on a small exercise of its own."""

import dataclasses
import linecache
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import course
from course.cell.run import plain, run_case
from course.checks import check, find_exercise, hint
from course.checks.cases import Maker
from course.checks.compare import compare
from course.checks.display import Verdict
from course.checks.judge import judge, judge_function
from course.checks.spec import Case, Exercise, Focus, Mistake, Property
from course.errors import CourseError


def add_bias(image, bias):
    return image + bias


def cases(rng):
    sizes = [(2, 3), (3, 5)]
    return [Case({"image": rng.normal(size=size), "bias": float(rng.normal())}, note=f"{size}") for size in sizes]


def positive(rng):
    return [Case({"image": rng.uniform(1, 2, size=(2, 2)), "bias": 1.0})]


def grows(case, value):
    return None if (value > case.arguments["image"]).all() else "no"


TOY = Exercise(
    name="output_size",
    reference=add_bias,
    properties=[Property("bias", "The bias is added.", cases), Property("grows", "It grows.", positive, each=grows)],
    mistakes=[
        Mistake("minus", "You subtract the bias.", lambda image, bias: image - bias),
        Mistake("forgotten", "You forgot the bias.", lambda image, bias: image),
    ],
    hints=["Add."],
    focus=lambda case, index: Focus("image", tuple(slice(i, i + 1) for i in index), np.ones((1, 1)), "one cell"),
)


@given(st.integers(0, 2**31))
def test_right_answers_pass_whatever_their_form(seed):
    for form in (
        add_bias,
        lambda image, bias: (image + bias).astype(np.float32),
        lambda image, bias: (image + bias).tolist(),
    ):
        report = judge_function(TOY, form, seed)
        assert report.passed
        assert report.fraction == 1.0


@given(st.integers(0, 2**31))
def test_known_mistakes_are_refused_and_named(seed):
    for mistake in TOY.mistakes:
        report = judge_function(TOY, mistake.function, seed)
        assert not report.passed
        assert report.diagnosis.names == (mistake.name,)
        assert report.failure.case.size == 7  # the smallest failing case of the property
        assert mistake.says in repr(Verdict(report))
        assert mistake.says in Verdict(report).html()


def test_a_mistake_on_some_cases_only_is_refused_but_not_named():
    report = judge_function(TOY, lambda image, bias: image if image.shape == (3, 5) else image + bias, 0)
    assert not report.passed
    assert report.diagnosis.names == ()
    assert report.failure.case.note == "(3, 5)"


def test_partial_credit_is_the_share_of_the_properties():
    report = judge_function(TOY, lambda image, bias: image + abs(bias) + 1, 0)
    assert [result.passed for result in report.results] == [False, True, True]
    assert report.fraction == pytest.approx(1 / 3)


def test_stub_error_and_changed_input_are_told():
    assert judge_function(TOY, lambda image, bias: None, 0).untouched
    broken = judge_function(TOY, lambda image, bias: 1 / 0, 0)
    assert "ZeroDivisionError: division by zero" in broken.failure.says
    assert "1 / 0" in broken.failure.where
    assert broken.fraction == 0

    def in_place(image, bias):
        image += bias
        return image

    changing = judge_function(TOY, in_place, 0)
    assert "changes its input image" in changing.failure.says
    assert not changing.passed
    assert 0 < changing.fraction < 1


def test_a_function_that_prints_is_told_to_return():
    def prints(image, bias):
        print(image + bias)

    def stub(image, bias):
        """Return the sum."""
        ...  # noqa: PIE790 (as a lesson has it)

    def only_words(image, bias):
        """Return the sum."""

    def forgets(image, bias):
        total = image + bias  # noqa: F841

    assert judge_function(TOY, stub, 0).untouched
    assert judge_function(TOY, only_words, 0).untouched
    for function in (prints, forgets):
        report = judge_function(TOY, function, 0)
        assert not report.untouched
        assert "`print` shows a result" in report.failure.says
        assert "<code>return</code>" in Verdict(report).html()
        assert report.fraction == 0


def test_of_many_printed_lines_the_first_are_shown(capsys):
    def output_size(size, kernel_size, stride, padding):
        for line in range(10):
            print("line", line)
        return 0

    check(output_size, seed=0)
    said = capsys.readouterr().out
    assert said.count("line ") == 20
    assert re.search(r"\.\.\. and \d+ more lines that your function prints\.\n✗ output_size", said)


def test_a_hint_takes_a_name_or_the_function(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))

    def output_size():
        """Be named like the exercise."""

    for name in (
        "output_size",
        output_size,
        find_exercise("conv_volume").reference,
        find_exercise("softmax").reference,
    ):
        hint(name)
    said = capsys.readouterr().out
    assert said.count("Hint 1 of") == 4
    assert said.count("Hint 2 of") == 1
    with pytest.raises(CourseError, match=r"no exercise 'outputsize'\. Did you mean 'output_size'"):
        hint("outputsize")
    with pytest.raises(CourseError, match="There is no exercise 'sum'"):
        hint(sum)


def test_other_parameters_are_told_which_there_should_be():
    report = judge_function(TOY, lambda image: image, 0)
    assert report.failure.says.startswith("your function cannot be called as the lesson calls it, with (image, bias)")


def test_an_error_inside_a_call_is_not_taken_for_wrong_parameters():
    def calls_wrongly(image, bias):
        return np.add.reduce() + image

    assert "stopped with TypeError" in judge_function(TOY, calls_wrongly, 0).failure.says


def test_the_smallest_case_is_one_with_something_in_it():
    sizes = [(0, 2), (2, 3)]
    prop = Property("bias", "Added.", lambda rng: [Case({"image": np.ones(size), "bias": 1.0}) for size in sizes])
    exercise = dataclasses.replace(TOY, properties=[prop], mistakes=[], focus=None)
    report = judge_function(exercise, lambda image, bias: (image + bias).T, 0)
    assert report.failure.case.arguments["image"].shape == (2, 3)


def test_an_error_alone_names_a_mistake_by_its_message_alone():
    """Right wherever it does not stop: the type of the error is no proof of one certain mistake."""

    def stops_for_large(message):
        def function(image, bias):
            if image.shape == (3, 5):
                raise ValueError(message)
            return image + bias

        return function

    exercise = dataclasses.replace(TOY, mistakes=[Mistake("cut", "You cut it.", stops_for_large("shapes (2,3) (3,5)"))])
    assert judge_function(exercise, stops_for_large("shapes (3,5) (2,3)"), 0).diagnosis.names
    assert not judge_function(exercise, stops_for_large("shapes (4,5) (2,3)"), 0).diagnosis.names


def test_a_seed_draws_the_same_cases_and_each_property_its_own():
    one, two, other = TOY.plan(3), TOY.plan(3), TOY.plan(4)
    assert all(
        map(np.array_equal, [c.arguments["image"] for c in one.cases], [c.arguments["image"] for c in two.cases])
    )
    assert not np.array_equal(one.cases[0].arguments["image"], other.cases[0].arguments["image"])


def test_judge_wants_one_outcome_for_each_case():
    with pytest.raises(ValueError, match="3 outcomes are needed, got 0"):
        judge(TOY.plan(0), [])


@pytest.mark.parametrize(
    ("expected", "got", "says"),
    [
        (3, 3.0, "whole number 3, got the float 3.0"),
        (3, None, "returns nothing"),
        (True, 1, "expected True, got 1"),
        (0.5, 0.6, "expected 0.5, got 0.6"),
        ((1, 2), (1, 2, 3), "expected 2 values, got 3"),
        ((1, 2), (2, 1), "value 1 of 2"),
        (((1, 2), (3, 4)), ((1, 2), (3, 5)), "value 2 of 2: in it, value 2 of 2: expected 4, got 5"),
        (3, (3,), "expected one number, 3, got one value in a tuple or list"),
        (3, "3", "got the text '3'"),
        ((1, 2), {"a": 1, "b": 2}, "a dictionary with the entries a, b"),
        (np.array([True, False]), np.array([True, True]), "expected False, got True"),
        (np.zeros(2, dtype=np.uint8), (0, 0), "return a NumPy array"),
        (np.zeros((2, 2)), np.zeros((2, 3)), r"shape should be \(2, 2\), yours is \(2, 3\)"),
        (np.zeros(2), np.zeros(2, dtype=int), "fractions are lost"),
        (np.zeros(2, dtype=np.uint8), np.zeros(2, dtype=int), "dtype should be uint8"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "first at "),
        (np.zeros((1, 2)), ((1.0,), (1.0, 2.0)), "rows of different lengths"),
    ],
)
def test_compare_says_what_differs(expected, got, says):
    difference = compare(expected, got)
    assert difference is not None
    assert re.search(says, difference.says)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_compare_accepts_float32_and_refuses_one_wrong_cell(values):
    expected = np.array(values)
    assert compare(expected, expected.astype(np.float32)) is None
    wrong = expected.copy()
    wrong[-1] += 1 + abs(expected).max()
    assert compare(expected, wrong).index == (len(values) - 1,)


def test_plain_refuses_what_is_not_plain():
    for value in (object(), np.array([object()]), {1, 2}, np.array(["a"])):
        with pytest.raises(TypeError, match="the result is"):
            plain(value)


def test_an_array_subclass_cannot_claim_to_be_equal():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, dtype=bool)

    outcome = run_case(lambda image: np.zeros((2, 2)).view(Liar), {"image": np.ones((2, 2))})
    assert type(outcome.value) is np.ndarray
    assert compare(np.ones((2, 2)), outcome.value) is not None


def test_the_drawing_marks_the_wrong_cell_and_its_window():
    html = Verdict(judge_function(TOY, lambda image, bias: image - bias, 0)).html()
    assert html.count("◂") == 2  # the wrong cell, marked without colour, in both pictures
    assert "the window to look at" in html
    text = repr(Verdict(judge_function(TOY, lambda image, bias: image - bias, 0)))
    assert "that cell should have seen" in text


@pytest.mark.parametrize(("value", "shown"), [(1.0, "1.0"), (-3.0, "-3.0"), (0.5, "0.5"), (1e20, "1e+20"), (2, "2")])
def test_a_float_is_not_shown_as_a_whole_number(value, shown):
    report = judge_function(TOY, lambda image, bias: value, 0)
    assert f"<code>{shown}</code>" in Verdict(report).html()


def test_a_law_that_cannot_be_asked_of_a_value_is_broken_not_an_error():
    report = judge_function(TOY, lambda image, bias: "blue", 0)
    assert [result.passed for result in report.results] == [False, False, True]


def test_another_error_of_the_same_type_is_not_taken_for_a_known_mistake():
    def stops(message):
        def function(image, bias):
            raise TypeError(message)

        return function

    known = Mistake("float(bias)", "You turn an array into a float.", stops("only length-1 arrays can be converted"))
    exercise = dataclasses.replace(TOY, mistakes=[known])
    assert judge_function(exercise, stops("only length-1 arrays can be converted"), 0).diagnosis.names == (known.name,)
    assert not judge_function(exercise, stops("missing 1 required positional argument"), 0).diagnosis.names


def test_the_name_on_the_line_of_the_check_is_the_exercise(capsys):
    source = "def mine(size, kernel_size, stride=1, padding=0):\n    return 0\noutput_size = course.check(mine)\n"
    linecache.cache["<a cell>"] = (len(source), None, source.splitlines(keepends=True), "<a cell>")
    exec(compile(source, "<a cell>", "exec"), {"course": course})
    assert "output_size: not right yet" in capsys.readouterr().out


@given(st.floats(0.01, 20) | st.integers(1, 20), st.integers(0, 3))
def test_a_smaller_case_has_no_size_below_what_is_allowed(size, least):
    """An alpha of 0.5 does not become 0, by which nobody can divide."""
    maker = Maker(lambda rng, alpha: {"alpha": alpha}, least={"alpha": least}, alpha=size)
    smaller = [case.arguments["alpha"] for case in maker({})(np.random.default_rng(0))[0].smaller()]
    assert all(alpha >= min(least, size) for alpha in smaller)
    assert smaller or size in (round(size), least) or round(size) < least
