"""Real Meltano, real target-postgres, real PostgreSQL: what is in Sakari is in the warehouse."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from devtools.emulator import STREAMS, Emulator, Rows
from devtools.meltano import Meltano, Run
from devtools.warehouse import SCHEMA, rows, target_postgres_environment
from tap_sakari.sdk_stream import SdkStream
from tap_sakari.tap import TapSakari

if TYPE_CHECKING:
    from devtools.private_postgres import Database


@dataclass(frozen=True)
class Sync:
    """One run, and what the warehouse held after it."""

    run: Run
    stored: dict[str, Rows]


@pytest.fixture(scope="module")
def meltano(
    emulator_process: Emulator, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Meltano:
    settings = {
        **emulator_process.environment(),
        **target_postgres_environment(database),
        "TAP_SAKARI_REQUESTS_PER_SECOND": "200",
    }
    return Meltano(tmp_path_factory.mktemp("meltano"), settings)


@pytest.fixture(scope="module")
def first(meltano: Meltano, database: Database) -> Sync:
    return sync(meltano, database, "first")


@pytest.fixture(scope="module")
def second(meltano: Meltano, database: Database, first: Sync) -> Sync:
    assert first.run.exit_code == 0
    return sync(meltano, database, "second")


def sync(meltano: Meltano, database: Database, name: str) -> Sync:
    run = meltano(name, "run", "sakari-to-warehouse")
    assert run.exit_code == 0, run.last_words()
    return Sync(run, {stream: rows(database, stream) for stream in STREAMS})


def test_the_project_is_lint_clean(meltano: Meltano) -> None:
    run = meltano("lint", "compile", "--lint", f"--directory={meltano.folder}")
    assert run.exit_code == 0, run.last_words()


def test_records_are_written_directly_from_the_catalog_that_meltano_makes(
    meltano: Meltano, emulator_process: Emulator
) -> None:
    run = meltano("catalog", "invoke", "--dump=catalog", "tap-sakari")
    assert run.exit_code == 0, run.last_words()
    text = run.log.read_text()
    catalog, _ = json.JSONDecoder().raw_decode(text, text.index('{\n  "streams"'))
    tap = TapSakari(config=emulator_process.settings, catalog=catalog)
    direct = {
        stream.name
        for stream in tap.streams.values()
        if isinstance(stream, SdkStream) and stream.writes_pages()
    }
    assert direct == set(STREAMS)


@pytest.mark.parametrize("stream", STREAMS)
def test_every_row_arrives(stream: str, first: Sync, emulator_process: Emulator) -> None:
    assert first.stored[stream] == emulator_process.rows(stream)
    assert first.stored[stream].count > 0


def test_just_the_streams_are_read_that_are_on_by_default(first: Sync) -> None:
    assert set(first.run.records_read()) == set(STREAMS)


def test_the_load_is_of_the_promised_size(first: Sync) -> None:
    assert first.stored["messages"].count == 10_000


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("stream", STREAMS)
def test_keys_are_there_and_unique(stream: str, database: Database) -> None:
    query = sql.SQL("select count(*), count(id), count(distinct id) from {}").format(
        sql.Identifier(SCHEMA, stream)
    )
    with database.connect() as connection:
        counts = connection.execute(query).fetchone()
    assert counts is not None
    assert len(set(counts)) == 1


@pytest.mark.parametrize("stream", STREAMS)
def test_a_second_run_changes_nothing(stream: str, first: Sync, second: Sync) -> None:
    assert second.stored[stream] == first.stored[stream]


def test_a_second_run_reads_less(first: Sync, second: Sync) -> None:
    assert first.run.records_read()["messages"] == first.stored["messages"].count
    assert second.run.records_read()["messages"] < first.stored["messages"].count


@pytest.mark.usefixtures("second")
def test_a_second_run_starts_from_saved_state(meltano: Meltano) -> None:
    run = meltano("state", "state", "list")
    assert "dev:tap-sakari-to-target-postgres" in run.log.read_text()
