"""Folders and archives that somebody made by hand: nobody is lost, whatever lies there."""

import os
import sys

import pytest

from course.errors import SubmissionError
from course.grading import archive
from course.grading.collect import collect
from course.grading.results import job_of
from course.manifest import LESSONS

from . import exported, toy
from .exported import collected


def written(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def names(learners):
    return [one.name for one in learners]


def test_every_file_of_a_flat_folder_is_somebody_s(tmp_path):
    inner = exported.zipped({"01_toys.ipynb": exported.RIGHT})
    files = {"Ana.ipynb": exported.RIGHT, "Ben.zip": inner, "Cyd.py": "x = 1", "Dora.ipynb.txt": exported.RIGHT,
             "Eve.ipynb.json": exported.RIGHT, "Fay.IPYNB": exported.RIGHT, "Gus.json": exported.RIGHT,
             "Hal.pdf": b"%PDF", "Ida.json": "{}", "Jo.ipynb (1)": exported.RIGHT}  # fmt: skip
    learners = collected(written(tmp_path, files | {"grades.csv": "", "README.md": "", ".DS_Store": ""}))
    assert names(learners) == sorted(name.split(".")[0] for name in files)
    for learner in learners:
        job = job_of(learner, toy.LESSON, 1, 2)
        assert len(job.notebooks) == (learner.name not in ("Cyd", "Hal", "Ida"))
        assert bool(job.notebooks) != ("What is there" in " ".join(job.notes))


def test_several_files_of_one_name_are_one_learner_s(tmp_path):
    files = {"Ana.ipynb": "{}", "Ana.py": "", "Ben.ipynb": "{}", "Ben/more.ipynb": "{}"}
    assert names(collected(written(tmp_path, files))) == ["Ana", "Ben"]


@pytest.mark.parametrize(
    ("paths", "wanted"),
    [
        (["Ana/lessons/x.ipynb"], ["Ana"]),
        (["Ana/lessons/x.ipynb", "Ana/solutions/x.ipynb"], ["Ana"]),
        (["class/Ana/x.ipynb"], ["Ana"]),
        (["class/Ana/x.ipynb", "class/Ben/lessons/x.ipynb"], ["Ana", "Ben"]),
        (["a/b/Ana/x.ipynb", "a/b/Ben/x.ipynb"], ["Ana", "Ben"]),
        (["Section A/Ana/x.ipynb", "Section B/Ben/x.ipynb"], ["Ana", "Ben"]),
        (["Section A/Ana/x.ipynb", "Section A/Ben/x.ipynb", "Section B/Ana/x.ipynb"], ["Ana", "Ana", "Ben"]),
        (["1/Ana/x.ipynb", "1/Ben/x.ipynb", "2/Cyd/x.ipynb", "2/Dora/x.ipynb"], ["Ana", "Ben", "Cyd", "Dora"]),
        (["Ana/lessons/x.ipynb", "Ana/solutions/x.ipynb", "Ben/lessons/x.ipynb"], ["Ana", "Ben"]),
        (["Ana/week 1/x.ipynb", "Ana/week 2/x.ipynb", "Ben/week 1/x.ipynb", "Ben/week 3/x.ipynb"], ["Ana", "Ben"]),
        (["Ana/02_filters/x.ipynb", "Ben/02_filters/x.ipynb"], ["Ana", "Ben"]),
        (["Ana/x.ipynb", "Ana/mine/y.ipynb", "Ben/other/x.ipynb"], ["Ana", "Ben"]),
        (["Ana/x.ipynb", "list.csv"], ["Ana"]),
        (["Ana/node_modules/x.js", "Ben/x.ipynb", "Cyd/.venv/lib/x.ipynb"], ["Ana", "Ben", "Cyd"]),
    ],
)
def test_who_is_a_learner_where_folders_lie_in_folders(tmp_path, paths, wanted):
    (tmp_path / "in.zip").write_bytes(exported.zipped(dict.fromkeys(paths, "{}")))
    written(tmp_path / "in", dict.fromkeys(paths, "{}"))
    assert names(collected(tmp_path / "in.zip")) == wanted
    assert names(collected(tmp_path / "in")) == wanted


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps links and names in another way")
def test_links_and_folders_that_cannot_be_read_are_told(tmp_path, monkeypatch):
    written(
        tmp_path, {"in/Ana/x.ipynb": "{}", "in/Ben/sub/x.ipynb": "{}", "out/secret.ipynb": "{}", "in/Cyd/y.txt": ""}
    )
    (tmp_path / "in" / "Dora").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "Eve.ipynb").symlink_to(tmp_path / "out" / "secret.ipynb")
    real = os.scandir

    def locked(path):
        if str(path).endswith(("Cyd", "sub")):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(archive.os, "scandir", locked)
    said = {one.name: (len(one.notebooks), " ".join(one.notes)) for one in collected(tmp_path / "in")}
    assert said == {
        "Ana": (1, ""),
        "Ben": (0, "sub was left out: the folder cannot be read (Permission denied)."),
        "Cyd": (0, "Cyd was left out: the folder cannot be read (Permission denied)."),
        "Dora": (0, "Dora was left out: it is a link."),
        "Eve": (0, "Eve.ipynb was left out: it is a link."),
    }
    monkeypatch.setattr(archive.os, "scandir", lambda path: real("/nowhere/at/all"))
    with pytest.raises(SubmissionError, match="cannot be read"):
        collected(tmp_path / "in")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have names of text alone")
def test_names_that_are_no_utf8_are_text_and_stay_apart(tmp_path):
    for name in ("Zoë".encode("latin-1"), "Zoë".encode(), b"Z\xff", b"Z\xfe"):
        os.mkdir(os.path.join(os.fsencode(tmp_path), name))
        with open(os.path.join(os.fsencode(tmp_path), name, b"x.ipynb"), "w") as file:
            file.write("{}")
    learners = collected(tmp_path)
    assert len(learners) == 4
    assert len({one.key for one in learners}) == 4
    assert all(one.name.encode("utf-8") and one.notebooks[0].read() == b"{}" for one in learners)


def test_an_archive_that_calls_its_names_utf8_when_they_are_not(tmp_path):
    data = exported.zipped({"Zo\u00eb/x.ipynb": "{}"})
    (tmp_path / "in.zip").write_bytes(data.replace("ë".encode(), b"\xeb\xeb"))
    (one,) = collected(tmp_path / "in.zip")
    assert one.name.startswith("Zo")
    assert one.notebooks[0].read() == b"{}"


def test_no_learner_s_heap_of_files_stops_another(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 50)
    monkeypatch.setattr(archive, "MOST_ENTRIES", 400)
    heap = {f"d{k % 7}/{k}.txt": "" for k in range(300)}
    files = {f"Ana/{name}": "" for name in heap} | {"Ana/z/01_toys.ipynb": "{}", "Ben/x.ipynb": "{}"}
    files |= {"Cyd/work.zip": exported.zipped(heap), "Dora/work.zip": exported.zipped({f"{k}": "" for k in range(500)})}
    files["Eve/" + "d/" * 300 + "x.ipynb"] = "{}"
    (tmp_path / "in.zip").write_bytes(exported.zipped(files))
    for source in (tmp_path / "in.zip", written(tmp_path / "in", files)):
        found = {one.name: one for one in collected(source)}
        assert list(found) == ["Ana", "Ben", "Cyd", "Dora", "Eve"]
        assert [len(one.notebooks) for one in found.values()] == [1, 1, 0, 0, 1]
        assert "it holds more than 400 files" in found["Dora"].notes[0]
        assert all(len(note) < 300 for one in found.values() for note in one.notes)


@pytest.mark.parametrize("count", [1, 21, 60])
def test_of_many_notebooks_those_that_look_like_the_lesson_come_first(tmp_path, count):
    files = {f"Ana/{'az'[k % 2]} notes {k}.ipynb": exported.NOTES for k in range(count)}
    written(tmp_path, files | {"Ana/m.ipynb": exported.RIGHT})
    (ana,) = collected(tmp_path)
    job = job_of(ana, toy.LESSON, 1, 2)
    assert "m.ipynb" in [name for name, _ in job.notebooks]
    assert len(job.notebooks) == min(count + 1, 20)
    assert ("look most like the lesson" in " ".join(job.notes)) == (count + 1 > 20)


def test_an_archive_s_table_is_read_once(tmp_path, monkeypatch):
    members = {f"learner{k}_{k + 10}_{k + 900}_w.zip": exported.zipped({"01_toys.ipynb": exported.RIGHT})
               for k in range(9)}  # fmt: skip
    (tmp_path / "in.zip").write_bytes(exported.zipped(members))
    read, real = [], archive.zipfile.ZipFile._RealGetContents
    monkeypatch.setattr(archive.zipfile.ZipFile, "_RealGetContents", lambda self: (read.append(1), real(self))[1])
    for learner in collect(tmp_path / "in.zip"):
        assert job_of(learner, LESSONS[0], 1, 2).notebooks
    assert len(read) == 1 + len(members)
