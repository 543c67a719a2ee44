"""The zip for Gradescope, unpacked and run as Gradescope runs it."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from course import bootstrap, cli
from course.errors import CourseError
from course.grading.autograder import write_autograder, write_single_result
from course.manifest import LESSONS

from . import toy


def unpacked(folder):
    """Make the zip by its command, and unpack it with its modes, as ``unzip`` does."""
    assert cli.main(["autograder", "--lesson", "1", "--out", str(folder / "one.zip")]) == 0
    with zipfile.ZipFile(folder / "one.zip") as archive:
        for entry in archive.infolist():
            archive.extract(entry, folder / "source")
            (folder / "source" / entry.filename).chmod(entry.external_attr >> 16)
    return folder / "source"


def answer(folder):
    environment = {**os.environ, "AUTOGRADER": str(folder), "PYTHON": sys.executable, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([str(folder / "source" / "run_autograder")], env=environment, capture_output=True, text=True)
    return done, json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Gradescope runs a bash script")
def test_the_zip_grades_a_submission_and_says_why_it_cannot(tmp_path):
    source = unpacked(tmp_path)
    assert os.access(source / "setup.sh", os.X_OK)
    assert not (source / "solutions").exists()
    (tmp_path / "submission").mkdir()
    done, refused = answer(tmp_path)
    assert done.returncode == 2
    assert refused["score"] == 0
    assert "There is no submission" in refused["output"]

    solved = bootstrap.ROOT / "solutions" / f"{LESSONS[0].stem}.ipynb"
    (tmp_path / "submission" / "mine.ipynb").write_bytes(solved.read_bytes())
    done, result = answer(tmp_path)
    assert done.returncode == 0, done.stderr
    assert result["score"] == LESSONS[0].points
    assert [test["name"] for test in result["tests"]] == [exercise.name for exercise in LESSONS[0].exercises]


def test_all_that_one_learner_handed_in_has_one_result(tmp_path, lesson, namespaces):
    toy.save(tmp_path / "in.ipynb", toy.answers())
    for names, score in ((("essay.py",), 0), (("one.ipynb", "two.ipynb"), 8)):
        (tmp_path / "in").mkdir(exist_ok=True)
        for name in names:
            (tmp_path / "in" / name).write_bytes((tmp_path / "in.ipynb").read_bytes())
        results = ["--results", str(tmp_path / "results.json"), "--lesson", "1", "--time-limit", "2", "--jobs", "1"]
        assert cli.main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), *results]) == 0
        result = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
        assert result["score"] == score
        assert ("What is there: essay.py" in result["output"]) == (score == 0)


def test_the_same_course_gives_the_same_zip(tmp_path):
    for name in ("one.zip", "two.zip"):
        write_autograder(tmp_path / name, LESSONS[0])
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_several_submissions_have_no_single_result(tmp_path):
    with pytest.raises(CourseError, match="--results is for one submission, and there are 2"):
        write_single_result(tmp_path / "results.json", [{}, {}])
    assert not (tmp_path / "results.json").exists()


def test_a_lesson_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert cli.main(["autograder", "--lesson", "99", "--out", str(tmp_path / "one.zip")]) == 2
    assert "There is no lesson 99. The lessons are: 1, 2" in capsys.readouterr().err
