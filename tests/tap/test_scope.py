"""A bookmark is about an account, its filters and a start date; of others it says nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from tests.tap.run import run_tap

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

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
