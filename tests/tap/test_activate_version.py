"""ACTIVATE_VERSION has targets delete what did not come: it is written only if all came."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.clock import Clock
from tap_sakari.tap import TapSakari
from tests.tap.catalogs import full_table, selecting
from tests.tap.run import Output, run_tap

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

CATALOG = full_table(selecting("contacts", "messages", "balance"), "contacts")
SDK_PATH = {"contacts": {"id": "id"}}


@pytest.fixture(params=[{}, SDK_PATH], ids=["direct", "sdk"])
def quick(
    settings: dict[str, Any], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.setattr(TapSakari, "clock", Clock(sleep=lambda _seconds: None))
    return {
        **settings,
        "page_size": 20,
        "max_retries": 0,
        "stream_maps": request.param,
        "emit_activate_version_messages": True,
    }


def activations(output: Output) -> list[tuple[str, int]]:
    return [
        (message["stream"], message["version"])
        for message in output.messages
        if message["type"] == "ACTIVATE_VERSION"
    ]


def test_it_comes_once_and_after_all_records_of_its_stream(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    output = run_tap(quick, catalog=CATALOG)
    # Not of balance: each of its rows is a moment of a history that is to stay.
    [(stream, version)] = activations(output)
    assert stream == "contacts"
    of_contacts = [one for one in output.messages if one.get("stream") == "contacts"]
    assert [one["type"] for one in of_contacts] == ["SCHEMA", *["RECORD"] * 130, "ACTIVATE_VERSION"]
    assert {one["version"] for one in of_contacts[1:-1]} == {version}
    assert sorted(output.ids("contacts")) == sorted(emulator.ids("contacts"))


@pytest.mark.parametrize("answered", [0, 1, 3, 6])
def test_it_does_not_come_where_the_stream_failed(
    emulator: EmulatorServer, quick: dict[str, Any], answered: int
) -> None:
    # The list has seven pages, and this is so for the last of them too.
    emulator.switch(fail_stream="contacts", fail_stream_after=answered)
    output = run_tap(quick, catalog=CATALOG, may_fail=True)
    assert output.failure is not None
    assert bool(output.records["contacts"]) is bool(answered)
    assert activations(output) == []
    assert output.ids("messages")


def test_it_does_not_come_where_a_stream_map_failed_on_the_last_record(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    last = emulator.ids("contacts")[-1]
    quick["stream_maps"] = {"contacts": {"id": f"id if id != '{last}' else 1 / 0"}}
    output = run_tap(quick, catalog=CATALOG, may_fail=True)
    assert len(output.records["contacts"]) == 129
    assert "contacts: a stream map failed on a record (ZeroDivisionError)" in str(output.failure)
    assert activations(output) == []


def test_it_does_not_come_where_rows_may_be_missing(
    emulator: EmulatorServer, quick: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(order="random")
    with caplog.at_level(logging.WARNING):
        output = run_tap({**quick, "incomplete_lists": "warn"}, catalog=CATALOG)
    assert activations(output) == []
    assert "no ACTIVATE_VERSION is written: rows that are gone stay in the target" in caplog.text


def test_it_comes_where_rows_came_and_went_in_an_order_that_holds(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    emulator.switch(insert_every=2, delete_every=2)
    before = set(emulator.ids("contacts"))
    output = run_tap(quick, catalog=CATALOG)
    assert [stream for stream, _ in activations(output)] == ["contacts"]
    assert before & set(emulator.ids("contacts")) <= set(output.ids("contacts"))


@pytest.mark.parametrize(
    ("emit", "catalog"),
    [(False, CATALOG), (True, selecting("contacts"))],
    ids=["not asked for", "incremental"],
)
def test_it_comes_only_where_it_was_asked_for(
    emulator: EmulatorServer, quick: dict[str, Any], emit: Any, catalog: dict[str, Any]
) -> None:
    output = run_tap({**quick, "emit_activate_version_messages": emit}, catalog=catalog)
    assert len(output.ids("contacts")) == len(emulator.ids("contacts"))
    assert activations(output) == []
    assert not any("version" in message for message in output.messages)
