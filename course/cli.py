"""The command line: finds the command, runs it, turns errors into one sentence and an exit code.

A command is a module ``course.commands.NAME`` with ``HELP`` (one line), ``EXAMPLE`` (one line),
``add_arguments(parser)`` and ``run(arguments) -> int``. It is imported only when it is asked for.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from .errors import CourseError

__all__ = ["COMMANDS", "main"]

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a check failed, 2 it could not be done."""
    argv = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in argv
    argv = [word for word in argv if word != "--debug"]
    try:
        return _run(argv)
    except CourseError as error:
        if debug:
            raise
        print(f"course: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read what was printed, such as "head", has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # what is still in the buffer has nowhere to go
        return 1
    except KeyboardInterrupt:
        if debug:
            raise
        print("course: stopped, as you asked.", file=sys.stderr)
        return 130


def _run(argv: list[str]) -> int:
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
