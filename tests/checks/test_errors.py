"""Errors count by what they say: every wording is raised for real, or remembered from another version."""

import re
import sys
import warnings

import numpy as np
import pytest

from course.checks.diagnosis import errors
from course.checks.diagnosis.errors import cause_of, help_for, same_cause

from .error_messages import NUMPY_AND_PYTHON, REMEMBERED, TORCH


def listed(text):
    """(cause, line) for each line of such a list."""
    found, cause = [], ""
    for line in text.strip("\n").split("\n"):
        if line.startswith("    "):
            found.append((cause, line[4:]))
        else:
            cause = line
    return found


def message(code):
    """What Python says when it runs the code."""
    space = {"np": np}
    if torch := sys.modules.get("torch"):
        space |= {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(code.replace("\\n", "\n"), space)
        except BaseException as error:
            return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize(("cause", "code"), listed(NUMPY_AND_PYTHON))
def test_what_numpy_and_python_say_is_known_by_its_cause(cause, code):
    check(cause, message(code))


@pytest.mark.parametrize(("cause", "code"), listed(TORCH))
def test_what_torch_says_is_known_by_its_cause(cause, code):
    pytest.importorskip("torch")
    check(cause, message(code))


@pytest.mark.parametrize(("cause", "error"), listed(REMEMBERED))
def test_what_other_versions_say_is_known_by_its_cause(cause, error):
    check(cause, error)


def check(cause, error):
    assert error
    assert cause_of(error) == cause
    says = help_for(error)
    assert re.fullmatch(r"[^{}]*[.?]", says)
    assert "  " not in says
    assert "another one" not in says  # a sentence that asks for what its wording does not tell
    assert len(says) < 170
    assert same_cause(error, error)


def test_no_wording_is_in_the_table_that_no_error_here_has():
    pytest.importorskip("torch")
    said = [message(code) for text in (NUMPY_AND_PYTHON, TORCH) for _, code in listed(text)]
    said += [error for _, error in listed(REMEMBERED)]
    met = {next(known for known in errors._table() if known.pattern.search(error)) for error in said}
    assert [known.pattern.pattern for known in errors._table() if known not in met] == []


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("IndexError: index 5 is out of bounds for axis 1 with size 4", "no index 5 along axis 1, which has size 4"),
        ("ValueError: cannot reshape array of size 6 into shape (4,2)", "6 values do not fill the shape (4,2)"),
        ("RuntimeError: shape '[4, 2]' is invalid for input of size 6", "6 values do not fill the shape [4, 2]"),
        ("AxisError: axis 2 is out of bounds for array of dimension 2", "no axis 2 in an array of dimension 2"),
        ("ValueError: shapes (2,3) and (4,5) not aligned: 3 (dim 1) != 4 (dim 0)", "here they are (2,3) and (4,5)"),
        ("TypeError: helper() missing 1 required positional argument: 'bias'", "without 'bias'"),
        ("AttributeError: 'list' object has no attribute 'shape'", "np.array(...) makes an array"),
        ("AttributeError: 'NoneType' object has no attribute 'shape'", "end with return"),
        ("ValueError: could not broadcast input array from shape (3,4) into shape (0,0)", "(0,0), which holds nothing"),
    ],
)
def test_help_holds_what_the_message_tells(error, says):
    assert says in help_for(error)


def test_what_is_not_known_has_no_cause_and_no_help():
    for error in ("", "ValueError: ", "ValueError: no luck today", "MyError"):
        assert cause_of(error) == ""
        assert help_for(error) == ""


SAME = [
    ("ValueError: operands could not be broadcast together with shapes (3,4) (2,5) ",
     "ValueError: operands could not be broadcast together with shapes (7,) (2,5) "),
    ("IndexError: list index out of range", "IndexError: index 5 is out of bounds for axis 0 with size 5"),
    ("UnboundLocalError: local variable 'out' referenced before assignment",
     "UnboundLocalError: cannot access local variable 'total' where it is not associated with a value"),
    ("TypeError: a() takes 2 positional arguments but 3 were given",
     "TypeError: b() takes 2 positional arguments but 3 were given"),
    ("TypeError: only length-1 arrays can be converted to Python scalars",
     "TypeError: only 0-dimensional arrays can be converted to Python scalars"),
    ("TypeError: unsupported operand type(s) for //: 'tuple' and 'int'",
     "TypeError: unsupported operand type(s) for //=: 'list' and 'float'"),
    ("TypeError: 'float' object is not callable", "TypeError: 'numpy.float64' object is not callable"),
    ("ValueError: my own words (1, 2) and (3,)", "ValueError: (3,) and (1, 2), own words: my"),
]  # fmt: skip
DIFFERENT = [
    ("AttributeError: 'list' object has no attribute 'dataset'",
     "AttributeError: 'Net' object has no attribute 'evall'"),
    ("AttributeError: 'list' object has no attribute 'shape'", "AttributeError: 'list' object has no attribute 'ndim'"),
    ("NameError: name 'kernel' is not defined", "NameError: name 'k2' is not defined"),
    ("NameError: name 'k2' is not defined", "NameError: name 'k3' is not defined"),
    ("TypeError: a() takes 2 positional arguments but 3 were given",
     "TypeError: a() takes 1 positional argument but 3 were given"),
    ("TypeError: f() missing 1 required positional argument: 'columns'",
     "TypeError: f() missing 1 required positional argument: 'bias'"),
    ("AxisError: axis 2 is out of bounds for array of dimension 2",
     "AxisError: axis 4 is out of bounds for array of dimension 2"),
    ("ValueError: too many values to unpack (expected 2)",
     "ValueError: not enough values to unpack (expected 2, got 1)"),
    ("KeyError: 'a'", "KeyError: 'b'"),
    ("TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'",
     "TypeError: unsupported operand type(s) for +: 'list' and 'int'"),
    ("ValueError: my own words", "ValueError: other words"),
    ("ValueError: my own words", "TypeError: my own words"),
    ("ValueError: my own words", "IndexError: list index out of range"),
    ("IndexError: list index out of range", ""),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_errors_that_say_the_same_are_the_same(one, other):
    assert same_cause(one, other)
    assert same_cause(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_errors_of_other_things_are_not_the_same(one, other):
    assert not same_cause(one, other)
    assert not same_cause(other, one)


def test_no_two_errors_of_different_causes_are_the_same():
    errors_of = dict(reversed([(cause, error) for cause, error in listed(REMEMBERED)]))
    for one, first in errors_of.items():
        for other, second in errors_of.items():
            assert same_cause(first, second) == (one == other)
