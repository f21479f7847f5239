"""Requests sent side by side."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from target_sakari.run import Run

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


def abreast(
    run: Run, jobs: Iterable[_Job], do: Callable[[_Job], _Result]
) -> Iterator[tuple[_Job, _Result]]:
    """Do jobs, `run.workers` at a time, and yield each with its result as it ends.

    No further job is begun once the run is to stop or one of them has failed; those that were begun
    are ended and yielded all the same. A few wait in line, so that no worker is idle while a result
    is taken.

    Raises:
        Exception: what the first job raised that failed, after all that were begun have ended.
    """
    over = threading.Event()
    waiting, in_line = iter(jobs), run.workers + max(1, run.workers // 2)
    ended: SimpleQueue[Future[list[_Result]]] = SimpleQueue()
    flying: dict[Future[list[_Result]], _Job] = {}
    failure: BaseException | None = None
    with ThreadPoolExecutor(run.workers) as pool, ExitStack() as at_end:
        at_end.callback(over.set)  # also where nobody takes results any more
        while True:
            if not over.is_set() and not run.stopping():
                for job in islice(waiting, in_line - len(flying)):
                    future = pool.submit(_do_unless, over, run, do, job)
                    flying[future] = job
                    future.add_done_callback(ended.put)
            if not flying:
                break
            future = ended.get()
            job = flying.pop(future)
            if error := future.exception():
                failure = failure or error
            else:
                for result in future.result():
                    yield job, result
    if failure:
        raise failure


def _do_unless(
    over: threading.Event, run: Run, do: Callable[[_Job], _Result], job: _Job
) -> list[_Result]:
    """Do a job, unless all is over; a failure makes it so. Empty where it was not begun."""
    if over.is_set() or run.stopping():
        return []
    try:
        return [do(job)]
    except BaseException:
        over.set()
        raise
