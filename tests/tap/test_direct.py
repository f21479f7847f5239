"""Records that are written directly are those that the SDK would write, and in the same order."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.contrib.msgspec import MsgSpecWriter

from sakari_client.clock import Clock
from sakari_client.resources import RESOURCES
from tap_sakari.sdk_stream import SdkStream
from tap_sakari.stream import SakariStream
from tap_sakari.tap import TapSakari
from tests.tap.catalogs import discovered, full_table, selecting
from tests.tap.run import Output, run_tap

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

LISTS = [resource.name for resource in RESOURCES]
ON = ["contacts", "messages", "templates", "campaigns", "conversations", "webhooks"]
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)

# What the API leaves unknown and what shapes a record, or how rows come.
SWITCHES: list[dict[str, Any]] = [
    {}, {"extra_fields": True}, {"id_form": "integer"}, {"number_form": "as_sent"},
    {"price_form": "string"}, {"created_form": "string"}, {"created_form": "missing"},
    {"created_form": "missing", "updated_form": "missing"}, {"updated_form": "string"},
    {"closed_form": "boolean"}, {"closed_form": "null"}, {"closed_form": "future_date"},
    {"phone_number_form": "object"}, {"phone_number_form": "string"}, {"tags_form": "strings"},
    {"tags_form": "missing"}, {"webhook_form": "old"}, {"nesting": 3}, {"nesting": 0},
    {"order": "oldest"}, {"page_cap": 15, "pagination": "none"}, {"repeat_rows": 5},
    {"error_every": 3},
]  # fmt: skip


@pytest.fixture
def quick(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings for small pages and many states, in runs that all begin at the same moment."""
    monkeypatch.setattr(TapSakari, "clock", Clock(sleep=lambda _seconds: None))
    monkeypatch.setattr(SakariStream, "_now", lambda _stream: NOW)
    monkeypatch.setattr(SakariStream, "STATE_MSG_FREQUENCY", 30)
    return {**settings, "page_size": 20, "max_retries": 50}


def both_ways(
    emulator: EmulatorServer, settings: dict[str, Any], **more: Any
) -> tuple[Output, Output]:
    """What one run writes directly, and what the SDK writes of the same account."""
    switches = emulator.emulator.switches
    with pytest.MonkeyPatch.context() as patch:
        written: list[str] = []
        write_pages = SdkStream._write_pages

        def watched(stream: SdkStream) -> None:
            written.append(stream.name)
            write_pages(stream)

        patch.setattr(SdkStream, "_write_pages", watched)
        direct = run_tap(settings, **more)
        assert written == list(direct.tallies)
    emulator.reset()
    emulator.emulator.switches = switches
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SdkStream, "writes_pages", lambda _stream: False)
        patch.setattr(SdkStream, "_write_pages", None)
        return direct, run_tap(settings, **more)


def assert_same(direct: Output, sdk: Output) -> None:
    """Compare all that was written but for the moment when it was, and states on the way."""
    for output in (direct, sdk):
        for message in output.messages:
            if message["type"] == "RECORD":
                extracted = datetime.fromisoformat(message.pop("time_extracted"))
                assert abs(datetime.now(timezone.utc) - extracted) < timedelta(minutes=1)
                message.get("record", {}).pop("observed_at", None)
    mine, theirs = (
        [message for message in output.messages if message["type"] != "STATE"]
        for output in (direct, sdk)
    )
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs, strict=True):
        assert one == other
    assert direct.state == sdk.state
    assert direct.types[-1] == sdk.types[-1] == "STATE"
    assert {name: one.emitted for name, one in direct.tallies.items()} == {
        name: one.emitted for name, one in sdk.tallies.items()
    }


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_the_same_records_schemas_and_state(
    emulator: EmulatorServer, quick: dict[str, Any], switches: dict[str, Any]
) -> None:
    emulator.switch(**switches)
    direct, sdk = both_ways(emulator, quick)
    for stream in LISTS:
        assert len(direct.ids(stream)) == len(emulator.ids(stream)) > 0
    assert_same(direct, sdk)
    for output in (direct, sdk):
        output.validate()


def test_the_same_in_a_later_run(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    state = {
        "bookmarks": {
            stream: {
                "replication_key": "updated_at",
                "replication_key_value": "2025-10-01T00:00:00.000Z",
            }
            for stream in ON[:-1]
        }
    }
    direct, sdk = both_ways(emulator, quick, state=state)
    assert 0 < len(direct.ids("messages")) < len(emulator.ids("messages"))
    assert_same(direct, sdk)


@pytest.mark.parametrize("where", ["extra", "in_place"])
def test_the_same_where_unknown_fields_stay(
    emulator: EmulatorServer, quick: dict[str, Any], where: str
) -> None:
    emulator.switch(extra_fields=True)
    direct, sdk = both_ways(emulator, {**quick, "unknown_fields": where})
    assert_same(direct, sdk)
    assert direct.tallies["contacts"].unknown == sdk.tallies["contacts"].unknown
    assert direct.tallies["contacts"].unknown["emulatorExtra"] == 130


def test_the_same_from_an_older_catalog(emulator: EmulatorServer, quick: dict[str, Any]) -> None:
    catalog = selecting(*ON)
    for stream in catalog["streams"]:
        for gone in ("extra", "lastName", "phone_number", "updated"):
            stream["schema"]["properties"].pop(gone, None)
    direct, sdk = both_ways(emulator, quick, catalog=catalog)
    assert set(direct.tallies) == set(ON)
    assert_same(direct, sdk)
    for stream, records in direct.records.items():
        allowed = set(direct.schemas[stream]["properties"])
        assert all(set(record) <= allowed for record in records)


def test_the_same_full_table_with_its_version(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    catalog = full_table(selecting(*ON), "contacts")
    direct, sdk = both_ways(
        emulator, {**quick, "emit_activate_version_messages": True}, catalog=catalog
    )
    for output in (direct, sdk):
        versions = set()
        for message in output.messages:
            if message.get("stream") in {"contacts", "webhooks"} and message["type"] != "SCHEMA":
                versions.add(message.pop("version"))
        assert len(versions) == 1
        assert not any("version" in message for message in output.messages)
    assert_same(direct, sdk)
    assert direct.types.count("ACTIVATE_VERSION") == len(["contacts", "webhooks"])


# When it steps aside.


def directly_written(settings: dict[str, Any], **more: Any) -> set[str]:
    """The selected streams that are written directly."""
    tap = TapSakari(config=settings, **more)
    streams = [one for one in tap.streams.values() if one.selected]
    assert all(isinstance(one, SdkStream) for one in streams)
    return {one.name for one in streams if isinstance(one, SdkStream) and one.writes_pages()}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"stream_map_config": {"hash_seed": "x"}},
        {"flattening_enabled": False, "flattening_max_depth": 3},
        {"unknown_fields": "in_place"},
    ],
    ids=str,
)
def test_nothing_to_do_is_no_reason_to_step_aside(
    settings: dict[str, Any], more: dict[str, Any]
) -> None:
    assert directly_written({**settings, **more}) == set(ON)


@pytest.mark.parametrize(
    "contacts",
    [{"id": "id"}, {"email": None}, {"__filter__": "True"}, {"__alias__": "people"}, None],
    ids=str,
)
def test_stream_maps_take_the_sdks_path_for_their_own_stream(
    settings: dict[str, Any], contacts: Any
) -> None:
    settings["stream_maps"] = {"contacts": contacts}
    assert directly_written(settings) == set(ON) - {"contacts"}


def test_a_map_of_all_other_streams_does_too(settings: dict[str, Any]) -> None:
    settings["stream_maps"] = {"contacts": {"id": "id"}, "__else__": None}
    assert directly_written(settings) == set()


def test_flattening_takes_the_sdks_path(settings: dict[str, Any]) -> None:
    more = {"flattening_enabled": True, "flattening_max_depth": 1}
    assert directly_written({**settings, **more}) == set()


def test_another_writer_takes_the_sdks_path(settings: dict[str, Any]) -> None:
    assert directly_written(settings, message_writer=MsgSpecWriter()) == set()


@pytest.mark.parametrize("gone", ["contacts.email", "contacts.mobile.number", "contacts.tags"])
def test_a_deselected_field_takes_the_sdks_path(settings: dict[str, Any], gone: str) -> None:
    catalog = selecting(*ON, but={gone})
    assert directly_written(settings, catalog=catalog) == set(ON) - {"contacts"}
    contacts = run_tap(settings, catalog=catalog).records["contacts"]
    _, field, *inside = gone.split(".")
    assert all(
        inside[0] not in record.get(field, {}) if inside else field not in record
        for record in contacts
    )


def test_a_catalog_that_selects_all_fields_does_not(settings: dict[str, Any]) -> None:
    assert directly_written(settings, catalog=selecting("contacts", "balance")) == {
        "contacts", "balance",
    }  # fmt: skip
    assert directly_written(settings, catalog=discovered()) == set(ON)


def test_partitions_in_the_state_take_the_sdks_path(settings: dict[str, Any]) -> None:
    state = {"bookmarks": {"contacts": {"partitions": [{"context": {"a": "b"}}]}}}
    assert "contacts" not in directly_written(settings, state=state)


def test_a_test_run_takes_the_sdks_path_and_writes_one_record(
    settings: dict[str, Any], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    tap = TapSakari(config=settings)
    contacts = tap.streams["contacts"]
    assert isinstance(contacts, SdkStream)
    assert tap.run_sync_dry_run(streams=[contacts])
    assert not contacts.writes_pages()
    written = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [message["type"] for message in written].count("RECORD") == 1


def test_an_older_catalog_may_lack_what_we_lift(
    emulator: EmulatorServer, quick: dict[str, Any]
) -> None:
    catalog = selecting("contacts")
    [contacts] = [one for one in catalog["streams"] if one["tap_stream_id"] == "contacts"]
    del contacts["schema"]["properties"]["updated_at"]
    contacts["metadata"] = [
        one for one in contacts["metadata"] if "updated_at" not in one["breadcrumb"]
    ]
    output = run_tap(quick, catalog=catalog)
    assert sorted(output.ids("contacts")) == sorted(emulator.ids("contacts"))
    assert not any("updated_at" in one for one in output.records["contacts"])
