"""Killed with SIGKILL, the tap completes the set in PostgreSQL with the next run."""

from __future__ import annotations

import hashlib
import signal
from datetime import timezone
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from devtools.meltano import CHECKOUT
from tests.crash.forkserver import ForkServer
from tests.crash.kill import Kill
from tests.crash.rig import Rig, Setup, check_complete, check_not_ahead, running_rig
from tests.crash.targets import Target
from tests.crash.world import Content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from devtools.private_postgres import Database
    from tests.crash.kill import Moment
    from tests.crash.rig import Stage
    from tests.crash.world import Rows

SETUP = Setup("often", "target-postgres", "oldest")
MOMENTS: tuple[tuple[Moment, Moment], ...] = (
    ("request", "request"),
    ("state", "state"),
    ("line", "answer"),
    ("flow", "state"),
    ("answer", "line"),
)


@pytest.fixture(scope="module")
def rig(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with running_rig(tmp_path_factory.mktemp("kills"), target_postgres(database)) as running:
        yield running


def target_postgres(database: Database) -> Target:
    """The target of meltano.yml, with a schema for each row of runs."""

    def schema(run: Path) -> str:
        return f"kill_{hashlib.sha256(str(run.parent).encode()).hexdigest()[:16]}"

    def settings(run: Path) -> dict[str, Any]:
        return {
            "host": database.host,
            "port": database.port,
            "user": database.user,
            "password": database.password,
            "database": database.database,
            "default_target_schema": schema(run),
        }

    def read(runs: list[Path], stream: str) -> Rows:
        table = sql.Identifier(schema(runs[-1]), stream)
        status = sql.SQL("status" if stream == "messages" else "null")
        query = sql.SQL("select id, updated_at, {} from {}").format(status, table)
        with database.connect() as connection:
            if connection.execute("select to_regclass(%s)", [table.as_string()]).fetchone() == (
                None,
            ):
                return {}
            return {
                row_id: Content(updated_at.replace(tzinfo=timezone.utc), state)
                for row_id, updated_at, state in connection.execute(query)
            }

    python = CHECKOUT / ".meltano/loaders/target-postgres/venv/bin/python"
    server = ForkServer(python, "target_postgres.target", quick=True)
    entry = "target_postgres.target:TargetPostgres.cli"
    return Target("target-postgres", server, entry, settings, read)


@pytest.mark.parametrize(("first", "later"), MOMENTS)
def test_killed_twice(rig: Rig, tmp_path: Path, first: Moment, later: Moment) -> None:
    """In the first run; and, when that was completed and a month has passed, in a later one."""
    chance = Random(f"{first} {later}")
    rig.beginning("later", SETUP)
    pipeline = rig.begin("first", SETUP, tmp_path)
    kills: tuple[tuple[Stage, Moment], ...] = (("first", first), ("later", later))
    for stage, moment in kills:
        there_are = rig.beginning(stage, SETUP).points(moment)
        run = pipeline.run(Kill(moment, 1 + int(there_are * chance.uniform(0, 0.8))))
        assert run.tap == -signal.SIGKILL
        check_not_ahead(pipeline)
        rig.world.month(f"before the {stage} run is completed")
        check_complete(pipeline, pipeline.run())
        rig.world.month(f"after the {stage} run was completed")
