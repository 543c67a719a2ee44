"""The commands lab, test, doctor, data and bench, as a reader types them."""

import argparse
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

from course import bootstrap, cli, machine
from course.benchmarks import imports
from course.commands import bench, doctor, lab
from course.commands import test as test_command
from course.errors import SetupError
from course.grading import levels


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A course of one lesson, an empty notebook."""
    (tmp_path / "lessons").mkdir()
    notebook = tmp_path / "lessons" / "01_receptive_fields.ipynb"
    notebook.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return notebook


def test_lab_says_which_lessons_there_are(capsys):
    assert cli.main(["lab", "--lesson", "99"]) == 2
    assert re.search(r"course: There is no lesson 99: --lesson takes a number from 1 to \d+\.", capsys.readouterr().err)


def test_lab_says_how_to_make_a_notebook_that_is_missing(lesson, capsys):
    lesson.unlink()
    assert cli.main(["lab"]) == 2
    assert (
        "lessons/01_receptive_fields.ipynb is not here: make it with 'python3 -m course build'"
        in capsys.readouterr().err
    )


def test_lab_says_that_a_port_is_taken(lesson, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert cli.main(["lab", "--port", str(port)]) == 2
    assert f"Port {port} cannot be served on" in capsys.readouterr().err
    assert cli.main(["lab", "--port", "99999"]) == 2
    assert "There is no port 99999" in capsys.readouterr().err


def test_lab_starts_this_python_at_the_lesson_and_its_kernels_find_the_course(lesson, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "mine")
    command = lab.server_command(lesson, 8899, no_browser=True)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/lessons/01_receptive_fields.ipynb" in command
    assert {"--no-browser", "--ServerApp.port=8899", "--ServerApp.port_retries=0"} <= set(command)
    assert lab.server_environment()["PYTHONPATH"] == os.pathsep.join([str(bootstrap.ROOT), "mine"])


def test_lab_needs_a_home_folder_or_folders_named_for_jupyter(lesson, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bootstrap, "hand_over", lambda command, extra: 0)
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    assert cli.main(["lab"]) == 2
    assert capsys.readouterr().err == (
        f"course: JupyterLab needs a home folder that can be written, and {tmp_path / 'none'} is none: "
        "set HOME to a folder of yours.\n"
    )
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    assert cli.main(["lab"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows knows the home folder by another name")
def test_an_empty_home_is_as_none(lesson, monkeypatch, tmp_path):
    import pwd

    monkeypatch.setattr(bootstrap, "hand_over", lambda command, extra: int("HOME" in os.environ))
    monkeypatch.setattr(pwd, "getpwuid", lambda number: argparse.Namespace(pw_dir=str(tmp_path)))
    monkeypatch.setenv("HOME", "")
    assert cli.main(["lab"]) == 0


def test_lab_serves_the_lesson():
    """The whole way: the command, the server's answer, a kernel's `import course`."""
    if not (bootstrap.ROOT / "lessons" / "01_receptive_fields.ipynb").exists():
        pytest.skip("lesson 1 is not built yet")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "course", "lab", "--no-browser", "--port", str(port)]
    environment = {**os.environ, "JUPYTER_TOKEN": "probe", "IPYTHONDIR": os.devnull}
    process = subprocess.Popen(command, cwd=bootstrap.ROOT, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    address = f"http://127.0.0.1:{port}/api/contents/lessons/01_receptive_fields.ipynb?content=0&token=probe"
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    assert answer.status == 200
                    break
            except OSError:
                assert process.poll() is None
                time.sleep(0.25)
        else:
            pytest.fail("JupyterLab did not answer within a minute")
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_doctor_finds_this_machine_ready(capsys):
    assert cli.main(["doctor"]) == 0
    shown = capsys.readouterr().out
    for subject in ("Python", "packages", "JupyterLab", "accelerator", "Fashion-MNIST", "browser", "sandbox", "disk"):
        assert subject in shown


def test_doctor_fails_where_a_package_of_the_lessons_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "missing", lambda tests=False: [bootstrap.Requirement("numpy", "9.0", False)])
    monkeypatch.setattr(bootstrap, "requirements", lambda: [bootstrap.Requirement("numpy", "9.0", False)])
    assert cli.main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "lacking: numpy==9.0 (here: 2." in shown
    assert "Not ready yet: packages." in shown


def test_doctor_tells_what_is_missing_beside_packages(monkeypatch):
    monkeypatch.setattr(machine, "browser", lambda: None)
    monkeypatch.setattr(levels, "works", lambda level: "the kernel says no")
    monkeypatch.setattr(levels, "missing", lambda level: "it is not installed")
    monkeypatch.setattr(machine, "accelerator", lambda: "not usable (RuntimeError: old driver)")
    findings = [doctor._browser(), *doctor._sandboxes(), doctor._accelerator()]
    assert [one.state for one in findings] == ["note"] * 5  # no lesson needs them
    assert "they are skipped" in findings[0].words
    assert "the kernel says no" in findings[1].words
    assert "user namespaces" in findings[3].remedy


def test_data_shows_the_sample_and_the_places(own_cache, capsys):
    assert cli.main(["data"]) == 0
    shown = capsys.readouterr().out
    assert "6,000 + 1,000 of the 60,000 + 10,000" in shown
    assert "'python3 -m course data fetch' downloads" in shown
    own_cache.mkdir(parents=True)
    (own_cache / "train-labels-idx1-ubyte.gz").write_bytes(b"half")
    assert cli.main(["data"]) == 1
    assert "DAMAGED" in capsys.readouterr().out


def test_data_fetch_without_a_server_is_one_sentence(own_cache, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA_URL", "http://127.0.0.1:9")
    assert cli.main(["data", "fetch"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("course: train-images-idx3-ubyte.gz could not be fetched")
    assert error.count("\n") == 1


def test_an_unknown_benchmark_is_one_sentence(capsys):
    assert cli.main(["bench", "nothing"]) == 2
    assert "There is no benchmark 'nothing'. The benchmarks are: " in capsys.readouterr().err
    assert bench.subjects()["import"] == "imports"


def test_the_import_benchmark_measures_and_can_fail(monkeypatch, capsys):
    median = imports.compare(rounds=3)
    assert median["course"] <= imports.LIMIT * median["numpy"]
    monkeypatch.setattr(imports, "compare", lambda: {"numpy": 0.1, "course": 0.2})
    assert imports.run(argparse.Namespace()) == 1
    assert "ratio 2.000, ABOVE the limit" in capsys.readouterr().out


def test_the_steps_of_test_are_added_up(monkeypatch, capsys):
    count = test_command.Count
    steps = [
        test_command.Step("one", "words", lambda: count(passed=3, skipped=1), quick=True),
        test_command.Step("two", "words", lambda: count(passed=2, failed=1, remark="why"), quick=False),
        test_command.Step("three", "words", lambda: count(remark="nothing yet"), quick=False),
    ]
    monkeypatch.setattr(test_command, "STEPS", steps)
    monkeypatch.setattr(os, "environ", dict(os.environ))  # what `test` sets for its own processes
    assert cli.main(["test"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "5 passed, 1 failed, 1 skipped"
    assert lines[-2].endswith("Failed: two.")
    assert cli.main(["test", "--only", "one"]) == 0
    assert cli.main(["test", "--fast"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 passed, 0 failed, 1 skipped"
    assert cli.main(["test", "--only", "three"]) == 1  # a run without a test has not passed


def test_a_report_of_pytest_is_read(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>')
    assert test_command.read_report(report) == test_command.Count(passed=5, failed=2, skipped=2)


def test_a_source_without_notebooks_fails(tmp_path, monkeypatch):
    (tmp_path / "solutions").mkdir()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    assert test_command._notebooks() == test_command.Count(remark="there is no source of a lesson yet")
    (tmp_path / "solutions" / "01_x.py").write_text("")
    (tmp_path / "solutions" / "01_x.ipynb").write_text("")
    count = test_command._notebooks()
    assert (count.passed, count.failed) == (0, 1)
    assert "not built: lessons/01_x.ipynb;" in count.remark


def notebook_of(path, source, shows):
    """Write a notebook of one cell, with what it shows or without outputs."""
    cell = nbformat.v4.new_code_cell(source)
    if shows is not None:
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{shows}\n")]
        cell.execution_count = 1
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


def test_outputs_of_solved_notebooks_are_compared_and_those_handed_out_have_none(tmp_path, monkeypatch, capfd):
    notebook_of(tmp_path / "solutions" / "01_x.ipynb", "print(2)", shows=3)
    notebook_of(tmp_path / "lessons" / "01_x.ipynb", "print(2)", shows=None)
    (tmp_path / "solutions" / "01_x.py").write_text("")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "nbval_sanitize.cfg").write_text("")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    count = test_command._notebooks()
    assert (count.passed, count.failed) == (1, 1)
    solved, handed_out = capfd.readouterr().out.split("As handed out:")
    assert "1 failed" in solved
    assert "1 passed" in handed_out


def test_a_named_browser_is_taken(monkeypatch):
    monkeypatch.setenv("COURSE_BROWSER", sys.executable)
    assert machine.browser() == sys.executable
    monkeypatch.setenv("COURSE_BROWSER", "no-such-browser")
    assert machine.browser() is None


def test_a_port_must_be_a_port():
    with pytest.raises(SetupError, match="There is no port 0"):
        lab.check_port(0)
