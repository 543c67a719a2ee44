"""The command line: finds the command, runs it, turns errors into one sentence and an exit code.

A command is a module ``course.commands.NAME`` with ``HELP`` (one line), ``EXAMPLE`` (one line),
``add_arguments(parser)`` and ``run(arguments) -> int``. It is imported only when it is asked for.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import importlib
import os
import sys
import unicodedata
from collections.abc import Callable, Sequence
from typing import TextIO

from .errors import CourseError

__all__ = ["COMMANDS", "guarded", "main"]

COMMANDS = {
    "lab": "open JupyterLab at lesson 1, setting everything up first where needed",
    "test": "run every test of the course",
    "build": "make the lesson and solution notebooks from their sources",
    "check": "show your own score for a notebook",
    "grade": "grade a class",
    "autograder": "make the zip that Gradescope runs as its autograder",
    "checks": "show which wrong answers each check refuses and names",
    "train": "train a network: device, budget, checkpoint, resume",
    "data": "show which data is here, and fetch what is missing",
    "doctor": "show what works on this machine, and what to do about what does not",
    "bench": "measure the course against its peers",
}
# What a terminal shows that has no such sign: a verdict must stay one, and columns must keep their width.
STAND_INS = {"✓": "+", "✗": "x", "○": "o", "◐": "~", "◂": "<", "·": "-", "–": "-", "—": "-", "×": "x", "→": ">"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a check failed, 2 it could not be done."""
    argv = list(sys.argv[1:] if argv is None else argv)
    words = [word for word in argv if word != "--debug"]
    return guarded(lambda: _run(words), debug=len(words) < len(argv))


def guarded(work: Callable[[], int], debug: bool = False) -> int:
    """Do the work of a command on whatever terminal there is, and return its exit code.

    Parameters
    ----------
    work : function() -> int
        What is to be done; its errors become one sentence.
    debug : bool
        Let errors through, for their tracebacks.
    """
    _make_ready()
    try:
        try:
            return _told(work, debug)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    except BrokenPipeError:  # whoever read what was printed, such as "head", has seen enough
        _discard_output()
        return 1
    except OSError as error:
        if debug:
            raise
        _discard_output(sys.stdout)
        print(
            f"course: What was to be printed cannot be written ({error.strerror}). Make room for it.", file=sys.stderr
        )
        return 2


def _told(work: Callable[[], int], debug: bool) -> int:
    """Do the work; print its error in one sentence."""
    try:
        return work()
    except CourseError as error:
        if debug:
            raise
        print(f"course: {error}", file=sys.stderr)
    except BrokenPipeError:
        raise
    except OSError as error:  # a file or folder that no command has foreseen
        if debug or error.filename is None:
            raise
        print(
            f"course: {error.filename} cannot be used ({error.strerror}). See that it is there and yours, or name "
            "another; --debug shows where this happened.",
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        if debug:
            raise
        print("course: stopped, as you asked.", file=sys.stderr)
        return 130
    return 2


def _make_ready() -> None:
    """Let anything be printed anywhere: a closed stream swallows it, and a sign that is not there has a stand-in."""
    codecs.register_error("course", _stand_in)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  # for as long as the program runs
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="course")


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    shown = ""
    for sign in error.object[error.start : error.end]:
        plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
        shown += STAND_INS.get(sign) or plain or "?"
    return shown, error.end


def _discard_output(*streams: TextIO) -> None:
    """Let what is still to be written go nowhere, so that Python does not complain of it as it ends."""
    for stream in streams or (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def _run(argv: list[str]) -> int:
    if os.environ.get("HOME") == "":  # taken for "/" by some and for "~" by others; without it the system is asked
        del os.environ["HOME"]
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="python3 -m course",
        description="Convolutional neural networks, understood by building them.",
        epilog=f"commands:\n{listing}\n\nexample: python3 -m course lab\n"
        "'python3 -m course COMMAND --help' tells more; --debug shows the traceback of an error.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=sorted(COMMANDS), metavar="COMMAND")
    name = parser.parse_args(argv[:1]).command
    module = importlib.import_module(f"course.commands.{name}")
    command = argparse.ArgumentParser(
        prog=f"python3 -m course {name}",
        description=module.HELP,
        epilog=f"example: {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(command)
    return int(module.run(command.parse_args(argv[1:])) or 0)
