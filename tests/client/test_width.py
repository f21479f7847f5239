"""As many requests in flight as it pays to have."""

from __future__ import annotations

from sakari_client.http.width import Width
from tests.client.limited_server import Simulation, SlidingWindow, Unlimited


def widths(simulation: Simulation, seconds: float) -> list[int]:
    """The widths of a run, one after another."""
    simulation.go_on(seconds)
    found = [2]
    for _, width in simulation.answers:
        if width != found[-1]:
            found.append(width)
    return found


def test_it_doubles_with_each_round_trip_while_answers_take_no_longer() -> None:
    assert widths(Simulation(Unlimited(), concurrency=32), 0.45) == [2, 8, 16, 32]


def test_a_hundred_pages_take_fewer_than_nine_round_trips() -> None:
    simulation = Simulation(Unlimited(), concurrency=16, latency=0.1)
    simulation.go_on(2)
    assert simulation.answers[99][0] < 9 * 0.1


def test_it_is_never_more_than_the_setting() -> None:
    assert widths(Simulation(Unlimited(), concurrency=3), 10) == [2, 3]
    assert widths(Simulation(Unlimited(), concurrency=1), 10) == [2, 1]


def test_it_goes_back_where_requests_only_wait_for_one_another() -> None:
    busy = Simulation(Unlimited(), concurrency=16, latency=0.01, busy=0.02)
    found = widths(busy, 20)
    assert set(found) == {2, 4}, "4 is tried now and then, in case the server has become faster"
    assert len(busy.answers) >= 0.95 * 20 / 0.02


def test_a_server_with_hands_free_is_kept_busy() -> None:
    busy = Simulation(Unlimited(), concurrency=16, latency=0.1, busy=0.02)
    busy.go_on(20)
    assert len(busy.answers) >= 0.95 * 20 / 0.02


def bursts(width: Width, *latencies: float) -> list[int]:
    """The widths after bursts of as many requests as may be in flight, one burst after another."""
    now, found = 0.0, []
    for latency in latencies:
        now, began_at = now + latency, width.now
        for _ in range(began_at):
            width.answered(began_at, latency, now)
        found.append(width.now)
    return found


def test_a_slow_round_is_not_enough_to_go_back() -> None:
    assert bursts(Width(32), 0.2, 0.2, 1.0, 0.2, 0.2) == [8, 16, 16, 32, 32]


def test_two_are_and_it_is_tried_again_later() -> None:
    expected = [8, 16, 16, 8, *[8] * 8, 16, 32]
    assert bursts(Width(32), 0.2, 0.2, 1.0, 1.0, *[0.2] * 10) == expected


def test_how_it_starts_is_by_how_far_away_the_server_is() -> None:
    for seconds, expected in ((0.01, 1), (0.011, 2), (0.049, 2), (0.05, 8)):
        width = Width(16)
        width.answered(2, seconds, seconds)
        assert width.now == expected
    narrow = Width(3)
    narrow.answered(2, 0.2, 0.2)
    assert narrow.now == 3


def test_quick_answers_are_waited_for_before_it_doubles() -> None:
    width = Width(16)
    for n in range(24):
        width.answered(width.now, 0.004, 0.004 * (n + 1))
        assert width.now == 1
    for n in range(24, 26):
        width.answered(width.now, 0.004, 0.004 * (n + 1))
    assert width.now == 2


def test_near_the_server_it_goes_back_to_one_where_two_bring_no_more() -> None:
    width = Width(16)
    found = []
    for n in range(100):
        width.answered(width.now, 0.004, 0.004 * (n + 1))
        found.append(width.now)
    assert set(found) == {1, 2}
    assert found[-1] == 1


def test_answers_to_requests_of_another_width_do_not_count() -> None:
    width = Width(16)
    for n in range(100):
        width.answered(8, 0.04, 0.04 * n)
    assert width.now == 2


def test_it_shrinks_at_once_after_a_429() -> None:
    server = SlidingWindow(1000)
    simulation = Simulation(server, concurrency=16)
    simulation.go_on(10)
    assert simulation.throttle.width.now == 16
    server.limit = 40
    while simulation.throttle.pace.rate > 40:
        simulation.go_on(0.001)
    assert 2 < simulation.throttle.width.now <= 8


def test_it_is_no_more_than_the_rate_needs() -> None:
    width = Width(16)
    assert bursts(width, *[0.2] * 10)[-1] == 16
    width.keep_to(10)
    assert width.now == 4, "two on average, and two to spare"
    width.keep_to(0.1)
    assert width.now == 2
    assert bursts(width, *[0.2] * 10)[-1] == 2
