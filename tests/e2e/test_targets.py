"""The tap's output loads into targets that others wrote: `tap-sakari | target-...`."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from devtools.emulator import STREAMS, Emulator
from devtools.meltano import CHECKOUT
from devtools.warehouse import rows, rows_of

if TYPE_CHECKING:
    from devtools.private_postgres import Database

TARGET_POSTGRES = CHECKOUT / ".meltano/loaders/target-postgres/venv/bin/target-postgres"


@pytest.fixture(scope="module")
def tap_output(emulator_process: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with all that the tap writes."""
    folder = tmp_path_factory.mktemp("tap")
    config = write_config(folder, {**emulator_process.settings, "requests_per_second": 200})
    output = folder / "output.singer"
    with output.open("wb") as stdout:
        run = subprocess.run(
            [Path(sys.executable).with_name("tap-sakari"), "--config", config],
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    return output


def write_config(folder: Path, config: dict[str, Any]) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    return path


def load(target: Path, config: Path, tap_output: Path) -> None:
    assert target.exists(), f"{target} is not installed: run `script/setup test`"
    with tap_output.open("rb") as stdin:
        run = subprocess.run(
            [target, "--config", config],
            stdin=stdin,
            capture_output=True,
            check=False,
            cwd=config.parent,
        )
    assert run.returncode == 0, run.stderr.decode()[-2000:]


def others_target(name: str, program: str) -> Path:
    return CHECKOUT / ".venv-targets" / name / "bin" / program


def database_config(database: Database, *, name_of_database: str, schema: str) -> dict[str, Any]:
    return {
        "host": database.host,
        "port": database.port,
        "user": database.user,
        "password": database.password,
        name_of_database: database.database,
        "default_target_schema": schema,
    }


def test_target_jsonl(tap_output: Path, emulator_process: Emulator, tmp_path: Path) -> None:
    config = write_config(tmp_path, {"destination_path": str(tmp_path), "do_timestamp_file": False})
    load(others_target("target-jsonl", "target-jsonl"), config, tap_output)
    for stream in STREAMS:
        lines = (tmp_path / f"{stream}.jsonl").read_text().splitlines()
        assert rows_of([json.loads(line)["id"] for line in lines]) == emulator_process.rows(stream)


def test_target_csv(tap_output: Path, emulator_process: Emulator, tmp_path: Path) -> None:
    config = write_config(tmp_path, {"output_path": str(tmp_path)})
    load(others_target("target-csv", "target-csv"), config, tap_output)
    for stream in STREAMS:
        with (tmp_path / f"{stream}.csv").open(newline="") as file:
            ids = [row["id"] for row in csv.DictReader(file)]
        assert rows_of(ids) == emulator_process.rows(stream)


def test_target_postgres(
    tap_output: Path, emulator_process: Emulator, database: Database, tmp_path: Path
) -> None:
    schema = "piped"
    settings = database_config(database, name_of_database="database", schema=schema)
    load(TARGET_POSTGRES, write_config(tmp_path, settings), tap_output)
    for stream in STREAMS:
        assert rows(database, stream, schema) == emulator_process.rows(stream)


def test_pipelinewise_target_postgres(
    tap_output: Path, emulator_process: Emulator, database: Database, tmp_path: Path
) -> None:
    schema = "pipelinewise"
    settings = database_config(database, name_of_database="dbname", schema=schema)
    target = others_target("pipelinewise-target-postgres", "target-postgres")
    load(target, write_config(tmp_path, settings), tap_output)
    for stream in STREAMS:
        assert rows(database, stream, schema) == emulator_process.rows(stream)
