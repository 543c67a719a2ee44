"""Submissions that cost a reader much: each is made from a seed, and none may cost more than the learner who sent it.

``python -m tests.grading.heavy`` tells what each costs; with ``--learners 500`` it grades a class with each among them.
"""

import argparse
import csv
import functools
import io
import json
import lzma
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from course.manifest import LESSONS

from . import toy

ROOT = Path(__file__).resolve().parents[2]
MOST = 95_000  # characters of a cell that is still read


class Lesson:
    """What right work is: that of the toy lesson, or the course's own of one of its lessons."""

    number = 0
    exercise = "mirror"

    @classmethod
    def use(cls, number):
        """Take a lesson of the course."""
        cls.number, cls.exercise = number, LESSONS[number - 1].exercises[-1].name

    @classmethod
    def right(cls, last="", whole=False):
        """The notebook of a learner who is right, but for the last exercise where its source is given.

        With the pictures that it was handed in with, where it is to be `whole`.
        """
        source = last.replace("mirror", cls.exercise)
        if not cls.number:
            return toy.answers(**({"mirror": source} if last else {}))
        path = ROOT / "solutions" / f"{LESSONS[cls.number - 1].stem}.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            if cell["cell_type"] == "code" and not whole:
                cell["outputs"] = []
        others = [cell for cell in content["cells"] if not last or cls.exercise not in "".join(cell["source"])]
        return content | {"cells": [*others, *([toy.code(source)] if last else [])]}


def book(*cells):
    """The bytes of a right notebook with these cells below its own."""
    content = Lesson.right()
    text = [cell.replace("mirror", Lesson.exercise) if isinstance(cell, str) else cell for cell in cells]
    content["cells"] += [toy.code(cell) if isinstance(cell, str) else cell for cell in text]
    return json.dumps(content).encode()


def spliced(text):
    """The bytes of a right notebook with text that `json` would not write before its end."""
    return book()[:-1] + f", {text}}}".encode()


def fill(unit, size=MOST):
    """As many of a text as fit."""
    return unit * (size // len(unit))


def nested(opening, inside, closing, size=MOST):
    """A text in as many brackets as fit."""
    count = size // (len(opening) + len(closing))
    return opening * count + inside + closing * count


PYTHON = {  # a cell that is read as Python, or as what IPython makes Python of
    "brackets": lambda: nested("(", "1", ")"),
    "brackets that stay open": lambda: fill("(["),
    "lists": lambda: nested("[", "", "]"),
    "calls": lambda: nested("f(", "1", ")"),
    "a sum": lambda: "x = 1" + fill(" + 1"),
    "a long comparison": lambda: "x = 1" + fill(" < 1"),
    "signs": lambda: "x = " + fill("-") + "1",
    "nots": lambda: "x = " + fill("not ") + "1",
    "lambdas": lambda: "x = " + fill("lambda: ") + "1",
    "conditions": lambda: "x = " + fill("1 if 1 else ") + "1",
    "lambdas on a line": lambda: "; ".join(f"a{k} = lambda: b{k}" for k in range(4000)),
    "lambdas on lines": lambda: "(" + "".join(f"lambda: b{k},\n" for k in range(4000)) + ")",
    "functions that read much": lambda: "".join(f"def f{k}():\n  " + f"+f{k + 1}" * 300 + "\n" for k in range(90)),
    "attributes": lambda: "x = y" + fill(".a"),
    "subscripts": lambda: "x = y" + fill("[0]"),
    "calls of calls": lambda: "x = y" + fill("()"),
    "loops in a list": lambda: "x = " + nested("[", "1", " for a in b]"),
    "elifs": lambda: "if 1:\n pass\n" + fill("elif 1:\n pass\n"),
    "ifs": lambda: "".join(" " * k + "if 1:\n" for k in range(500)) + " " * 500 + "pass",
    "functions in functions": lambda: "".join(" " * k + "def f():\n" for k in range(500)) + " " * 500 + "pass",
    "statements": lambda: fill("x = 1\n"),
    "statements on a line": lambda: fill("x = 1; "),
    "names": lambda: "".join(f"v{k} = v{k - 1}\n" for k in range(5000)),
    "functions": lambda: fill("def f(): pass\n"),
    "functions of near names": lambda: "".join(f"def row_sum{k}(x): pass\n" for k in range(7000)),
    "imports": lambda: fill("import numpy as np\n"),
    "an import of much": lambda: "from numpy import " + fill("a, ") + "b",
    "decorators": lambda: fill("@f\n") + "def g(): pass",
    "globals": lambda: "def f():\n" + fill(" global a\n"),
    "a number": lambda: "x = " + fill("9"),
    "a number of hexadecimals": lambda: "x = 0x" + fill("f"),
    "a long name": lambda: fill("a") + " = 1",
    "a long string": lambda: f"x = '{fill('a')}'",
    "quotes": lambda: fill("'"),
    "double quotes": lambda: fill('"') + "x",
    "quotes that stay open": lambda: fill("'a\n"),
    "three quotes": lambda: fill("'''a"),
    "strings side by side": lambda: "x = " + fill("'a' "),
    "f-strings": lambda: "x = f'" + nested("{", "1", "}") + "'",
    "comments": lambda: fill("# a\n"),
    "comments and help": lambda: fill("# a?\n"),
    "backslashes": lambda: fill("\\\n"),
    "backslashes in a string": lambda: "x = '" + fill("\\"),
    "spaces": lambda: fill(" ") + "x",
    "spaces at ends": lambda: fill(" " * 999 + "\n") + "x!",
    "tabs and spaces": lambda: fill("\t \n") + "\tx",
    "magics": lambda: fill("%time x = 1\n"),
    "magics of cells": lambda: fill("%%time\n"),
    "commands": lambda: fill("!ls\n"),
    "a command on lines": lambda: "!ls " + fill("\\\n"),
    "commands that are assigned": lambda: fill("x = !ls\n"),
    "an assignment on lines": lambda: "x = !ls " + fill("a\\\n"),
    "assignments": lambda: "x" + fill(" = x") + " = !ls",
    "open brackets and commands": lambda: fill("x = (!ls\n"),
    "help": lambda: fill("f?\n"),
    "help on much": lambda: fill("a.") + "b?",
    "questions": lambda: fill("?"),
    "percents": lambda: fill("%"),
    "stars and a question": lambda: fill("*") + "?",
    "prompts": lambda: fill("In [1]: x = 1\n"),
    "prompts of Python": lambda: fill(">>> x = 1\n"),
    "dots": lambda: "In [1]: x\n" + fill("...: "),
    "dots on lines": lambda: fill("   ...: x\n") + "In [1]: x",
    "prompts of Python in strings": lambda: fill("'''\n>>> x\n") + "!",
    "marks of a merge": lambda: fill("<<<<<<< \n"),
    "what was timed": lambda: fill("%time ") + "x = 1",
    "what was timed and assigned": lambda: "get_ipython().run_line_magic(" + fill("x = get_ipython().run_line_magic('time', 'x'"),  # noqa: E501
    "carriage returns": lambda: fill("x = 1\r"),
    "form feeds": lambda: fill("x = 1\f\n"),
    "NUL": lambda: fill("\0"),
    "letters of other scripts": lambda: fill("ﬁ = 1\n"),
    "half characters": lambda: fill("\ud800"),
    "names that change": lambda: "".join(f"x{k}.append(x{k + 1})\n" for k in range(6000)),
    "one that all need": lambda: "t = []\n" + fill("t.append(t)\n"),
}  # fmt: skip

CELLS = {  # many cells
    "100,000 cells": lambda: ["x = 1"] * 100_000,
    "100,000 cells of text": lambda: [{"cell_type": "markdown", "source": "def mirror(x)", "metadata": {}}] * 100_000,
    "5,000 copies of an exercise": lambda: [toy.RIGHT["mirror"]] * 5000,
    "5,000 versions of an exercise": lambda: [f"def mirror(image):\n    return image[{k}]" for k in range(5000)],
    "2,000 checks": lambda: [f"def mirror(x):\n    return x + {k}\nmirror = course.check(mirror)" for k in range(2000)],
    "1,000 cells that are no Python": lambda: [f"def mirror(image:\n  x{k} = 1" for k in range(1000)],
    "500 helpers and their users": lambda: [
        f"def h{k}(x):\n    return h{k + 1}(x)\ndef mirror(x):\n    return h{k}(x)" for k in range(500)
    ],
    "200 long cells": lambda: [fill(f"x = {k}\n") for k in range(200)],
    "200 cells of brackets": lambda: [nested("(", str(k), ")") for k in range(200)],
}

BOOKS = {  # the bytes of a notebook
    "metadata 100,000 deep": lambda: spliced(f'"a": {nested("[", "", "]", 200_000)}'),
    "metadata 900 deep": lambda: spliced(f'"a": {nested("[", "", "]", 1800)}'),
    "objects 100,000 deep": lambda: spliced(f'"a": {nested(chr(123) + chr(34) + "a" + chr(34) + ":", "1", "}", 600_000)}'),  # noqa: E501
    "brackets that never close": lambda: b"[" * 10**7,
    "cells in cells": lambda: b'{"cell_type":' * 10**6,
    "cells around much": lambda: b'{"nbformat": 4, "cells": [' + b'{"source": ' * 900 + json.dumps(["a"] * 10**6).encode() + b"}" * 900,  # noqa: E501
    "cells around a number": lambda: b'{"nbformat": 4, "cells": [' + b'{"source": ' * 900 + b"9" * 10**7 + b"}" * 900,
    "cells around brackets": lambda: b'{"nbformat": 4, "cells": [' + (b'{"source": ' + b"[" * 2000) * 5000,
    "cells that never end": lambda: book()[:-40] + b'{"source": "' * 10**6,
    "cells with a list that never ends": lambda: b'{"nbformat": 4, "cells": [' + b'{"source": [' * 10**6,
    "cells with an error at their end": lambda: b'{"nbformat": 4, "cells": [' + b'{"source": "a", ' * 10**6,
    "cells and lines": lambda: b'{"nbformat": 4, "cells": [' + b'{"source": \n"a"\n, x},\n' * 10**6,
    "spaces in cells": lambda: b'{"nbformat": 4, "cells": [' + b"{" + b" " * 10**7 + b"{" + b" " * 10**7,
    "braces and spaces": lambda: b'{"nbformat": 4, "cells": [' + (b"{" + b" " * 3000) * 3000,
    "damaged, with long cells": lambda: b'{"nbformat": 4, "cells": ['
    + b",".join(json.dumps(toy.code("x" * 10**5)).encode() for _ in range(300)) + b"!",
    "a string that never ends": lambda: book()[:-40] + b'"' + b"\\n" * 10**7,
    "a number of 10 million digits": lambda: spliced('"a": ' + "9" * 10**7),
    "numbers of 4,000 digits": lambda: spliced('"a": [' + ",".join(["9" * 4000] * 5000) + "]"),
    "a version of many digits": lambda: book().replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 4000),
    "no numbers": lambda: spliced('"a": [NaN, Infinity, -Infinity, 1e999]'),
    "the same key a million times": lambda: spliced(",".join(['"a": 1'] * 10**6)),
    "a million keys": lambda: spliced(",".join(f'"k{k}": {k}' for k in range(10**6))),
    "half characters in keys": lambda: spliced('"\\ud800": "\\udfff"'),
    "an id of 10 MB": lambda: book() [:-1] + b', "id": "' + b"i" * 10**7 + b'"}',
    "outputs of 50 MB": lambda: book(toy.code("x = 1") | {"outputs": [{"output_type": "stream", "text": "a" * 50 * 10**6}]}),  # noqa: E501
    "a million outputs": lambda: book(toy.code("x = 1") | {"outputs": [{"a": 1}] * 10**6}),
    "a source of a million lines": lambda: book(toy.code("x") | {"source": ["x = 1\n"] * 10**6}),
    "one line of 10 MB": lambda: book("x = '" + "a" * 10**7 + "'"),
    "text of 10 MB": lambda: book({"cell_type": "markdown", "source": "> def x" * 10**6, "metadata": {}}),
    "text of spaces": lambda: book({"cell_type": "markdown", "source": " > \t" * 10**6, "metadata": {}}),
    "text of a line of defs": lambda: book({"cell_type": "markdown", "source": ("def" + " " * 999) * 5000, "metadata": {}}),  # noqa: E501
    "marks of a merge": lambda: book()[:-40] + b"<<<<<<< a\n=======\n>>>>>>> b\n" * 500_000,
    "sides of a merge": lambda: b"<<<<<<< a\n" + book(*["x = 1"] * 5000) + b"\n=======\n" + book(*["x = 2"] * 5000) + b"\n>>>>>>> b\n",  # noqa: E501
    "60 MB of nothing": lambda: bytes(60 * 10**6),
    "60 MB of letters beyond": lambda: "ÿ".encode() * 30 * 10**6,
    "60 MB of bytes": lambda: b"\xff" * 60 * 10**6,
    "UTF-32": lambda: book("x = '" + "a" * 10**6 + "'").decode().encode("utf-32"),
    "the old format, damaged": lambda: b'{"nbformat": 3, "worksheets": [{"cells": ' + b"[" * 10**6,
    "the old format, 100,000 cells": lambda: json.dumps(
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n"]}] * 100_000}]}).encode(),
}  # fmt: skip


def packed(files, method=zipfile.ZIP_DEFLATED):
    """The bytes of a zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return data.getvalue()


def overlapping(count):
    """A zip whose entries are all the same bytes."""
    data = bytearray(packed({"a.ipynb": b"0" * 10**7}))
    at = data.index(b"PK\1\2")
    entry, end = bytes(data[at : data.index(b"PK\5\6")]), bytearray(data[data.index(b"PK\5\6") :])
    end[8:16] = struct.pack("<HHI", count, count, count * len(entry))
    return bytes(data[:at]) + entry * count + bytes(end)


def spoiled(method, draw):
    """A zip whose members are damaged."""
    data = bytearray(packed({f"{k}.ipynb": book() for k in range(5)}, method))
    for _ in range(50):
        data[draw.randrange(40, len(data) * 2 // 3)] = draw.randrange(256)
    return bytes(data)


def of_method(number):
    """A zip that says it is packed by another method."""
    data = packed({"a.ipynb": book()})
    return data.replace(b"\x08\x00", struct.pack("<H", number))


def lying(size):
    """A zip that says its members have another size."""
    data = packed({"a.ipynb": b"0" * 10**6})
    return data.replace(struct.pack("<I", 10**6), struct.pack("<I", size))


def greedy():
    """A zip with a member that asks for a dictionary of 4 GiB to be unpacked."""
    data = packed({"a.ipynb": book()}, zipfile.ZIP_LZMA)
    filters = lzma._encode_filter_properties({"id": lzma.FILTER_LZMA1})
    return data.replace(filters, filters[:1] + b"\xff\xff\xff\xff")


def in_each_other(deep):
    """A zip in a zip, and so on."""
    data = b"0" * 10**6
    for _ in range(deep):
        data = packed({"a.zip": data})
    return data


HANDED_IN = {  # the files of a learner
    "a bomb": lambda draw: {"a.zip": packed({f"{k}.ipynb": b"0" * 60 * 10**6 for k in range(8)})},
    "bombs": lambda draw: {f"{k}.zip": packed({"a.ipynb": b"0" * 60 * 10**6}) for k in range(8)},
    "zips in zips": lambda draw: {"a.zip": in_each_other(40)},
    "members that overlap": lambda draw: {"a.zip": overlapping(40_000)},
    "49,000 notebooks": lambda draw: {"a.zip": packed({f"{k}.ipynb": b"{}" for k in range(49_000)})},
    "60,000 files": lambda draw: {"a.zip": packed({f"{k}.txt": b"" for k in range(60_000)})},
    "2,000 notebooks of the lesson": lambda draw: {"a.zip": packed(dict.fromkeys((f"{k}.ipynb" for k in range(2000)), book()))},  # noqa: E501
    "damaged LZMA": lambda draw: {"a.zip": spoiled(zipfile.ZIP_LZMA, draw)},
    "damaged BZIP2": lambda draw: {"a.zip": spoiled(zipfile.ZIP_BZIP2, draw)},
    "damaged deflate": lambda draw: {"a.zip": spoiled(zipfile.ZIP_DEFLATED, draw)},
    "greedy LZMA": lambda draw: {"a.zip": greedy()},
    "deflate64": lambda draw: {"a.zip": of_method(9)},
    "AES": lambda draw: {"a.zip": of_method(99)},
    "a small size": lambda draw: {"a.zip": lying(10)},
    "a large size": lambda draw: {"a.zip": lying(2**32 - 2)},
    "a size of zip64": lambda draw: {"a.zip": lying(2**32 - 1)},
    "no zip": lambda draw: {"a.zip": b"PK\1\2" * 10**6},
    "ends of zips": lambda draw: {"a.zip": b"PK\5\6" * 10**6},
    "a path of 60,000 letters": lambda draw: {"a.zip": packed({"d/" * 30_000 + "a.ipynb": book()})},
    "a name of 60,000 letters": lambda draw: {"a.zip": packed({"d" * 60_000 + ".ipynb": book()})},
    "a name of endings": lambda draw: {"a.zip": packed({".ipynb" * 9000 + "!": book()})},
    "names that are odd": lambda draw: {"a.zip": packed(
        {name: book() for name in ("\u202egpj.ipynb", "..\\..\\a.ipynb", "a\nb.ipynb", "con.ipynb", "/etc/a.ipynb", "a/.ipynb")})},  # noqa: E501
}  # fmt: skip

RETURNS = {  # what an answer gives back
    "a tuple of numbers": "(1.5,) * 100_000",
    "a list of numbers": "[1] * 200_000",
    "a list of lists": "[[1]] * 50_000",
    "lists in lists": "__import__('functools').reduce(lambda a, b: [a], range(90), 1)",
    "a text": "'a' * 3_000_000",
    "texts": "['a' * 1000] * 3000",
    "bytes": "b'a' * 3_000_000",
    "a table": "{k: k for k in range(100_000)}",
    "a table of texts": "{str(k): 'a' * 20 for k in range(50_000)}",
    "whole numbers of many digits": "[10 ** 4000] * 500",
    "arrays": "[np.zeros(3)] * 20_000",
    "an array of 3 MB": "np.zeros(400_000)",
    "an array of many axes": "np.zeros((1,) * 30)",
    "an array with an axis of none": "np.zeros((0, 10**9))",
    "not numbers": "np.full((600, 600), np.nan)",
    "complex numbers": "np.ones((300, 300)) * 1j",
    "an error of 3 MB": "1 / 0 if not image.size else (_ for _ in ()).throw(ValueError('a' * 3_000_000))",
}  # fmt: skip
EATERS = {  # what costs time or memory in the sandbox, where it has limits of its own
    "a loop": "while True: pass",
    "memory": "return [bytearray(2**24) for _ in range(2**20)]",
    "a sleep": "import time; time.sleep(1000)",
}


def kinds(seed=0):
    """Return for each kind of trouble what makes the files of a learner who has it."""
    draw = random.Random(seed)
    found = {f"Python: {name}": functools.partial(_as_cell, make) for name, make in PYTHON.items()}
    found |= {f"a function: {name}": functools.partial(_in_function, make) for name, make in PYTHON.items()}
    found |= {f"cells: {name}": functools.partial(_as_cells, make) for name, make in CELLS.items()}
    found |= {f"notebook: {name}": functools.partial(_as_book, make) for name, make in BOOKS.items()}
    found |= {f"files: {name}": functools.partial(make, draw) for name, make in HANDED_IN.items()}
    found |= {f"gives back {name}": functools.partial(_giving, f"return {text}") for name, text in RETURNS.items()}
    found |= {f"takes {name}": functools.partial(_giving, body) for name, body in EATERS.items()}
    return found


def _as_cell(make):
    return {"work.ipynb": book(make())}


def _in_function(make):
    """The same within an answer, so that it belongs to what is run."""
    inside = make().replace("\n", "\n    ")
    return {"work.ipynb": json.dumps(Lesson.right(f"def mirror(image):\n    {inside}\n    return image")).encode()}


def _as_cells(make):
    return {"work.ipynb": book(*make())}


def _as_book(make):
    return {"work.ipynb": make()}


def _giving(body):
    source = f"import numpy as np\ndef mirror(image, *more, **named):\n    {body}"
    return {"work.ipynb": json.dumps(Lesson.right(source)).encode()}


def write(folder, people):
    """Write a folder for each of these people, of whom the files are given, or what makes them."""
    for name, files in people.items():
        (folder / name).mkdir(parents=True)
        for file, data in (files() if callable(files) else files).items():
            (folder / name / file).write_bytes(data)
    return folder


def main():
    """Tell what each kind costs, or what a class costs with each among it."""
    parser = argparse.ArgumentParser(prog="python -m tests.grading.heavy", description=main.__doc__)
    parser.add_argument("--learners", type=int, metavar="N", help="grade a class of so many, with each kind among them")
    parser.add_argument("--course", type=Path, default=ROOT, metavar="DIR", help="the course whose grader it is")
    parser.add_argument("--lesson", type=int, metavar="N", help="of the course (default: three small exercises)")
    parser.add_argument("--only", default="", metavar="WORDS", help="the kinds whose names have these words")
    parser.add_argument("--kinds", type=int, default=0, metavar="N", help="so many of the kinds, drawn (default: all)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=120, metavar="SECONDS", help="for one kind")
    options = parser.parse_args()
    if options.lesson:
        Lesson.use(options.lesson)
    chosen = {name: make for name, make in kinds().items() if options.only in name}
    if options.kinds:
        chosen = {name: chosen[name] for name in random.Random(options.kinds).sample(list(chosen), options.kinds)}
    if options.learners:
        a_class(options, chosen)
        return
    for name, make in chosen.items():
        with tempfile.TemporaryDirectory() as place:
            write(Path(place) / "in", {"a": make(), "b": {"work.ipynb": book()}})
            took, most, end = run(Path(place), options)
            print(f"{took:7.2f} s  {most:6.0f} MiB  {name}{end}", flush=True)


def a_class(options, chosen):
    """Grade a class of honest learners, the same with each kind in the place of one of them, and these alone."""
    options.limit = 3600
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        one = json.dumps(Lesson.right(whole=True)).encode()
        right = {f"{k:04d}": {"work.ipynb": one} for k in range(options.learners)}
        step = max(1, len(right) // len(chosen))
        troubled = {who: chosen[kind] for who, kind in zip(list(right)[::step], chosen, strict=False)}
        alone = {who: right[who] for who in list(right)[-2:]} | troubled
        for what, people in (("all are right", right), ("with trouble", right | troubled), ("trouble alone", alone)):
            write(place / what / "in", people)
            took, most, end = run(place / what, options)
            print(f"{took:7.2f} s  {most:6.0f} MiB  {what}, {len(people)} learners{end}", flush=True)
        totals = {what: points(place / what / "out") for what in ("all are right", "with trouble")}
        others = right.keys() - troubled.keys()
        changed = [who for who in others if totals["all are right"].get(who) != totals["with trouble"].get(who)]
        print(f"{len(troubled)} in trouble, {len(others)} others, of whom {len(changed)} are graded differently")


def points(out):
    """Return the points of each learner."""
    with open(out / "grades.csv", encoding="utf-8-sig", newline="") as file:
        return {row["name"]: row["total"] for row in csv.DictReader(file)}


def run(place, options):
    """Grade a folder with the toy lesson; return seconds, MiB of the grader's own processes, and how it ended."""
    began = time.monotonic()
    command = [sys.executable, "tests/grading/killed.py", str(place / "in"), str(place / "out"), str(options.jobs)]
    if options.lesson:
        start = "import sys; from course import cli; sys.exit(cli.main(sys.argv[1:]))"
        command[1:] = ["-c", start, "grade", str(place / "in"), "--out", str(place / "out")]
        command += ["--lesson", str(options.lesson), "--jobs", str(options.jobs)]
    environment = {**os.environ, "PYTHONPATH": str(options.course), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=options.course, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    most = 0.0
    while process.poll() is None and time.monotonic() - began < options.limit:
        most = max(most, memory(process.pid))
        time.sleep(0.05)
    if process.poll() is None:
        os.killpg(process.pid, 9)
    _, errors = process.communicate()
    last = errors.decode(errors="replace").strip().splitlines()[-1:] if process.returncode else []
    end = f": ended by {process.returncode} {' '.join(last)[:100]}" if process.returncode else ""
    return time.monotonic() - began, most, end


def memory(process):
    """Return the MiB that a process and its children have, each page counted once, without what learners' code has."""
    found, waiting = 0.0, [process]
    while waiting:
        one = waiting.pop()
        try:
            if b"worker.py" in Path(f"/proc/{one}/cmdline").read_bytes():
                continue
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
            found += int(text.split("Pss:")[1].split()[0]) / 1024
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except (OSError, IndexError):
            continue
    return found


if __name__ == "__main__":
    main()
