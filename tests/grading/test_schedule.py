"""Work on all cores and on a cluster: every result comes, whatever a job does to its process."""

import dataclasses
import os

import pytest

from course.errors import CourseError
from course.grading.classroom import Settings, grade_class
from course.grading.sandbox import Limits
from course.grading.schedule import do_all

from . import toy


def double(number):
    if number == 5:
        os._exit(1)
    return 2 * number


def test_a_job_that_ends_its_process_costs_itself_alone():
    results = dict(do_all(double, range(12), processes=2))
    assert isinstance(results.pop(5), Exception)
    assert results == {k: 2 * k for k in range(12) if k != 5}


def test_jobs_are_read_as_they_are_needed():
    read = []

    def jobs():
        for k in range(100, 140):
            read.append(k)
            yield k

    for _, _ in zip(do_all(double, jobs(), processes=2), range(3), strict=False):
        assert len(read) < 20


def test_an_address_without_a_scheduler_is_one_sentence():
    pytest.importorskip("distributed", reason="Dask is an optional extra")
    with pytest.raises(CourseError, match=r"There is no Dask scheduler at tcp://127\.0\.0\.1:9"):
        list(do_all(double, [1], 1, "tcp://127.0.0.1:9"))


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_grades(lesson, namespaces, tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is an optional extra")
    (tmp_path / "in").mkdir()
    for k in range(12):
        wrong = {"mirror": "def mirror(image):\n    return image"} if k % 3 == 0 else {}
        toy.save(tmp_path / "in" / f"{k}.ipynb", toy.answers(**wrong))
    settings = Settings(seed=3, limits=Limits(seconds=5))
    grade_class(tmp_path / "in", tmp_path / "here", settings)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        there = dataclasses.replace(settings, scheduler=cluster.scheduler_address)
        grade_class(tmp_path / "in", tmp_path / "there", there)
    assert (tmp_path / "here" / "grades.csv").read_bytes() == (tmp_path / "there" / "grades.csv").read_bytes()
