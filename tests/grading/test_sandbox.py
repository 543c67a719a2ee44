"""The sandbox itself: whose fault it is where nothing comes back, what it leaves, and which level is taken."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from course import cli
from course.errors import CourseError
from course.grading import levels, results, sandbox
from course.grading.memory_group import MemoryGroup
from course.grading.sandbox import Limits, Sandbox

from . import toy
from .conftest import need
from .hostile import data_of, grade, sent_back


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def kernel(request):
    """A level that the kernel gives."""
    need(request.param)
    return request.param


@pytest.mark.parametrize("spoilt", [{"room": "much"}, {"libraries": ["/no/such/folder"]}, {"seconds": None}])
def test_where_a_child_cannot_start_it_is_the_machine_s_fault(lesson, kernel, spoilt, monkeypatch):
    real = Sandbox._settings
    monkeypatch.setattr(Sandbox, "_settings", lambda box: {**real(box), **spoilt})
    with Sandbox(kernel, Limits(seconds=2.0)) as box:
        results = grade(box, toy.RIGHT["mirror"])
    assert all(one.trouble for one in results.values()), results


@pytest.mark.parametrize("code", range(6))
def test_no_exit_of_a_learner_s_is_the_machine_s_fault(lesson, kernel, code):
    with Sandbox(kernel, Limits(seconds=2.0)) as box:
        result = grade(box, f"import os\ndef mirror(image):\n    os._exit({code})")["mirror"]
    assert (result.status, result.trouble, result.points) == ("error", False, 0)


def test_nothing_is_left_in_the_folder_or_among_the_groups(lesson, kernel):
    source = """
import os
def mirror(image):
    if not os.listdir("."):
        open("file", "w").write("x")
        os.makedirs("a/b/c")
        open("a/b/c/file", "w").write("x")
        os.mkdir(b"\\xff\\n")
    return image[:, ::-1]
"""
    with Sandbox(kernel, Limits(seconds=2.0)) as box:
        assert grade(box, source)["mirror"].status == "passed"
        folder = Path(box._folder.name) if box._folder else None
        assert folder is None or not list(folder.iterdir())
        grade(box, "import os\ndef mirror(image):\n    os.mkdir('closed', 0)\n    return image[:, ::-1]")
        assert folder is None or not list(folder.iterdir())
        group = box._group.folder if box._group else None
    assert folder is None or not folder.exists()
    assert group is None or not group.exists()


def test_too_many_files_stop_whoever_writes_them(lesson):
    need("landlock")
    many = "def mirror(image):\n    for k in range(10**6): open(str(k), 'w').close()"
    deep = "import os\ndef mirror(image):\n    while True:\n        os.mkdir('d')\n        os.chdir('d')"
    with Sandbox("landlock", Limits(seconds=5.0)) as box:
        for source in (many, deep):
            assert "it wrote more than 16 MiB of files" in grade(box, source)["mirror"].says
        assert grade(box, toy.RIGHT["mirror"])["mirror"].status == "passed"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a group is for Linux alone")
def test_a_group_counts_what_no_process_holds(lesson, kernel):
    group = MemoryGroup.make(2**28)
    if group is None:
        pytest.skip("this machine lets nobody make a control group")
    group.remove()
    assert not group.folder.exists()
    with Sandbox(kernel, Limits(seconds=5.0, memory=2**28, room=2**24)) as box:
        hungry = "def mirror(image):\n    x = []\n    while True: x.append(bytearray(2**22))"
        assert grade(box, hungry)["mirror"].points == 0
        assert grade(box, toy.RIGHT["mirror"])["mirror"].status == "passed"
        assert box._group.folder.exists()


def test_levels_are_tried_by_an_attack(monkeypatch):
    """A level under which the attack succeeds does not count, whatever it is called."""
    levels.works.cache_clear()
    real = Sandbox.__init__
    monkeypatch.setattr(Sandbox, "__init__", lambda box, level=None, *rest: real(box, "limits", *rest))
    try:
        assert levels.works("landlock")
    finally:
        levels.works.cache_clear()


def test_without_a_safe_level_none_is_taken(monkeypatch):
    monkeypatch.setattr(levels, "works", lambda level: "the kernel says no")
    monkeypatch.setattr(levels, "prepare", lambda level: None)
    with pytest.raises(CourseError, match="keeps the answers from other people's code"):
        levels.best_level()


def test_grade_takes_the_level_that_is_named(lesson, tmp_path, capsys):
    toy.save(tmp_path / "ana.ipynb", toy.answers())
    (tmp_path / "in").mkdir()
    (tmp_path / "ana.ipynb").rename(tmp_path / "in" / "ana.ipynb")
    command = ["grade", str(tmp_path / "in"), "--jobs", "1", "--lesson", "1", "--out"]
    for level in sandbox.LEVELS:
        if level != "limits" and levels.works(level):
            continue
        assert cli.main([*command, str(tmp_path / level), "--sandbox", level]) == 0
        said = capsys.readouterr()
        assert f"sandbox: {level}" in said.out
        assert ("answers can be read" in said.err) == (level == "limits")
        assert level in (tmp_path / level / "class.html").read_text(encoding="utf-8")
    for options, says in (
        (["--sandbox", "none"], "--sandbox takes one of namespaces, landlock, wasm, limits, not 'none'"),
        (["--sandbox", "limits", "--require-sandbox"], "--require-sandbox asks for namespaces, and here is limits"),
        (["--sandbox", "limits", "--require-sandbox", "wasm"], "--require-sandbox asks for wasm, and here is limits"),
    ):
        assert cli.main([*command, str(tmp_path / "none"), *options]) == 2
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") <= 1
        assert not (tmp_path / "none").exists()


def test_halves_of_letters_are_no_trouble(lesson, any_box):
    for body in ("raise ValueError('\\ud800')", "return {'\\udfff': '\\ud800'}", "return '\\ud800'"):
        result = grade(any_box, f"def mirror(image):\n    {body}")["mirror"]
        assert (result.points, result.trouble) == (0, False)
        (result.says + repr(result.to_json() if hasattr(result, "to_json") else result)).encode()


@pytest.mark.parametrize("number", [126, 200, 255, -5, 2**31])
def test_no_exit_of_a_guest_s_is_the_machine_s_fault(lesson, number):
    need("wasm")
    with Sandbox("wasm", Limits(seconds=2.0)) as box:
        result = grade(box, f"import os\ndef mirror(image):\n    os._exit({number})")["mirror"]
    assert (result.status, result.trouble, result.points) == ("error", False, 0)


def children(process):
    """The processes that one has started, as far as they live."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def eventually(what, seconds=10.0):
    """Wait until something is so, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def test_no_learner_s_process_outlives_the_one_that_watches_it(lesson):
    need("landlock")
    with Sandbox("landlock", Limits(seconds=8.0)) as box, ThreadPoolExecutor(1) as pool:
        grade(box, toy.RIGHT["mirror"])
        asked = pool.submit(data_of, box, "def mirror(image):\n    while True: pass")
        at_work = eventually(lambda: [(above, one) for above in children(box._process.pid) for one in children(above)])
        ((supervisor, learner),) = at_work
        time.sleep(0.3)
        os.kill(supervisor, signal.SIGKILL)
        assert eventually(lambda: not Path(f"/proc/{learner}/cmdline").exists(), 3.0)
        assert asked.result(10) == b""


def test_a_machine_of_a_cluster_that_lacks_the_level_refuses(lesson, monkeypatch):
    monkeypatch.setattr(levels, "works", lambda level: "the kernel says no")
    notebook = json.dumps(toy.answers()).encode()
    job = results.Job(
        "Ana", "ana", (("x.ipynb", notebook),), (), 1, 3, 4, Limits(seconds=2.0, memory=2**28), "landlock"
    )
    outcome = results.grade_safely(job)
    assert outcome.result.trouble
    assert outcome.result.total == 0
    assert "the sandbox landlock is not to be had on this machine: the kernel says no" in repr(outcome.result.notes)


def test_what_is_sent_after_the_end_is_not_heard(lesson, kernel):
    source = "import os, threading, time\ndef later():\n    time.sleep(0.2)\n    for fd in range(3, 64):\n"
    source += "        try: os.write(fd, b'LATE')\n        except OSError: pass\n"
    source += "def mirror(image):\n    threading.Thread(target=later).start()\n    return image"
    with Sandbox(kernel, Limits(seconds=2.0)) as box:
        assert "LATE" not in sent_back(box, source)
