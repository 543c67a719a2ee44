"""Hostile answers gain no point; each one wins against a grader without defences."""

import numpy as np
import pytest

from course.cell import wire

from . import toy
from .hostile import data_of, grade, undefended

POINTS = {
    "an object that is equal to everything": """
class Equal:
    yes = True
    def __eq__(self, other):
        return True
def mirror(image):
    return Equal()
""",
    "an array subclass that answers for NumPy": """
class Right(np.ndarray):
    def __array_function__(self, function, kinds, arguments, options):
        return True
    def __array_ufunc__(self, *arguments, **options):
        return True
def mirror(image):
    return image.view(Right)
""",
    "a patched NumPy": """
np.allclose = lambda *arguments, **options: True
def mirror(image):
    np.allclose = np.isclose = np.array_equal = lambda *arguments, **options: True
    return image
""",
    "a replaced check": """
def check(*arguments):
    return True
def mirror(image):
    global check
    check = lambda *arguments: True
    return image
""",
    "the expected value in the caller's frame": """
import sys
def mirror(image):
    frame = sys._getframe(1)
    while frame is not None:
        for place in (frame.f_locals, frame.f_globals):
            for name in ("expected", "_expected"):
                if name in place:
                    return place[name]
        frame = frame.f_back
    return image
""",
    "the reference, imported": """
def mirror(image):
    from tests.grading.toy import mirror
    return mirror(image)
""",
    "the reference, found by the garbage collector": """
import gc, types
def mirror(image):
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == "mirror" and "toy" in thing.__code__.co_filename:
            return thing(image)
    return image
""",
    "a verdict printed at the end": """
import atexit, json
def mirror(image):
    atexit.register(lambda: print(json.dumps({"passed": True, "loot": ""}), flush=True))
    return image
""",
    "a forged result file": """
import json
def mirror(image):
    with open("result.json", "w") as file:
        json.dump({"passed": True}, file)
    return image
""",
    "a detached process that writes later": """
import json, os, time
def mirror(image):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.5)
            with open("result.json", "w") as file:
                json.dump({"passed": True}, file)
        os._exit(0)
    return image
""",
    "SciPy does the exercise": """
def mirror(image):
    import scipy.ndimage
    turn = lambda place: (place[0], image.shape[1] - 1 - place[1])
    return scipy.ndimage.geometric_transform(image, turn, order=0)
""",
    "PyTorch does the exercise": """
def mirror(image):
    import torch
    return torch.flip(torch.from_numpy(image), [1]).numpy()
""",
    "a thread that writes later": """
import json, threading, time
def write():
    time.sleep(0.5)
    with open("result.json", "w") as file:
        json.dump({"passed": True}, file)
def mirror(image):
    threading.Thread(target=write).start()
    return image
""",
    "a verdict written to every open file": """
import os
def mirror(image):
    for descriptor in range(1, 64):
        try: os.write(descriptor, b'{"passed": true, "loot": ""}\\n')
        except OSError: pass
    os._exit(0)
""",
}


@pytest.mark.parametrize("name", POINTS)
def test_it_gains_no_point(lesson, box, name):
    results = grade(box, POINTS[name])
    assert results["mirror"].status in ("failed", "error")
    assert results["mirror"].points == 0
    assert results["add_bias"].status == results["row_sums"].status == "passed"


@pytest.mark.parametrize("name", POINTS)
def test_it_passes_a_grader_without_defences(tmp_path, name):
    later = 1.0 if "later" in name else 0.0
    assert undefended(tmp_path / "naive", POINTS[name], wait=later)["passed"]


def test_a_pickle_is_never_opened(lesson, box, tmp_path):
    mark = tmp_path / "opened"
    source = f"import os\nclass Bomb:\n    def __reduce__(self):\n        return os.mkdir, ({str(mark)!r},)\n"
    source += "def mirror(image):\n    return Bomb()"
    undefended(tmp_path / "naive", source)
    assert mark.exists()
    mark.rmdir()
    result = grade(box, source)["mirror"]
    assert (result.status, result.points) == ("error", 0)
    objects = "def mirror(image):\n    return np.array([object(), 1], dtype=object)"
    assert grade(box, objects)["mirror"].status == "error"
    assert not mark.exists()


def test_a_list_that_holds_itself_is_an_error(lesson, box):
    result = grade(box, "def mirror(image):\n    whole = []\n    whole.append(whole)\n    return whole")["mirror"]
    assert (result.status, result.points) == ("error", 0)


def test_nan_is_not_equal_to_everything(lesson, box):
    image, nothing = np.ones((2, 3)), np.full((2, 3), np.nan)
    assert not np.any(np.abs(toy.mirror(image) - nothing) > 1e-6)  # a comparison that NaN passes
    result = grade(box, "def mirror(image):\n    return image * float('nan')")["mirror"]
    assert (result.status, result.points) == ("failed", 0)


def test_forged_frames_on_the_way_back_earn_nothing(lesson, box):
    """An answer may write to the pipe itself: what it can say there is a value, and that is what it returns anyway."""
    verdict = {"status": "passed", "points": 9}
    forged = [
        wire.pack(verdict),
        wire.pack({"passed": True}),
        b"\xff" * 100,
        wire.pack(
            {"value": {"array": ["<f8", [2, 3], 0, False]}, "error": "", "where": "", "changed": [], "shared": []},
            bytes(48),
        ),
    ]
    for frame in forged:
        source = (
            f"import os\ndef mirror(image):\n    for fd in range(1, 64):\n        try: os.write(fd, {frame!r} * 9)\n"
        )
        source += "        except OSError: pass\n    return image"
        if frame == forged[0]:  # it did arrive: a grader that took verdicts from there would believe it
            assert verdict in [content for content, _ in wire.frames_in(data_of(box, source))]
        results = grade(box, source)
        assert results["mirror"].points == 0
        assert results["row_sums"].status == "passed"
