"""Doing many jobs at once: on all cores of this machine, or on a Dask cluster; none of them can stop the others."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from ..errors import CourseError

__all__ = ["cores", "do_all"]

Job = TypeVar("Job")
AHEAD = 3  # jobs for each process that are read and waiting


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def do_all(
    work: Callable[[Job], Any], jobs: Iterable[Job], processes: int, scheduler: str | None = None
) -> Iterator[tuple[Job, Any]]:
    """Yield (job, result) as results come; a result is an exception where a process did not survive the job.

    Parameters
    ----------
    work : callable
        A function of a module, so that another process can find it.
    jobs : iterable
        Read as they are needed, never all at once.
    processes : int
        One does everything here, in this process.
    scheduler : str, optional
        The address of a Dask scheduler; its workers need the course, too.
    """
    if scheduler is not None:
        yield from _on_cluster(work, jobs, scheduler)
    elif processes <= 1:
        for job in jobs:
            yield job, work(job)
    else:
        yield from _in_pool(work, jobs, processes)


def _in_pool(work: Callable[[Job], Any], jobs: Iterable[Job], processes: int) -> Iterator[tuple[Job, Any]]:
    waiting = iter(jobs)
    again: list[Job] = []
    while True:
        running: dict[Future, Job] = {}
        with _pool(processes) as pool:
            try:
                for job in waiting:
                    running[pool.submit(work, job)] = job
                    if len(running) >= processes * AHEAD:
                        yield from _finished(running)
                while running:
                    yield from _finished(running)
            except BrokenProcessPool:
                again = list(running.values())
        if not again:
            return
        # One of these ended its process. Each gets a process of its own, so that the guilty one stands alone.
        for job in again:
            with _pool(1) as pool:
                try:
                    yield job, pool.submit(work, job).result()
                except BrokenProcessPool as error:
                    yield job, error
        again = []


def _finished(running: dict[Future, Job]) -> Iterator[tuple[Job, Any]]:
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        result = future.result()  # a broken pool raises here, and the job is still among the running ones
        yield running.pop(future), result


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """Watch the process that started this one: a worker without it would wait for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _on_cluster(work: Callable[[Job], Any], jobs: Iterable[Job], scheduler: str) -> Iterator[tuple[Job, Any]]:
    try:
        import distributed
    except ImportError as error:
        raise CourseError("--scheduler needs Dask: install it with 'python3 -m pip install distributed'.") from error
    try:
        client = distributed.Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"There is no Dask scheduler at {scheduler} ({error}). Start one with 'dask scheduler'."
        ) from error
    with client:
        waiting = iter(jobs)
        window = max(2, sum(client.nthreads().values())) * AHEAD
        futures: dict[Any, Job] = {}
        queue = distributed.as_completed()
        for job in waiting:
            future = client.submit(work, job, pure=False)
            futures[future] = job
            queue.add(future)
            if len(futures) >= window:
                break
        for future in queue:
            done = futures.pop(future)
            yield done, future.exception() if future.status == "error" else future.result()
            future.release()
            job_next = next(waiting, None)
            if job_next is not None:
                future = client.submit(work, job_next, pure=False)
                futures[future] = job_next
                queue.add(future)
