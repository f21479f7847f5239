"""The streams that are off by default: calls, links, forms, balance, account."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.clock import Clock
from tap_sakari.conform import parse_date_time
from tap_sakari.stream import SakariStream
from tap_sakari.streams import STREAMS
from tap_sakari.tap import StreamsFailedError, TapSakari
from tests.fake_clock import FakeClock
from tests.tap.run import run_tap

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

LISTS = ["calls", "links", "forms"]
ALL = [*LISTS, "balance", "account"]


@pytest.fixture
def quick(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings for small pages; waits between tries take no time."""
    monkeypatch.setattr(TapSakari, "clock", Clock(sleep=lambda _seconds: None))
    return {**settings, "page_size": 10, "max_retries": 50}


def stream(name: str) -> SakariStream:
    """A stream of a tap that has asked nothing yet, so that its server's clock is ours."""
    made = TapSakari(config={"client_id": "a", "client_secret": "b", "account_id": "acc"}).streams[
        name
    ]
    assert isinstance(made, SakariStream)
    return made


def test_just_these_are_off_by_default() -> None:
    off = [vars(one)["name"] for one in STREAMS if not one.selected_by_default]
    assert off == ALL
    tap = TapSakari(config={"client_id": "a", "client_secret": "b", "account_id": "acc"})
    assert sorted(name for name, one in tap.streams.items() if not one.selected) == sorted(ALL)


@pytest.mark.parametrize("order", ["newest", "oldest", "shuffled"])
@pytest.mark.parametrize("pagination", ["full", "has_next", "total"])
@pytest.mark.parametrize("name", LISTS)
def test_lists_of_several_pages_come_whole(
    emulator: EmulatorServer, quick: dict[str, Any], name: str, pagination: str, order: str
) -> None:
    emulator.account.insert(name, 60)
    emulator.switch(order=order, pagination=pagination)
    assert sorted(run_tap(quick, select=name).ids(name)) == sorted(emulator.ids(name))


@pytest.mark.parametrize("name", LISTS)
def test_rows_inserted_and_deleted_meanwhile_cost_no_other_row(
    emulator: EmulatorServer, quick: dict[str, Any], name: str
) -> None:
    emulator.account.insert(name, 80)
    before = set(emulator.ids(name))
    emulator.switch(insert_every=3, insert_rows=2, delete_every=3, delete_rows=2)
    came = run_tap(quick, select=name).ids(name)
    stayed = before & set(emulator.ids(name))
    assert len(came) == len(set(came))
    assert stayed <= set(came)
    assert len(stayed) < len(before)


@pytest.mark.parametrize("name", ["links", "forms"])
def test_a_search_narrows_a_list(
    emulator: EmulatorServer, quick: dict[str, Any], name: str
) -> None:
    everything = run_tap(quick, select=name).records[name]
    wanted = everything[0]["name"]
    some = run_tap({**quick, "filters": {name: {"q": wanted}}}, select=name).records[name]
    assert 0 < len(some) < len(everything)
    assert all(wanted in record["name"] for record in some)


def test_calls_come_when_they_changed(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    first = run_tap(quick, select="calls")
    changed = emulator.account.calls.find(first.ids("calls")[20])
    assert changed is not None
    emulator.account.touch(changed)
    second = run_tap(quick, select="calls", state=first.state)
    assert changed.id in second.ids("calls")
    assert len(second.ids("calls")) < 5


@pytest.mark.parametrize(("hours", "comes"), [(1, True), (23, True), (25, False)])
def test_a_call_that_does_not_tell_its_changes_counts_as_changed_for_a_day(
    emulator: EmulatorServer,
    quick: dict[str, Any],
    hours: int,
    comes: bool,  # noqa: FBT001
) -> None:
    emulator.switch(updated_form="missing")
    everything = run_tap(quick, select="calls").records["calls"]
    call = everything[10]
    created = parse_date_time(call["created_at"])
    assert created is not None
    bookmark = created + timedelta(hours=hours)
    state = {
        "bookmarks": {
            "calls": {
                "replication_key": "updated_at",
                "replication_key_value": bookmark.isoformat(),
            }
        }
    }
    assert (call["id"] in run_tap(quick, select="calls", state=state).ids("calls")) is comes


@pytest.mark.parametrize(("name", "field"), [("links", "stats"), ("forms", "conversions")])
def test_counters_come_each_time_though_no_date_moves(
    emulator: EmulatorServer, quick: dict[str, Any], name: str, field: str
) -> None:
    first = run_tap(quick, select=name)
    for row in emulator.account.table(name):
        if name == "links":
            row.fields = {**row.fields, "stats": {"totalClicks": 12_345}}
        else:
            row.conversions = 12_345
    second = run_tap(quick, select=name, state=first.state)
    assert second.ids(name) == first.ids(name)
    assert all("12345" in str(record[field]) for record in second.records[name])


def test_a_balance_says_whose_it_is_and_when_it_was_so(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    output = run_tap(quick, select="balance")
    output.validate()
    (record,) = output.records["balance"]
    assert record["account_id"] == emulator.account_id
    assert float(record["balance"]) == 250
    assert float(record["segmentPrice"]) == 0.05
    assert record["segments"] == 5000


def test_each_run_adds_a_row_to_the_history_of_balances(monkeypatch: pytest.MonkeyPatch) -> None:
    time = FakeClock()
    monkeypatch.setattr(TapSakari, "clock", time.clock)
    moments = []
    for _ in range(2):
        time.sleep(0.25)
        row = {"id": "x", "observed_at": "never", "balance": 1}
        record = stream("balance").read_row.from_dictionary(row).value
        assert record["account_id"] == "acc"
        assert record["extra"] == {"id": "x", "observed_at": "never"}
        moments.append(record["observed_at"])
    assert moments == ["2023-11-14T22:13:20.250Z", "2023-11-14T22:13:20.500Z"]


def test_the_account(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    output = run_tap(quick, select="account")
    output.validate()
    (record,) = output.records["account"]
    assert record["id"] == emulator.account_id
    assert record["legalName"] == "Example Flowers LLC"
    assert "extra" not in record


def test_an_account_without_an_id_has_that_of_the_settings(
    emulator: EmulatorServer, quick: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sakari_emulator.company.id_of", lambda *_: None)
    (record,) = run_tap(quick, select="account").records["account"]
    assert record["id"] == emulator.account_id


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "switches", [{}, {"extra_fields": True}, {"price_form": "string"}], ids=str
)
def test_no_secret_comes_out_or_is_logged(
    emulator: EmulatorServer,
    quick: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    name: str,
    switches: dict[str, Any],
) -> None:
    emulator.switch(error_every=2, bad_json_every=3, **switches)
    with caplog.at_level(logging.DEBUG):
        run_tap(quick, select=name)
        output = run_tap(quick, select=name)
    assert "Trying again" in caplog.text
    written = json.dumps([output.records, output.schemas, output.state], default=str)
    assert output.records[name]
    for secret in (emulator.client_secret, emulator.client_id, "apiCredentials", "Bearer"):
        assert secret not in written
        assert secret not in caplog.text


def test_one_that_the_account_lacks_ends_in_an_error_that_names_it(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    emulator.switch(error_every=1, error_status=403)
    with pytest.raises(StreamsFailedError, match="GET /calls: the server answered 403"):
        run_tap(quick, select="calls")
