"""Runs after the first: what changed comes, nothing else does, and little is read for it."""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.clock import Clock
from sakari_client.errors import ConfigError
from sakari_client.paging.stitched import StitchedList
from sakari_emulator.server import EmulatorServer
from tap_sakari.tap import TapSakari
from tests.conftest import settings_for
from tests.tap.run import Output, run_tap

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES = 300_000
NEW, CHANGED = 200, 50
DAY = 86_400_000
NEWEST = 1_767_225_600_000
"""When the newest message that the emulator begins with was made: 2026-01-01."""


def text(moment: int) -> str:
    """Milliseconds since 1970 as the tap writes moments."""
    made = datetime.fromtimestamp(moment / 1000, timezone.utc)
    return made.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def state_at(bookmark: str, **more: str) -> dict[str, Any]:
    """A state as the run before would have left it."""
    found = {"replication_key": "updated_at", "replication_key_value": bookmark, **more}
    return {"bookmarks": {"messages": found}}


def bookmark_of(output: Output) -> str:
    value: str = output.state["bookmarks"]["messages"]["replication_key_value"]
    return value


def lists(emulator: EmulatorServer) -> int:
    """List requests so far."""
    return sum(one.path.endswith("/messages") for one in emulator.requests)


class Hour:
    """A large account an hour after a run: some messages are new, some changed."""

    def __init__(self, emulator: EmulatorServer) -> None:
        account = emulator.account
        self.bookmark = NEWEST
        rows = account.messages.ordered("newest", "")
        in_lookback = [row for row in rows if row.created >= NEWEST - 7 * DAY]
        self.at_bookmark = {row.id for row in rows if row.updated >= self.bookmark}
        self.in_lookback = len(in_lookback) + NEW
        self.changed = {row.id for row in in_lookback[3 :: len(in_lookback) // CHANGED][:CHANGED]}
        self.outside = rows[len(rows) // 2].id
        for row_id in [*self.changed, self.outside]:
            found = account.messages.find(row_id)
            assert found is not None
            account.set_status(found, "delivered")
        self.new = set(account.insert("messages", NEW))


@pytest.fixture(scope="module")
def large() -> Iterator[EmulatorServer]:
    clock = lambda: (NEWEST + 3_600_000) / 1000  # noqa: E731 - an hour after the newest message
    with EmulatorServer(
        contacts=100, messages=MESSAGES, seed=1, clock=clock, token_lifetime=10**9
    ) as server:
        yield server


@pytest.fixture(scope="module")
def hour(large: EmulatorServer) -> Hour:
    return Hour(large)


@pytest.fixture
def at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TapSakari, "clock", Clock(sleep=lambda _seconds: None))


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("concurrency", [1, 8, 16])
def test_an_hourly_run_reads_little_more_than_the_lookback(
    large: EmulatorServer, hour: Hour, order: str, concurrency: int
) -> None:
    large.switch(order=order)
    before = lists(large)
    output = run_tap(
        {**settings_for(large), "concurrency": concurrency}, select="messages",
        state=state_at(text(hour.bookmark)),
    )  # fmt: skip
    requests = lists(large) - before
    assert requests <= hour.in_lookback / 99 + 10
    came = output.ids("messages")
    assert len(came) == len(set(came))
    assert set(came) == hour.new | hour.changed | hour.at_bookmark
    assert hour.outside not in came
    assert bookmark_of(output) >= text(hour.bookmark)


@pytest.fixture
def small() -> Iterator[EmulatorServer]:
    with EmulatorServer(contacts=50, messages=2_000, conversations=40, seed=3) as server:
        yield server


def settings(emulator: EmulatorServer, **more: Any) -> dict[str, Any]:
    return {**settings_for(emulator), "page_size": 50, **more}


def first_state(emulator: EmulatorServer, **more: Any) -> dict[str, Any]:
    return run_tap(settings(emulator, **more), select="messages").state


def change_an_old_one(emulator: EmulatorServer) -> str:
    old = emulator.account.messages.ordered("newest", "")[1_000]
    emulator.account.set_status(old, "error")
    return str(old.id)


def test_a_full_scan_finds_what_changed_outside_the_lookback(small: EmulatorServer) -> None:
    state = first_state(small)
    changed = change_an_old_one(small)
    soon = run_tap(settings(small), select="messages", state=state)
    assert changed not in soon.ids("messages")
    not_due = settings(small, full_scan_every=30)
    assert changed not in run_tap(not_due, select="messages", state=soon.state).ids("messages")
    due = run_tap(settings(small, full_scan_every=0), select="messages", state=soon.state)
    assert changed in due.ids("messages")
    assert len(due.ids("messages")) < 20
    again = run_tap(settings(small, full_scan_every=30), select="messages", state=due.state)
    assert changed not in again.ids("messages"), "a full scan counts from when it was made"


@pytest.mark.parametrize("sure", [True, False])
def test_a_full_scan_that_may_be_incomplete_is_none(
    small: EmulatorServer, monkeypatch: pytest.MonkeyPatch, *, sure: bool
) -> None:
    state = first_state(small)
    before = "2026-02-01T00:00:00.000Z"
    state["bookmarks"]["messages"]["scanned_at"] = before
    if not sure:  # as of a list that moved so that rows may be missing
        monkeypatch.setattr(StitchedList, "_report", lambda _list: None)
    due = run_tap(settings(small, full_scan_every=0), select="messages", state=state)
    assert (due.state["bookmarks"]["messages"]["scanned_at"] > before) is sure


def test_a_list_in_no_order_is_read_whole_and_gives_only_what_changed(
    small: EmulatorServer,
) -> None:
    small.switch(order="shuffled")
    state = first_state(small)
    changed = change_an_old_one(small)
    before = lists(small)
    came = run_tap(settings(small), select="messages", state=state).ids("messages")
    assert changed in came
    assert len(came) < 10
    assert lists(small) - before >= math.ceil(2_000 / 50)


@pytest.mark.parametrize(
    "switches",
    [
        {"wrong_total": "low"}, {"pagination": "has_next"}, {"pagination": "none"},
        {"page_cap": 15}, {"insert_every": 3, "delete_every": 4}, {"repeat_rows": 7},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_what_changed_in_the_lookback_comes_whatever_the_list_is_like(
    small: EmulatorServer, order: str, switches: dict[str, Any]
) -> None:
    state = first_state(small)
    recent = small.account.messages.ordered("newest", "")[5:25]
    for message in recent:
        small.account.set_status(message, "error")
    small.switch(order=order, **switches)
    came = run_tap(settings(small), select="messages", state=state).ids("messages")
    assert len(came) == len(set(came))
    assert {one.id for one in recent} & set(small.ids("messages")) <= set(came)


def test_one_row_out_of_order_has_the_whole_list_read(
    small: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    state = first_state(small)
    changed = change_an_old_one(small)
    small.switch(order="oldest")
    rows = small.account.messages.ordered("oldest", "")
    rows.insert(1_950, rows.pop(1_990))  # a list of the table's own, which it keeps
    with caplog.at_level(logging.WARNING):
        came = run_tap(settings(small), select="messages", state=state).ids("messages")
    assert "not to be in the order of creation; it is read whole" in caplog.text
    assert changed in came


def test_a_newest_first_list_with_a_row_out_of_order_says_that_it_is_read_whole(
    small: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    state = first_state(small)
    changed = change_an_old_one(small)
    rows = small.account.messages.ordered("newest", "")
    rows.insert(30, rows.pop(70))
    with caplog.at_level(logging.WARNING):
        came = run_tap(settings(small), select="messages", state=state).ids("messages")
    assert caplog.text.count("not to be in the order of creation; it is read whole") == 1
    assert changed in came


@pytest.mark.parametrize("days", [0.5, 10])
def test_a_start_date_ahead_of_the_servers_clock_wants_nothing_yet(
    small: EmulatorServer, caplog: pytest.LogCaptureFixture, days: float
) -> None:
    state = first_state(small)
    bookmark = state["bookmarks"]["messages"]["replication_key_value"]
    ahead = settings(small, start_date=now_plus(days=days))
    output = run_tap(ahead, select="messages", state=state)
    assert output.ids("messages") == []
    assert bookmark_of(output) == bookmark
    assert "start_date is ahead of the server's clock" in caplog.text


def test_a_run_with_an_end_date_is_no_full_scan_of_what_came_after(small: EmulatorServer) -> None:
    end = "2025-07-01T00:00:00.000Z"
    ended = run_tap(settings(small, end_date=end), select="messages")
    assert ended.state["bookmarks"]["messages"]["scanned_at"] == end


def test_a_scan_dated_ahead_of_the_servers_clock_was_none(small: EmulatorServer) -> None:
    state = first_state(small)
    state["bookmarks"]["messages"]["scanned_at"] = now_plus(hours=20)
    changed = change_an_old_one(small)
    run = run_tap(settings(small), select="messages", state=state)
    due = run_tap(settings(small, full_scan_every=1), select="messages", state=run.state)
    assert changed in due.ids("messages")


def test_messages_that_do_not_tell_their_changes_come_again_within_the_lookback(
    small: EmulatorServer,
) -> None:
    small.switch(updated_form="missing")
    first = run_tap(settings(small), select="messages")
    newest = datetime.fromisoformat(bookmark_of(first).replace("Z", "+00:00"))
    edge = text(int((newest - timedelta(days=7)).timestamp() * 1000))
    second = run_tap(settings(small), select="messages", state=first.state)
    assert set(second.ids("messages")) == {
        one["id"] for one in first.records["messages"] if one["created_at"] >= edge
    }


def test_start_and_end_date_make_a_window(small: EmulatorServer) -> None:
    everything = run_tap(settings(small), select="messages").records["messages"]
    start, end = "2025-06-01", "2025-07-01T00:00:00Z"
    some = run_tap(
        settings(small, start_date=start, end_date=end, lookback_days=30), select="messages"
    )
    assert set(some.ids("messages")) == {
        one["id"] for one in everything if start <= one["updated_at"] < "2025-07-01"
    }
    assert bookmark_of(some) <= "2025-07-01T00:00:00.000Z"
    rest = run_tap(settings(small), select="messages", state=some.state)
    assert {one["id"] for one in everything if one["updated_at"] >= "2025-07-01"} <= set(
        rest.ids("messages")
    )


def test_an_end_before_the_start_is_refused(small: EmulatorServer) -> None:
    with pytest.raises(ConfigError, match="end_date"):
        run_tap(settings(small, start_date="2025-07-01", end_date="2025-06-01"))


def test_a_state_of_version_0_1_0_goes_on(small: EmulatorServer) -> None:
    old = state_at("2025-12-25T00:00:00.000Z", progress_markers={"Note": "left over"})  # type: ignore[arg-type]
    old["bookmarks"]["gone"] = {"replication_key_value": "x"}
    output = run_tap(settings(small), select="messages", state=old)
    assert output.ids("messages")
    assert all(one["updated_at"] >= "2025-12-25" for one in output.records["messages"])
    with_offset = state_at("2025-12-25T01:00:00+01:00")
    assert run_tap(settings(small), select="messages", state=with_offset).ids(
        "messages"
    ) == output.ids("messages")


def test_a_bookmark_that_is_no_date_is_refused_by_name(small: EmulatorServer) -> None:
    with pytest.raises(ConfigError, match=r"state, bookmarks\.messages\.replication_key_value"):
        run_tap(settings(small), select="messages", state=state_at("yesterday"))


def now_plus(**span: float) -> str:
    moment = datetime.now(timezone.utc) + timedelta(**span)
    return text(int(moment.timestamp() * 1000))


def test_a_bookmark_a_day_ahead_reads_two_days_again(
    small: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    new = small.account.insert("messages", 2)
    output = run_tap(settings(small), select="messages", state=state_at(now_plus(hours=12)))
    assert sorted(output.ids("messages")) == sorted(new), "all others are older than two days"
    assert "ahead of the server's clock" in caplog.text
    assert bookmark_of(output) <= now_plus(minutes=1)


def test_a_bookmark_far_ahead_reads_everything_again(
    small: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    output = run_tap(settings(small), select="messages", state=state_at(now_plus(days=400)))
    assert len(output.ids("messages")) == 2_000
    assert "says nothing; this run reads as the first one does" in caplog.text
    assert bookmark_of(output) <= now_plus(minutes=1)


@pytest.mark.parametrize("days", [-1, 1])
def test_our_clock_may_be_off_by_a_day(
    small: EmulatorServer, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    off = Clock(
        sleep=lambda _seconds: None,
        time=lambda: datetime.now(timezone.utc).timestamp() + 86_400 * days,
    )
    monkeypatch.setattr(TapSakari, "clock", off)
    first = run_tap(settings(small), select="messages")
    [new] = small.account.insert("messages")
    second = run_tap(settings(small), select="messages", state=first.state)
    assert new in second.ids("messages")
    assert bookmark_of(second) <= now_plus(minutes=1)


def test_a_date_may_be_spelt_in_lower_case(small: EmulatorServer) -> None:
    start = settings(small, start_date="2025-06-01t00:00:00z")
    first = run_tap(start, select="messages")
    assert min(one["updated_at"] for one in first.records["messages"]) >= "2025-06-01"
    [new] = small.account.insert("messages")
    assert new in run_tap(start, select="messages", state=first.state).ids("messages")


def test_nothing_from_before_the_start_date_comes_though_its_changes_are_not_told(
    small: EmulatorServer,
) -> None:
    small.switch(updated_form="missing")
    output = run_tap(settings(small, start_date="2025-12-01"), select="messages")
    assert output.ids("messages")
    assert min(one["created_at"] for one in output.records["messages"]) >= "2025-12-01"


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ({"bookmarks": None}, "state, bookmarks: must be an object"),
        ({"bookmarks": {"messages": None}}, "state, bookmarks.messages: is no bookmark"),
        ({"bookmarks": {"messages": {"partitions": None}}}, "state, bookmarks.messages: is no"),
    ],
)
def test_a_state_that_is_none_is_refused_by_name(
    small: EmulatorServer, state: dict[str, Any], what: str
) -> None:
    with pytest.raises(ConfigError, match=what):
        run_tap(settings(small), select="messages", state=state)
