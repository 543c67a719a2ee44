"""Grading one submission, in each sandbox that this machine has."""

import json
import subprocess
import sys

import pytest

from course import bootstrap, cli
from course.grading import run
from course.grading.sandbox import Limits, Sandbox
from course.grading.submission import submission_of

from . import toy


def grade(box, seed=1, shown=None, **changed):
    found = run.grade_submission(submission_of(toy.answers(**changed), "x.ipynb"), box, seed, shown)
    return {one.exercise: one for one in found}


def test_right_answers_earn_every_point(lesson, any_box):
    results = grade(any_box)
    assert [(one.status, one.points) for one in results.values()] == [("passed", 4), ("passed", 2), ("passed", 2)]


def test_known_mistakes_are_refused_and_named(lesson, any_box):
    result = grade(any_box, add_bias="def add_bias(image, bias):\n    return image - bias")["add_bias"]
    assert (result.status, result.points, list(result.mistakes)) == ("failed", 0, ["minus"])
    assert result.says == "You subtract the bias."


def test_partial_credit_goes_by_property(lesson, any_box):
    source = "def add_bias(image, bias):\n    return image + abs(bias)"
    result = grade(any_box, seed=0, add_bias=source)["add_bias"]
    assert dict(result.properties) == {"bias": False, "flat": True, "grows": True, "inputs left alone": True}
    assert (result.status, result.points) == ("failed", 2.0)  # two of four, "inputs left alone" earns nothing


ENDS = {
    "loop": ("def mirror(image):\n    while True:\n        pass", "timeout", "no answer within 2 seconds"),
    "sleep": ("def mirror(image):\n    import time\n    time.sleep(99)", "timeout", "no answer within 2 seconds"),
    "exit": ("def mirror(image):\n    import os\n    os._exit(0)", "error", "ended itself"),
    "sys.exit": ("def mirror(image):\n    raise SystemExit", "error", "SystemExit"),
    "error": ("def mirror(image):\n    return image.nothing", "error", "has no attribute 'nothing'"),
    "stub": (toy.STUB.format("mirror"), "missing", "Not written yet."),
    "syntax": ("def mirror(image:\n    return 1", "error", "is not Python"),
    "not a function": ("mirror = 3", "error", "mirror is not a function"),
    "unknown import": (
        "import scipy.ndimage\ndef mirror(x):\n    return scipy.ndimage.x",
        "error",
        "has no attribute 'x'",
    ),
    "object": ("def mirror(image):\n    return object()", "error", "is a object"),
}


@pytest.mark.parametrize("name", sorted(ENDS))
def test_what_goes_wrong_costs_its_own_exercise_alone(lesson, any_box, name):
    source, status, says = ENDS[name]
    results = grade(any_box, mirror=source)
    assert results["mirror"].status == status
    assert says in results["mirror"].says
    assert results["mirror"].points == 0
    assert results["add_bias"].status == results["row_sums"].status == "passed"


def test_a_function_that_only_raises_earns_nothing_for_the_errors_that_are_due(lesson, any_box):
    for source in (
        "def row_sums(image):\n    raise ValueError('no')",
        "def row_sums(image):\n    import os; os._exit(1)",
    ):
        result = grade(any_box, row_sums=source)["row_sums"]
        assert (result.status, result.points) == ("error", 0)


def test_what_came_before_a_loop_counts(lesson, any_box):
    source = "def row_sums(image):\n    while image.ndim == 1:\n        pass\n    return image.sum(1)"
    result = grade(any_box, row_sums=source)["row_sums"]
    assert result.status == "timeout"
    assert dict(result.properties)["rows"]
    assert result.points == pytest.approx(2 / 3, abs=0.01)


def test_the_same_seed_gives_the_same_verdict(lesson, any_box):
    random = "import random\ndef mirror(image):\n    return image * random.random() * hash('a')"
    one, two = (grade(any_box, mirror=random)["mirror"] for _ in range(2))
    assert one.says == two.says


def test_the_answer_of_an_interrupted_job_is_not_taken_for_that_of_the_next(lesson, monkeypatch):
    def interrupted(deadline):
        raise KeyboardInterrupt

    with Sandbox("limits", Limits(seconds=2.0)) as box:
        assert grade(box)["mirror"].status == "passed"
        with monkeypatch.context() as patch:
            patch.setattr(box, "_frame", interrupted)
            with pytest.raises(KeyboardInterrupt):
                grade(box)
        results = grade(box, add_bias="def add_bias(image, bias):\n    return image - bias")
    assert [one.status for one in results.values()] == ["failed", "passed", "passed"]


def test_with_shown_cases_the_deciding_ones_are_not_told(lesson, any_box):
    source = "def mirror(image):\n    raise ValueError(image.tobytes().hex())"
    hidden, open_ = grade(any_box, seed=5, mirror=source)["mirror"], grade(any_box, 5, 6, mirror=source)["mirror"]
    case = run.plan_of("mirror", 5).cases[0].arguments["image"].tobytes().hex()
    assert case in hidden.says
    assert case not in repr(open_)
    assert open_.report.seed == 6


def test_a_case_that_decides_is_not_drawn_where_the_function_was_stopped(lesson, any_box):
    source = "def row_sums(image):\n    while image.ndim == 1:\n        pass\n    raise ValueError(image)"
    result = grade(any_box, 5, 6, row_sums=source)["row_sums"]
    assert (result.status, result.says) == ("timeout", "It was stopped: no answer within 2 seconds.")
    assert result.report.failure is None
    assert not result.drawn


def test_a_function_that_prints_is_told_to_return(lesson, any_box):
    result = grade(any_box, mirror="def mirror(image):\n    print(image[:, ::-1])")["mirror"]
    assert (result.status, result.points) == ("failed", 0)
    assert "returns nothing (None)" in result.says
    assert "print" in result.says


def test_an_exercise_that_calls_a_wrong_one_says_so(lesson, any_box, tmp_path, capsys):
    changed = {"add_bias": "def add_bias(image, bias):\n    return image - bias",
               "mirror": "def mirror(image):\n    return add_bias(image, 1)[:, ::-1]"}  # fmt: skip
    stood_in = "In the notebook, the course's own stood in for it. Begin there."
    says = f"It calls your add_bias, which is not right yet. {stood_in}"
    assert grade(any_box, **changed)["mirror"].notes == (says,)
    path = toy.save(tmp_path / "x.ipynb", toy.answers(**changed))
    cli.main(["check", str(path)])
    assert says in capsys.readouterr().out
    cli.main(["check", str(path), "--exercise", "mirror"])
    assert "It calls your add_bias: check that first." in capsys.readouterr().out
    assert grade(any_box, mirror=changed["mirror"])["mirror"].notes == ()  # add_bias is right


IMPORTS = {
    "import course.ops": "course.flip is not there while your work is graded: use functions of your own",
    "from course import ops": "course.ops is not there while your work is graded: use functions of your own",
    "from course.ops import conv": "course.ops is not there while your work is graded: use functions of your own",
    "import hypothesis": "While work is graded there are only NumPy and Python's own library",
}


@pytest.mark.parametrize("line", sorted(IMPORTS))
def test_what_cannot_be_imported_is_told_with_a_reason(lesson, any_box, line, tmp_path, capsys):
    source = f"{line}\ndef mirror(image):\n    return {line.split()[-1].split('.')[0]}.flip(image)"
    result = grade(any_box, mirror=source)["mirror"]
    assert result.status == "error"
    assert IMPORTS[line] in result.says
    cli.main(["check", str(toy.save(tmp_path / "x.ipynb", toy.answers(mirror=source))), "--exercise", "mirror"])
    assert IMPORTS[line] in capsys.readouterr().out


def test_an_import_that_only_pictures_need_is_not_blamed(lesson, any_box):
    source = (
        "from course.images import grey\nsize = grey\ndef mirror(image):\n    global size\n    size = 1\n    return {}"
    )
    for wrong, status in (("image", "failed"), ("image.nothing", "error")):
        result = grade(any_box, mirror=source.format(wrong))["mirror"]
        assert result.status == status
        assert "course.images" not in repr((result.says, result.notes))


def test_check_prints_verdicts_and_the_score(lesson, tmp_path, capsys):
    path = toy.save(tmp_path / "x.ipynb", toy.answers(add_bias="def add_bias(image, bias):\n    return image - bias"))
    assert cli.main(["check", str(path), "--seed", "3"]) == 1
    shown = capsys.readouterr().out
    assert "✗ add_bias: not right yet. 1 of 4 properties hold. (0 of 4 points)" in shown
    assert "What happened: You subtract the bias." in shown
    assert "✓ mirror: right. 2 of 2 properties hold. (2 of 2 points)" in shown
    assert shown.endswith("4 of 8 points\n")
    assert cli.main(["check", str(path), "--exercise", "mirror"]) == 0
    assert cli.main(["check", str(toy.save(path, toy.answers()))]) == 0


def test_check_reads_a_damaged_notebook_as_grade_does(lesson, tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(toy.answers())[:700])
    assert cli.main(["check", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "✓ row_sums: right" in shown
    assert "x.ipynb is damaged; of its code" in shown


def test_a_reader_who_leaves_early_gets_no_traceback(tmp_path):
    command = [sys.executable, "-m", "course", "checks", "--lesson", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=bootstrap.ROOT) as process:
        process.stdout.close()
        assert process.stderr.read() == b""


def test_check_says_what_is_wrong_with_what_it_was_given(lesson, tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    bad = [(["nothing.ipynb"], "cannot be read"), ([str(path)], "is not a notebook"),
           ([str(toy.save(tmp_path / "y.ipynb", toy.answers())), "--exercise", "no"], "There is no exercise 'no'"),
           ([str(tmp_path / "y.ipynb"), "--time-limit", "0"], "above 0"),
           ([str(tmp_path / "y.ipynb"), "--seed", "-1"], "from 0 on, not -1"),
           ([str(tmp_path / "z.ipynb")], "is not a notebook: it is empty"),
           ([str(tmp_path / "w.ipynb")], "is not a notebook: it is a web page")]  # fmt: skip
    path.write_text("hello")
    (tmp_path / "z.ipynb").write_text("")
    (tmp_path / "w.ipynb").write_text("<!doctype html><title>Sign in</title>")
    for arguments, says in bad:
        assert cli.main(["check", *arguments]) == 2
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") == 1
    path.write_text(json.dumps(toy.notebook("x = 1")))
    assert cli.main(["check", str(path)]) == 2
