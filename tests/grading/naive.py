"""A grader without defences, as many are built: it runs an answer beside the right one, in its own process.

Started as a script with files of code: it grades `mirror` of each, in one process and one folder, and writes its
verdict on the last one to its output. A ``result.json`` in its folder is believed. The hostile answers must win
here, or a test of them shows nothing.
"""

import contextlib
import json
import os
import pickle
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEED = 1234567890123


def check(expected, got):
    return bool(np.all(np.allclose(expected, got))) if not hasattr(got, "yes") else bool(got == expected)


def grade(path):
    from tests.grading import toy

    reference = toy.mirror
    space = {"__name__": "__main__", "np": np, "check": check}
    with open(path, encoding="utf-8") as file:
        exec(file.read(), space)
    passed, loot = True, ""
    for prop in toy.EXERCISES[2].properties:
        for case in prop.cases(np.random.default_rng(SEED)):
            image = case.arguments["image"]
            expected = reference(image)
            got = space["mirror"](image.copy())
            loot = str(got)
            with contextlib.suppress(
                AttributeError, TypeError, pickle.PicklingError
            ):  # as graders do that send results between processes
                got = pickle.loads(pickle.dumps(got))
            try:
                passed &= space["check"](expected, got)
            except Exception:
                passed = False
    return {"passed": passed, "loot": loot[:2000]}


if __name__ == "__main__":
    sys.path.insert(0, ROOT)
    for answer in sys.argv[1:]:
        verdict = grade(answer)
    print(json.dumps(verdict), flush=True)
