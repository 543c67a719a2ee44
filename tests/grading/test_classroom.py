"""A class: every grade right, in the same bytes each time, going on where it was stopped."""

import csv
import dataclasses
import json
import pickle
import shutil
import zipfile

import pytest

from course import cli
from course.errors import CourseError, SubmissionError
from course.grading import classroom
from course.grading.classroom import Settings, grade_class
from course.grading.result import Result
from course.grading.results import Job, close_sandboxes, failed_outcome, grade_safely
from course.grading.sandbox import Limits

from . import toy

WRONG = "def add_bias(image, bias):\n    return image - bias"
QUICK = Settings(seed=7, limits=Limits(seconds=2.0))


@pytest.fixture
def submissions(tmp_path, lesson, namespaces):
    """Five learners: right, one mistake, nothing done, no notebook, a damaged one."""
    folder = tmp_path / "in"
    for name, content in {
        "Ada <b>": toy.answers(),
        "=Bob": toy.answers(add_bias=WRONG),
        "Cy": toy.notebook(*[toy.STUB.format(name) for name in toy.RIGHT]),
    }.items():
        (folder / name).mkdir(parents=True)
        toy.save(folder / name / "work.ipynb", content)
    (folder / "Dan").mkdir()
    (folder / "Dan" / "essay.pdf").write_bytes(b"%PDF")
    (folder / "Eve").mkdir()
    (folder / "Eve" / "work.ipynb").write_text(json.dumps(toy.answers())[:700])
    return folder


def everything(out):
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_grades_results_feedback_and_the_page_of_the_class(submissions, tmp_path):
    out = tmp_path / "out"
    grade_class(submissions, out, QUICK)
    rows = list(csv.reader((out / "grades.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["name", "total", "add_bias", "row_sums", "mirror", "sandbox"]
    table = {row[0]: row[1:-1] for row in rows[1:]}
    assert table["Ada <b>"] == ["8", "4", "2", "2"]
    assert table["'=Bob"] == ["4", "0", "2", "2"]  # a spreadsheet must not run a name
    assert table["Cy"] == table["Dan"] == ["0", "0", "0", "0"]
    assert table["Eve"][0] == "6"  # two functions stood whole in the damaged file
    bob = json.loads((out / "results" / "Bob.json").read_text())
    assert bob["exercises"]["add_bias"]["mistakes"] == {"minus": "You subtract the bias."}
    assert bob["exercises"]["add_bias"]["status"] == "failed"
    assert bob["exercises"]["add_bias"]["says"] == "You subtract the bias."
    dan = json.loads((out / "results" / "Dan.json").read_text())
    assert dan["notes"] == ["There is no notebook that can be read. What is there: essay.pdf. Hand in 01_toys.ipynb."]
    assert {one["status"] for one in dan["exercises"].values()} == {"missing"}
    page = (out / "feedback" / "Ada_b.html").read_text()
    assert "Ada &lt;b&gt;" in page
    assert "<b>" not in page
    assert "Every exercise is right" in page
    page = (out / "feedback" / "Bob.html").read_text()
    assert "You subtract the bias." in page
    assert "The smallest case that shows it" in page
    page = (out / "feedback" / "Dan.html").read_text()
    assert "There was no notebook to grade." in page
    assert "add_bias" not in page  # a list of functions that are missing from no notebook helps nobody
    page = (out / "class.html").read_text()
    assert '<a dir="auto" href="feedback/Ada_b.html">Ada &lt;b&gt;</a></th><td class="number">8</td>' in page
    assert '<a dir="auto" href="feedback/Bob.html">=Bob</a></th><td class="number">4</td>' in page
    rows = page[page.index('id="learners"') :]
    assert rows.index("Cy</a>") < rows.index("=Bob</a>") < rows.index("Ada &lt;b&gt;</a>")  # the fewest points first
    assert '<td class="number">1</td><td>add_bias</td><th scope="row">minus</th>' in page
    assert "5 submissions" in page
    assert "essay.pdf" in page


def test_the_same_input_and_seed_give_the_same_bytes(submissions, tmp_path):
    grade_class(submissions, tmp_path / "one", QUICK)
    (tmp_path / "two").mkdir()
    shutil.copy(tmp_path / "one" / "run.json", tmp_path / "two")  # where the secret is
    grade_class(submissions, tmp_path / "two", QUICK)
    assert everything(tmp_path / "one") == everything(tmp_path / "two")
    assert not any(".part" in name for name in everything(tmp_path / "one"))


def test_a_run_that_was_stopped_goes_on_where_it_was(submissions, tmp_path):
    grade_class(submissions, tmp_path / "whole", QUICK)
    (tmp_path / "out").mkdir()
    shutil.copy(tmp_path / "whole" / "run.json", tmp_path / "out")

    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade_class(submissions, tmp_path / "out", QUICK, stop)
    assert not (tmp_path / "out" / "grades.csv").exists()
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "results").glob("*.json")}
    assert len(done) == 2
    grade_class(submissions, tmp_path / "out", Settings(limits=QUICK.limits))  # the seed is that of the first run
    assert all(path.stat().st_mtime_ns == when for path, when in done.items())
    assert everything(tmp_path / "out") == everything(tmp_path / "whole")


def test_what_a_process_sends_back_is_plain_data(namespaces):
    """A class is graded by several processes: what one made of an answer, right or wrong, reaches the other whole."""
    wrong = toy.notebook(
        "def unpad(image, padding):\n    return image", "def neuron_output(window, kernel, bias):\n    1 / 0"
    )
    data = json.dumps(wrong).encode()
    job = Job("Ada", "Ada", (("x.ipynb", data),), (), 2, 1, 2, QUICK.limits, "namespaces", "digest")
    try:
        outcomes = [grade_safely(job), failed_outcome(job, "no reason")]
    finally:
        close_sandboxes()
    assert [one.status for one in outcomes[0].result.exercises][1:3] == ["failed", "error"]
    assert "The smallest case that shows it" in outcomes[0].feedback
    for outcome in outcomes:
        assert pickle.loads(pickle.dumps(outcome)) == outcome
        assert Result.from_json(outcome.result.to_json()) == outcome.result


def test_changed_work_is_graded_again_and_forged_results_are_not_believed(submissions, tmp_path):
    out = tmp_path / "out"
    grade_class(submissions, out, QUICK)
    forged = json.loads((out / "results" / "Cy.json").read_text()) | {"total": 8, "digest": "forged"}
    (out / "results" / "Cy.json").write_text(json.dumps(forged))
    toy.save(submissions / "=Bob" / "work.ipynb", toy.answers())
    results = {result.name: result.total for result in grade_class(submissions, out, QUICK)}
    assert (results["Cy"], results["=Bob"]) == (0, 8)


def test_the_grader_s_own_failure_is_told_and_tried_again(submissions, tmp_path, monkeypatch, capsys):
    from course.grading import results

    monkeypatch.setattr(results, "grade_job", lambda job: 1 / 0)
    arguments = ["grade", str(submissions), "--out", str(tmp_path / "out"), "--jobs", "1", "--time-limit", "2"]
    assert cli.main(arguments) == 1
    assert "could not do all of: " in capsys.readouterr().err


def test_of_several_notebooks_the_fullest_counts_and_of_equals_the_last(submissions, tmp_path):
    toy.save(submissions / "Cy" / "a.ipynb", toy.answers(add_bias=WRONG))
    toy.save(submissions / "Cy" / "b.ipynb", toy.answers())
    toy.save(submissions / "Cy" / "c.ipynb", toy.notebook(toy.RIGHT["mirror"]))
    results = {result.name: result for result in grade_class(submissions, tmp_path / "out", QUICK)}
    assert (results["Cy"].file, results["Cy"].total) == ("b.ipynb", 8)
    assert "b.ipynb was graded; also there: a.ipynb, c.ipynb, work.ipynb." in results["Cy"].notes


def test_canvas_moodle_and_gradescope_get_what_they_import(tmp_path, lesson, namespaces):
    right, wrong = json.dumps(toy.answers()), json.dumps(toy.answers(add_bias=WRONG))
    names = {
        "canvas": ["ada_11_901_x.ipynb", "bob_12_902_x.ipynb"],
        "moodle": ["Ada L_77_assignsubmission_file_/x.ipynb", "Bob_78_assignsubmission_file_/x.ipynb"],
        "gradescope": ["submission_5/x.ipynb", "submission_6/x.ipynb"],
    }
    for platform, (one, two) in names.items():
        with zipfile.ZipFile(tmp_path / f"{platform}.zip", "w") as archive:
            archive.writestr(one, right)
            archive.writestr(two, wrong)
        grade_class(tmp_path / f"{platform}.zip", tmp_path / platform, QUICK)
    rows = list(csv.reader((tmp_path / "canvas" / "exports" / "canvas.csv").read_text().splitlines()))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Toys"]
    assert [row[5] for row in rows[1:]] == ["8", "8", "4"]
    assert [row[1] for row in rows[2:]] == ["11", "12"]
    rows = list(csv.DictReader((tmp_path / "moodle" / "exports" / "moodle.csv").read_text().splitlines()))
    assert [(row["Identifier"], row["Grade"]) for row in rows] == [("Participant 77", "8"), ("Participant 78", "4")]
    rows = list(csv.reader((tmp_path / "moodle" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:3] for row in rows] == [["name", "number", "total"], ["Ada L", "77", "8"], ["Bob", "78", "4"]]
    with zipfile.ZipFile(tmp_path / "moodle" / "exports" / "moodle-feedback.zip") as archive:
        assert "Bob_78_assignsubmission_file_/feedback.html" in archive.namelist()
    folder = tmp_path / "gradescope" / "exports" / "gradescope" / "submission_6"
    scope = json.loads((folder / "results.json").read_text())
    assert scope["score"] == sum(test["score"] for test in scope["tests"]) == 4
    assert {"name", "score", "max_score", "status", "output"} <= set(scope["tests"][0])


def test_a_spreadsheet_reads_names_as_they_are(tmp_path, lesson, namespaces):
    (tmp_path / "in").mkdir()
    toy.save(tmp_path / "in" / "Zoë.ipynb", toy.answers())
    grade_class(tmp_path / "in", tmp_path / "out", QUICK)
    assert (tmp_path / "out" / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbfname,total")  # Excel asks for it


def test_moodle_is_told_what_was_wrong_with_the_file(tmp_path, lesson, namespaces):
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr("Ada_77_assignsubmission_file_/x.ipynb", json.dumps(toy.answers()))
        archive.writestr("Bob_78_assignsubmission_file_/x.ipynb", "")
    grade_class(tmp_path / "m.zip", tmp_path / "out", QUICK)
    rows = list(csv.DictReader((tmp_path / "out" / "exports" / "moodle.csv").read_text().splitlines()))
    says = "x.ipynb is not a notebook: it is empty. Save it again from JupyterLab, or take a fresh copy."
    assert [row["Feedback comments"] for row in rows] == ["Every exercise is right.", says]


def test_bad_input_is_one_sentence(tmp_path, lesson, capsys, namespaces):
    folder = tmp_path / "in"
    folder.mkdir()
    toy.save(folder / "x.ipynb", toy.notebook("x = 1"))
    out = ["--out", str(tmp_path / "out"), "--jobs", "1"]
    bad = [([str(tmp_path / "no"), *out], "is not here"),
           ([str(folder), *out, "--lesson", "9"], "There is no lesson 9"),
           ([str(folder), *out], "Name the lesson with --lesson N"),
           ([str(folder), *out, "--time-limit", "0"], "above 0"),
           ([str(folder), *out, "--time-limit", "nan"], "not nan"),
           ([str(folder), *out, "--time-limit", "inf"], "not inf"),
           ([str(folder), *out, "--memory-limit", "2"], "takes MiB, 64 at least, not 2"),
           ([str(folder), *out, "--seed", "-5"], "from 0 on, not -5"),
           ([str(folder), "--out", str(folder)], "lies in the folder of the submissions"),
           ([str(folder), "--out", str(folder / "x" / "y")], "lies in the folder of the submissions"),
           ([str(folder), "--out", str(folder / "x.ipynb")], "is a file")]  # fmt: skip
    for arguments, says in bad:
        assert cli.main(["grade", *arguments]) == 2
        assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(SubmissionError):
        grade_class(folder, tmp_path / "out", QUICK)


def test_a_folder_with_the_grades_of_another_lesson_is_left_alone(submissions, tmp_path, monkeypatch):
    grade_class(submissions, tmp_path / "out", QUICK)
    before = everything(tmp_path / "out")
    other = dataclasses.replace(toy.LESSON, number=2, slug="others")
    monkeypatch.setattr(classroom, "LESSONS", (toy.LESSON, other))
    with pytest.raises(CourseError, match="holds the grades of 01_toys, and this is 02_others"):
        grade_class(submissions, tmp_path / "out", Settings(lesson=2))
    assert everything(tmp_path / "out") == before


def test_who_is_gone_has_no_page_and_no_export_any_more(tmp_path, lesson, namespaces):
    out, right = tmp_path / "out", json.dumps(toy.answers())
    forms = [
        "submission_{}/x.ipynb",
        "ada{0}_{0}_9{0}_x.ipynb",
        "Ada_{}_assignsubmission_file/x.ipynb",
        "Ada {}/x.ipynb",
    ]
    for form in forms:
        for numbers in ((5005, 6006, 7007), (6006,)):
            with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
                for number in numbers:
                    archive.writestr(form.format(number), right)
            (out / "results").mkdir(parents=True, exist_ok=True)
            (out / "results" / "mine.json").write_text('{"key": "mine"}')  # no result of the course
            results = grade_class(tmp_path / "in.zip", out, QUICK)
            keys = {result.key for result in results}
            assert {path.stem for path in (out / "feedback").glob("*")} == keys
            assert {path.stem for path in (out / "results").glob("*")} == keys | {"mine"}
            exports = "".join(path.read_text() for path in out.glob("exports/**/*") if path.suffix in (".csv", ".json"))
            exports += " ".join(str(path) for path in out.glob("exports/**/*"))
            assert all((str(number) in exports) == (number in numbers) for number in (5005, 7007)) or "Ada {}/" in form
    assert list((out / "exports").rglob("*")) == []


def test_a_file_that_cannot_be_written_is_one_sentence(submissions, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "feedback").write_text("a file where a folder should be")
    arguments = ["grade", str(submissions), "--out", str(tmp_path / "out"), "--jobs", "1", "--time-limit", "2"]
    assert cli.main(arguments) == 2
    assert "cannot be written (File exists). Make room there, or name another place." in capsys.readouterr().err


def test_the_cases_come_from_the_seed_and_from_a_secret(tmp_path):
    lesson, seeds = toy.LESSON, classroom._seeds
    first = seeds(tmp_path / "a", 7, lesson)
    assert first == seeds(tmp_path / "a", 7, lesson) == seeds(tmp_path / "a", None, lesson)
    other = seeds(tmp_path / "a", 8, lesson)
    assert seeds(tmp_path / "a", None, lesson) == other  # goes on with what it was last
    assert seeds(tmp_path / "a", 7, lesson) == first
    drawn = [*first, *other, *seeds(tmp_path / "b", 7, lesson), *seeds(tmp_path / "c", None, lesson)]
    assert len(set(drawn)) == len(drawn)
    (tmp_path / "a" / "run.json").write_text(json.dumps({"lesson": lesson.stem, "seed": 7, "secret": ""}))
    assert not set(seeds(tmp_path / "a", 7, lesson)) & set(drawn)
