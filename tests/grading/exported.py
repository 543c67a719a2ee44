"""Classes as learning platforms export them, generated: who is in them, what each handed in, and what it earns."""

import io
import json
import random
import zipfile
from dataclasses import dataclass, field

from course.grading.collect import collect
from course.grading.opened import opened

from . import toy

FIRST = ("Ana", "Zoë", "王小明", "Jean-Luc", "O'Neil", "Søren", "anon", "Mary Ann", "J. R.", "Ünal", "Lab 3", "=Sum")
LAST = ("Lima", "Roy", "Smith Jr", "de la Cruz", "D'Arcy", "Cox", "Müller", "李", "Ng", "Elm 2", "Fox")
WRONG = "def add_bias(image, bias):\n    return image - bias"
RIGHT = json.dumps(toy.answers(), indent=1)


def zipped(files):
    """The bytes of a zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def collected(path, single=False):
    """The learners of an export, with what is in their files."""
    learners = collect(path, single)
    for learner in learners:
        found = opened(learner.pieces)
        learner.notebooks, learner.others = found.notebooks, found.others
        learner.notes += found.notes
    return learners


def merged():
    """A notebook in the middle of a merge whose two sides hold the same code."""
    marks = '<<<<<<< HEAD\n   "execution_count": 1,\n=======\n   "execution_count": 2,\n>>>>>>> theirs\n'
    return RIGHT.replace('   "execution_count": null\n', marks + '   "x": 0\n', 1)


def helped():
    """A notebook whose answer lies in a file beside it."""
    return json.dumps(
        toy.answers(add_bias="from tools import plus\ndef add_bias(image, bias):\n    return plus(image)")
    )


NOTES = json.dumps(toy.notebook("x = 1"))
TROUBLES = {  # what is handed in, its points, and a word that is told
    "right": ({"01_toys.ipynb": RIGHT}, 8, ""),
    "wrong": ({"01_toys.ipynb": json.dumps(toy.answers(add_bias=WRONG))}, 4, ""),
    "named with numbers": ({"7_8_final (2).ipynb": RIGHT}, 8, ""),
    "another ending": ({"01_toys.ipynb.txt": RIGHT}, 8, ""),
    "utf-16": ({"01_toys.ipynb": RIGHT.encode("utf-16")}, 8, ""),
    "latin-1": ({"01_toys.ipynb": RIGHT.replace('"import', '"# é\\nimport').encode("latin-1")}, 8, ""),
    "zip": ({"work.zip": zipped({"a/b/01_toys.ipynb": RIGHT})}, 8, ""),
    "zip with packages": ({"work.zip": zipped({f".venv/{k}.ipynb": NOTES for k in range(300)}
                                              | {f"x/node_modules/{k}.js": "" for k in range(300)}
                                              | {"01_toys.ipynb": RIGHT})}, 8, ""),
    "long path": ({"work.zip": zipped({"d" * 4000 + "/" + "e/" * 900 + "01_toys.ipynb": RIGHT})}, 8, ""),
    "no zip": ({"work.zip": b"PK\3\4 no"}, 0, "not a zip that can be read"),
    "many": ({**{f"notes {k}.ipynb": NOTES for k in range(25)}, "01_toys.ipynb": RIGHT,
              **{f"z{k}.ipynb": NOTES for k in range(25)}}, 8, "look most like the lesson"),
    "cut off": ({"01_toys.ipynb": RIGHT[: RIGHT.index("def mirror")]}, 6, "cut off"),
    "merge": ({"01_toys.ipynb": merged()}, 8, "marks of a merge"),
    "helper": ({"01_toys.ipynb": helped(), "tools.py": "def plus(x): return x"}, 4, "tools.py lies beside"),
    "python": ({"01_toys.py": "x = 1"}, 0, "01_toys.py"),
    "essay": ({"essay.pdf": b"%PDF"}, 0, "essay.pdf"),
    "empty": ({"01_toys.ipynb": ""}, 0, "it is empty"),
}  # fmt: skip


@dataclass
class Person:
    """Somebody who handed in something."""

    name: str
    number: int
    trouble: str
    late: bool = False
    files: dict = field(default_factory=dict)

    @property
    def points(self):
        return TROUBLES[self.trouble][1]

    @property
    def word(self):
        return TROUBLES[self.trouble][2]


def people(seed, count, troubles=TROUBLES):
    """A class of so many people, some of the same name; each trouble comes at least once where there is room."""
    draw = random.Random(seed)
    numbers = draw.sample(range(1000, 1000 + 20 * count), count)
    kinds = [*troubles, *draw.choices(list(troubles), k=count)][:count]
    draw.shuffle(kinds)
    return [
        Person(f"{draw.choice(FIRST)} {draw.choice(LAST)}", number, kind, draw.random() < 0.3, TROUBLES[kind][0])
        for number, kind in zip(numbers, kinds, strict=True)
    ]


def canvas(group, draw, called=None):
    """Return the members of Canvas's zip, by the rule of ``lib/content_zipper.rb``."""
    members, upload = {}, 800_000
    for person in group:
        name = called(person) if called else "".join(c for c in person.name.lower() if c.isalnum() or c == "_")
        middle = ["LATE"] if person.late else []
        for file, content in person.files.items():
            upload += draw.randint(1, 50)
            clean = "".join("_" if c in '\0/\\:*?"<>|' else c for c in file)
            members["_".join([*filter(None, [name]), *middle, str(person.number), str(upload), clean])] = content
    return members


def anonymous(group, draw):
    """Return the members of Canvas's zip of an anonymous assignment: names tell nothing but who is the same."""
    members, upload = {}, 800_000
    for person in group:
        for file, content in person.files.items():
            upload += draw.randint(1, 50)
            late = "LATE_" if person.late else ""
            members[f"{late}anon_{letters(person)}_{upload}_{file}"] = content
    return members


def letters(person):
    """Five letters for a number."""
    return "".join("bcdfghjkmnpqrstvwxyz"[person.number // 20**k % 20] for k in range(5))


def moodle(group, ending="", flat=False, blind=False):
    """Return the members of Moodle's zip, by the rule of ``mod/assign/classes/downloader.php``."""
    members = {}
    for person in group:
        name = "Participant" if blind else person.name.replace("_", " ")
        for file, content in person.files.items():
            prefix = f"{name}_{person.number}_assignsubmission_file"
            members[f"{prefix}_{file}" if flat else f"{prefix}{ending}/{file}"] = content
    return members


def gradescope(group, wrapper="assignment_1_export/"):
    """Return the members of Gradescope's export, its list written as Ruby writes YAML."""
    members, lines = {}, ["---"]
    for person in group:
        top = f"submission_{person.number}"
        name = "'" + person.name.replace("'", "''") + "'"
        lines += [f"{top}:", "  :submitters:", f"  - :name: {name}", f"    :email: {person.number}@school.example"]
        lines += ["  :created_at: 2026-01-02 10:00:00.000000000 Z", "  :results:", "    :name: 'not a person'"]
        members |= {f"{wrapper}{top}/{file}": content for file, content in person.files.items()}
    members[f"{wrapper}submission_metadata.yml"] = "\n".join(lines)
    return members


def folders(group, above=""):
    """Return a folder for each person; the number makes names differ."""
    return {
        f"{above}{person.name} {person.number}/{file}": content
        for person in group
        for file, content in person.files.items()
    }


def sections(group):
    """Return folders of sections, with a folder for each person in them."""
    half = len(group) // 2
    return folders(group[:half], "Section A/") | folders(group[half:], "Section B/")
