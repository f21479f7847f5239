"""Progress as lines in a log, on a clock that tests move by hand."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.meter import Meter, Standing, spell_duration
from tap_sakari.progress import Progress
from tests.fake_clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable


def lines_of(
    caplog: pytest.LogCaptureFixture, pages: Iterable[tuple[float, int, int | None]]
) -> list[str]:
    """The lines of a stream of pages: seconds waited for each, rows read with it, total."""
    fake = FakeClock()
    with (
        caplog.at_level(logging.INFO),
        Progress(logging.getLogger("tap"), fake.clock, terminal=False) as progress,
    ):
        progress.begin("messages")
        for seconds, rows, total in pages:
            fake.sleep(seconds)
            progress.advance(rows, total)
    return [record.getMessage() for record in caplog.records]


def test_a_line_says_percent_rate_and_time_left(caplog: pytest.LogCaptureFixture) -> None:
    assert lines_of(caplog, [(8, 41_200, 300_000)]) == [
        "messages: 41,200 of 300,000 rows (14 %), 5,150 rows/s, about 50 s left"
    ]


def test_without_a_total_it_says_rows_and_rate(caplog: pytest.LogCaptureFixture) -> None:
    assert lines_of(caplog, [(8, 41_200, None)]) == ["messages: 41,200 rows, 5,150 rows/s"]


def test_lines_are_five_seconds_apart_and_a_short_stream_has_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pages = [(0.125, 100 * page, None) for page in range(1, 125)]
    assert lines_of(caplog, pages[:39]) == []
    assert lines_of(caplog, pages) == [
        "messages: 4,000 rows, 800 rows/s",
        "messages: 8,000 rows, 800 rows/s",
        "messages: 12,000 rows, 800 rows/s",
    ]


def test_each_stream_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeClock()
    progress = Progress(logging.getLogger("tap"), fake.clock, terminal=False)
    with caplog.at_level(logging.INFO):
        for stream in ("contacts", "messages"):
            progress.begin(stream)
            fake.sleep(4)
            progress.advance(100, 1000)
        progress.end()
        fake.sleep(60)
        progress.advance(100, 1000)
        progress.close()
        progress.close()
    assert caplog.messages == []


def test_the_rate_is_that_of_the_last_half_minute(caplog: pytest.LogCaptureFixture) -> None:
    fast = [(1.0, 1000 * second, None) for second in range(1, 61)]
    slow = [(1.0, 60_000 + 10 * second, None) for second in range(1, 61)]
    lines = lines_of(caplog, fast + slow)
    assert lines[11] == "messages: 60,000 rows, 1,000 rows/s"
    assert lines[12] == "messages: 60,050 rows, 835 rows/s"
    assert lines[-1] == "messages: 60,600 rows, 10 rows/s"


def test_a_long_pause_slows_the_rate_for_a_while() -> None:
    fake = FakeClock()
    meter = Meter("messages", fake.clock)
    rows = 0

    def read(seconds: int) -> float | None:
        nonlocal rows
        for _ in range(seconds):
            fake.sleep(1)
            rows += 100
            meter.note(rows, None)
        return meter.standing().rate

    assert read(40) == pytest.approx(100)
    fake.sleep(270)
    assert meter.standing().rate == pytest.approx(10)
    assert read(30) == pytest.approx(10)
    assert read(1) == pytest.approx(100)


@pytest.mark.parametrize(
    ("rows", "total", "said"),
    [
        (999, 1000, "messages: 999 of 1,000 rows (99 %), 100 rows/s, about 1 s left"),
        (1000, 1000, "messages: 1,000 of 1,000 rows (100 %), 100 rows/s"),
        # More than there should be: the total is no longer true.
        (1001, 1000, "messages: 1,001 rows, 100 rows/s"),
        (0, 0, "messages: 0 rows, 0.0 rows/s"),
        (0, 1000, "messages: 0 of 1,000 rows (0 %), 0.0 rows/s"),
        (1, -1, "messages: 1 rows, 0.1 rows/s"),
        (25, 100, "messages: 25 of 100 rows (25 %), 2.5 rows/s, about 30 s left"),
        # More than a hundred days would be no use to anybody.
        (1, 10_000_000, "messages: 1 of 10,000,000 rows (0 %), 0.1 rows/s"),
    ],
)
def test_odd_figures(
    caplog: pytest.LogCaptureFixture, rows: int, total: int | None, said: str
) -> None:
    assert lines_of(caplog, [(10, rows, total)]) == [said]


@pytest.mark.parametrize(
    ("seconds", "spelt"),
    [
        (0.01, "1 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (181, "3 min"),
        (3599, "1 h"),
        (7800, "2 h 10 min"),
        (86_400, "24 h"),
        (3 * 86_400 + 4 * 3600, "3 d 4 h"),
        (5 * 86_400, "5 d"),
    ],
)
def test_durations_are_spelt_as_people_say_them(seconds: float, spelt: str) -> None:
    assert spell_duration(seconds) == spelt


@given(st.floats(0, 100 * 86_400))
def test_a_duration_is_spelt_about_right(seconds: float) -> None:
    units = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
    words = spell_duration(seconds).split()
    spelt = sum(
        int(number) * units[unit] for number, unit in zip(words[::2], words[1::2], strict=True)
    )
    smallest = units[words[-1]] if len(words) == 4 else 3600 if words[-1] == "d" else 60
    assert abs(spelt - seconds) <= (1 if words[-1] == "s" else 0.52 * max(60, smallest))


FIGURES = re.compile(
    r"[\d,]+ (of [\d,]+ rows \((100|\d\d?) %\)|rows)"
    r"(, [\d,]+(\.\d)? rows/s(, about \d+ (s|min|h|d)( \d+ (min|h))? left)?)?"
)
COUNT = st.integers(-10, 10) | st.integers(-(2**70), 2**70)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1e-9, 0.5, 1.0, 29.0, 31.0, 1e6]), COUNT, COUNT | st.none()
        ),
        max_size=40,
    )
)
def test_whatever_comes_the_figures_make_sense(
    pages: list[tuple[float, int, int | None]],
) -> None:
    fake = FakeClock(now=0)
    meter = Meter("messages", fake.clock)
    for seconds, rows, total in pages:
        fake.sleep(seconds)
        meter.note(rows, total)
        standing = meter.standing()
        assert FIGURES.fullmatch(str(standing)), str(standing)
        assert (standing.percent == 100) is (rows == total and rows > 0)
        assert standing.percent is None or 0 <= standing.percent <= 100
        assert standing.rate is None or standing.rate >= 0
        assert standing.seconds_left is None or 0 < standing.seconds_left <= 100 * 86_400


@given(
    st.integers(1, 10**6).flatmap(lambda total: st.tuples(st.integers(1, total), st.just(total)))
)
def test_percent_never_goes_back_as_rows_come(count: tuple[int, int]) -> None:
    rows, total = count
    before, after = (Standing(one, total, 1.0).percent for one in (rows - 1, rows))
    assert before is not None
    assert after is not None
    assert before <= after


def test_a_page_costs_next_to_nothing() -> None:
    fake = FakeClock()
    progress = Progress(logging.getLogger("tap"), fake.clock, terminal=False)
    progress.begin("messages")
    started = time.process_time()
    for page in range(10_000):
        progress.advance(100 * page, 1_000_000)
    assert time.process_time() - started < 1  # that is a hundred microseconds for each
