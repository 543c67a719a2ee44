"""Honest work earns every point on machines of other kinds, and hostile work nothing, or they say that they cannot."""

import json
import os
import subprocess
import sys

import pytest

from course import bootstrap

from . import machines

SCRIPT = """
import json, sys, warnings
warnings.simplefilter("error")
from tests.grading.killed import use_toys
use_toys()
from course.grading import levels, run
from course.grading.sandbox import Limits, Sandbox
from course.grading.submission import submission_of
from tests.grading import test_points, toy

found = {"works": {level: levels.works(level) for level in ("namespaces", "landlock")}, "points": {}}
for level, why in found["works"].items():
    if why:
        continue
    with Sandbox(level, Limits(seconds=3.0)) as box:
        for name in ["honest", *sys.argv[1:]]:
            changed = {} if name == "honest" else {"mirror": test_points.POINTS[name]}
            graded = run.grade_submission(submission_of(toy.answers(**changed), "x.ipynb"), box, 5)
            found["points"][f"{level}, {name}"] = [one.points for one in graded]
            assert not any(one.trouble for one in graded), graded
print(json.dumps(found))
"""
HOSTILE = "the expected value in the caller's frame", "a verdict written to every open file"


needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root of Linux to give up its rights"
)


@needs_root
@pytest.mark.parametrize("kind", machines.KINDS)
def test_honest_work_earns_all_and_hostile_work_nothing(kind):
    command = [sys.executable, "-m", "tests.grading.machines", kind, sys.executable, "-c", SCRIPT, *HOSTILE]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HOME": "/nonexistent"}
    done = subprocess.run(command, cwd=bootstrap.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    if kind in ("docker", "locked"):
        assert found["works"]["namespaces"]  # they are refused there, and it is told
    assert not all(found["works"].values()), found["works"]
    for name, points in found["points"].items():
        assert points == ([4, 2, 2] if name.endswith("honest") else [4, 2, 0]), (kind, name)


@needs_root
@pytest.mark.slow
def test_every_attack_fails_where_there_are_no_namespaces():
    """The hostile tests again, in a process that may make none: Landlock is what is left."""
    suite = [f"tests/grading/test_{name}.py" for name in ("loot", "points", "stops", "syscalls")]
    command = [sys.executable, "-m", "tests.grading.machines", "docker", sys.executable, "-m", "pytest", "-q", *suite]
    done = subprocess.run(
        [*command, "-k", "landlock", "-p", "no:cacheprovider", "-rs"],
        cwd=bootstrap.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout.splitlines()[-1], done.stdout[-3000:]
