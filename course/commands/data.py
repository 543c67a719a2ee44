"""The command ``data``: which data is here and from where; fetches what is missing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from course.errors import DataError

HELP = (
    "Show which data is here and from where. 'fetch' downloads Fashion-MNIST; 'sample' makes the carried sample anew."
)
EXAMPLE = "python3 -m course data fetch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take an action and its folder."""
    parser.add_argument("action", nargs="?", choices=("show", "fetch", "sample"), default="show")
    parser.add_argument(
        "--to", metavar="DIR", type=Path, help="fetch: the folder to fill (default: the course's cache)"
    )
    parser.add_argument("--from", metavar="DIR", dest="origin", type=Path, help="sample: the folder with all pictures")


def run(arguments: argparse.Namespace) -> int:
    """Show, fetch or sample."""
    if arguments.action == "fetch":
        return _fetch(arguments.to)
    if arguments.action == "sample":
        return _sample(arguments.origin)
    return _show()


def states() -> list[tuple[str, str, str]]:
    """Return for each place its name, its state (none, part, whole, damaged), and what is wrong with it."""
    import os

    from course import data

    places = data.places()
    named = os.environ.get("COURSE_DATA")
    if named:
        places.insert(0, ("the folder that COURSE_DATA names", data.named_folder(named)))
    rows = []
    for words, folder in places:
        found = [(file, path) for file in data.FILES.values() if (path := data.locate(folder, file))]
        state, problem = ("none", "") if not found else ("part", "") if len(found) < len(data.FILES) else ("whole", "")
        for file, path in found:
            try:
                data.read_checked(path, file)
            except DataError as error:
                state, problem = "damaged", str(error)
        rows.append((f"{words}, {folder}", state, problem))
    return rows


def _show() -> int:
    from course import data

    print(
        "Photographs (china, flower) and digits: in scikit-learn\nFashion-MNIST, the first whole one of these is used:"
    )
    damaged = False
    words = {"none": "not here", "part": "some files only", "whole": "whole, checked", "damaged": "DAMAGED"}
    for place, state, problem in states():
        print(f"  {words[state]:<16} {place}")
        if problem:
            damaged = True
            print(f"  {'':<16} -> {problem}")
    data.check_sample()
    print(f"  {'here, checked':<16} the sample that the course carries: 6,000 + 1,000 of the 60,000 + 10,000 pictures")
    if not any(state == "whole" for _, state, _ in states()):
        print("\n'python3 -m course data fetch' downloads all of it (31 MB) into the course's cache.")
    return 1 if damaged else 0


def _fetch(folder: Path | None) -> int:
    from course import download

    shown: dict[str, int] = {}
    terminal = sys.stderr.isatty()

    def progress(name: str, done: int, total: int) -> None:
        share = 100 * done // total if total else 0
        if terminal:
            end = "\n" if total and done == total else ""
            print(f"\r  {name:<28} {done / 1e6:6.1f} MB  {share:3d}%", end=end, file=sys.stderr, flush=True)
        elif share // 25 > shown.get(name, -1):
            shown[name] = share // 25
            print(f"  {name:<28} {done / 1e6:6.1f} MB  {share:3d}%", file=sys.stderr, flush=True)

    place = download.fetch(folder, progress=progress)
    print(f"Fashion-MNIST is whole and checked in {place}")
    return 0


def _sample(origin: Path | None) -> int:
    from course import data

    whole = [folder for _, folder in data.places() if data.locate(folder, data.FILES["train", "images"])]
    if origin is None and not whole:
        raise DataError(
            "The sample is made from the whole collection, which is not here. Fetch it, or name its folder."
        )
    data.make_sample(data.SAMPLE, origin or whole[0])
    print(f"{data.SAMPLE.name} is written anew. Put its SHA-256 into course/data.py if the bytes have changed.")
    return 0
