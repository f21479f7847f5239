"""Requests sent side by side, and how many of them carried a record."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import pytest

from sakari_client import auth
from sakari_client.http.transport import Try
from target_sakari.abreast import abreast
from target_sakari.attempts import Attempts
from target_sakari.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.client import SakariClient


def run_of(stopping: Callable[[], bool], workers: int) -> Run:
    return Run(cast("SakariClient", None), stopping, workers=workers)


@pytest.mark.parametrize("workers", [1, 3, 50])
def test_all_jobs_are_done_and_no_more_than_so_many_at_a_time(workers: int) -> None:
    lock, flying, most = threading.Lock(), 0, 0

    def square(job: int) -> int:
        nonlocal flying, most
        with lock:
            flying += 1
            most = max(most, flying)
        with lock:
            flying -= 1
        return job * job

    done = dict(abreast(run_of(lambda: False, workers), range(20), square))
    assert done == {job: job * job for job in range(20)}
    assert most <= workers


def test_jobs_in_flight_are_ended_and_told_where_one_fails() -> None:
    begun: list[int] = []
    together = threading.Barrier(3)

    def fail_first(job: int) -> int:
        begun.append(job)
        if job < 3:
            together.wait(10)  # all three are in flight
        if job == 0:
            raise ValueError
        return job

    told: list[tuple[int, int]] = []
    with pytest.raises(ValueError):  # noqa: PT011 - nothing else raises it
        told.extend(abreast(run_of(lambda: False, 3), range(100_000), fail_first))
    assert sorted([0, *(job for job, _ in told)]) == sorted(begun)
    assert len(begun) < 100_000


def test_however_many_are_in_flight_where_one_fails_all_are_told() -> None:
    together, failing = threading.Barrier(20), threading.Event()

    def fail_first(job: int) -> int:
        together.wait(10)
        if job == 0:
            failing.set()
            raise ValueError
        failing.wait(10)
        return job

    for _ in range(5):  # which ends first is not certain
        together.reset()
        failing.clear()
        told: list[tuple[int, int]] = []
        with pytest.raises(ValueError):  # noqa: PT011 - nothing else raises it
            told.extend(abreast(run_of(lambda: False, 20), range(20), fail_first))
        assert sorted(told) == [(job, job) for job in range(1, 20)]


def test_nothing_is_begun_once_the_run_is_to_stop() -> None:
    begun: list[int] = []
    stop = threading.Event()

    def stop_at_one(job: int) -> int:
        begun.append(job)
        if job == 1:
            stop.set()
        assert stop.wait(10)
        return job

    told = dict(abreast(run_of(stop.is_set, 2), range(1000), stop_at_one))
    assert sorted(begun) == sorted(told) == [0, 1]


def test_no_worker_is_idle_while_a_result_is_taken() -> None:
    second = threading.Event()

    def begin(job: int) -> int:
        if job == 1:
            second.set()
        return job

    for job, _ in abreast(run_of(lambda: False, 1), range(3), begin):
        assert job > 0 or second.wait(10)


def test_nothing_is_begun_once_nobody_takes_results_any_more() -> None:
    begun: list[int] = []

    def begin(job: int) -> int:
        begun.append(job)
        return job

    for _ in abreast(run_of(lambda: False, 2), range(1000), begin):
        break
    assert len(begun) <= 2 + 2 + 1


def test_requests_of_this_thread_are_counted_but_for_those_of_tokens() -> None:
    attempts = Attempts()
    tried, token = Try("POST /contacts", 0.1, 201, 1), Try(auth.OPERATION, 0.1, 200, 1)
    attempts(tried)  # nobody counts
    with attempts.count() as count:
        attempts(tried)
        attempts(token)
        attempts(tried)
        other = threading.Thread(target=attempts, args=(tried,))
        other.start()
        other.join()
    attempts(tried)
    assert count.requests == 2
