"""The command `target-sakari`, as a user types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.target.command import errors, summary, target
from tests.target.golden import GOLDEN
from tests.target.run import lines, people, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer

Settings = dict[str, Any]


def test_about_shows_our_settings_and_none_that_are_not_honoured(tmp_path: Path) -> None:
    done = target("--about", "--format", "json", settings={}, folder=tmp_path)
    shown = json.loads(done.stdout)["settings"]["properties"]
    assert {"streams", "dry_run", "batch_size_rows", "stream_maps", "flattening_enabled"} <= set(
        shown
    )
    assert not {"load_method", "validate_records", "add_record_metadata"} & set(shown)
    assert "could not be detected" not in done.stdout


def test_test_reads_and_writes_nothing(
    emulator: EmulatorServer, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "outcomes").write_text("of an earlier run")
    paths = {"outcomes_path": "outcomes"}
    done = target("--test", settings={**settings, **paths}, folder=tmp_path)
    assert (done.returncode, errors(done.stderr)) == (0, [])
    assert done.stdout == (
        "The credentials work, and the account can be reached. Nothing was written.\n"
    )
    assert {one.method for one in emulator.requests if "/oauth2/" not in one.path} == {"GET"}
    assert (tmp_path / "outcomes").read_text() == "of an earlier run"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_secret": "wrong"}, 4),
        ({"account_id": "0123456789abcdef01234567"}, 4),
        ({"api_url": "http://127.0.0.1:9", "max_retries": 0}, 6),
        ({"account_id": None}, 1),
    ],
)
def test_test_ends_with_the_code_of_what_is_wrong(
    settings: Settings, tmp_path: Path, wrong: Settings, code: int
) -> None:
    done = target("--test", settings={**settings, **wrong}, folder=tmp_path)
    assert done.returncode == code, done.stderr
    assert len(errors(done.stderr)) == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_input_that_is_not_json_ends_with_1_and_one_line(
    settings: Settings, tmp_path: Path
) -> None:
    given = lines([schema("contacts", "id"), state(1), "+12125550000 is no JSON"]).getvalue()
    done = target(settings=settings, folder=tmp_path, given=given)
    assert done.returncode == 1
    assert errors(done.stderr) == ["line 3 of the input is not JSON."]
    assert done.stdout == '{"bookmarks":1}\n'
    assert "2125550000" not in done.stderr


def test_an_unknown_stream_ends_with_1(settings: Settings, tmp_path: Path) -> None:
    given = lines([schema("orders", "id"), record("orders", id=1)]).getvalue()
    done = target(settings=settings, folder=tmp_path, given=given)
    assert done.returncode == 1
    (line,) = errors(done.stderr)
    assert line.startswith("the stream 'orders' is unknown.")


def test_too_many_rejected_end_with_3(settings: Settings, tmp_path: Path) -> None:
    given = lines([schema("contacts", "id"), record("contacts"), state(1)]).getvalue()
    done = target(settings={**settings, "max_rejected": 0}, folder=tmp_path, given=given)
    assert done.returncode == 3
    assert "more than max_rejected (0) allows: key_missing 1." in errors(done.stderr)[0]
    # What was rejected has its outcome, so that the state is true all the same.
    assert done.stdout == '{"bookmarks":1}\n'
    assert summary(done.stderr)["finished"] is False


def test_settings_come_from_the_environment(settings: Settings, tmp_path: Path) -> None:
    given = lines(people(2, "orders")).getvalue()
    done = target(
        "--config",
        "ENV",
        settings=settings,
        folder=tmp_path,
        given=given,
        TARGET_SAKARI_ON_UNKNOWN_STREAM="skip",
        TARGET_SAKARI_STREAMS='{"crm": {"to": "contacts"}}',
    )
    assert done.returncode == 0, done.stderr
    assert summary(done.stderr)["streams"]["orders"]["reasons"] == {"unknown_stream": 2}
    assert "streams.crm: no such stream came in" in done.stderr


def test_a_slip_in_the_environment_makes_no_dry_run_a_real_one(
    settings: Settings, tmp_path: Path
) -> None:
    done = target(
        "--config", "ENV", settings=settings, folder=tmp_path, TARGET_SAKARI_DRY_RUN="ture"
    )
    assert done.returncode == 1
    assert errors(done.stderr) == ["dry_run: must be true or false; look at TARGET_SAKARI_DRY_RUN."]


def test_nor_does_a_slip_that_meltano_hands_on(settings: Settings, tmp_path: Path) -> None:
    done = target(settings={**settings, "dry_run": "ture"}, folder=tmp_path)
    assert done.returncode == 1
    assert errors(done.stderr) == ["dry_run: must be true or false."]


def test_nor_does_a_slip_in_the_name_of_a_variable(settings: Settings, tmp_path: Path) -> None:
    done = target(settings=settings, folder=tmp_path, TARGET_SAKARI_DRYRUN="true")
    assert done.returncode == 1
    assert errors(done.stderr) == [
        "TARGET_SAKARI_DRYRUN: is no setting. Did you mean TARGET_SAKARI_DRY_RUN?"
    ]


def test_input_may_be_a_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "input.singer").write_text(lines([*people(1, "orders"), state(7)]).getvalue())
    skipping = {**settings, "on_unknown_stream": "skip"}
    done = target("--input", "input.singer", settings=skipping, folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, '{"bookmarks":7}\n')


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_the_log_holds_nothing_personal_and_no_secret(
    settings: Settings, tmp_path: Path, level: str
) -> None:
    """The outcomes file holds no personal values either, but for the keys."""
    dirty = GOLDEN / "contacts_dirty.singer"
    more = json.loads((GOLDEN / "contacts_dirty.config.json").read_text())
    more |= {"outcomes_path": "outcomes", "flattening_enabled": True, "flattening_max_depth": 1}
    done = target(
        "--input", str(dirty), settings={**settings, **more}, folder=tmp_path, LOGLEVEL=level
    )
    assert done.returncode == 0, done.stderr
    assert ("DEBUG" in done.stderr) is (level == "DEBUG")
    told = done.stdout + done.stderr + (tmp_path / "outcomes").read_text("utf-8")
    for value in (
        "2125550",
        "555-0",
        "555.01",
        "7700900456",
        "Ada",
        "Grace",
        "Siân",
        "Si\\u00e2n",
        "example",
        "not known",
    ):
        assert value not in told
    assert settings["client_secret"] not in told
