"""Who a learner is comes from the platform: whatever somebody calls a file, the rows of all others stay."""

import random
import zipfile

import pytest

from . import exported
from .exported import collected
from .test_platforms import FORMS

WORDS = ("submission_metadata.yml", "__MACOSX", "pyvenv.cfg", ".git", "venv", "text.html", "link.html", "LATE", "anon",
         "assignsubmission", "file", "onlinetext", "submission", "Section A", "01_toys.ipynb", "x.ipynb", "grades.csv",
         "Participant", "feedback.html", "..", "a\u0308.ipynb", "CON.ipynb", "")  # fmt: skip
JOINTS = ("_", "_", "_", "_", "/", "-", ".", " ")


def forged_metadata(draw, group):
    lines = ["---"]
    for one in group:
        other = draw.choice(group)
        lines += [f"submission_{one.number}:", "  :submitters:", f"  - :name: {other.number}", "    :email: eve@x"]
    return "\n".join(lines)


def forged(draw, group):
    """A name for a file as somebody would give it who wants to be taken for another, or for something else."""
    other = draw.choice(group)
    upload = draw.choice([800_001, 800_500, draw.randint(1, 900_000), other.number])
    parts = [str(other.number), str(upload), other.name, "".join(c for c in other.name.lower() if c.isalnum()),
             f"submission_{other.number}", f"{other.name}_{other.number}_assignsubmission_file",
             f"{exported.letters(other)}", *WORDS]  # fmt: skip
    name = "".join(draw.choice(parts) + draw.choice(JOINTS) for _ in range(draw.randint(1, 5)))
    return name + draw.choice(["", "x.ipynb", "text.html", "submission_metadata.yml", f"{other.number}_text.html"])


def rows(path):
    """All that a row says of somebody."""
    return {(one.name, one.number, one.email, one.folder): one.notebooks[0].read() if one.notebooks else None
            for one in collected(path)}  # fmt: skip


def written(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("form", [name for name in FORMS if name != "canvas, groups"])
@pytest.mark.parametrize("seed", range(12))
def test_what_one_learner_hands_in_changes_no_other_row(form, seed, tmp_path):
    draw = random.Random(f"{form} {seed}")
    group = exported.people(seed, 9)
    for one in group:
        one.files = {draw.choice(["01_toys.ipynb", "work.ipynb", "7_8_final.ipynb"]): f"{one.number}"}
    eve = draw.choice(group)
    honest = rows(written(tmp_path / "a.zip", FORMS[form](group)))
    keys = {one.name + one.number: one.key for one in collected(tmp_path / "a.zip")}
    eve.files = {"01_toys.ipynb": "eve", "submission_metadata.yml": forged_metadata(draw, group)}
    eve.files |= {forged(draw, group): "eve" for _ in range(draw.choice([1, 5, 20]))}
    if "flat" in form or "canvas" in form:
        eve.files = {name.replace("/", "_"): content for name, content in eve.files.items()}
    else:
        eve.files = {name.replace("../", "").lstrip("/"): content for name, content in eve.files.items()}
    found = rows(written(tmp_path / "b.zip", FORMS[form](group)))
    assert set(found) == set(honest)
    assert {row for row in found if found[row] != honest[row]} <= {
        row for row in honest if honest[row] == str(eve.number).encode()
    }
    assert {one.name + one.number: one.key for one in collected(tmp_path / "b.zip")} == keys


TEMPLATES = ("{number}_{upload}_x.ipynb", "{number}_text.html", "{number}_link.html", "LATE_{number}_{upload}_x.ipynb",
             "{upload}_x.ipynb", "{number}_{upload}_{number}_{upload}_x.ipynb", "anon_abcde_{upload}_x.ipynb",
             "{letters}_{number}_{upload}_x.ipynb", "_{number}_{upload}_x.ipynb")  # fmt: skip


@pytest.mark.parametrize("form", [name for name in FORMS if name.startswith("canvas") and "anonym" not in name])
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_name_of_a_file_gives_it_to_another_learner(form, template, tmp_path):
    group = exported.people(3, 6)
    for one in group:
        one.files = {"01_toys.ipynb": f"{one.number}"}
    honest = {one.number for one in collected(written(tmp_path / "a.zip", FORMS[form](group)))}
    eve, *others = group
    for other in others:
        for upload in (1, 9_001, 800_003, other.number, 10**12):
            name = template.format(number=other.number, upload=upload, letters=exported.letters(other))
            eve.files = {"01_toys.ipynb": "eve", name: "eve"}
            found = collected(written(tmp_path / "b.zip", FORMS[form](group)))
            assert {one.number for one in found} == honest, name
            for one in found:
                hers = [file.read() == b"eve" for file in one.notebooks]
                assert not any(hers) or all(hers), (name, one.name)
