"""Pace, circuit breaker and retry table, on a clock that tests move by hand."""

from __future__ import annotations

import itertools

import pytest

from sakari_client import errors
from sakari_client.errors import (
    CircuitOpenError,
    Failure,
    RateLimitError,
    SakariError,
    StoppedError,
)
from sakari_client.http import retry
from sakari_client.http.breaker import CircuitBreaker
from sakari_client.http.pace import Pace
from sakari_client.http.retry import Repeat
from tests.fake_clock import FakeClock


def go(pace: Pace, now: float, requests: int) -> list[float]:
    """Send so many requests, each as soon as it may go; when they went."""
    turns = []
    for _ in range(requests):
        now = pace.turn(now)
        pace.take(now)
        turns.append(now)
    return turns


def learned(taken: int, *, ceiling: float = 1000, now: float = 0.0) -> Pace:
    """A pace that was refused after so many requests, a second before `now`."""
    pace = Pace(ceiling, 60)
    *_, turn = go(pace, now - 1.5, taken + 1)
    assert turn < now - 1
    pace.refused(turn, now - 1, None)
    return pace


def test_requests_are_spaced_evenly() -> None:
    turns = go(Pace(5, 60), 0.0, 11)
    assert turns == [pytest.approx(n / 5) for n in range(11)]


def test_a_request_that_is_a_little_late_does_not_delay_the_next() -> None:
    pace = Pace(5, 60)
    pace.take(0.0)
    pace.take(0.205)
    assert pace.turn(0.3) == pytest.approx(0.4)


def test_time_that_was_not_used_is_not_made_up_for() -> None:
    pace = Pace(5, 60)
    pace.take(0.0)
    pace.take(10.0)
    assert pace.turn(10.0) == pytest.approx(10.2)


def test_a_429_pauses_everyone_and_tells_the_limit() -> None:
    pace = Pace(1000, 60)
    *_, turn = go(pace, 0.0, 21)
    pace.refused(turn, 0.1, None)
    assert pace.rate == pytest.approx(19)
    assert go(pace, 0.2, 3) == [pytest.approx(1.1 + n / 19) for n in range(3)]


def test_only_what_went_in_the_last_second_is_counted() -> None:
    pace = Pace(10, 60)
    *_, turn = go(pace, 0.0, 41)
    pace.refused(turn, turn + 0.01, None)
    assert pace.rate == pytest.approx(0.95 * 10, abs=1)


@pytest.mark.parametrize(("retry_after", "pause"), [(0.1, 1), (1, 1), (7, 7), (600, 60)])
def test_the_server_says_how_long_the_pause_is(retry_after: float, pause: float) -> None:
    pace = Pace(1000, 60)
    *_, turn = go(pace, 0.0, 6)
    pace.refused(turn, 0.5, retry_after)
    assert pace.turn(0.5) == 0.5 + pause


def test_requests_that_are_refused_together_count_once() -> None:
    pace = Pace(1000, 60)
    turns = go(pace, 0.0, 28)
    for turn in turns[20:]:
        pace.refused(turn, 0.1, None)
    assert pace.rate == pytest.approx(19)
    assert pace.turn(0.1) == pytest.approx(1.1)


def test_refusals_with_nothing_accepted_say_nothing_but_to_wait_longer() -> None:
    pace = learned(20)
    now, pauses = 0.0, []
    for _ in range(4):
        turn = pace.turn(now)
        pace.take(turn)
        pace.refused(turn, turn, None)
        now = turn
        pauses.append(pace.turn(now) - now)
    assert pauses == [2, 4, 8, 16]
    assert pace.rate == pytest.approx(19)


def test_a_first_request_that_is_refused_tells_no_limit() -> None:
    pace = Pace(20, 60)
    pace.take(0.0)
    pace.refused(0.0, 0.1, None)
    assert pace.rate == 20
    assert pace.turn(0.1) == pytest.approx(2.1)


def test_a_rate_that_was_learned_is_lowered_a_little_or_to_what_is_taken() -> None:
    pace = learned(20)
    *_, turn = go(pace, 0.0, 40)
    pace.refused(turn, turn, None)
    assert pace.rate == pytest.approx(0.9 * 19)

    *_, turn = go(pace, turn, 6)
    pace.refused(turn, turn, None)
    assert pace.rate == pytest.approx(0.95 * 5)


def test_the_rate_never_falls_to_nothing() -> None:
    pace = Pace(5, 60)
    now = 0.0
    for _ in range(200):
        *_, now = go(pace, now, 2)
        pace.refused(now, now, None)
    assert pace.rate == pytest.approx(0.1)


def test_the_rate_is_raised_after_a_while_and_goes_back_when_that_is_refused() -> None:
    pace = learned(20)
    turns = go(pace, 0.0, 19 * 30)
    assert pace.rate == pytest.approx(19)
    *_, turn = go(pace, turns[-1], 22)
    assert pace.rate == pytest.approx(19 * 1.1)
    pace.refused(turn, turn, None)
    assert pace.rate == pytest.approx(19)

    turns = go(pace, turn, 19 * 59)
    assert pace.rate == pytest.approx(19), "the next attempt is a minute away"


def test_a_refused_raise_does_not_cost_the_rate_that_was_good() -> None:
    pace = learned(20)
    turns = go(pace, 0.0, 19 * 31)
    late = turns[-1] + 0.5  # so that half as many were taken in the last second
    pace.take(late)
    pace.refused(late, late, None)
    assert pace.rate == pytest.approx(19)


def test_raises_become_bolder_and_end_at_the_ceiling() -> None:
    pace = learned(5, ceiling=50)
    rates = []
    now = 0.0
    while now < 60:
        *_, now = go(pace, now, 1)
        if pace.rate not in rates:
            rates.append(pace.rate)
    steps = [after / before for before, after in itertools.pairwise(rates)]
    assert steps[:4] == [pytest.approx(step) for step in (1.1, 1.2, 1.4, 1.8)]
    assert rates[-1] == 50


def test_a_rate_that_nobody_uses_is_not_raised() -> None:
    pace = learned(20)
    now = 0.0
    while now < 600:
        now = pace.turn(now + 0.5)
        pace.take(now)
    assert pace.rate == pytest.approx(19)


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
    comes_again = {Failure.OVERSIZED, Failure.REDIRECTED}
    unclear = {Failure.LOST, Failure.SERVER, Failure.BAD_ANSWER} | comes_again
    again = not_taken | unclear - comes_again
    assert retry.may_repeat(Repeat.HARMLESS, failure) is (failure in again)
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


# These say that nothing was sent, so that there is nothing to try again now; later it may pass.
_NOT_TRIED = (CircuitOpenError, StoppedError)
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, SakariError) and kind not in _NOT_TRIED
]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_say_of_themselves_what_the_table_says(kind: type[SakariError]) -> None:
    assert kind.retryable is retry.may_repeat(Repeat.HARMLESS, kind.failure)
