"""Work on all cores and on a cluster: every result comes, whatever a job does to its process."""

import dataclasses

import pytest

from course.errors import CourseError
from course.grading import desk
from course.grading.classroom import Settings, grade_class
from course.grading.sandbox import Limits
from course.grading.schedule import on_cluster

from . import toy


def test_an_address_without_a_scheduler_is_one_sentence():
    pytest.importorskip("distributed", reason="Dask is an optional extra")
    with pytest.raises(CourseError, match=r"There is no Dask scheduler at tcp://127\.0\.0\.1:9"):
        list(on_cluster(str, [(1, 1)], "tcp://127.0.0.1:9"))


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_grades(lesson, namespaces, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "_method", lambda: "fork")  # so that the toys are there, too
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
