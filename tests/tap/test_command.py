"""The command `tap-sakari`, as a user types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.tap.command import errors, messages, tap

if TYPE_CHECKING:
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer

STREAMS = ["campaigns", "contacts", "conversations", "messages", "templates", "webhooks"]
OFF_BY_DEFAULT = ["account", "balance", "calls", "forms", "links"]


def test_a_sync_writes_every_stream(settings: dict[str, Any], tmp_path: Path) -> None:
    done = tap(settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted({one["stream"] for one in messages(done.stdout, "RECORD")}) == STREAMS
    assert len(messages(done.stdout, "SCHEMA")) == len(STREAMS)
    assert messages(done.stdout, "STATE")


def test_discovery_needs_no_settings_and_lists_eleven_streams(tmp_path: Path) -> None:
    done = tap("--discover", folder=tmp_path)
    assert done.returncode == 0
    streams = {one["tap_stream_id"]: one for one in json.loads(done.stdout)["streams"]}
    assert list(streams) == sorted([*STREAMS, *OFF_BY_DEFAULT])
    for name, stream in streams.items():
        keys = ["account_id", "observed_at"] if name == "balance" else ["id"]
        assert stream["key_properties"] == keys
        assert {stream["schema"]["properties"][key]["type"] for key in keys} == {"string"}
        (whole,) = [one["metadata"] for one in stream["metadata"] if not one["breadcrumb"]]
        assert whole["selected"] is whole["selected-by-default"] is (name in STREAMS)


@pytest.mark.parametrize("name", OFF_BY_DEFAULT)
def test_a_catalog_switches_a_stream_on(
    settings: dict[str, Any], tmp_path: Path, name: str
) -> None:
    catalog = json.loads(tap("--discover", folder=tmp_path).stdout)
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] == name:
            (whole,) = [one for one in stream["metadata"] if not one["breadcrumb"]]
            whole["metadata"]["selected"] = True
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    done = tap("--catalog", "catalog.json", settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {one["stream"] for one in messages(done.stdout, "RECORD")} == {*STREAMS, name}
    assert settings["client_secret"] not in done.stdout + done.stderr


def test_test_mode_asks_once_for_each_stream_that_is_on_by_default(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    done = tap("--test", settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    asked = [one.path.rpartition("/")[2] for one in emulator.requests if one.method == "GET"]
    assert sorted(asked) == STREAMS
    assert "ERROR" not in done.stderr


def test_test_mode_shows_every_schema(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    done = tap("--test=schema", settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = [one["stream"] for one in messages(done.stdout, "SCHEMA")]
    assert sorted(shown) == sorted([*STREAMS, *OFF_BY_DEFAULT])
    assert not emulator.requests


def test_a_catalog_selects_streams_and_fields(settings: dict[str, Any], tmp_path: Path) -> None:
    catalog = json.loads(tap("--discover", folder=tmp_path).stdout)
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            here = entry["breadcrumb"]
            wanted = stream["tap_stream_id"] == "messages" and here in (
                [], ["properties", "status"], ["properties", "contact"],
                ["properties", "contact", "properties", "firstName"],
            )  # fmt: skip
            entry["metadata"]["selected"] = wanted or here == ["properties", "id"]
            if not here:
                entry["metadata"]["selected"] = wanted
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))

    done = tap("--catalog", "catalog.json", settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    records = messages(done.stdout, "RECORD")
    assert {one["stream"] for one in records} == {"messages"}
    assert set().union(*(one["record"] for one in records)) == {
        "id", "status", "contact", "updated_at",
    }  # fmt: skip
    assert set().union(*(one["record"]["contact"] for one in records)) == {"firstName"}


def test_stream_maps_rename_drop_and_compute(settings: dict[str, Any], tmp_path: Path) -> None:
    settings["stream_maps"] = {
        "contacts": {
            "__alias__": "people",
            "id": "id",
            "greeting": "'Hi ' + firstName",
            "__else__": "__NULL__",
        },
        "__else__": "__NULL__",
    }
    done = tap(settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    records = messages(done.stdout, "RECORD")
    assert {one["stream"] for one in records} == {"people"}
    assert all(one["record"]["greeting"].startswith("Hi ") for one in records)


def test_a_stream_map_that_cannot_be_evaluated_stops_its_own_stream(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    settings["stream_maps"] = {"contacts": {"a": "no_such_function(id)"}}
    done = tap(settings=settings, folder=tmp_path)
    assert done.returncode == 1
    at_once, at_the_end = errors(done.stderr)
    assert at_once.startswith("contacts: Failed to evaluate simpleeval expressions no_such_funct")
    assert at_the_end.startswith("1 of 6 streams failed")
    assert "Traceback" not in done.stderr
    assert {one["stream"] for one in messages(done.stdout, "RECORD")} == {*STREAMS} - {"contacts"}


def test_flattening(settings: dict[str, Any], tmp_path: Path) -> None:
    settings.update(flattening_enabled=True, flattening_max_depth=2)
    done = tap(settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    contact = next(
        one["record"] for one in messages(done.stdout, "RECORD") if one["stream"] == "contacts"
    )
    assert contact["mobile__number"].startswith("+")
    assert "mobile" not in contact


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"client_secret": "wr0ng-s3cret"}, "client_id, client_secret"),
        ({"client_id": "wr0ng-s3cret"}, "client_id, client_secret"),
        ({"account_id": "0" * 24}, "account_id"),
        ({"api_url": "http://api.sakari.io"}, "api_url"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 500}, "page_size"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"filters": {"contacts": {"name": "Ada"}}}, "filters"),
        ({"client_id": None}, "client_id"),
        ({"account_id": ""}, "account_id"),
        ({"requests_per_second": 0}, "requests_per_second"),
        ({"concurrency": "many"}, "concurrency"),
        ({"ca_file": "no/such/file"}, "ca_file"),
        ({"ca_file": __file__}, "ca_file"),
        ({"auth_url": "http://login.example.com"}, "auth_url"),
        ({"stream_maps": {"contacts": {"a": "1 +"}}}, "stream_maps"),
        ({"stream_maps": {"contacts": "bogus"}}, "stream_maps.contacts: must be an object"),
    ],
    ids=str,
)
def test_a_wrong_setting_ends_in_one_line_that_names_it(
    settings: dict[str, Any], tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    done = tap(settings={**settings, **change}, folder=tmp_path)
    assert done.returncode == 1
    [said] = errors(done.stderr)
    assert named in said
    assert "Traceback" not in done.stderr
    assert "wr0ng-s3cret" not in done.stderr
    assert not messages(done.stdout, "RECORD")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PAGE_SIZE", "many"),
        ("FILTERS", "{oops"),
        ("REQUESTS_PER_SECOND", "fast"),
        ("FLATTENING_MAX_DEPTH", "x"),
        ("STREAM_MAPS", "{oops"),
    ],
)
def test_a_wrong_variable_ends_in_one_line_that_names_the_setting(
    tmp_path: Path, variable: str, value: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tap_sakari", "--config", "ENV"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
        env={
            **os.environ, "TAP_SAKARI_CLIENT_ID": "a", "TAP_SAKARI_CLIENT_SECRET": "b",
            "TAP_SAKARI_ACCOUNT_ID": "c", f"TAP_SAKARI_{variable}": value,
        },
    )  # fmt: skip
    assert done.returncode == 1
    assert variable.lower() in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--config", "--state", "--catalog"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{oops", "file.json is not JSON: Expecting"),
        (b"\xff\xfe\x00", "file.json is not JSON"),
        ("{}".encode("utf-16"), "file.json is not JSON"),
        (b"9" * 5_000, "file.json is not JSON"),
        (b"[1]", "file.json must hold"),
        (b"null", "file.json must hold"),
        (None, "file.json"),
    ],
)
def test_a_file_that_cannot_be_read_ends_in_one_line(
    settings: dict[str, Any], tmp_path: Path, option: str, content: bytes | None, said: str
) -> None:
    if content:
        (tmp_path / "file.json").write_bytes(content)
    done = tap(option, "file.json", settings=settings, folder=tmp_path)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert said in done.stderr
    assert content is None or f"{option}: " in done.stderr


@pytest.mark.parametrize(
    "content",
    ['{"streams": 5}', '{"streams": [{}]}', '{"streams": [{"tap_stream_id": "contacts"}]}'],
)
def test_what_is_no_catalog_is_said(settings: dict[str, Any], tmp_path: Path, content: str) -> None:
    (tmp_path / "catalog.json").write_text(content)
    done = tap("--catalog=catalog.json", settings=settings, folder=tmp_path)
    assert done.returncode == 1
    assert errors(done.stderr) == [
        "--catalog: catalog.json must hold a catalog, as --discover writes it."
    ]


def test_a_folder_in_place_of_a_file_is_said(settings: dict[str, Any], tmp_path: Path) -> None:
    done = tap("--state", str(tmp_path), settings=settings, folder=tmp_path)
    assert done.returncode == 1
    assert errors(done.stderr) == [f"--state: {tmp_path} is a folder."]


@pytest.mark.parametrize(
    "content", ['{"type": "STATE", "value": {"bookmarks": {}}}', '{"contacts": {}}']
)
def test_what_is_no_state_is_said(settings: dict[str, Any], tmp_path: Path, content: str) -> None:
    (tmp_path / "state.json").write_text(content)
    done = tap("--state", "state.json", settings=settings, folder=tmp_path)
    assert done.returncode == 1
    [line] = errors(done.stderr)
    assert line.startswith("state: must be an object that holds `bookmarks`.")


def test_a_slip_in_the_name_of_a_setting_is_said(tmp_path: Path) -> None:
    done = tap(settings={"api_ulr": "https://127.0.0.1"}, folder=tmp_path)
    assert done.returncode == 1
    assert errors(done.stderr) == ["api_ulr: is no setting. Did you mean api_url?"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"stream_maps": {"contact": {"email": "md5(email)"}}},
            "stream_maps: there is no stream 'contact'.",
        ),
        ({"filters": {"contacts": {"tags": " "}}}, "filters.contacts.tags: must not be empty."),
        (
            {"stream_maps": {"copy": {"__source__": None}}},
            "stream_maps: there is no stream 'None'.",
        ),
    ],
)
def test_what_would_do_nothing_is_refused(
    settings: dict[str, Any], tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    done = tap(settings={**settings, **more}, folder=tmp_path)
    assert done.returncode == 1
    assert errors(done.stderr) == [said]


def test_stream_maps_may_name_streams_by_pattern_or_make_new_ones(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    maps = {"mess*": {"extra": None}, "copy": {"__source__": "templates"}}
    done = tap(settings={**settings, "stream_maps": maps}, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "copy" in {one["stream"] for one in messages(done.stdout, "RECORD")}


def test_what_is_somebody_elses_setting_is_left_alone(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    others = {"_start_date": "x", "process_activate_version_messages": True, "sqlalchemy_url": "x"}
    done = tap("--test=schema", settings={**settings, **others}, folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_content_of_a_file_in_its_place_is_not_shown(tmp_path: Path) -> None:
    content = '{"client_secret": "s3cret", "more": "' + "x" * 300 + '"}'
    done = tap("--config", content, folder=tmp_path)
    assert done.returncode != 0
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_that_nothing_is_selected_is_said(settings: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text('{"streams": []}')
    done = tap("--catalog", "catalog.json", settings=settings, folder=tmp_path)
    assert done.returncode == 0
    assert "No stream is selected: nothing is read." in done.stderr


def test_a_server_that_asks_to_be_left_alone_ends_the_run(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    emulator.switch(rate_limit_every=1, retry_after="seconds", retry_after_seconds=3600)
    done = tap(settings=settings, folder=tmp_path)
    assert done.returncode == 1
    assert len([one for one in emulator.requests if one.method == "GET"]) == 1
    assert "It asks to wait 3600 s." in errors(done.stderr)[-1]


def test_an_older_catalog_gets_records_that_fit_it(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    catalog = json.loads(tap("--discover", folder=tmp_path).stdout)
    for stream in catalog["streams"]:
        for gone in ("extra", "lastName", "phone_number"):
            stream["schema"]["properties"].pop(gone, None)
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    done = tap("--catalog", "catalog.json", settings=settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    schemas = {one["stream"]: one["schema"] for one in messages(done.stdout, "SCHEMA")}
    for one in messages(done.stdout, "RECORD"):
        assert set(one["record"]) <= set(schemas[one["stream"]]["properties"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_soon_and_not_as_a_success(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path, number: int
) -> None:
    emulator.switch(latency_ms=60_000)
    (tmp_path / "config.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [sys.executable, "-m", "tap_sakari", "--config", "config.json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not emulator.token_requests and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    process.send_signal(number)
    process.communicate(timeout=10)
    assert process.returncode == 128 + number


def test_a_dotenv_file_has_no_say_over_the_environment(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TAP_SAKARI_CLIENT_SECRET=of-another-account\n")
    exported = {f"TAP_SAKARI_{name.upper()}": str(value) for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-m", "tap_sakari", "--config", "ENV"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
        env={**os.environ, **exported},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert messages(done.stdout, "RECORD")


@pytest.mark.parametrize("plugin", ["tap", "target"])
def test_about_prints_versions_and_every_setting(tmp_path: Path, plugin: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"{plugin}_sakari", "--about", "--format=markdown"],
        capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert "| client_secret | True |" in done.stdout
    assert ("| page_size |" in done.stdout) is (plugin == "tap")
    done = subprocess.run(
        [sys.executable, "-m", f"{plugin}_sakari", "--version"],
        capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert f"{plugin}-sakari v0." in done.stdout
    assert "could not be detected" not in done.stdout
