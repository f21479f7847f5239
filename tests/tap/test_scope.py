"""A bookmark is about an account, its filters and a start date; of others it says nothing."""

from __future__ import annotations

import copy
import logging
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.paging.stitched import StitchedList
from tap_sakari.scope import Scope
from tap_sakari.tap import TapSakari
from tests.tap.run import run_tap

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

ANY = {"client_id": "a", "client_secret": "b", "account_id": "c"}
SAID = "this run reads as the first one does"


def test_the_same_settings_read_only_what_changed(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    more = {"filters": {"contacts": {"lastName": "e"}}, "start_date": "2025-01-01"}
    first = run_tap({**settings, **more})
    again = run_tap({**settings, **more}, state=first.state)
    assert len(again.ids("contacts")) < len(first.ids("contacts"))
    assert SAID not in caplog.text


def test_a_filter_that_is_dropped_brings_the_others(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    first = run_tap({**settings, "filters": {"contacts": {"tags": "vip"}}})
    assert len(first.ids("contacts")) < len(emulator.ids("contacts"))
    with caplog.at_level(logging.WARNING):
        second = run_tap(settings, state=first.state)
    assert set(second.ids("contacts")) == set(emulator.ids("contacts"))
    assert len(second.ids("messages")) < len(
        emulator.ids("messages")
    )  # their filters are as before
    assert caplog.text.count(SAID) == 1
    third = run_tap(settings, state=second.state)
    assert len(third.ids("contacts")) < len(emulator.ids("contacts"))


@pytest.mark.parametrize("later", [None, "2025-01-01"])
def test_an_earlier_start_date_brings_what_lies_between(
    emulator: EmulatorServer, settings: dict[str, Any], later: str | None
) -> None:
    first = run_tap({**settings, "start_date": "2025-12-01"})
    second = run_tap({**settings, "start_date": later}, state=first.state)
    for stream in ("contacts", "messages"):
        assert set(second.ids(stream)) == set(emulator.ids(stream))


def test_a_later_start_date_needs_no_new_beginning(
    settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    first = run_tap({**settings, "start_date": "2025-01-01"})
    second = run_tap({**settings, "start_date": "2025-06-01"}, state=first.state)
    assert len(second.ids("messages")) < 50
    assert SAID not in caplog.text


def test_the_bookmark_of_another_account_says_nothing(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    state = run_tap(settings).state
    for bookmark in state["bookmarks"].values():
        bookmark["scope"] = "of-another-account"
    with caplog.at_level(logging.WARNING):
        output = run_tap(settings, state=state)
    for stream in ("contacts", "messages", "templates", "campaigns", "conversations"):
        assert set(output.ids(stream)) == set(emulator.ids(stream))
    assert caplog.text.count(SAID) == 6  # calls have a bookmark too


def test_a_run_that_fails_does_not_make_the_old_bookmark_its_own(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    quick = {**settings, "max_retries": 0}
    first = run_tap({**quick, "filters": {"contacts": {"tags": "vip"}}})
    emulator.switch(fail_stream="contacts", fail_stream_after=1)
    failed = run_tap(quick, state=first.state, may_fail=True)
    assert failed.failure
    emulator.switch(fail_stream="none")
    third = run_tap(quick, state=failed.state)
    assert set(third.ids("contacts")) == set(emulator.ids("contacts"))


def test_a_state_of_an_earlier_version_is_about_whatever_is_read(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    state = run_tap(settings).state
    for bookmark in state["bookmarks"].values():
        bookmark.pop("scope", None)
        bookmark.pop("start_date", None)
    output = run_tap(settings, state=state)
    assert len(output.ids("contacts")) < len(emulator.ids("contacts"))


def test_the_state_shows_no_filter(settings: dict[str, Any]) -> None:
    state = run_tap({**settings, "filters": {"contacts": {"mobile": "5550100"}}}).state
    assert "5550100" not in str(state)


def test_a_list_that_may_be_short_does_not_move_the_bookmark(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(order="random")
    more = {"incomplete_lists": "warn", "page_size": 10, "requests_per_second": 10_000}
    with caplog.at_level(logging.WARNING):
        first = run_tap({**settings, **more})
    missing = set(emulator.ids("contacts")) - set(first.ids("contacts"))
    assert missing
    assert "contacts: the bookmark stays where it was" in caplog.text
    emulator.switch(order="newest")
    second = run_tap({**settings, **more}, state=first.state)
    assert missing <= set(second.ids("contacts"))


def test_a_new_scope_never_stands_next_to_an_old_bookmark(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    first = run_tap({**settings, "filters": {"contacts": {"tags": "vip"}}})
    # Nothing comes that could move the bookmark.
    second = run_tap({**settings, "end_date": "2001-01-01"}, state=first.state)
    assert not second.ids("contacts")
    third = run_tap(settings, state=second.state)
    assert set(third.ids("contacts")) == set(emulator.ids("contacts"))


def test_filling_up_the_past_in_steps_loses_nothing(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    late = run_tap({**settings, "start_date": "2025-09-01"}, select="contacts")
    early = {**settings, "start_date": "2000-01-01"}
    nothing = run_tap({**early, "end_date": "2001-01-01"}, select="contacts", state=late.state)
    rest = run_tap(early, select="contacts", state=nothing.state)
    assert set(rest.ids("contacts")) == set(emulator.ids("contacts"))


def full_table(stream: str) -> dict[str, Any]:
    """A catalog with one stream, to be read as a full table."""
    [entry] = [
        one for one in TapSakari(config=ANY).catalog_dict["streams"] if one["stream"] == stream
    ]
    for item in entry["metadata"]:
        if not item["breadcrumb"]:
            item["metadata"] |= {"selected": True, "forced-replication-method": "FULL_TABLE"}
    entry["replication_method"] = "FULL_TABLE"
    return {"streams": [entry]}


def test_a_full_table_does_not_move_when_the_list_was_scanned(settings: dict[str, Any]) -> None:
    state = run_tap({**settings, "start_date": "2025-01-01"}, select="messages").state
    before = state["bookmarks"]["messages"]["scanned_at"]
    narrow = {**settings, "filters": {"messages": {"contactId": "nobody"}}}
    output = run_tap(narrow, catalog=full_table("messages"), state=state)
    assert output.state["bookmarks"]["messages"].get("scanned_at") == before


def test_a_list_that_may_be_short_moves_nothing_in_the_state(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def doubt(listing: StitchedList) -> None:
        listing.doubtful = True

    before = run_tap({**settings, "filters": {"contacts": {"tags": "vip"}}}).state["bookmarks"]
    monkeypatch.setattr(StitchedList, "_report", doubt)
    after = run_tap(settings, state={"bookmarks": copy.deepcopy(before)}).state["bookmarks"]
    for stream in ("contacts", "templates"):
        kept = {name: after[stream].get(name) for name in before[stream]}
        assert kept == before[stream]


def test_a_full_scan_of_another_account_is_none(settings: dict[str, Any]) -> None:
    state = run_tap(settings, select="messages").state
    state["bookmarks"]["messages"] |= {"scope": "another", "scanned_at": "2099-01-01T00:00:00.000Z"}
    output = run_tap(settings, select="messages", state=state)
    assert output.state["bookmarks"]["messages"]["scanned_at"] < "2099"
    assert len(output.ids("messages")) == 250


def test_what_a_scope_tells_apart() -> None:
    one = Scope.of("account", {"a": "1", "b": "2"}, "2025-01-01")
    assert one == Scope.of("account", {"b": "2", "a": "1"}, "2025-01-01T00:00:00Z")
    assert one.rows != Scope.of("another", {"a": "1", "b": "2"}, None).rows
    assert one.rows != Scope.of("account", {"a": "1"}, None).rows
    assert Scope.of("account", None, None) == Scope.of("account", {}, None)


def test_a_first_run_says_nothing_of_a_bookmark(
    settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    nobody = run_tap({**settings, "filters": {"contacts": {"tags": "nobody"}}}, select="contacts")
    with caplog.at_level(logging.WARNING):
        run_tap(settings, select="contacts", state=nobody.state)
    assert SAID not in caplog.text
