"""The command ``bench``: measures the course against its peers, one subject at a time."""

from __future__ import annotations

import argparse
import importlib
import pkgutil

from course import benchmarks
from course.errors import SetupError

HELP = "Measure the course against its peers, as ratios taken in one run."
EXAMPLE = "python3 -m course bench import"
MODULE_OF = {"import": "imports"}  # the word "import" cannot name a module


def subjects() -> dict[str, str]:
    """Return the module of each subject."""
    words = {module: word for word, module in MODULE_OF.items()}
    found = (entry.name for entry in pkgutil.iter_modules(benchmarks.__path__) if not entry.name.startswith("_"))
    return {words.get(name, name): name for name in sorted(found)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the subject; what follows it belongs to the benchmark."""
    parser.add_argument("subject", metavar="SUBJECT", help="one of: " + ", ".join(subjects()))
    parser.add_argument("options", nargs=argparse.REMAINDER, help="options of that benchmark")


def run(arguments: argparse.Namespace) -> int:
    """Run one benchmark."""
    known = subjects()
    if arguments.subject not in known:
        raise SetupError(f"There is no benchmark {arguments.subject!r}. The benchmarks are: {', '.join(known)}.")
    module = importlib.import_module(f"course.benchmarks.{known[arguments.subject]}")
    if {"-h", "--help"} & set(arguments.options):
        print(f"python3 -m course bench {arguments.subject}\n\n{(module.__doc__ or '').strip()}")
        return 0
    return int(module.run(arguments) or 0)
