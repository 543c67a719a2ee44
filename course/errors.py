"""The errors of the course: each says what was wrong, with its value, and what to do.

The command line prints a `CourseError` as one sentence and ends with exit code 2.
Anything else that reaches it is a defect of the course.
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "CheckError",
    "CheckpointError",
    "CourseError",
    "DataError",
    "NotebookError",
    "SetupError",
    "SourceError",
    "SubmissionError",
    "TrainingError",
    "argument_error",
]


class CourseError(Exception):
    """Something that a reader, a file or a machine did not provide; the message says what to do."""


class ArgumentError(CourseError, ValueError):
    """A function was called with a value that it cannot use."""


class CheckError(CourseError):
    """A check cannot be made, through no fault of the function that was to be checked."""


class SetupError(CourseError):
    """Python, a package or the network is not as the course needs it."""


class DataError(CourseError):
    """A data file is missing, damaged or not what its name says."""


class NotebookError(CourseError):
    """A file is not a notebook, or not one of this course."""


class SourceError(CourseError):
    """The source of a lesson cannot be turned into notebooks."""


class CheckpointError(CourseError):
    """A checkpoint is missing, damaged or belongs to another run."""


class TrainingError(CourseError):
    """A training run cannot go on; what it had learned is kept."""


class SubmissionError(CourseError):
    """A submission or an archive of submissions cannot be read."""


def argument_error(function: str, argument: str, rule: str, value: object, fix: str) -> ArgumentError:
    """Return the error for a bad argument, in the one sentence form that all of the course uses.

    Parameters
    ----------
    function, argument : str
        The function that was called, and the argument that it cannot use.
    rule : str
        What the argument must do or be; follows the word "must".
    value : object
        What was given. Of an array its shape is shown, of anything else its value.
    fix : str
        A whole sentence that says what to change.

    Examples
    --------
    >>> print(argument_error("conv2d", "stride", "be at least 1", 0, "Use stride=1 to visit every pixel."))
    conv2d: stride must be at least 1; got stride = 0. Use stride=1 to visit every pixel.
    """
    shape = getattr(value, "shape", None)
    shown = f"array of shape {tuple(shape)}" if isinstance(shape, tuple) and shape else repr(value)
    if len(shown) > 200:
        shown = shown[:197] + "..."
    return ArgumentError(f"{function}: {argument} must {rule}; got {argument} = {shown}. {fix}")
