"""The tap against the emulator: every row once, fields lifted, bookmarks kept."""

from __future__ import annotations

import json
import logging
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
import requests
from singer_sdk.contrib.msgspec import encoder

from sakari_client.clock import Clock
from sakari_client.resources import RESOURCES
from tap_sakari.stream import SakariStream
from tap_sakari.tap import StreamsFailedError, TapSakari
from tests.tap.run import run_tap

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

LATER = "2024-02-02T00:00:00.000Z"
STREAMS = [resource.name for resource in RESOURCES]
"""All that are lists, those that are off by default among them."""

# Every switch of the emulator that changes what a list looks like or how it behaves: the API
# leaves all of this unknown, and all rows must come out whichever way it is.
UNKNOWNS: list[dict[str, Any]] = [
    {},
    {"pagination": "total"}, {"pagination": "has_next"}, {"pagination": "echo"},
    {"pagination": "none"},
    {"page_cap": 15}, {"page_cap": 15, "pagination": "none"}, {"over_limit": "reject"},
    {"order": "oldest"}, {"order": "id"}, {"order": "shuffled"},
    {"empty_page_every": 3}, {"empty_page_every": 3, "pagination": "none"},
    {"repeat_rows": 7}, {"repeat_rows": 7, "pagination": "none"},
    {"wrong_total": "low"}, {"wrong_total": "low", "pagination": "total"},
    {"token_form": "opaque"}, {"token_expires_in": "number"}, {"token_expires_in": "string"},
    {"token_body": "json"}, {"token_body": "form"},
    {"revoke_every": 11}, {"revoke_every": 11, "expired_answer": "401_text"},
    {"revoke_every": 11, "expired_answer": "403_json"},
    {"error_every": 3}, {"error_every": 3, "error_status": 503, "error_body": "html"},
    {"reset_every": 3}, {"truncate_every": 3}, {"html_every": 3}, {"bad_json_every": 3},
    {"rate_limit_every": 3}, {"rate_limit_every": 3, "retry_after": "seconds"},
    {"rate_limit_every": 3, "retry_after": "date"},
    {"latency_ms": 5}, {"slow_body": 1}, {"extra_fields": True},
    {"page_cap": 15, "limit_echo": "asked", "pagination": "echo"}, {"change_every": 2},
    {"revoke_every": 11, "token_error_every": 2},
    {"id_form": "integer"}, {"number_form": "as_sent"}, {"price_form": "string"},
    {"created_form": "string"}, {"created_form": "missing"}, {"updated_form": "missing"},
    {"closed_form": "boolean"}, {"closed_form": "null"}, {"closed_form": "future_date"},
    {"phone_number_form": "object"}, {"phone_number_form": "string"},
    {"tags_form": "strings"}, {"webhook_form": "old"}, {"nesting": 3},
]  # fmt: skip


@pytest.fixture
def quick(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings for small pages, so that lists have several; waits between tries take no time."""
    monkeypatch.setattr(TapSakari, "clock", Clock(sleep=lambda _seconds: None))
    return {**settings, "page_size": 20, "max_retries": 50}


@pytest.mark.parametrize("switches", UNKNOWNS, ids=str)
def test_every_row_comes_once_whatever_the_api_is_like(
    emulator: EmulatorServer, quick: dict[str, Any], switches: dict[str, Any]
) -> None:
    emulator.switch(**switches)
    output = run_tap(quick)
    output.validate()
    for stream in STREAMS:
        assert sorted(output.ids(stream)) == sorted(emulator.ids(stream)), stream
    assert len(output.records["balance"]) == len(output.records["account"]) == 1


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("pagination", ["full", "has_next", "none"])
def test_rows_inserted_and_deleted_meanwhile_cost_no_other_row(
    emulator: EmulatorServer, quick: dict[str, Any], order: str, pagination: str
) -> None:
    before = set(emulator.ids("messages"))
    emulator.switch(
        order=order, pagination=pagination, insert_every=2, insert_rows=3,
        delete_every=2, delete_rows=3,
    )  # fmt: skip
    came = run_tap(quick, select="messages").ids("messages")
    stayed = before & set(emulator.ids("messages"))
    assert len(came) == len(set(came))
    assert stayed <= set(came)
    assert len(stayed) < len(before)


def test_an_ignored_offset_is_an_error(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    emulator.switch(ignore_offset=True)
    with pytest.raises(StreamsFailedError, match="messages: the server gives the same page"):
        run_tap(quick, select="messages")


def test_a_total_that_is_too_high_is_an_error(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    emulator.switch(wrong_total="high")
    with pytest.raises(StreamsFailedError, match="messages: the server says that more rows follow"):
        run_tap(quick, select="messages")


def test_success_false_is_an_error_even_with_status_200(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    emulator.switch(success_false_every=1)
    with pytest.raises(StreamsFailedError, match="GET /messages: the server answered 200"):
        run_tap(quick, select="messages")


def test_nested_dates_are_lifted(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    output = run_tap(quick)
    for stream in STREAMS:
        for record in output.records[stream]:
            if stream == "webhooks":
                continue
            assert record["created_at"] == record["created"]["at"]
            changed = record["updated"]["at"]
            if record.get("is_closed"):  # only conversations have it
                changed = max(changed, record["closed"])
            assert record["updated_at"] == changed

    emulator.switch(updated_form="missing")
    for record in run_tap(quick, select="messages").records["messages"]:
        assert record["updated_at"] == record["created_at"] == record["created"]["at"]

    emulator.switch(created_form="string")
    for record in run_tap(quick, select="messages").records["messages"]:
        assert record["created_at"] == record["created"]["at"]


@pytest.mark.parametrize("form", ["string", "object"])
def test_our_phone_number_is_lifted(
    emulator: EmulatorServer, quick: dict[str, Any], form: str
) -> None:
    emulator.switch(phone_number_form=form)
    output = run_tap(quick)
    for stream in ("messages", "conversations", "calls"):
        numbers = {record["phone_number"] for record in output.records[stream]}
        assert numbers
        assert all(number.startswith("+") for number in numbers)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("null", {False}),
        ("future_date", {False}),
        ("boolean", {True, False}),
        ("date", {True, False}),
    ],
)
def test_is_closed_says_what_closed_means(
    emulator: EmulatorServer, quick: dict[str, Any], form: str, expected: set[bool]
) -> None:
    emulator.switch(closed_form=form)
    records = run_tap(quick, select="conversations").records["conversations"]
    assert {record["is_closed"] for record in records} == expected
    raw = {type(record.get("closed")) for record in records}
    assert raw <= {str, type(None)}


def test_a_conversation_comes_again_when_its_closing_date_is_past(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    emulator.switch(closed_form="future_date")
    first = run_tap(quick, select="conversations")
    assert not any(one["is_closed"] for one in first.records["conversations"])

    emulator.switch(closed_form="date")  # what was ahead is past now; `updated` did not move
    second = run_tap(quick, select="conversations", state=first.state)
    bookmark = first.state["bookmarks"]["conversations"]["replication_key_value"]
    everything = run_tap(quick, select="conversations").records["conversations"]
    due = {one["id"] for one in everything if one["is_closed"] and one["closed"] >= bookmark}
    assert due
    assert due <= set(second.ids("conversations"))

    third = run_tap(quick, select="conversations", state=second.state)
    at_bookmark = {
        one["id"] for one in everything if one["updated_at"] >= second.bookmark("conversations")
    }
    assert set(third.ids("conversations")) == at_bookmark < due, "it comes again once"


def test_a_conversation_is_closed_by_the_servers_clock_as_its_stream_begins(
    emulator: EmulatorServer, quick: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Later than this run began: contacts took that long.
    later = datetime(2100, 1, 1, tzinfo=timezone.utc)
    monkeypatch.setattr(SakariStream, "_now", lambda _stream: later)
    emulator.switch(closed_form="future_date")
    records = run_tap(quick, select="conversations").records["conversations"]
    assert {one["is_closed"] for one in records if one.get("closed")} == {True}


@pytest.mark.parametrize("fast_by", [0, 300])
def test_no_bookmark_passes_the_servers_clock(
    emulator: EmulatorServer,
    quick: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    fast_by: int,
) -> None:
    fast = Clock(sleep=lambda _seconds: None, time=lambda: time.time() + fast_by)
    monkeypatch.setattr(TapSakari, "clock", fast)
    later = time.time() + 200  # a date of the server's that is ahead of its own clock
    for message in emulator.account.messages:
        message.updated = int(later * 1000)
    state = run_tap(quick, select="messages").state
    bookmark = state["bookmarks"]["messages"]["replication_key_value"]
    assert datetime.fromisoformat(bookmark.replace("Z", "+00:00")).timestamp() < time.time() + 5


def test_an_old_webhook_has_its_url_as_id(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    emulator.switch(webhook_form="old")
    for record in run_tap(quick, select="webhooks").records["webhooks"]:
        assert record["id"] == record["url"]
        assert record["id"].startswith("https://")


def test_unknown_fields_are_kept_and_reported_once(
    emulator: EmulatorServer, quick: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(extra_fields=True)
    with caplog.at_level(logging.WARNING):
        records = run_tap(quick, select="messages").records["messages"]
    assert all(record["extra"] for record in records)
    said = [entry for entry in caplog.messages if "kept in `extra`" in entry]
    assert len(said) == len(set(said)) == len(records[0]["extra"])


def test_the_second_run_gives_only_what_changed(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    first = run_tap(quick, select="messages")
    latest = first.state["bookmarks"]["messages"]["replication_key_value"]
    assert latest == max(record["updated_at"] for record in first.records["messages"])

    changed = first.records["messages"][3]["id"]  # as the newest come first: within the lookback
    requests.post(
        f"{emulator.url}/_emulator/messages/{changed}/status", json={"status": "sent"}, timeout=5
    ).raise_for_status()
    second = run_tap(quick, select="messages", state=first.state)
    assert changed in second.ids("messages")
    assert all(record["updated_at"] >= latest for record in second.records["messages"])
    assert len(second.ids("messages")) < 20


def test_start_date_leaves_out_what_is_older(quick: dict[str, Any]) -> None:
    everything = run_tap(quick, select="messages").records["messages"]
    middle = sorted(record["updated_at"] for record in everything)[125]
    some = run_tap({**quick, "start_date": middle}, select="messages").records["messages"]
    assert {record["id"] for record in some} == {
        record["id"] for record in everything if record["updated_at"] >= middle
    }
    assert 100 < len(some) < 150


def test_start_date_may_be_a_plain_date(quick: dict[str, Any]) -> None:
    some = run_tap({**quick, "start_date": "2025-07-01"}, select="messages").records["messages"]
    assert 50 < len(some) < 200
    assert min(record["updated_at"] for record in some) >= "2025-07-01"


def test_records_without_dates_come_and_are_not_warned_of_one_by_one(
    emulator: EmulatorServer, quick: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(created_form="missing", updated_form="missing")
    with caplog.at_level(logging.WARNING):
        output = run_tap(quick, select="contacts")
    assert len(output.records["contacts"]) == 130
    assert all(record["updated_at"] is None for record in output.records["contacts"])
    assert "replication value is null" not in caplog.text


def test_what_the_server_sends_by_a_lifted_name_is_kept() -> None:
    row = {"id": "1", "updated_at": "2024-01-01T00:00:00Z", "created": {"at": LATER}}
    assert record_of("contacts", row) == {
        "id": "1",
        "created": {"at": LATER},
        "created_at": LATER,
        "updated_at": LATER,
        "extra": {"updated_at": "2024-01-01T00:00:00Z"},
    }


@pytest.mark.parametrize("odd", [None, "", ["x"], {"a": 1}, True, 1.5])
def test_a_row_without_a_usable_id_is_kept_under_one_made_of_its_content(odd: Any) -> None:
    one = record_of("contacts", {"id": odd, "firstName": "Ada"})
    other = record_of("contacts", {"id": odd, "firstName": "Bea"})
    assert one["id"].startswith("no-id-")
    assert one["id"] != other["id"]
    assert one["extra"] == {"id": odd}


def record_of(stream: str, row: dict[str, Any]) -> dict[str, Any]:
    """The record that a stream makes of a row."""
    tap = TapSakari(config={"client_id": "a", "client_secret": "b", "account_id": "c"})
    made = tap.streams[stream]
    assert isinstance(made, SakariStream)
    record = made.read_row(json.dumps(row).encode()).value
    decoded: dict[str, Any] = json.loads(encoder.encode(record))
    return decoded


def test_filters_narrow_a_stream(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    contacts = run_tap(quick, select="contacts").records["contacts"]
    name = contacts[0]["firstName"]
    quick["filters"] = {"contacts": {"firstName": name.lower()}}
    some = run_tap(quick, select="contacts").records["contacts"]
    assert 0 < len(some) < len(contacts)
    assert {record["firstName"] for record in some} == {name}
    assert all(
        one.query.get("firstName") == name.lower()
        for one in emulator.requests[-2:]
        if one.path.endswith("/contacts")
    )


def test_one_token_serves_all_streams(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    run_tap(quick)
    assert emulator.token_requests == 1


def test_no_request_is_wasted(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    run_tap({**settings, "concurrency": 8})
    lists = [one for one in emulator.requests if one.method == "GET"]
    least = sum(max(1, -(-len(emulator.ids(stream)) // 100)) for stream in STREAMS)
    objects = len(["account", "balance"])
    # contacts and messages look back at their beginning
    assert len(lists) <= least + objects + 3


def test_request_metrics_are_written(
    quick: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "singer_sdk.metrics"):
        run_tap(quick, select="templates")
    assert "http_request_duration" in caplog.text
    assert "http_request_count" in caplog.text
    assert "GET /templates" in caplog.text


def test_logs_hold_no_secret_no_text_and_no_number(
    emulator: EmulatorServer, quick: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(error_every=4, html_every=7, price_form="string", extra_fields=True)
    with caplog.at_level(logging.DEBUG):
        output = run_tap(quick)
        run_tap({**quick, "filters": {"contacts": {"mobile": "+15550100002"}}}, select="contacts")
    logged = "\n".join(entry for entry in (record.getMessage() for record in caplog.records))
    assert "Trying again" in logged
    assert quick["client_secret"] not in logged
    assert "Bearer" not in logged
    assert "5550100002" not in logged
    for record in output.records["messages"]:
        assert len(record["message"] or "") < 20 or record["message"] not in logged
        assert record["contact"]["mobile"]["number"] not in logged
    for record in output.records["contacts"]:
        assert not record["email"] or record["email"] not in logged
