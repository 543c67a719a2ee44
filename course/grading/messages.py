"""One wording for each error, whatever version of Python and NumPy a learner's code was run by.

The guest of the level `wasm` has versions of its own, and Python rewords its messages from one to the next. The wording
of the older one stands, which is also the shorter one; what is only true of one machine (addresses, folders) is left
out.
"""

from __future__ import annotations

import re

__all__ = ["one_wording"]

# Kinds of errors, the new wording, and what stands instead.
REWORDED = [
    (kinds, re.compile(new), old)
    for kinds, new, old in [
        # What is there in addition.
        ("", r"\. Did you mean.*", ""),
        ("AttributeError", r"( object has no attribute '\w+') and no __dict__ for setting new attributes", r"\1"),
        ("ValueError", r"(too many values to unpack \(expected \d+), got \d+\)", r"\1)"),
        ("TypeError", r"( does not support the (asynchronous )?context manager protocol) \(missed __\w+__ method\).*",
         r"\1"),
        ("TypeError", r"(not all arguments converted during \w+ formatting|not enough arguments for format string)"
         r" \(.*\)", r"\1"),
        ("ImportError", r"(cannot import name '\w+' from '[\w.]+') \(.*\)", r"\1"),
        # What is said in other words.
        ("TypeError", r"(argument of type '[\w.]+' is not )a container or iterable", r"\1iterable"),
        ("TypeError", r"slice indices must be integers or have", "slice indices must be integers or None or have"),
        ("TypeError", r"cannot use '.*' as a (dict key|set element) \((unhashable type: '.*')\)", r"\2"),
        ("TypeError", r"(Value|[\w.<>]+\(\) argument) after (\*+) must be (a mapping|an iterable), not ([\w.]+)",
         r"argument after \2 must be \3, not \4"),
        ("TypeError", r"'(\w+)' is an invalid keyword argument for (.+)",
         r"\2 got an unexpected keyword argument '\1'"),
        ("TypeError", r"(\w+)\(\) takes no keyword arguments", r"\1() got an unexpected keyword argument"),
        ("TypeError", r"([\w.]+) expected (at least |at most |exactly )?(\d+) arguments?, got (\d+)",
         r"\1() takes \2\3 arguments (\4 given)"),
        ("TypeError", r"([\w.]+\(\)) takes (at least |at most |exactly )?(\d+)( positional)? arguments?"
         r" \((\d+) given\)",
         r"\1 takes \2\3 arguments (\5 given)"),
        ("ZeroDivisionError", r".*power.*", "zero to a negative power"),
        ("ZeroDivisionError", r".*(division|modulo|remainder|divmod).*", "division by zero"),
        ("OverflowError", r"(Python )?int too (large|big) to convert.*|Python integer -?\d{10,} out of bounds for \w+",
         "int too big to convert"),
        ("OverflowError", r"\(\d+, '(Numerical result out of range|Result not representable|Result too large)'\)",
         "(34, 'Numerical result out of range')"),
        ("ValueError", r"(max|min)\(\) arg is an empty sequence", r"\1() iterable argument is empty"),
        ("TypeError", r"(%\w) format: (a real number|an integer) is required", r"format argument: \1 requires \2"),
        ("TypeError", r"\w+\(\) argument \d+ (must be str, not )", r"\1"),
        ("", r"numpy\._ArrayFunctionDispatcher", "function"),
        ("ValueError", r"expected a (nonnegative|positive|finite|noninteger) (input|number).*|.*expected a number (in"
         r" range|between) .*", "math domain error"),
        ("ValueError", r".* is not in list", "list.index(x): x not in list"),
        ("RecursionError", r"(maximum recursion depth exceeded|Stack overflow \(used).*",
         "maximum recursion depth exceeded"),
        ("TypeError", r"\bmath\.integer\.", "math."),
        # What only this machine says.
        ("", r"\[Errno \d+\] ", ""),
        ("", r" at 0x[0-9a-fA-F]+", ""),
        ("", r"<module '([\w.]+)' (from '.*?'|\(built-in\)|\(frozen\))>", r"<module '\1'>"),
    ]
]  # fmt: skip
TOO_LARGE = re.compile(
    r"(_Array)?MemoryError: |ValueError: (array is too big|Maximum allowed dimension exceeded)"
    "|OverflowError: (cannot fit 'int' into an index-sized|Python int too large to convert to C ssize_t)"
)


def one_wording(error: str) -> str:
    """Return the words of an error as they stand whatever ran the code that raised it.

    Parameters
    ----------
    error : str
        The name of its class, a colon, and its message.

    Examples
    --------
    >>> one_wording("ValueError: too many values to unpack (expected 2, got 3)")
    'ValueError: too many values to unpack (expected 2)'
    """
    if TOO_LARGE.match(error):
        return "MemoryError: it needs more memory than there is"
    kind, colon, words = error.partition(": ")
    if not colon:
        return error
    for kinds, new, old in REWORDED:
        if kinds in ("", kind):
            words = new.sub(old, words)
    return f"{kind}: {words}"
