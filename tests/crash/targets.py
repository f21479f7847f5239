"""Targets that others wrote, and what they have stored."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from devtools.meltano import CHECKOUT
from tests.crash.forkserver import ForkServer
from tests.crash.world import Content, Rows

Read = Callable[[list[Path], str], Rows]
"""Takes the folders of all runs, oldest first, and a stream; returns what is stored of it."""


@dataclass(frozen=True)
class Target:
    """A target that is ready to be started.

    Attributes:
        name: its name.
        server: where it has been imported.
        entry: its function.
        settings: the settings for a run in a folder.
        read: reads what its runs have stored.
    """

    name: str
    server: ForkServer
    entry: str
    settings: Callable[[Path], dict[str, Any]]
    read: Read


def target_csv() -> Target:
    """The target of MeltanoLabs, on the SDK.

    It keeps all records until its input ends, then writes them and gives out the newest state. At
    half a line it fails, with nothing written. A file that is there it writes anew.
    """
    return Target(
        "target-csv",
        ForkServer(_python("target-csv"), "meltanolabs_target_csv.target", quick=True),
        "meltanolabs_target_csv.target:TargetCSV.cli",
        # Others hold records against their schema (tests/e2e); it is most of this target's time.
        lambda folder: {"output_path": str(folder), "validate_records": False},
        _last_of_each_id(_csv_records),
    )


def target_jsonl() -> Target:
    """A target without the SDK.

    It writes each record when it comes, and gives out a state if no record came after it.
    """
    return Target(
        "target-jsonl",
        ForkServer(_python("target-jsonl"), "target_jsonl", quick=True),
        "target_jsonl:main",
        lambda folder: {"destination_path": str(folder), "do_timestamp_file": False},
        _last_of_each_id(_jsonl_records),
    )


def _python(name: str) -> Path:
    return CHECKOUT / ".venv-targets" / name / "bin" / "python"


def _last_of_each_id(read: Callable[[Path, str], Iterable[dict[str, Any]]]) -> Read:
    """Make the upserting store that files are not: the last record of an id wins."""

    def rows(folders: list[Path], stream: str) -> Rows:
        return {
            record["id"]: content(record["updated_at"], record.get("status"))
            for folder in folders
            for record in read(folder, stream)
        }

    return rows


def time_of(text: str) -> datetime:
    """A time, in whichever form."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def content(updated_at: str, status: str | None) -> Content:
    """What is compared of a stored record, in whichever form its target writes a time."""
    return Content(time_of(updated_at), status or None)


def _csv_records(folder: Path, stream: str) -> Iterator[dict[str, Any]]:
    path = folder / f"{stream}.csv"
    if path.exists():
        with path.open(newline="") as file:
            yield from csv.DictReader(file)


def _jsonl_records(folder: Path, stream: str) -> Iterator[dict[str, Any]]:
    path = folder / f"{stream}.jsonl"
    if path.exists():
        # A target that was killed may have left half a line at the end.
        for line in path.read_text().split("\n")[:-1]:
            yield json.loads(line)
