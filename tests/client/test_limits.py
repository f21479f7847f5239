"""The client finds the server's limit and stays below it: in virtual time, and over real HTTP."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import SakariError
from tests.client.limited_server import (
    FixedWindow,
    Simulation,
    SlidingWindow,
    TokenBucket,
    Unlimited,
)

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

TEN_MINUTES = 600.0


@pytest.mark.parametrize("retry_after", [None, 1.0, 3.0])
@pytest.mark.parametrize("latency", [0.005, 0.1])
@pytest.mark.parametrize("limit", [5, 20, 50])
def test_it_settles_just_below_the_limit(
    limit: int, latency: float, retry_after: float | None
) -> None:
    simulation = Simulation(
        SlidingWindow(limit), latency=latency, retry_after=retry_after, concurrency=16
    )
    run = simulation.go_on(TEN_MINUTES)
    assert run.refused_percent <= 2
    assert run.rate(10, TEN_MINUTES) >= 0.85 * limit


@pytest.mark.parametrize("limit", [5, 20])
def test_a_run_of_a_minute_is_not_refused_much_either(limit: int) -> None:
    assert Simulation(SlidingWindow(limit), latency=0.01).go_on(60).refused_percent <= 2


@pytest.mark.parametrize("limit", [5, 20, 50])
@pytest.mark.parametrize("kind", [FixedWindow, lambda limit: TokenBucket(limit, burst=limit)])
def test_limits_that_count_otherwise_are_found_too(kind: Any, limit: int) -> None:
    run = Simulation(kind(limit)).go_on(TEN_MINUTES)
    assert run.refused_percent <= 2
    assert run.rate(10, TEN_MINUTES) >= 0.85 * limit


@pytest.mark.parametrize("burst", [1, 100])
def test_a_burst_that_is_taken_or_not_taken_does_not_mislead(burst: int) -> None:
    run = Simulation(TokenBucket(20, burst)).go_on(TEN_MINUTES)
    assert run.refused_percent <= 2
    assert run.rate(120, TEN_MINUTES) >= 0.7 * 20


def test_a_network_that_shuffles_requests_costs_some_speed_only() -> None:
    run = Simulation(SlidingWindow(5), jitter=0.03).go_on(TEN_MINUTES)
    assert run.refused_percent <= 2
    assert run.rate(10, TEN_MINUTES) >= 0.75 * 5


def test_a_limit_per_minute_is_waited_for() -> None:
    class PerMinute(SlidingWindow):
        def takes(self, now: float) -> bool:
            return super().takes(now / 60)

    run = Simulation(PerMinute(300)).go_on(TEN_MINUTES)
    assert run.refused_percent <= 3
    assert len(run.requests) >= 0.75 * 300 * 10


@pytest.mark.parametrize("raised", [20, 100])
def test_a_raised_limit_is_found_within_two_minutes(raised: int) -> None:
    server = SlidingWindow(5)
    simulation = Simulation(server, concurrency=16)
    simulation.go_on(100)
    server.limit = raised
    run = simulation.go_on(200)
    assert run.rate(220, 300) >= 0.85 * raised
    assert run.refused_percent <= 2


@pytest.mark.parametrize("lowered", [12, 5])
def test_a_lowered_limit_is_adapted_to(lowered: int) -> None:
    server = SlidingWindow(20)
    simulation = Simulation(server)
    simulation.go_on(100)
    server.limit = lowered
    run = simulation.go_on(100)
    assert run.refused(100, 105) <= 4
    assert run.rate(105, 200) >= 0.85 * lowered
    assert run.refused_percent <= 2


def test_the_ceiling_holds_whatever_the_server_takes() -> None:
    run = Simulation(Unlimited(), requests_per_second=7).go_on(60)
    assert run.rate(0, 60) == pytest.approx(7, rel=0.01)
    run = Simulation(SlidingWindow(8), requests_per_second=10).go_on(TEN_MINUTES)
    assert run.rate(10, TEN_MINUTES) >= 0.85 * 8
    run = Simulation(SlidingWindow(20), requests_per_second=20).go_on(TEN_MINUTES)
    assert run.refused_percent <= 2
    assert run.rate(10, TEN_MINUTES) >= 0.85 * 20


def test_idle_times_do_not_make_it_believe_in_a_higher_limit() -> None:
    simulation = Simulation(SlidingWindow(20), concurrency=1, latency=0.2)
    simulation.throttle.refused(_burst(simulation, 21), None)
    for _ in range(100):
        simulation.go_on(10)  # at 5 requests per second, less than what is allowed
    assert simulation.throttle.pace.rate == pytest.approx(19)


def _burst(simulation: Simulation, size: int) -> Any:
    """Requests that all went at once; the last one."""
    turns = [simulation.throttle.enter(simulation.now) for _ in range(size)]
    for turn in turns:
        simulation.throttle.leave(turn)
    return turns[-1]


@pytest.mark.parametrize("retry_after", ["none", "seconds"])
def test_reading_a_list_settles_below_a_real_limit(
    emulator: EmulatorServer, settings: dict[str, Any], retry_after: str
) -> None:
    emulator.switch(rate_limit=20, retry_after=retry_after)
    sakari = SakariClient.from_settings({**settings, "requests_per_second": 60, "concurrency": 8})

    def read() -> None:
        try:
            while True:
                assert [row["id"] for row in sakari.messages.list(page_size=10)] == ids
        except SakariError:
            pass  # closed

    ids = emulator.ids("messages")
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    time.sleep(8)
    sakari.close()
    reader.join(10)
    assert not reader.is_alive()
    lists = [one for one in emulator.requests if one.path.endswith("/messages")]
    refused = [one for one in lists if one.status == 429]
    end = lists[0].time + 8
    assert 0 < len(refused) <= 0.02 * len(lists)
    # 19 a second where nothing else runs. A machine that is busy delivers requests in bunches, and
    # each of these can cost a pause of a second; the strict figures are those in virtual time.
    assert sum(end - 4 <= one.time < end and one.status == 200 for one in lists) >= 0.7 * 4 * 20
