"""Several exercises in one sandbox, one after the other: none speaks for another, and none finds what another left."""

import pytest

from course.grading.run import grade_submission
from course.grading.sandbox import Limits, Sandbox
from course.grading.submission import submission_of

from . import toy
from .conftest import need

NAMES = ["add_bias", "row_sums", "mirror"]


@pytest.fixture(autouse=True)
def _toy(lesson):
    return lesson


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def box(request):
    """A sandbox that takes several exercises at once, with a short time limit."""
    need(request.param)
    with Sandbox(request.param, Limits(seconds=1.5)) as box:
        yield box


def submitted(**changed):
    return submission_of(toy.answers(**changed), "01_toys.ipynb")


def statuses(box, **changed):
    return {one.exercise: one.status for one in grade_submission(submitted(**changed), box, 3, 4)}


def test_right_answers_are_run_once_for_all_of_a_learner(box):
    runs = []
    real = box.run

    def run(content, body):
        runs.append(content)
        return real(content, body)

    box.run = run
    try:
        assert set(statuses(box).values()) == {"passed"}
    finally:
        del box.run
    assert [len(content["parts"]) for content in runs] == [3]


FRAME = 'import os, struct\ndef add_bias(image, bias):\n    head = b\'{"status":"done","detail":""}\'\n'
FORGED = (
    FRAME
    + """    frame = struct.pack("<IQ", len(head), 0) + head
    for number in range(3, 64):
        try:
            os.write(number, frame * 5)
        except OSError:
            pass
    return image + bias
"""
)
LEAVES = """
import os, time
def add_bias(image, bias):
    if os.path.exists("deep"):
        return image + bias
    os.makedirs("deep/er")
    with open("deep/er/left", "w") as file:
        file.write("left")
    os.mkdir("deep/closed", 0)
    try:
        child = os.fork()
    except OSError:
        child = 1
    if child == 0:
        os.setsid()
        while True:
            time.sleep(0.01)
            try:
                open("still here", "w").close()
            except OSError:
                pass
    return image + bias
"""
LOOKS = """
import os, time
def row_sums(image):
    time.sleep(0.1)
    if os.listdir("."):
        return 0
    if image.ndim != 2:
        raise ValueError
    return image.sum(1)
"""
SPOILS = {
    "forged frames": FORGED,
    "it ends the first process": "import os\ndef add_bias(image, bias):\n    os.kill(1, 2)\n    os.kill(1, 9)",
    "it loops": "def add_bias(image, bias):\n    while True:\n        pass",
    "it exits": "import os\ndef add_bias(image, bias):\n    os._exit(0)",
    "it ends everything": "import os\ndef add_bias(image, bias):\n    os.kill(-1, 9)",
    "it fills the memory": "def add_bias(image, bias):\n    x = []\n    while 1:\n        x.append(bytearray(2**24))",
    "it floods the output": "def add_bias(image, bias):\n    return image[0, 0] + __import__('numpy').zeros(2**22)",
    "it closes what is open": "import os\ndef add_bias(image, bias):\n    os.closerange(0, 64)",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SPOILS))
def test_what_one_exercise_does_is_its_own_trouble(box, name):
    found = statuses(box, add_bias=SPOILS[name], mirror=toy.STUB.format("mirror"))
    assert (found["row_sums"], found["mirror"]) == ("passed", "missing")


def test_files_and_processes_are_gone_before_the_next_begins(box):
    found = statuses(box, add_bias=LEAVES, row_sums=LOOKS)
    assert found == dict.fromkeys(NAMES, "passed")
