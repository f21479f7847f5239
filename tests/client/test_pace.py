"""Throttle, circuit breaker and retry table, on a clock that tests move by hand."""

from __future__ import annotations

import itertools

import pytest

from sakari_client import errors, retry
from sakari_client.breaker import CircuitBreaker
from sakari_client.errors import CircuitOpenError, Failure, RateLimitError, SakariError
from sakari_client.retry import Repeat
from sakari_client.throttle import Throttle
from tests.fake_clock import FakeClock


def test_requests_are_spaced_evenly() -> None:
    fake = FakeClock()
    throttle = Throttle(5, fake.clock)
    start = fake.now
    for _ in range(11):
        throttle.wait()
    assert fake.now - start == pytest.approx(2.0)


def test_a_429_pauses_everyone_halves_the_rate_and_is_made_good_again() -> None:
    fake = FakeClock()
    throttle = Throttle(10, fake.clock)
    turns = [throttle.wait() for _ in range(2)]
    start = fake.now

    for turn in turns:  # refused together: counts once
        throttle.slow_down(turn, 3)
    assert throttle.rate == 5
    throttle.wait()
    assert fake.now - start == pytest.approx(3)
    throttle.wait()
    assert fake.now - start == pytest.approx(3.2)

    for _ in range(25):
        throttle.speed_up()
    assert throttle.rate == pytest.approx(10)
    throttle.speed_up()
    assert throttle.rate == 10


def test_refusals_without_a_pause_count_once_too() -> None:
    throttle = Throttle(8, FakeClock().clock)
    turns = [throttle.wait() for _ in range(4)]
    for turn in turns:
        throttle.slow_down(turn, 0.0)
    assert throttle.rate == 4


def test_the_rate_never_falls_to_nothing() -> None:
    fake = FakeClock()
    throttle = Throttle(5, fake.clock)
    for _ in range(50):
        throttle.slow_down(throttle.wait(), 0)
    assert throttle.rate == pytest.approx(0.1)


def test_a_thread_that_slept_through_the_start_of_a_pause_waits_again() -> None:
    fake = FakeClock()
    throttle = Throttle(1, fake.clock)
    throttle.wait()
    ordinary = fake.clock.sleep

    def sleep_and_be_interrupted(seconds: float) -> None:
        ordinary(seconds)
        if len(fake.sleeps) == 1:
            throttle.slow_down(fake.now, 10)

    object.__setattr__(throttle._clock, "sleep", sleep_and_be_interrupted)
    start = fake.now
    throttle.wait()
    assert fake.now - start >= 11


def test_the_circuit_opens_tries_once_and_closes() -> None:
    fake = FakeClock()
    breaker = CircuitBreaker(3, 60, fake.clock)
    for _ in range(3):
        breaker.check("GET /contacts")
        breaker.record("GET /contacts", failed=True)
    with pytest.raises(CircuitOpenError, match=r"GET /contacts: not tried.* in 60 s"):
        breaker.check("GET /contacts")

    fake.now += 60
    breaker.check("GET /contacts")  # the trial
    with pytest.raises(CircuitOpenError):
        breaker.check("GET /contacts")
    breaker.record("GET /contacts", failed=True)
    with pytest.raises(CircuitOpenError):
        breaker.check("GET /contacts")

    fake.now += 60
    breaker.check("GET /contacts")
    breaker.record("GET /contacts", failed=False)
    for _ in range(5):
        breaker.check("GET /contacts")


def test_failures_must_come_in_a_row_to_open_the_circuit() -> None:
    breaker = CircuitBreaker(2, 60, FakeClock().clock)
    for _ in range(5):
        breaker.record("GET /contacts", failed=True)
        breaker.record("GET /contacts", failed=False)
    breaker.check("GET /contacts")


def test_the_breaker_leaves_other_endpoints_alone() -> None:
    breaker = CircuitBreaker(2, 60, FakeClock().clock)
    for _ in range(2):
        breaker.record("GET /contacts", failed=True)
    breaker.check("GET /messages")
    with pytest.raises(CircuitOpenError, match="GET /contacts: not tried, since the last 2 of"):
        breaker.check("GET /contacts")


@pytest.mark.parametrize("failure", Failure)
def test_what_is_repeated(failure: Failure) -> None:
    not_taken = {Failure.NOT_SENT, Failure.THROTTLED}
    unclear = {Failure.LOST, Failure.SERVER, Failure.BAD_ANSWER}
    assert retry.may_repeat(Repeat.HARMLESS, failure) is (failure in not_taken | unclear)
    assert retry.may_repeat(Repeat.HARMFUL, failure) is (failure in not_taken)
    assert retry.is_ambiguous(Repeat.HARMFUL, failure) is (failure in unclear)
    assert not retry.is_ambiguous(Repeat.HARMLESS, failure)


def test_waits_grow_to_the_longest_with_full_jitter() -> None:
    fake = FakeClock()
    assert list(itertools.islice(retry.waits(20, fake.clock), 7)) == [1, 2, 4, 8, 16, 20, 20]
    fake.chance = 0.25
    assert list(itertools.islice(retry.waits(20, fake.clock), 3)) == [0.25, 0.5, 1]


def test_the_server_is_obeyed_on_how_long_to_wait() -> None:
    assert retry.wait_after(RateLimitError("", retry_after=7), 1) == 7
    assert retry.wait_after(RateLimitError(""), 1) == 1


# An open circuit is left out: nothing was sent, and a later try may pass.
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, SakariError) and kind is not CircuitOpenError
]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_say_of_themselves_what_the_table_says(kind: type[SakariError]) -> None:
    assert kind.retryable is retry.may_repeat(Repeat.HARMLESS, kind.failure)
