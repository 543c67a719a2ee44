"""Grades the toy class in a process of its own, so that a test can kill it: ``python killed.py IN OUT PROCESSES``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def use_toys():
    from course import manifest
    from course.checks import registry
    from course.grading import classroom, results, submission
    from tests.grading import toy

    for module in (manifest, registry, submission, results, classroom):
        module.LESSONS = (toy.LESSON,)
    registry.page_of = toy.page_of


if __name__ in ("__main__", "__mp_main__"):  # also in the processes that this one starts, never where it is collected
    sys.path.insert(0, str(ROOT))
    use_toys()

if __name__ == "__main__":
    from course.grading.classroom import Settings, grade_class
    from course.grading.sandbox import Limits

    settings = Settings(seed=11, limits=Limits(seconds=1.5, memory=300 * 2**20), processes=int(sys.argv[3]))
    grade_class(Path(sys.argv[1]), Path(sys.argv[2]), settings)
