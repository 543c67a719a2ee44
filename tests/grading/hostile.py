"""A hostile answer, graded by the course's own grader and by one without defences."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

from course.cell import wire
from course.grading import run
from course.grading.submission import submission_of

from . import naive, toy

SECRET = "the-grader-s-own-secret"
# Runs the grader without defences as its parent does: it waits a while, asks it to stop, and tells how that went.
PARENT = """
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
grader = subprocess.Popen(sys.argv[2:])
try:
    grader.wait(float(sys.argv[1]))
except subprocess.TimeoutExpired:
    print("late", flush=True)
    grader.terminate()
    try:
        grader.wait(0.5)
    except subprocess.TimeoutExpired:
        print("deaf", flush=True)
        grader.kill()
print("survived")
"""


def grade(box, source, **others):
    """The results of all exercises, when the one called mirror has this answer."""
    found = run.grade_submission(submission_of(toy.answers(mirror=source, **others), "x.ipynb"), box, naive.SEED)
    return {one.exercise: one for one in found}


def data_of(box, source):
    """The bytes that an answer managed to send."""
    piece = next(one for one in submission_of(toy.answers(mirror=source), "x").slices if one.exercise == "mirror")
    return box.run(*run._job(piece, run.plan_of("mirror", naive.SEED))).data


def sent_back(box, source):
    """All that an answer managed to send, as text."""
    data = data_of(box, source)
    return repr([content for content, _ in wire.frames_in(data)]) + data.decode("utf-8", "replace")


def undefended(folder, *sources, patience=20.0, wait=0.0):
    """What the grader without defences makes of it: its verdict on the last answer, and how its parent fared."""
    folder.mkdir(exist_ok=True)
    names = [f"answer_{number}.py" for number in range(len(sources))]
    for name, source in zip(names, sources, strict=True):
        (folder / name).write_text(source)
    (folder / "neighbour.ipynb").write_text("the neighbour's work")
    command = [sys.executable, "-c", PARENT, str(patience), sys.executable, naive.__file__, *names]
    environment = {**os.environ, "GRADER_SECRET": SECRET, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    output = folder / "output.txt"
    with output.open("w") as file:
        group = subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=subprocess.DEVNULL,
                                 start_new_session=True)  # fmt: skip
        try:
            group.wait(60)
            time.sleep(wait)
        finally:
            if wait == 0:
                with contextlib.suppress(ProcessLookupError):  # nobody is left
                    os.killpg(group.pid, signal.SIGKILL)
    lines = output.read_text().splitlines()
    verdicts = [line for line in lines if line.startswith("{")]
    verdict = json.loads(verdicts[-1]) if verdicts else {"passed": None, "loot": ""}
    forged = folder / "result.json"
    if forged.exists():
        verdict |= json.loads(forged.read_text())
    told = {word: word in lines for word in ("late", "deaf", "survived")}
    return verdict | told | {"size": output.stat().st_size}
