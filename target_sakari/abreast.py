"""Requests sent side by side."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
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

    No further job is begun once the run is to stop or one of them has failed; those in flight are
    ended and yielded all the same.

    Raises:
        Exception: what the first job raised that failed, after all that were begun have ended.
    """
    waiting = iter(jobs)
    failure: BaseException | None = None
    with ThreadPoolExecutor(run.workers) as pool:
        flying: dict[Future[_Result], _Job] = {}
        while True:
            while failure is None and len(flying) < run.workers and not run.stopping():
                job = next(waiting, _NONE)
                if job is _NONE:
                    break
                flying[pool.submit(do, job)] = job  # type: ignore[assignment, arg-type]
            if not flying:
                break
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                job = flying.pop(future)
                if error := future.exception():
                    failure = failure or error
                else:
                    yield job, future.result()
    if failure:
        raise failure


_NONE = object()
