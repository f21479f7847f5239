"""Contacts that are gone from Sakari go from PostgreSQL, once the whole list was read."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from devtools.meltano import CHECKOUT
from devtools.warehouse import rows, rows_of
from sakari_emulator.server import EmulatorServer
from tests.conftest import settings_for
from tests.tap.catalogs import full_table, selecting
from tests.tap.command import messages, tap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from devtools.emulator import Rows
    from devtools.private_postgres import Database

TARGET_POSTGRES = CHECKOUT / ".meltano/loaders/target-postgres/venv/bin/target-postgres"
DELETIONS = {"marked": False, "deleted": True}
"""The target's `hard_delete`, by the schema that it loads into."""


@dataclass
class Story:
    """What happened, step by step.

    Attributes:
        contacts: in the emulator after each step.
        output: of the tap, for each step.
    """

    contacts: dict[str, Rows] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def account() -> Iterator[EmulatorServer]:
    with EmulatorServer(contacts=300, messages=50, seed=3) as server:
        yield server


@pytest.fixture(scope="module")
def story(account: EmulatorServer, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """An incremental run; then full-table ones: with contacts gone, one that fails, one more."""
    folder = tmp_path_factory.mktemp("tap")
    told = Story()

    def run(step: str, catalog: dict[str, Any], exit_code: int = 0) -> None:
        (folder / "catalog.json").write_text(json.dumps(catalog))
        time.sleep(1)  # the SDK counts the versions of a table in seconds
        more = {"page_size": 50, "max_retries": 0, "emit_activate_version_messages": True}
        done = tap("--catalog=catalog.json", settings=settings_for(account, **more), folder=folder)
        assert done.returncode == exit_code, done.stderr
        told.output[step] = done.stdout
        told.contacts[step] = rows_of(account.ids("contacts"))

    run("incremental", selecting("contacts", "messages"))
    whole = full_table(selecting("contacts", "messages"), "contacts")
    account.account.delete("contacts", 40, "anywhere")
    run("full table", whole)
    account.account.delete("contacts", 30, "anywhere")
    account.account.insert("contacts", 5)
    so_far = sum(entry.path.endswith("/contacts") for entry in account.requests)
    account.switch(fail_stream="contacts", fail_stream_after=so_far + 3)
    run("failed", whole, exit_code=1)
    account.switch(fail_stream="none")
    run("again", whole)
    return told


def test_contacts_that_are_gone_go_when_a_run_has_read_all(
    story: Story, database: Database, tmp_path: Path
) -> None:
    def load(step: str) -> list[Rows]:
        _load(database, story.output[step], tmp_path)
        return [_present(database, schema) for schema in DELETIONS]

    assert load("incremental") == [story.contacts["incremental"]] * 2
    assert load("full table") == [story.contacts["full table"]] * 2
    assert story.contacts["full table"].count == 260

    # What came is there; what did not come may still be in Sakari, and is left alone.
    failed = messages(story.output["failed"], "RECORD")
    assert 100 < sum(one["stream"] == "contacts" for one in failed) < 200
    assert [present.count for present in load("failed")] == [260 + 5] * 2

    assert load("again") == [story.contacts["again"]] * 2
    assert story.contacts["again"].count == 235
    stored = {schema: rows(database, "contacts", schema).count for schema in DELETIONS}
    assert stored == {"marked": 300 + 5, "deleted": 235}
    assert all(rows(database, "messages", schema).count == 50 for schema in DELETIONS)


def test_only_complete_full_tables_are_activated(story: Story) -> None:
    activated = {
        step: [one["stream"] for one in messages(output, "ACTIVATE_VERSION")]
        for step, output in story.output.items()
    }
    assert activated == {
        "incremental": [], "full table": ["contacts"], "failed": [], "again": ["contacts"],
    }  # fmt: skip


def _load(database: Database, output: str, folder: Path) -> None:
    """Load into both schemas, side by side."""
    assert TARGET_POSTGRES.exists(), f"{TARGET_POSTGRES} is missing: run `script/setup test`"
    (folder / "output.singer").write_text(output)
    running = []
    for schema, hard_delete in DELETIONS.items():
        settings = {
            "host": database.host,
            "port": database.port,
            "user": database.user,
            "password": database.password,
            "database": database.database,
            "default_target_schema": schema,
            "hard_delete": hard_delete,
        }
        config = folder / f"{schema}.json"
        config.write_text(json.dumps(settings))
        with (folder / "output.singer").open() as stdin:
            target = subprocess.Popen(
                [TARGET_POSTGRES, "--config", config],
                stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder,
            )  # fmt: skip
        running.append(target)
    for target in running:
        _, log = target.communicate(timeout=120)
        assert target.returncode == 0, log.decode()[-2000:]


def _present(database: Database, schema: str) -> Rows:
    """The contacts that are not marked as deleted."""
    query = sql.SQL("select id from {} where _sdc_deleted_at is null").format(
        sql.Identifier(schema, "contacts")
    )
    with database.connect() as connection:
        return rows_of([row[0] for row in connection.execute(query)])
