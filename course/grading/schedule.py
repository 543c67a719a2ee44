"""Doing many jobs at once on a Dask cluster, each at a desk beside Dask's worker: none of them can stop the others."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ..errors import CourseError
from .desk import Desks, Stopped, ask

__all__ = ["cores", "on_cluster"]

Order = TypeVar("Order")
Job = TypeVar("Job")
AHEAD = 3  # jobs for each thread of the cluster that are read and waiting

_desks = threading.local()


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def on_cluster(
    work: Callable[[Job], Any], jobs: Iterable[tuple[Order, Job | Stopped]], scheduler: str
) -> Iterator[tuple[Order, Any]]:
    """Yield (order, answer) as answers come; an answer is `Stopped`, or an exception of Dask's, where there is none.

    Parameters
    ----------
    work : callable
        A function of a module, which Dask's workers have, too.
    jobs : iterable of (order, job)
        Read as they are needed, never all at once. What could not be read is its own answer.
    scheduler : str
        The address of a Dask scheduler.
    """
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
        window = max(2, sum(client.nthreads().values())) * AHEAD
        waiting = iter(jobs)
        futures: dict[Any, Order] = {}
        queue = distributed.as_completed()
        while True:
            for order, job in waiting:
                if isinstance(job, Stopped):
                    yield order, job
                    continue
                future = client.submit(at_a_desk, work, job, pure=False)
                futures[future] = order
                queue.add(future)
                if len(futures) >= window:
                    break
            if not futures:
                return
            future = next(queue)
            yield futures.pop(future), future.exception() if future.status == "error" else future.result()
            future.release()


def at_a_desk(work: Callable[[Job], Any], job: Job) -> Any:
    """Do a job at the desk of this thread, on a machine of the cluster; return `Stopped` where it has no end."""
    if not hasattr(_desks, "one"):
        _desks.one = Desks(1)
    return ask(_desks.one, work, job)
