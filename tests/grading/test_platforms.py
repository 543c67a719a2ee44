"""Every platform's form, with every trouble: a row for everyone, the right points, and exports that pass its rules."""

import csv
import dataclasses
import io
import json
import os
import random
import re
import zipfile
from datetime import datetime

import pytest

from course import manifest
from course.grading import classroom, results
from course.grading.classroom import Settings, grade_class
from course.grading.sandbox import Limits

from . import exported, toy
from .exported import collected

SETTINGS = Settings(lesson=1, seed=7, limits=Limits(seconds=5))
COUNT = int(os.environ.get("COURSE_TEST_CLASS", "18"))
FORMS = {
    "canvas": lambda group: exported.canvas(group, random.Random(1)),
    "canvas, anonymous": lambda group: exported.anonymous(group, random.Random(1)),
    "canvas, of old": lambda group: exported.canvas(
        group, random.Random(1), lambda one: re.sub(r"\W", "-", one.name.lower()) + "-late" * one.late
    ),
    "canvas, groups": lambda group: exported.canvas(group, random.Random(1), lambda one: f"lab_{one.number % 7}"),
    "moodle": exported.moodle,
    "moodle, older": lambda group: exported.moodle(group, "_"),
    "moodle, flat": lambda group: exported.moodle(group, flat=True),
    "moodle, anonymous": lambda group: exported.moodle(group, blind=True),
    "gradescope": exported.gradescope,
    "folders": exported.folders,
    "folders in a folder": lambda group: exported.folders(group, "the class/"),
    "sections": exported.sections,
}


def graded(tmp_path, members, settings=SETTINGS):
    (tmp_path / "in.zip").write_bytes(exported.zipped(members))
    told = []
    results = grade_class(tmp_path / "in.zip", tmp_path / "out", settings, tell=told.append)
    return results, told


def handle_of(form, person):
    """What tells a person from all others in a row of the grades."""
    if form == "canvas, anonymous":
        return f"anon {exported.letters(person)}"
    return str(person.number) if form.split(",")[0] in ("canvas", "moodle", "gradescope") else (
        f"{person.name} {person.number}"
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_everyone_has_a_row_and_the_right_points(form, tmp_path, lesson, namespaces):
    group = exported.people(form, COUNT)
    if form == "canvas, of old":
        group = [dataclasses.replace(one, late=False) for one in group]
    results, _ = graded(tmp_path, FORMS[form](group))
    rows = list(csv.DictReader((tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()))
    column = "number" if "number" in rows[0] else "name"
    found = {row[column].removeprefix("'"): float(row["total"]) for row in rows}
    assert found == {handle_of(form, person): person.points for person in group}
    assert len(rows) == len(group)
    said = {row[column].removeprefix("'"): one.notes for row, one in zip(rows, results, strict=True)}
    for person in group:
        assert person.word in "\n".join(said[handle_of(form, person)])
    page = (tmp_path / "out" / "class.html").read_text(encoding="utf-8")
    assert page.count('<a dir="auto" href="feedback/') >= len(group)
    assert len(list((tmp_path / "out" / "feedback").glob("*.html"))) == len(group)
    rule = RULES.get(form.split(",")[0])
    if rule:
        rule(tmp_path / "out", group, form)


def canvas_rule(out, group, form):
    """The gradebook's import, by ``lib/gradebook_importer.rb``."""
    path = out / "exports" / "canvas.csv"
    if "anonymous" in form:
        assert not path.exists()
        return
    header, possible, *rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert (re.search(r"SIS\s+User\s+ID", header[2]), re.search(r"SIS\s+Login\s+ID", header[3])) != (None, None)
    assert "Section" in header[4]
    assert "Points Possible" in possible[0]
    assert float(possible[5]) == toy.LESSON.points
    assert {int(row[1]): float(row[5]) for row in rows} == {person.number: person.points for person in group}


def moodle_rule(out, group, form):
    """The offline grading worksheet's import, and that of feedback files, by ``mod/assign/feedback``."""
    table = csv.reader(io.StringIO((out / "exports" / "moodle.csv").read_text(encoding="utf-8"), newline=""))
    header, *rows = table
    number, grade, modified = (header.index(name) for name in ("Identifier", "Grade", "Last modified (grade)"))
    participants = {person.number: person.points for person in group}
    found = {}
    for row in rows:
        who = int(row[number][len("Participant ") :])
        assert row[modified] == "-" or datetime.strptime(row[modified], "%A, %d %B %Y, %I:%M %p")
        assert 0 <= float(row[grade]) <= toy.LESSON.points
        found[who] = float(row[grade])
    assert found == participants
    assert {row[header.index("Maximum Grade")] for row in rows} == {f"{toy.LESSON.points:g}"}
    with zipfile.ZipFile(out / "exports" / "moodle-feedback.zip") as archive:
        named = []
        for name in archive.namelist():
            info = name.split("/")[0].split("_", 4)
            assert len(info) >= 4
            assert info[2:4] == ["assignsubmission", "file"]
            named.append(int(info[1]))
    assert sorted(named) == sorted(participants)


def gradescope_rule(out, group, form):
    """What an autograder's output may hold, by Gradescope's documentation."""
    for person in group:
        path = out / "exports" / "gradescope" / f"submission_{person.number}" / "results.json"
        result = json.loads(path.read_text(encoding="utf-8"))
        assert result["score"] == sum(test["score"] for test in result["tests"]) == person.points
        assert result["visibility"] in ("visible", "hidden", "after_due_date", "after_published")
        assert {test["status"] for test in result["tests"]} <= {"passed", "failed"}
        assert all(0 <= test["score"] <= test["max_score"] for test in result["tests"])


RULES = {"canvas": canvas_rule, "moodle": moodle_rule, "gradescope": gradescope_rule}


def test_names_are_as_the_platform_has_them(tmp_path):
    group = [one for one in exported.people("names", 40) if not one.name.startswith("anon")]
    for form, shown in {
        "canvas": lambda one: "".join(c for c in one.name.lower() if c.isalnum() or c == "_"),
        "canvas, groups": lambda one: f"lab_{one.number % 7}",
        "moodle": lambda one: one.name,
        "moodle, flat": lambda one: one.name,
        "moodle, anonymous": lambda one: f"Participant {one.number}",
        "gradescope": lambda one: one.name,
    }.items():
        (tmp_path / "in.zip").write_bytes(exported.zipped(FORMS[form](group)))
        found = {one.number: one.name for one in collected(tmp_path / "in.zip")}
        assert found == {str(one.number): shown(one) for one in group}


@pytest.mark.parametrize("seed", range(30))
def test_canvas_names_that_can_be_read_in_two_ways(seed, tmp_path):
    """Names of groups end with numbers, and names of files begin with them; the class tells which is which."""
    draw = random.Random(seed)
    files = ["01_toys.ipynb", "3_01_toys.ipynb", "12_34_x.ipynb", "2024_final.ipynb", "a_7_8_b.ipynb", "work.ipynb"]
    numbers, wanted, members = draw.sample(range(4000, 9000), 12), {}, {}
    for k, (number, upload) in enumerate(zip(numbers, range(700_000, 710_000, 700), strict=False)):
        name = f"lab_{k}" if seed % 2 and k else f"learner{k}"
        file = draw.choice(files)
        members[f"{name}_{'LATE_' if k % 3 == 0 else ''}{number}_{upload}_{file}"] = ""
        wanted[str(number)] = (name, [file])
    members["somebody_3999_699000_plain.ipynb"] = ""  # one name is certain
    wanted["3999"] = ("somebody", ["plain.ipynb"])
    (tmp_path / "in.zip").write_bytes(exported.zipped(members))
    found = {one.number: (one.name, [file.name for file in one.notebooks]) for one in collected(tmp_path / "in.zip")}
    assert found == wanted


def test_what_was_typed_into_the_page_is_a_row_with_a_word(tmp_path, lesson, namespaces):
    canvas = {"limaana_11_text.html": "<p>hi</p>", "royben_LATE_12_link.html": "<a>", "lab_3_13_text.html": "x"}
    moodle = {f"{name}_{number}_assignsubmission_onlinetext/onlinetext.html": "hi"
              for name, number in (("limaana", 11), ("royben", 12), ("lab 3", 13))}  # fmt: skip
    for place, members in (("canvas", canvas), ("moodle", moodle)):
        (tmp_path / place).mkdir()
        results, _ = graded(tmp_path / place, members)
        assert [one.name.replace("_", " ") for one in results] == ["lab 3", "limaana", "royben"]
        assert all("was handed in" in one.notes[0] and one.total == 0 for one in results)
        assert "11" in (tmp_path / place / "out" / "exports" / f"{place}.csv").read_text()


def test_where_nobody_handed_in_a_notebook_everyone_has_a_row_and_nothing_is_imported(tmp_path, lesson, namespaces):
    settings = dataclasses.replace(SETTINGS, lesson=None)
    results, told = graded(tmp_path, {"limaana_11_text.html": "hi", "royben_12_9_essay.pdf": "%PDF"}, settings)
    assert [(one.name, one.total) for one in results] == [("limaana", 0), ("royben", 0)]
    assert all("There is no notebook that can be read." in one.notes[-1] for one in results)
    assert any("Nobody handed in a notebook" in line for line in told)
    assert not list((tmp_path / "out").glob("exports/*"))
    results, told = graded(tmp_path, {"Ana/01_toys.py": "x = 1"}, settings)
    assert "A Python file is no notebook." in results[0].notes[-1]
    assert any("names of the files tell the lesson" in line for line in told)


def test_groups_of_moodle_are_said_to_be_groups_and_reach_nobody_else(tmp_path, lesson, namespaces):
    names = {"Group A_55": 8, "Group B_56": 8, "Default group": 8}
    members = {f"{name}_assignsubmission_file/01_toys.ipynb": exported.RIGHT for name in names}
    _, told = graded(tmp_path, members)
    rows = list(csv.DictReader((tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["name"], row["number"], row["total"]) for row in rows] == [
        ("Default group", "", "8"), ("Group A", "55", "8"), ("Group B", "56", "8")]  # fmt: skip
    assert {row["kind"] for row in rows} == {"group"}
    assert any("not of groups" in line for line in told)
    rows = list(csv.DictReader((tmp_path / "out" / "exports" / "moodle.csv").read_text().splitlines()))
    assert not [row for row in rows if re.search(r"\d", row["Identifier"])]  # a group's number may be a learner's
    assert not (tmp_path / "out" / "exports" / "moodle-feedback.zip").exists()


def test_extra_points_have_room_in_the_maximum_of_moodle(tmp_path, lesson, namespaces, monkeypatch):
    extra = dataclasses.replace(toy.LESSON.exercises[0], stretch=True)
    more = dataclasses.replace(toy.LESSON, exercises=(extra, *toy.LESSON.exercises[1:]))
    for module in (manifest, classroom, results):
        monkeypatch.setattr(module, "LESSONS", (more,))
    _, told = graded(tmp_path, exported.moodle(exported.people("x", 2, {"right": 0})))
    rows = list(csv.DictReader((tmp_path / "out" / "exports" / "moodle.csv").read_text().splitlines()))
    assert {(row["Grade"], row["Maximum Grade"]) for row in rows} == {("8", "8")}
    assert any("set the maximum grade" in line for line in told)


def test_a_group_of_gradescope_has_all_its_names_and_a_learner_s_own_list_tells_nothing(tmp_path):
    metadata = ("---\nsubmission_5:\n  :submitters:\n  - :name: Ana Lima\n    :sid: '11'\n    :email: a@x.org\n"
                "  - :name: 'Ben D''Arcy'\n    :email: b@x.org\n  :score: 3.0\n"
                "submission_6:\n  :submitters:\n  - :name: \"Cyd \\\"C\\\" Cox\"\n    :email: c@x.org\n")  # fmt: skip
    forged = metadata.replace("Cyd", "Ana").replace("Ana Lima", "Cyd Cox")
    for order in ((0, 1), (1, 0)):
        members = [("e/submission_metadata.yml", metadata), ("e/submission_6/submission_metadata.yml", forged)]
        files = dict(members[k] for k in order)
        files |= {f"e/submission_{k}/x.ipynb": "" for k in (5, 6)}
        (tmp_path / "in.zip").write_bytes(exported.zipped(files))
        group, one = collected(tmp_path / "in.zip")
        assert (group.name, group.kind, group.email) == ("Ana Lima, Ben D'Arcy", "group", "a@x.org, b@x.org")
        assert (one.name, one.kind, one.email) == ('Cyd "C" Cox', "learner", "c@x.org")


@pytest.mark.parametrize("metadata", ["", "- [", "submission_5: 1", "&a [*a, *a]", "x: !!python/object:os.system {}"])
def test_a_list_of_gradescope_that_cannot_be_read_costs_names_alone(tmp_path, metadata):
    files = {"submission_metadata.yml": metadata, "submission_5/x.ipynb": "1", "submission_6/x.ipynb": "2"}
    (tmp_path / "in.zip").write_bytes(exported.zipped(files))
    assert [(one.name, one.number) for one in collected(tmp_path / "in.zip")] == [
        ("submission_5", "5"), ("submission_6", "6")]  # fmt: skip


def test_a_name_of_moodle_within_a_file_s_name_is_no_name(tmp_path):
    files = {"Ana_301_assignsubmission_file_Ben_302_assignsubmission_file_x.ipynb": "1",
             "Ben_302_assignsubmission_file_x.ipynb": "2"}  # fmt: skip
    (tmp_path / "in.zip").write_bytes(exported.zipped(files))
    assert [(one.number, [file.read() for file in one.notebooks]) for one in collected(tmp_path / "in.zip")] == [
        ("301", [b"1"]), ("302", [b"2"])]  # fmt: skip
