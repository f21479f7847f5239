"""Histories of runs: with full scans, no change is missed for longer than from one to the next."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sakari_client.paging.page import Row
from tap_sakari.window import Window, as_text, plan
from tests.examples import examples

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
LOOKBACK = timedelta(days=2)
EVERY = timedelta(days=5)


def moment(hours: int) -> str:
    return as_text(START + timedelta(hours=hours))


class History:
    """An account, the state of the tap, and what the tap has emitted of each message."""

    def __init__(self, start: str | None) -> None:
        self.start = start
        self.rows: list[Row] = []
        self.seen: dict[str, str | None] = {}
        self.bookmark: str | None = None
        self.scanned: str | None = None

    def change(self, hour: int, which: int) -> None:
        if which >= len(self.rows):
            self.rows.append(Row({}, str(len(self.rows)), moment(hour), moment(hour)))
        else:
            self.rows[which].updated = moment(hour)

    def run(self, hour: int, *, sorted_list: bool, ended: int | None, finished: bool) -> None:
        now = START + timedelta(hours=hour)
        until = None if ended is None else moment(hour - ended)
        if until is not None and self.start is not None and until <= self.start:
            return
        window = plan(
            "messages", bookmark=self.bookmark, start=self.start, until=until, now=now,
            lookback=LOOKBACK, stops_early=True, scanned_at=self.scanned, full_scan_every=EVERY,
        )  # fmt: skip
        back_to = window.back_to if sorted_list else None
        read = [row for row in self.rows if back_to is None or (row.created or "") >= back_to]
        came = [row for row in read if window.wants(row)]
        if not finished:
            came = came[: len(came) // 2]
        self.seen.update({row.id: row.updated for row in came})
        if finished:
            if came:
                latest = max(row.updated or "" for row in came)
                self.bookmark = min(latest, as_text(now), until or as_text(now))
            self.scanned = window.scanned_by(now, whole=back_to is None)
        if finished and until is None:
            self.check(now)

    def check(self, now: datetime) -> None:
        long_ago = as_text(now - EVERY)
        missed = [
            row
            for row in self.rows
            if self.seen.get(row.id) != row.updated
            and (row.updated or "") <= long_ago
            and (self.start is None or (row.updated or "") >= self.start)
        ]
        assert not missed


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.integers(0, 12), st.integers(0, 6)),
        st.tuples(
            st.just("run"), st.integers(0, 60), st.booleans(), st.none() | st.integers(0, 100),
            st.booleans(),
        ),
    ),
    max_size=40,
)  # fmt: skip


@examples(600)
@given(events=EVENTS, start=st.none() | st.integers(-100, 200))
def test_no_change_is_missed_for_longer_than_full_scan_every(
    events: list[tuple[object, ...]], start: int | None
) -> None:
    history = History(None if start is None else moment(start))
    hour = 0
    for kind, wait, *more in events:
        hour += int(str(wait)) + 1
        if kind == "change":
            history.change(hour, int(str(more[0])))
        else:
            sorted_list, ended, finished = more
            history.run(
                hour,
                sorted_list=bool(sorted_list),
                ended=None if ended is None else int(str(ended)),
                finished=bool(finished),
            )


def planned(**more: Any) -> Window:
    now = START + timedelta(days=30)
    given: dict[str, Any] = {"bookmark": None, "start": None, "until": None, "stops_early": True}
    return plan("messages", **{**given, "now": now, "lookback": LOOKBACK, **more})


def test_what_a_later_run_wants() -> None:
    window = planned(bookmark=moment(600))
    assert (window.since, window.back_to) == (moment(600), moment(600 - 48))
    assert window.created_since == moment(600 - 48)


def test_what_a_run_with_a_start_date_wants() -> None:
    window = planned(start=moment(600))
    assert (window.since, window.back_to) == (moment(600), moment(600 - 48))
    assert window.created_since == moment(600), "what tells no change is judged by its creation"


def test_what_a_full_scan_wants() -> None:
    every = timedelta(days=5)
    window = planned(bookmark=moment(700), scanned_at=moment(500), full_scan_every=every)
    assert (window.since, window.back_to) == (moment(500), None)
    assert window.created_since == moment(500 - 48)


def test_a_bookmark_up_to_a_day_ahead_reads_two_days_again() -> None:
    assert planned(bookmark=moment(720 + 23)).since == moment(720 + 23 - 48)
    assert planned(bookmark=moment(720 + 25)).since is None


def test_a_start_date_ahead_holds_for_a_full_scan_too() -> None:
    every = timedelta(days=1)
    ahead = moment(2_000)
    assert planned(start=ahead, full_scan_every=every).since == ahead
    later = {"bookmark": moment(700), "scanned_at": moment(100)}
    assert planned(start=ahead, full_scan_every=every, **later).since == ahead
