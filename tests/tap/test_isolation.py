"""A stream that fails does not stop the others, and the last lines say what became of each."""

from __future__ import annotations

import json
import logging
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.clock import Clock
from tap_sakari.streams import ContactsStream
from tap_sakari.tap import TapSakari
from tests.tap.command import errors, figures, last_lines, messages, start_tap, tap
from tests.tap.run import run_tap

if TYPE_CHECKING:
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer

PERSON = "Ada Lovelace, +15550100002"
DATED = ["contacts", "messages", "templates", "campaigns", "conversations"]
ON = sorted([*DATED, "webhooks"])
MIDDLE = "2025-07-01T00:00:00.000Z"
MIDDLE_MS = 1_751_328_000_000
STATE = {
    "bookmarks": {
        stream: {"replication_key": "updated_at", "replication_key_value": MIDDLE}
        for stream in DATED
    }
}


@pytest.fixture
def quick(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings for several pages in a list and no second try."""
    monkeypatch.setattr(TapSakari, "clock", Clock(sleep=lambda _seconds: None))
    return {**settings, "page_size": 20, "max_retries": 0}


def asked(emulator: EmulatorServer) -> Counter[str]:
    """The requests that the emulator got, by the last part of their path."""
    return Counter(entry.path.rpartition("/")[2] for entry in emulator.requests)


# In the test's process.


@pytest.mark.parametrize("answered", [0, 2], ids=["first", "middle"])
@pytest.mark.parametrize("stream", ["campaigns", "contacts", "messages", "conversations"])
def test_the_others_are_read_and_only_its_own_bookmark_stays(
    emulator: EmulatorServer, quick: dict[str, Any], stream: str, answered: int
) -> None:
    quick["page_size"] = 2 if stream == "campaigns" else 20
    emulator.switch(fail_stream=stream, fail_stream_after=answered)
    output = run_tap(quick, state=STATE, may_fail=True)

    assert output.failure is not None
    assert output.failure.startswith("1 of 11 streams failed, and their bookmarks stay where")
    assert f" {stream}: GET /{stream}: the server answered 500" in output.failure
    assert output.state["bookmarks"][stream] == STATE["bookmarks"][stream]
    assert bool(output.tallies[stream].read) is bool(answered)
    for other in DATED:
        if other != stream:
            assert output.bookmark(other) > MIDDLE, other
            assert output.records[other], other
    assert sorted(output.ids("webhooks")) == sorted(emulator.ids("webhooks"))
    assert output.types[-1] == "STATE"
    output.validate()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, "json", "GET /contacts: the server answered 401"),
        (403, "json", "GET /contacts: the server answered 403"),
        (404, "html", "GET /contacts: the server answered 404, an HTML page"),
        (429, "json", "GET /contacts: the server answered 429"),
        (503, "empty", "GET /contacts: the server answered 503, an empty body"),
    ],
)
def test_whatever_the_endpoint_answers(
    emulator: EmulatorServer, quick: dict[str, Any], status: int, body: str, said: str
) -> None:
    emulator.switch(fail_stream="contacts", error_status=status, error_body=body)
    output = run_tap(quick, may_fail=True)
    assert said in str(output.failure)
    assert {name for name, one in output.tallies.items() if one.failure} == {"contacts"}
    assert sorted(output.ids("messages")) == sorted(emulator.ids("messages"))


def test_many_pages_that_fail_at_once_open_no_circuit_for_the_others(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    emulator.switch(fail_stream="contacts", fail_stream_after=2)
    output = run_tap({**quick, "page_size": 4, "concurrency": 16}, may_fail=True)
    assert [name for name, one in output.tallies.items() if one.failure] == ["contacts"]
    for other in set(DATED) - {"contacts"}:
        assert sorted(output.ids(other)) == sorted(emulator.ids(other))


def test_requests_count_for_the_stream_that_made_them(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    # Pages of contacts are still under way when that stream has failed.
    emulator.switch(fail_stream="contacts", fail_stream_after=1, latency_ms=20)
    output = run_tap({**quick, "page_size": 10, "concurrency": 8, "max_retries": 1}, may_fail=True)
    made = asked(emulator)
    for stream in set(ON) - {"contacts"}:
        assert output.tallies[stream].requests == made[stream], stream
    assert 3 < output.tallies["contacts"].requests <= made["contacts"]
    assert output.tallies["account"].requests == made[emulator.account_id] + made["token"] == 2


def test_a_stream_map_that_fails_on_a_record_stops_its_own_stream_only(
    emulator: EmulatorServer, quick: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    quick["stream_maps"] = {"contacts": {"number": "int(firstName)"}}
    with caplog.at_level(logging.DEBUG):
        output = run_tap(quick, state=STATE, may_fail=True)
    assert "contacts: a stream map failed on a record (ValueError)." in str(output.failure)
    assert output.bookmark("contacts") == MIDDLE
    assert output.bookmark("messages") > MIDDLE
    tally = output.tallies["contacts"]
    assert (tally.emitted, len(output.records["contacts"])) == (0, 0)
    assert tally.read == 20
    names = {row.first_name for row in emulator.account.contacts if row.first_name}
    assert not [name for name in names if f"'{name}'" in caplog.text]


def test_a_field_that_a_record_lacks_stops_the_one_stream_whose_map_needs_it(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    quick["stream_maps"] = {"contacts": {"word": "no_such_field"}}
    output = run_tap(quick, may_fail=True)
    assert "contacts: Failed to evaluate simpleeval expressions no_such_field." in str(
        output.failure
    )
    assert sorted(output.ids("messages")) == sorted(emulator.ids("messages"))


@pytest.mark.parametrize("maps", [{}, {"contacts": {"id": "id"}}], ids=["direct", "sdk"])
def test_a_mistake_of_the_program_stops_its_own_stream_only_and_shows_where_it_is(
    emulator: EmulatorServer,
    quick: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    maps: dict[str, Any],
) -> None:
    def mistaken(*_: Any) -> dict[str, Any]:
        raise ZeroDivisionError(PERSON)

    monkeypatch.setattr(ContactsStream, "lift", mistaken)
    with caplog.at_level(logging.DEBUG):
        output = run_tap({**quick, "stream_maps": maps}, state=STATE, may_fail=True)
    assert "contacts: ZeroDivisionError at test_isolation.py:" in str(output.failure)
    assert output.bookmark("contacts") == MIDDLE
    assert output.bookmark("messages") > MIDDLE
    [said] = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert said.startswith("contacts: ZeroDivisionError at test_isolation.py:")
    assert "in mistaken" in said
    assert PERSON not in caplog.text


def test_several_streams_that_fail_are_all_named(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    emulator.switch(fail_stream="contacts")
    quick["stream_maps"] = {"messages": {"word": "no_such_field"}}
    output = run_tap(quick, may_fail=True)
    assert str(output.failure).startswith("2 of 11 streams failed")
    assert " contacts: GET /contacts:" in str(output.failure)
    assert " messages: Failed to evaluate" in str(output.failure)


def test_what_was_emitted_is_what_stream_maps_let_through(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    quick["stream_maps"] = {"contacts": {"__filter__": "id > '8'"}}
    output = run_tap(quick, select="contacts")
    tally = output.tallies["contacts"]
    assert (
        tally.emitted
        == len(output.records["contacts"])
        == sum(one > "8" for one in emulator.ids("contacts"))
    )
    assert tally.read == 130


# Through the command.


def test_the_command_says_what_became_of_each_stream(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    emulator.switch(fail_stream="contacts", fail_stream_after=3, order="id")
    one_at_a_time = {"page_size": 20, "concurrency": 1, "max_retries": 2, "retry_max_wait": 0.02}
    done = tap(settings={**settings, **one_at_a_time}, folder=tmp_path)

    assert done.returncode == 1
    said, made = last_lines(done.stderr), asked(emulator)
    assert list(said) == ON
    made["campaigns"] += made["token"]
    records = Counter(one["stream"] for one in messages(done.stdout, "RECORD"))
    for stream in ON:
        counted = figures(said[stream])
        assert counted["requests"] == made[stream], stream
        assert counted["emitted"] == records[stream], stream
        assert counted["duplicates"] == counted["unchanged"] == 0
        if stream != "contacts":
            assert counted["read"] == len(emulator.ids(stream)) == counted["emitted"]
            assert counted["retries"] == 0
    contacts = figures(said["contacts"])
    assert said["contacts"].startswith("FAILED after read ")
    assert ": GET /contacts: the server answered 500, EMU-FAULT." in said["contacts"]
    assert (contacts["read"], contacts["requests"], contacts["retries"]) == (58, 6, 2)

    at_once, at_the_end = errors(done.stderr)
    assert at_once.endswith("try again later. The other streams go on.")
    assert at_the_end.startswith("1 of 6 streams failed, and their bookmarks stay where they were.")
    assert done.stderr.splitlines()[-1].endswith(at_the_end)
    assert "Traceback" not in done.stderr
    bookmarks = messages(done.stdout, "STATE")[-1]["value"]["bookmarks"]
    assert [one for one in DATED if "replication_key_value" in bookmarks[one]] == [
        one for one in DATED if one != "contacts"
    ]


def test_the_command_counts_what_did_not_change_and_what_came_twice(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    emulator.switch(repeat_rows=30, order="id")
    one_at_a_time = {"page_size": 20, "concurrency": 1}
    done = tap("--state=state.json", settings={**settings, **one_at_a_time}, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = last_lines(done.stderr)
    for stream in ("contacts", "conversations", "webhooks"):
        counted = figures(said[stream])
        assert counted["read"] == len(emulator.ids(stream))
        assert counted["read"] == counted["emitted"] + counted["unchanged"]
        pages = counted["requests"] - (counted["requests"] > 1)  # the last looks back
        least = counted["read"] + counted["duplicates"]
        # A few rows of a page are asked for again, and the beginning.
        most = least + 4 * (pages - 1) + 20 * (counted["requests"] - pages)
        assert least <= rows_sent(emulator, stream) <= most
    assert figures(said["contacts"])["duplicates"] == 30
    assert figures(said["contacts"])["unchanged"] == sum(
        (row.updated or row.created) < MIDDLE_MS for row in emulator.account.contacts
    )


def rows_sent(emulator: EmulatorServer, stream: str) -> int:
    """How many rows of a list the emulator sent, by what it was asked for."""
    total, repeated = len(emulator.ids(stream)), emulator.emulator.switches.repeat_rows
    asked_for = [
        (int(entry.query["offset"]), int(entry.query["limit"]))
        for entry in emulator.requests
        if entry.path.endswith(f"/{stream}")
    ]
    return sum(
        min(limit, total - max(0, offset - repeated if offset else 0))
        for offset, limit in asked_for
    )


@pytest.mark.parametrize("maps", [{}, {"contacts": {"id": "id"}}], ids=["direct", "sdk"])
def test_sigterm_in_the_middle_says_what_became_of_each_stream(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path, maps: dict[str, Any]
) -> None:
    emulator.switch(latency_ms=50)
    more = {"page_size": 10, "concurrency": 1, "stream_maps": maps}
    with start_tap(settings={**settings, **more}, folder=tmp_path) as process:
        deadline = time.monotonic() + 20
        while asked(emulator)["contacts"] < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        output, log = (text.decode() for text in process.communicate(timeout=10))
    assert process.returncode == 128 + signal.SIGTERM
    said = last_lines(log)
    assert list(said) == ON
    assert figures(said["campaigns"])["read"] == 5
    assert said["contacts"].startswith("INTERRUPTED after read ")
    records = Counter(one["stream"] for one in messages(output, "RECORD"))
    assert figures(said["contacts"])["emitted"] == records["contacts"] > 0
    assert {said[stream] for stream in ON[2:]} == {"NOT STARTED: the run ended before"}
    bookmarks = messages(output, "STATE")[-1]["value"]["bookmarks"]
    assert "replication_key_value" in bookmarks["campaigns"]
    assert "replication_key_value" not in bookmarks["contacts"]


def test_test_mode_fails_where_a_stream_does(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    emulator.switch(fail_stream="messages")
    done = tap("--test", settings={**settings, "max_retries": 0}, folder=tmp_path)
    assert done.returncode == 1
    [said] = errors(done.stderr)
    assert said.startswith("GET /messages: the server answered 500")


@pytest.mark.parametrize("mode", [[], ["--test"]], ids=str)
def test_no_access_token_ends_the_run_at_once(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path, mode: list[str]
) -> None:
    emulator.switch(token_error_every=1)
    done = tap(*mode, settings={**settings, "max_retries": 0}, folder=tmp_path)
    assert done.returncode == 1
    [said] = errors(done.stderr)
    assert said.startswith("POST /oauth2/token: the server answered 500")
    assert emulator.token_requests == 1


def test_batch_files_are_refused(settings: dict[str, Any], tmp_path: Path) -> None:
    settings["batch_config"] = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": f"file://{tmp_path}"},
    }
    done = tap(settings=settings, folder=tmp_path)
    assert done.returncode == 1
    assert errors(done.stderr) == ["batch_config: tap-sakari writes no batch files; take it out."]
    assert not done.stdout
