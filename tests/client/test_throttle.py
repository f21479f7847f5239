"""Many threads wait for their turn together."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.clock import Clock
from sakari_client.config import ClientConfig
from sakari_client.http.throttle import Throttle
from tests.fake_clock import FakeClock

if TYPE_CHECKING:
    from sakari_client.http.throttle import Turn


def throttle(clock: Clock, **settings: Any) -> Throttle:
    return Throttle(ClientConfig("id", "secret", "account", **settings), clock)


def go(line: Throttle, *, seconds: float = 0.1) -> Turn:
    """A request that is answered."""
    with line.turn() as turn:
        line.answered(turn, seconds)
    return turn


def test_requests_are_spaced_evenly() -> None:
    fake = FakeClock()
    line = throttle(fake.clock, requests_per_second=5)
    start = fake.now
    for _ in range(11):
        go(line)
    assert fake.now - start == pytest.approx(2.0)


def test_no_more_are_in_flight_than_the_width() -> None:
    line = throttle(Clock(), requests_per_second=100_000, concurrency=8)
    in_flight: list[int] = []
    widths: list[int] = []

    def send() -> None:
        for _ in range(20):
            with line.turn() as turn:
                in_flight.append(line.in_flight)
                widths.append(turn.width)
                time.sleep(0.01)
                line.answered(turn, 0.01)

    threads = [threading.Thread(target=send, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(in_flight) == 8 * 20
    assert all(count <= 8 for count in in_flight)
    assert max(widths) > 2
    assert line.in_flight == 0


def test_a_turn_ends_where_the_request_fails() -> None:
    line = throttle(FakeClock().clock)
    for _ in range(20):
        with pytest.raises(OSError, match="lost"), line.turn():
            raise OSError("lost")
    assert line.in_flight == 0


def test_a_429_holds_every_thread_up() -> None:
    fake = FakeClock()
    line = throttle(fake.clock, requests_per_second=1000)
    for _ in range(5):
        go(line)
    with line.turn() as turn:
        line.refused(turn, 3)
    start = fake.now
    assert go(line).at - start == pytest.approx(3)
    assert go(line).at - start == pytest.approx(3 + 1 / (0.95 * 5))


def test_after_a_429_one_request_goes_first() -> None:
    fake = FakeClock()
    line = throttle(fake.clock, requests_per_second=1000)
    for _ in range(5):
        go(line)
    with line.turn() as turn:
        line.refused(turn, None)
    with line.turn() as trial:
        assert not line.has_room
        line.answered(trial, 0.1)
    with line.turn():
        assert line.has_room


def test_a_trial_that_is_lost_makes_room_for_another_one() -> None:
    fake = FakeClock()
    line = throttle(fake.clock, requests_per_second=1000)
    go(line)
    with line.turn() as turn:
        line.refused(turn, None)
    with line.turn():
        assert not line.has_room
    with line.turn():
        assert not line.has_room


def test_a_thread_that_slept_through_the_start_of_a_pause_waits_again() -> None:
    fake = FakeClock()

    def sleep_and_be_interrupted(seconds: float) -> None:
        fake.sleep(seconds)
        if len(fake.sleeps) == 1:
            line.refused(turn, 10)

    clock = fake.clock
    object.__setattr__(clock, "sleep", sleep_and_be_interrupted)
    line = throttle(clock, requests_per_second=1)
    turn = go(line)
    start = fake.now
    go(line)
    assert fake.now - start >= 11


def test_the_token_endpoint_tells_nothing_about_the_limit() -> None:
    line = throttle(FakeClock().clock, requests_per_second=1000)
    with line.turn(counts=False) as token:
        line.answered(token, 0.001)
    for _ in range(5):
        go(line)
    with line.turn(counts=False) as token:
        line.refused(token, 60)
    assert line.pace.rate == 1000
    with line.turn() as turn:
        line.refused(turn, None)
    assert line.pace.rate == pytest.approx(0.95 * 5)


def test_the_log_says_how_fast_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sakari_client")
    line = throttle(FakeClock().clock, requests_per_second=1000)
    for _ in range(20):
        go(line)
    with line.turn() as turn:
        line.refused(turn, None)
    go(line)
    go(line)
    assert [record.getMessage() for record in caplog.records] == [
        "After a 429: going on with 19.0 requests per second, as many as the server takes."
    ]


def test_a_turn_costs_next_to_nothing() -> None:
    line = throttle(Clock(), requests_per_second=1_000_000)
    started = time.thread_time()
    for _ in range(2000):
        go(line, seconds=0.0)
    assert time.thread_time() - started < 2000 * 100e-6
